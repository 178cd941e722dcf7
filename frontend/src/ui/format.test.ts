import { describe, expect, it } from 'vitest';
import { addDays, bytes, count, day, daysInclusive, delta, duration, instant, money, points, share, short, shortMoney, weekday } from './format';

describe('money', () => {
  it.each([
    ['289655.94', '¥289,655.94'],
    ['0', '¥0.00'],
    ['-1355.49', '−¥1,355.49'],
    ['12345678901234567.885', '¥12,345,678,901,234,567.89'],
    ['0.005', '¥0.01'],
    ['-0.001', '¥0.00'],
    ['19.9950', '¥20.00'],
    ['000012.3', '¥12.30'],
  ])('%s is written %s', (value, written) => expect(money(value)).toBe(written));
  it('is not zero when not known', () => {
    expect([money(null), money(undefined), money(''), money('abc')]).toEqual(['–', '–', '–', '–']);
  });
  it('takes the sign of its currency', () => expect([money('1', 'USD'), money('1', 'CHF')]).toEqual(['$1.00', 'CHF 1.00']));
});

describe('count', () => {
  it('groups thousands and keeps real fractions only', () => {
    expect([count(3411), count('21897.000'), count('2.500'), count(0), count(null)]).toEqual(['3,411', '21,897', '2.5', '0', '–']);
  });
});

describe('share', () => {
  it('has one decimal and a real minus', () => {
    expect([share('0.0943'), share(1), share(-0.012), share(-0.00001), share(null)]).toEqual(['9.4%', '100.0%', '−1.2%', '0.0%', '–']);
  });
});

describe('short', () => {
  it.each([
    ['9999', 'zh', null],
    ['10000', 'zh', '1.00万'],
    ['289655.94', 'zh', '28.97万'],
    ['12345678', 'zh', '1,234.6万'],
    ['1234567890', 'zh', '12.35亿'],
    ['99999', 'en', null],
    ['289655.94', 'en', '289.7K'],
    ['12345678', 'en', '12.35M'],
  ] as const)('%s in %s is %s', (value, language, written) => expect(short(value, language)).toBe(written));
  it('keeps sign and currency', () => {
    expect([shortMoney('-289655.94', 'zh'), shortMoney('99', 'zh')]).toEqual(['−¥28.97万', '¥99.00']);
  });
});

describe('delta', () => {
  it('has a sign and a direction', () => {
    expect(delta(0.1234)).toEqual({ text: '+12.3%', direction: 'up' });
    expect(delta(-0.04)).toEqual({ text: '−4.0%', direction: 'down' });
    expect(delta(0.0001)).toEqual({ text: '0.0%', direction: 'same' });
    expect([delta(null), delta(Number.NaN)]).toEqual([null, null]);
    expect(points('0.064', '0.022')).toEqual({ text: '+4.2', direction: 'up' });
    expect(points('0.064', null)).toBeNull();
  });
});

describe('times', () => {
  it('are read in the brand zone', () => {
    expect(instant('2026-11-22T16:05:00Z')).toBe('2026-11-23 00:05');
    expect(instant('2026-11-22T16:05:00')).toBe('2026-11-23 00:05');
    expect(instant('2026-11-22T16:05:09Z', 'Europe/Berlin', true)).toBe('2026-11-22 17:05:09');
    expect([instant(null), instant('nonsense')]).toEqual(['–', '–']);
  });
  it('fall on the day of that zone', () => {
    expect([day('2026-11-22T16:05:00Z'), day('2026-11-22'), day(null)]).toEqual(['2026-11-23', '2026-11-22', '–']);
  });
  it('know weekdays and distances', () => {
    expect([weekday('2026-11-22', 'zh'), weekday('2026-11-22', 'en')]).toEqual(['周日', 'Sun']);
    expect(daysInclusive('2026-02-27', '2026-03-01')).toBe(3);
    expect(addDays('2026-03-01', -1)).toBe('2026-02-28');
  });
  it('say durations in one unit', () => {
    expect([duration(3.4, 'en'), duration(150, 'zh'), duration(7300, 'en'), duration(0.2, 'zh')]).toEqual(['3 s', '2 分钟', '2 h', '0 秒']);
  });
});

describe('bytes', () => {
  it('is in decimal units', () => expect([bytes(999), bytes(3_077_537), bytes(24_000_000)]).toEqual(['999 B', '3.1 MB', '24 MB']));
});
