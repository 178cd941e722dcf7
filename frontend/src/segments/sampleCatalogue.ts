import type { Attribute, Catalogue, Fact, Operator } from './types';

/** A small catalogue in the server's shape, for tests. */

const OPERATORS: [code: string, arity: Operator['arity']][] = [
  ['eq', 'one'], ['ge', 'one'], ['le', 'one'], ['gt', 'one'], ['between', 'two'], ['not_between', 'two'], ['on', 'one'], ['within', 'window'],
  ['any_of', 'many'], ['none_of', 'many'], ['all_of', 'many'], ['contains', 'one'], ['yes', 'none'], ['no', 'none'], ['known', 'none'], ['unknown', 'none'],
];
const NUMBERS = ['eq', 'ge', 'le', 'gt', 'between', 'not_between'];

function attribute(code: string, label: string, rest: Partial<Attribute>): Attribute {
  return { code, group: 'who', label, help: '', type: 'count', unit: '', operators: NUMBERS, windowed: false, default_window: null, choices: null, searchable: false, has_data: true, keywords: [], ...rest };
}

const trades: Fact = {
  code: 'trades',
  kind: 'trades',
  label: '订单',
  bases: [{ code: 'paid', label: '付款' }],
  measures: [
    { code: 'count', label: '订单数', help: '', type: 'count', unit: '', operators: NUMBERS },
    { code: 'amount', label: '金额合计', help: '', type: 'money', unit: 'yuan', operators: NUMBERS },
  ],
  fields: [
    { code: 'category', label: '类目', type: 'choice', unit: '', operators: ['any_of', 'none_of'], choices: null, searchable: true },
    { code: 'weekday', label: '星期', type: 'choice', unit: '', operators: ['any_of', 'none_of'], choices: [{ value: '6', label: '星期六' }], searchable: false },
  ],
  has_data: true,
};

export const catalogue: Catalogue = {
  groups: [{ code: 'who', label: '是谁' }, { code: 'how', label: '怎么买' }, { code: 'what', label: '买什么' }],
  attributes: [
    attribute('gender', '性别', { type: 'choice', operators: ['any_of', 'none_of', 'known', 'unknown'], choices: [{ value: 'f', label: '女' }, { value: 'm', label: '男' }], keywords: ['gender', 'sex'] }),
    attribute('birthday', '生日', { type: 'birthday', operators: ['within', 'known', 'unknown'], keywords: ['birthday'] }),
    attribute('trades', '付款订单数', { group: 'how', windowed: true, default_window: { kind: 'ever' }, keywords: ['买过几次', 'orders', 'purchases'] }),
    attribute('since_last', '距最近一次付款的天数', { group: 'how', type: 'days', unit: 'day', keywords: ['多久没买', 'recency'] }),
    attribute('last_paid', '最近一次付款', { group: 'how', type: 'date', operators: ['within', 'on'], keywords: ['last order'] }),
    attribute('refund_share', '退款率', { group: 'how', type: 'share', unit: 'percent', windowed: true, default_window: { kind: 'last', n: 365, unit: 'day' }, keywords: ['refund'] }),
    attribute('categories', '买过的类目', { group: 'what', type: 'set', operators: ['any_of', 'none_of', 'all_of'], windowed: true, default_window: { kind: 'ever' }, searchable: true, keywords: ['bought categories'] }),
  ],
  facts: [trades],
  operators: OPERATORS.map(([code, arity]) => ({ code, label: code, arity })),
  windows: [],
  festivals: [{ code: 'd618', label: '618' }],
  grids: [{ code: 'lifecycle', label: '生命周期', help: '', cells: [{ code: 'new', label: '新客' }, { code: 'asleep', label: '沉睡' }] }],
  templates: [{ code: 'sleepy', label: '沉睡唤醒', help: '', rule: { version: 1, rule: { kind: 'all', children: [] } } }],
  limits: { nodes: 2000, depth: 100, values: 1000 },
};
