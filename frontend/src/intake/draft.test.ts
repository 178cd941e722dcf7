import { describe, expect, it } from 'vitest';
import { aliasesOf, assign, columnOf, distinct, emptyDraft, entry, freeName, fromJson, guessGrain, parseMapping, plainName, problemsOf, sameHeader, serverProblems, strayEntries, suggest, toJson, viewOf, withGrain, withNoHeader } from './draft';
import type { MappingJson } from './types';

const HEADER = ['流水号', '销售时间', '实收', '会员手机'];
const mapping: MappingJson = {
  version: 1,
  name: '小票',
  platform: 'pos',
  grain: 'line',
  header_row: 2,
  delimiter: '\t',
  columns: [
    { field: 'trade_id', header: '流水号' },
    { field: 'paid_at', header: '销售时间', format: '%Y%m%d' },
    { field: 'line.paid_amount', header: '实收', converter: 'cents' },
    { field: 'channel', constant: '门店' },
    { field: 'customer_no', converter: 'row_number' },
  ],
  value_maps: { status: { 销售: 'finished' } },
  options: { trade_id_from: null, negative_qty: 'return', zone: 'Asia/Shanghai', day_first: false },
};

describe('a mapping', () => {
  it('comes back from the screen as it was, but for words of fields that are not mapped', () => {
    expect(toJson(fromJson(mapping))).toEqual({ ...mapping, value_maps: {} });
  });

  it('keeps only words that were said', () => {
    const draft = { ...fromJson(mapping), valueMaps: { trade_id: { a: '', b: 'x' } } };
    expect(toJson(draft).value_maps).toEqual({ trade_id: { b: 'x' } });
  });

  it('leaves out options that say nothing', () => {
    const body = toJson({ ...emptyDraft('a'), options: { trade_id_from: [], negative_qty: 'reject', zone: '', currency: null, rest_as_attributes: false } });
    expect(body.options).toEqual({ trade_id_from: null, negative_qty: 'reject' });
    expect(body).not.toHaveProperty('delimiter');
    expect(body).not.toHaveProperty('no_header');
  });
});

describe('columns of the file', () => {
  it('are found whatever width, blanks, guards and stars their headers have', () => {
    expect(sameHeader('金额（元）', '金额 (元)')).toBe(true);
    expect(sameHeader('="订单编号"', '*订单编号 ')).toBe(true);
    expect(sameHeader('订单编号', '子订单编号')).toBe(false);
    expect(sameHeader('', ' ')).toBe(false);
    expect(columnOf(entry('paid_at', { header: ' 销售 时间' }), HEADER)).toBe(1);
    expect(columnOf(entry('paid_at', { index: 9 }), HEADER)).toBeNull();
    expect(columnOf(entry('channel', { constant: 'x' }), HEADER)).toBeNull();
  });

  it('go to one field, change it, lose it', () => {
    let draft = assign(emptyDraft('x'), HEADER, 0, 'trade_id');
    draft = assign(draft, HEADER, 0, 'customer_no', draft.entries[0]);
    expect(draft.entries.map((item) => [item.field, item.header])).toEqual([['customer_no', '流水号']]);
    draft = assign(draft, HEADER, 0, 'trade_id');
    expect(draft.entries).toHaveLength(2);
    expect(assign(draft, HEADER, 0, 'trade_id').entries).toHaveLength(2);
    expect(assign(draft, HEADER, 0, null, draft.entries[0]).entries.map((item) => item.field)).toEqual(['trade_id']);
  });

  it('keep their place among the sources of a field when changed', () => {
    let draft = assign(assign(emptyDraft('x'), HEADER, 0, 'created_at'), HEADER, 1, 'paid_at');
    draft = assign(draft, HEADER, 0, 'paid_at', draft.entries[0]);
    expect(draft.entries.map((item) => item.header)).toEqual(['流水号', '销售时间']);
  });

  it('are named by position in files without a header, and by name again', () => {
    const drawn = assign(emptyDraft('x'), HEADER, 2, 'paid_amount');
    const bare = withNoHeader(drawn, true, HEADER);
    expect(toJson(bare)).toMatchObject({ no_header: true, columns: [{ field: 'paid_amount', index: 2 }] });
    expect(withNoHeader(bare, false, HEADER).entries[0]).toMatchObject({ header: '实收', index: null });
    expect(viewOf({ header: ['1', '2'], rows_sampled: [['3', '4', '5']] }, true)).toEqual({ header: ['1', '2', ''], rows: [['1', '2'], ['3', '4', '5']] });
  });

  it('show different values, blanks left out', () => expect(distinct([['a'], [' '], ['a'], ['b'], ['c'], ['d']], 0)).toEqual(['a', 'b', 'c']));
});

