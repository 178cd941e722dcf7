import { describe, expect, it } from 'vitest';
import { bySet, fieldKeys, sampleCell, withoutSame, wordKind } from './sample';

const reading = { zone: 'Asia/Shanghai', currency: 'CNY', yes: '是', no: '否', word: (kind: string, word: string) => `${kind}/${word}` };

describe('the sample of a preview', () => {
  it('stands by record set, without empty and technical columns', () => {
    expect(bySet([{ set: 'trades', row_no: 2, trade_id: '1', note: null, source: 'taobao', item_key: 'title:f429df27' }, { set: 'lines', row_no: 2, title: 'x' }, { set: 'trades', row_no: 3, city: '杭州' }])).toMatchObject([
      { set: 'trades', keys: ['trade_id', 'city'] },
      { set: 'lines', keys: ['title'] },
    ]);
  });
  it('is written as people read it', () => {
    const say = (set: string, key: string, value: unknown) => sampleCell(set, key, value, reading);
    expect(say('trades', 'paid_at', '2019-05-03T02:31:40Z')).toBe('2019-05-03 10:31');
    expect(say('trades', 'paid_amount', '129')).toBe('¥129.00');
    expect(say('lines', 'qty', '2.000')).toBe('2');
    expect(say('trades', 'status', 'finished')).toBe('status/finished');
    expect(say('refunds', 'is_return', false)).toBe('否');
    expect(say('trades', 'trade_id', '214073000')).toBe('214073000');
    expect(say('trades', 'guide', null)).toBe('');
  });
  it('finds the names of columns and words', () => {
    expect(fieldKeys('lines', 'qty')).toEqual(['line.qty', 'qty']);
    expect(fieldKeys('trades', 'status')).toEqual(['status']);
    expect([wordKind('refunds', 'state'), wordKind('parcels', 'state')]).toEqual(['refund', null]);
  });
});

it('says once that a file was there before', () => {
  const warnings = ['与批次 9（a.csv）的内容完全相同', 'The content is the same as that of batch 9 (a.csv)', '表“x”没有读取'];
  expect(withoutSame(warnings, '9')).toEqual(['表“x”没有读取']);
  expect(withoutSame(warnings, null)).toEqual(warnings);
});
