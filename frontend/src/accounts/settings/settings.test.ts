import { describe, expect, it } from 'vitest';
import { ApiError } from '../../api/client';
import { settings as en } from '../../i18n/en/settings';
import { settings as zh } from '../../i18n/zh/settings';
import { detailLines, say, subjectOf, subjectUrl } from './auditDetail';
import { changesOf, CODE, faultOf, freeCode, keyState } from './logic';
import { sectionOf, sectionsFor } from './sections';

describe('sections', () => {
  const guide = sectionsFor(() => false);
  it('are those that a person may open; the own account always', () => {
    expect(guide).toEqual(['account']);
    expect(sectionsFor((permission) => permission === 'settings.view')).toEqual(['brand', 'shops', 'stores', 'roles', 'account']);
  });
  it('follow the address', () => {
    expect(sectionOf(undefined, guide)).toBe('account');
    expect(sectionOf(undefined, ['brand', 'account'])).toBe('brand');
    expect(sectionOf('users', guide)).toBeNull();
  });
});

describe('errors of a form', () => {
  const refused = (where: Record<string, unknown>) => new ApiError(422, { code: 'x', message: '已被使用', remedy: '换一个', where });
  it('are told at the field they are about', () => {
    expect(faultOf(refused({ field: 'code' }), ['name', 'code'])).toEqual({ name: 'code', errors: ['已被使用 换一个'] });
    expect(faultOf(refused({ fields: [{ field: 'body.name', problem: 'too long' }] }), ['name'])).toMatchObject({ name: 'name' });
  });
  it('are told below the form when they are about none of its fields', () => {
    expect(faultOf(refused({ field: 'zone' }), ['name'])).toBeNull();
    expect(faultOf(refused({}), ['name'])).toBeNull();
    expect(faultOf(new Error('x'), ['name'])).toBeNull();
  });
});

describe('forms', () => {
  it('send only what was changed', () => {
    expect(changesOf({ name: 'a', shops: [1, 2], on: true }, { name: 'b', shops: [1, 2], on: true })).toEqual({ name: 'b' });
    expect(changesOf({ day: null as string | null }, { day: null })).toEqual({});
  });
  it('offer a code that is free and allowed', () => {
    expect(freeCode('tmall', ['tmall', 'tmall2'])).toBe('tmall3');
    expect(freeCode('万象城', [])).toBe('shop');
    for (const code of [freeCode('Taobao', []), freeCode('店', ['shop'])]) expect(code).toMatch(CODE);
  });
});

describe('keys', () => {
  it('expire or are revoked', () => {
    expect(keyState({ is_active: true, expires_on: '2027-01-01' }, '2026-11-22')).toBe('active');
    expect(keyState({ is_active: false, expires_on: '2026-11-21' }, '2026-11-22')).toBe('expired');
    expect(keyState({ is_active: false, expires_on: '2026-11-22' }, '2026-11-22')).toBe('revoked');
    expect(keyState({ is_active: false, expires_on: null }, '2026-11-22')).toBe('revoked');
  });
});

describe('an audit row', () => {
  it('tells changes as changes', () => {
    expect(detailLines({ role: ['analyst', 'operator'], size: 3 })).toEqual([
      { key: 'role', change: ['analyst', 'operator'], value: null },
      { key: 'size', change: null, value: 3 },
    ]);
    expect(detailLines({ before: { shop: 1, is_active: true }, after: { shop: 2, is_active: true } })).toEqual([{ key: 'shop', change: [1, 2], value: null }]);
  });
  it('does not take lists for changes', () => {
    expect(detailLines({ fields: ['phone', 'name'] })).toEqual([{ key: 'fields', change: null, value: ['phone', 'name'] }]);
    expect(detailLines({})).toEqual([]);
  });
  it('says values as people do', () => {
    const words = { yes: '是', no: '否', nothing: '–', comma: '、', shop: (id: number) => (id === 1 ? '旗舰店' : undefined), role: () => '运营', term: (word: string) => (word === 'phone' ? '手机号' : undefined), bytes: (size: number) => `${size} B`, count: (value: number) => `${value}!` };
    expect(say('shops', [1, 9], words)).toBe('旗舰店、9');
    expect(say('role', 'operator', words)).toBe('运营');
    expect(say('fields', ['phone', 'other'], words)).toBe('手机号、other');
    expect(say('is_active', false, words)).toBe('否');
    expect(say('size', 12, words)).toBe('12 B');
    expect(say('rows', 3, words)).toBe('3!');
    expect(say('note', null, words)).toBe('–');
    expect(say('shops', [], words)).toBe('–');
    expect(say('filter', { gender: 'f' }, words)).toBe('gender: f');
  });
  it('leads to what it is about', () => {
    expect(subjectOf('brand')).toEqual({ kind: 'brand', id: null });
    expect([subjectUrl('member:17'), subjectUrl('batch:3'), subjectUrl('user:1'), subjectUrl('member:')]).toEqual(['/members/17', '/data/batches/3', null, null]);
  });
});

function paths(tree: object, path = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]: [string, unknown]) => (typeof value === 'string' ? [`${path}.${key.replace(/_(one|other)$/, '')}`] : paths(value as object, `${path}.${key}`)));
}
it('has every word of the settings in both languages', () => expect([...new Set(paths(en))].sort()).toEqual([...new Set(paths(zh))].sort()));
