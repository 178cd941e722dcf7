import { describe, expect, it } from 'vitest';
import { askedOfAttribute, attributeOf, isWhole, newFact, newProfile, newRank, newSequence, pasted, percentOf, recast, shareOf, withOperator, withWindowKind } from './defaults';
import { catalogue } from './sampleCatalogue';
import type { ProfileNode } from './types';

const of = (code: string) => attributeOf(catalogue, code)!;
const operator = (code: string) => catalogue.operators.find((one) => one.code === code)!;

describe('a new condition', () => {
  it('counts from one', () => expect(newProfile(catalogue, of('trades'))).toEqual({ kind: 'profile', attribute: 'trades', operator: 'ge', value: 1, window: { kind: 'ever' } }));
  it('takes the window that was asked for', () => expect(newProfile(catalogue, of('trades'), { kind: 'last', n: 7, unit: 'day' }).window).toEqual({ kind: 'last', n: 7, unit: 'day' }));
  it('has its own window otherwise', () => expect(newProfile(catalogue, of('refund_share')).window).toEqual({ kind: 'last', n: 365, unit: 'day' }));
  it('gives a date the window as its value', () => expect(newProfile(catalogue, of('last_paid'), { kind: 'this', unit: 'month' }).value).toEqual({ kind: 'this', unit: 'month' }));
  it('looks ahead for birthdays', () => {
    expect(newProfile(catalogue, of('birthday')).value).toEqual({ kind: 'next', n: 7, unit: 'day' });
    expect(newProfile(catalogue, of('birthday'), { kind: 'last', n: 30, unit: 'day' }).value).toEqual({ kind: 'next', n: 7, unit: 'day' });
  });
  it('reads days as a number of days', () => expect(newProfile(catalogue, of('since_last'), { kind: 'last', n: 90, unit: 'day' })).toEqual({ kind: 'profile', attribute: 'since_last', operator: 'le', value: 90 }));
  it('of facts, a sequence and a rank is whole', () => {
    const fact = newFact(catalogue, catalogue.facts[0]!, catalogue.facts[0]!.measures[0]!);
    expect(fact).toEqual({ kind: 'trades', basis: 'paid', measure: 'count', where: [], window: { kind: 'ever' }, operator: 'ge', value: 1 });
    expect(isWhole(catalogue, fact)).toBe(true);
    expect(isWhole(catalogue, newSequence(catalogue))).toBe(true);
    expect(newRank(catalogue)?.by).toMatchObject({ kind: 'trades', measure: 'amount' });
  });
});

describe('another operator', () => {
  const money = askedOfAttribute({ ...of('trades'), type: 'money' });
  it('keeps what it can of the value', () => {
    expect(recast(5, money, operator('between'))).toEqual([5, 5]);
    expect(recast([3, 9], money, operator('ge'))).toBe(3);
    expect(recast(['f'], askedOfAttribute(of('gender')), operator('known'))).toBeUndefined();
    expect(recast(undefined, money, operator('ge'))).toBeUndefined();
  });
  it('drops the value with the operator that takes none', () => {
    const node: ProfileNode = { kind: 'profile', attribute: 'gender', operator: 'any_of', value: ['f'] };
    expect(withOperator(catalogue, node, askedOfAttribute(of('gender')), 'unknown')).toEqual({ kind: 'profile', attribute: 'gender', operator: 'unknown' });
  });
});

describe('windows', () => {
  const days = ['day', 'week', 'month'] as const;
  it('keep number and unit', () => {
    expect(withWindowKind({ kind: 'last', n: 30, unit: 'day' }, 'between_ago', days, [])).toEqual({ kind: 'between_ago', n: 60, m: 30, unit: 'day' });
    expect(withWindowKind({ kind: 'last', n: 2, unit: 'month' }, 'next', days, [])).toEqual({ kind: 'next', n: 2, unit: 'month' });
    expect(withWindowKind({ kind: 'ever' }, 'this', days, [])).toEqual({ kind: 'this', unit: 'month' });
  });
  it('begin a festival with the first', () => expect(withWindowKind({ kind: 'ever' }, 'since', [], catalogue.festivals)).toEqual({ kind: 'since', festival: 'd618', year: 0 }));
});

describe('wholeness', () => {
  it('asks for every value', () => {
    expect(isWhole(catalogue, { kind: 'profile', attribute: 'gender', operator: 'any_of', value: [] })).toBe(false);
    expect(isWhole(catalogue, { kind: 'profile', attribute: 'gender', operator: 'known' })).toBe(true);
    expect(isWhole(catalogue, { kind: 'profile', attribute: 'trades', operator: 'between', value: [1, ''] })).toBe(false);
    expect(isWhole(catalogue, { kind: 'profile', attribute: 'trades', operator: 'ge', value: 0 })).toBe(true);
    expect(isWhole(catalogue, { kind: 'sample', salt: 'x', start: 10, end: 10 })).toBe(false);
    expect(isWhole(catalogue, { kind: 'trades', basis: 'paid', measure: 'count', where: [{ field: 'category', operator: 'any_of', value: [] }], window: { kind: 'ever' }, operator: 'ge', value: 1 })).toBe(false);
  });
});

describe('small things', () => {
  it('reads many lines at once', () => expect(pasted('a\r\nb,c\n\n a ；d', 3)).toEqual(['a', 'b', 'c']));
  it('keeps shares free of dust', () => {
    expect(shareOf(7)).toBe(0.07);
    expect(percentOf(0.07)).toBe(7);
    expect(percentOf(shareOf(33.3))).toBe(33.3);
  });
});
