import { describe, expect, it } from 'vitest';
import { catalogue } from './sampleCatalogue';
import { entriesOf, fixedHits, numberOf, parentPaths, readQuery, search, sourcesToAsk, splitVerbs, valueHit, valueSources, valueWords, type SearchWords } from './search';

const words: SearchWords = {
  facts: '', special: '', grid: '', tag: '', segment: '', template: '',
  sequence: ['先后发生', 'A 之后 B'], interval: ['复购周期', ''], rank: ['排名', ''], sample: ['随机抽样', ''],
};
const entries = entriesOf(catalogue, [{ id: '7', label: '价格敏感', group: '偏好', help: '', count: 3 }], [{ id: '12', name: '双十一买家', sentence: '' }], words);
const found = (text: string) => search(entries, readQuery(text)).map((hit) => hit.entry.key);

describe('reading what was typed', () => {
  it('takes a window out', () => {
    expect(readQuery('30天 买 黄酒')).toMatchObject({ words: ['买', '黄酒'], window: { kind: 'last', n: 30, unit: 'day' } });
    expect(readQuery('近三个月 退款').window).toEqual({ kind: 'last', n: 3, unit: 'month' });
    expect(readQuery('半年没买')).toMatchObject({ window: { kind: 'last', n: 6, unit: 'month' }, negative: true });
    expect(readQuery('未来7天 生日').window).toEqual({ kind: 'next', n: 7, unit: 'day' });
    expect(readQuery('bought in the last 30 days')).toMatchObject({ window: { kind: 'last', n: 30, unit: 'day' }, words: ['bought'] });
    expect(readQuery('60-30天前 下单').window).toEqual({ kind: 'between_ago', n: 60, m: 30, unit: 'day' });
    expect(readQuery('买过 三年陈').window).toBeNull();
    expect(readQuery('上月').window).toEqual({ kind: 'previous', unit: 'month' });
  });
  it('takes an amount out', () => {
    expect(readQuery('2次以上 订单').amount).toEqual({ operator: 'ge', value: 2 });
    expect(readQuery('金额 >200').amount).toEqual({ operator: 'gt', value: 200 });
  });
  it('reads Chinese numbers', () => expect(['三十', '十五', '一百二十', '两'].map(numberOf)).toEqual([30, 15, 120, 2]));
});

describe('finding', () => {
  it('by label, keyword and the other language', () => {
    expect(found('性别')[0]).toBe('attribute:gender');
    expect(found('recency')[0]).toBe('attribute:since_last');
    expect(found('refund')[0]).toBe('attribute:refund_share');
  });
  it('tags, segments, grids, templates too', () => {
    expect(found('价格敏感')[0]).toBe('tag:7');
    expect(found('双十一')[0]).toBe('segment:12');
    expect(found('沉睡')).toEqual(expect.arrayContaining(['grid:lifecycle', 'template:sleepy']));
  });
  it('what was bought in a window, by a verb', () => {
    const keys = found('30天 买 黄酒');
    expect(keys).toContain('attribute:trades');
    expect(keys).toContain('attribute:categories');
    expect(search(entries, readQuery('30天 买 黄酒'))[0]!.entry.windowed).toBe(true);
  });
  it('prefills window and amount', () => {
    const query = readQuery('30天 付款订单 2次以上');
    const hit = search(entries, query).find((one) => one.entry.key === 'attribute:trades')!;
    expect(hit.entry.make(query)).toEqual({ kind: 'profile', attribute: 'trades', operator: 'ge', value: 2, window: { kind: 'last', n: 30, unit: 'day' } });
  });
  it('reads "30天没买" as how long ago they bought', () => {
    const query = readQuery('30天没买');
    const hits = search(entries, query);
    expect(hits[0]!.entry.key).toBe('attribute:since_last');
    expect(hits[0]!.entry.make(query)).toEqual({ kind: 'profile', attribute: 'since_last', operator: 'gt', value: 30 });
    expect(hits.find((hit) => hit.entry.key === 'attribute:trades')!.entry.make(query)).toMatchObject({ operator: 'eq', value: 0, window: { kind: 'last', n: 30, unit: 'day' } });
  });
  it('finds nothing in nonsense', () => expect(found('xyzzy')).toEqual([]));
});

describe('values', () => {
  const sources = valueSources(catalogue, entries);
  it('come from the words that name nothing', () => {
    expect(valueWords(entries, readQuery('30天 买 黄酒'))).toEqual(['黄酒']);
    expect(valueWords(entries, readQuery('30天买黄酒'))).toEqual(['黄酒']);
    expect(splitVerbs(['买黄酒'], entries)).toEqual(['买', '黄酒']);
  });
  it('are asked of what can be searched', () => {
    const query = readQuery('30天 买 黄酒');
    expect(sourcesToAsk(sources, query, ['黄酒']).map((source) => source.source)).toEqual(['attribute:categories', 'field:trades.category']);
  });
  it('offer what stands above several of them', () => {
    expect(parentPaths(['黄酒 > 花雕酒', '黄酒 > 加饭酒', '料酒'], '黄酒')).toEqual(['黄酒']);
    expect(parentPaths(['黄酒', '黄酒 > 加饭酒'], '黄酒')).toEqual([]);
  });
  it('prefill the condition', () => {
    const query = readQuery('30天 买 黄酒');
    const [first, second] = sourcesToAsk(sources, query, ['黄酒']);
    expect(valueHit(first!, '黄酒', '黄酒', 12, '黄酒', query).source.make('黄酒', query)).toEqual({ kind: 'profile', attribute: 'categories', operator: 'any_of', value: ['黄酒'], window: { kind: 'last', n: 30, unit: 'day' } });
    expect(second!.make('黄酒', query)).toEqual({ kind: 'trades', basis: 'paid', measure: 'count', where: [{ field: 'category', operator: 'any_of', value: ['黄酒'] }], window: { kind: 'last', n: 30, unit: 'day' }, operator: 'ge', value: 1 });
  });
  it('turn round when it must not have been bought', () => {
    const query = readQuery('30天 没买 黄酒');
    const [first, second] = sourcesToAsk(sources, query, ['黄酒']);
    expect(first!.make('黄酒', query)).toMatchObject({ operator: 'none_of' });
    expect(second!.make('黄酒', query)).toMatchObject({ operator: 'eq', value: 0 });
  });
  it('are found in fixed choices without asking', () => {
    expect(fixedHits(sources, readQuery('女'), ['女']).map((hit) => [hit.source.key, hit.value])).toEqual([['attribute:gender', 'f']]);
    expect(fixedHits(sources, readQuery('星期六'), ['星期六'])[0]!.source.key).toBe('field:trades.weekday');
  });
});