const reports = [
  { produces: ['trades', 'lines'], headers: [{ field: 'trade_id', aliases: ['流水号', '小票号'] }, { field: 'line.title', aliases: ['品名'] }] },
  { produces: ['profiles'], headers: [{ field: 'phone', aliases: ['会员手机', '手机'] }, { field: 'name', aliases: ['会员姓名'] }] },
];

describe('suggestions', () => {
  it('take the first column for a field and no field twice', () => {
    const found = suggest(['小票号', '流水号', '备注', '实付'], aliasesOf('line', [{ key: 'trade_id', label: '订单号' }, { key: 'paid_amount', label: '实付' }], reports));
    expect(found.map((item) => [item.field, item.header])).toEqual([['trade_id', '小票号'], ['paid_amount', '实付']]);
  });

  it('do not offer fields that the grain does not have', () => {
    expect(aliasesOf('profile', [{ key: 'phone', label: '手机号' }], reports).map((alias) => alias.field)).toEqual(['phone', 'phone']);
  });

  it('guess what a row is by the reports that know its columns', () => {
    expect(guessGrain(['会员手机', '会员姓名'], reports)).toBe('profile');
    expect(guessGrain(['流水号', '品名'], reports)).toBe('line');
    expect(guessGrain(['流水号', '时间'], reports)).toBe('trade');
    expect(guessGrain(['a', 'b'], reports)).toBe('trade');
  });

  it('keep what still makes sense under another grain', () => {
    const draft = { ...assign(assign(emptyDraft('x'), HEADER, 0, 'trade_id'), HEADER, 3, 'buyer_phone'), options: { trade_id_from: ['paid_at'] } };
    const next = withGrain(draft, 'profile', (field) => field === 'phone', [entry('phone', { header: '会员手机' }), entry('level', { header: '流水号' })]);
    expect(next.entries.map((item) => item.field)).toEqual(['phone']);
    expect(next.options.trade_id_from).toBeNull();
  });
});

describe('problems', () => {
  it('name every group that is missing, the name and strays', () => {
    const draft = { ...emptyDraft(' ', 'line'), entries: [entry('line.qty', { header: '不在' }), entry('channel', { constant: ' ' })] };
    expect(problemsOf(draft, HEADER)).toEqual([
      { kind: 'name' },
      { kind: 'needed', fields: ['trade_id'] },
      { kind: 'needed', fields: ['line.title', 'line.item_key', 'line.merchant_code'] },
      { kind: 'stray', header: '不在', field: 'line.qty' },
      { kind: 'constant', field: 'channel' },
    ]);
    expect(strayEntries(draft, HEADER)).toHaveLength(1);
  });

  it('need no order number when it is made from mapped fields', () => {
    const made = { ...emptyDraft('x'), entries: [entry('paid_at', { header: '销售时间' })], options: { trade_id_from: ['paid_at', 'customer_no'] } };
    expect(problemsOf(made, HEADER)).toEqual([{ kind: 'madeFrom', field: 'customer_no' }]);
  });

  it('of the server are read in the language of the screen', () => {
    const where = { problems: [{ column: '数量', zh: '不对', en: 'wrong' }, null, { column: 3 }] };
    expect(serverProblems(where, 'en')).toEqual([{ column: '数量', text: 'wrong' }]);
    expect(serverProblems({}, 'zh')).toEqual([]);
  });
});

describe('an uploaded mapping', () => {
  it('is read with or without a byte order mark', () => {
    expect(parseMapping(`\uFEFF${JSON.stringify(mapping)}`)).toEqual({ mapping });
  });
  it.each([
    ['{', 'json'],
    ['[]', 'shape'],
    ['{"grain":"planet","columns":[{"field":"a"}]}', 'grain'],
    ['{"grain":"line","columns":[]}', 'columns'],
    ['{"grain":"line","columns":[{"header":"a"}]}', 'columns'],
  ])('says what is wrong with %s', (text, reason) => expect(parseMapping(text)).toEqual({ reason }));
});

describe('names', () => {
  it('are free', () => expect([freeName('a', []), freeName('a', ['a']), freeName('a', ['a', 'a 2'])]).toEqual(['a', 'a 2', 'a 3']));
  it('of files lose their endings', () => expect(['订单.csv', 'a/b.csv.gz', 'x.XLSX', 'v1.2'].map(plainName)).toEqual(['订单', 'b', 'x', 'v1.2']));
});
