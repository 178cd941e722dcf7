/**
 * One search box over the whole catalogue: attributes, facts × measures, grids, tags, saved segments, templates.
 * "30天 买 黄酒" is read as a window of time, words for the thing, and words for its values. Pure.
 */

import { askedOfAttribute, askedOfField, askedOfMeasure, newFact, newInterval, newProfile, newRank, newSequence, isNumeric, type Asked } from './defaults';
import type { Attribute, Catalogue, Fact, FactField, LeafNode, RuleNode, RuleWindow, Segment, TagLabel, WindowUnit } from './types';

/* Reading what was typed */

export interface Query {
  words: string[];
  window: RuleWindow | null;
  /** "2 次以上", ">200". */
  amount: { operator: string; value: number } | null;
  /** "没买": it must not hold. */
  negative: boolean;
}

const UNIT_WORDS: [pattern: string, unit: WindowUnit][] = [
  ['分钟|minutes?|mins?', 'minute'],
  ['个?小时|hours?', 'hour'],
  ['天|日|days?|d', 'day'],
  ['周|个?星期|weeks?|w', 'week'],
  ['个月|月|months?', 'month'],
  ['个?季度?|quarters?', 'quarter'],
  ['年|years?|y', 'year'],
];
const UNITS = UNIT_WORDS.map(([pattern]) => pattern).join('|');
const NUMBER = '\\d+|[一二两三四五六七八九十百半]+';
const unitOf = (text: string): WindowUnit => UNIT_WORDS.find(([pattern]) => new RegExp(`^(?:${pattern})$`, 'i').test(text))?.[1] ?? 'day';

const DIGITS: Record<string, number> = { 一: 1, 二: 2, 两: 2, 三: 3, 四: 4, 五: 5, 六: 6, 七: 7, 八: 8, 九: 9 };

/** 三十 → 30, 一百二十 → 120; arabic digits as they are. */
export function numberOf(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  let whole = 0;
  let digit = 0;
  for (const letter of text) {
    if (letter === '百' || letter === '十') {
      whole += (digit || 1) * (letter === '百' ? 100 : 10);
      digit = 0;
    } else digit = DIGITS[letter] ?? 0;
  }
  return whole + digit;
}

const CALENDAR: [RegExp, RuleWindow][] = [
  [/今天|今日|\btoday\b/i, { kind: 'this', unit: 'day' }],
  [/昨天|昨日|\byesterday\b/i, { kind: 'previous', unit: 'day' }],
  [/本周|这周|\bthis week\b/i, { kind: 'this', unit: 'week' }],
  [/上周|\b(?:last|previous) week\b/i, { kind: 'previous', unit: 'week' }],
  [/本月|这个月|当月|\bthis month\b/i, { kind: 'this', unit: 'month' }],
  [/上个?月|\b(?:last|previous) month\b/i, { kind: 'previous', unit: 'month' }],
  [/本季度?|\bthis quarter\b/i, { kind: 'this', unit: 'quarter' }],
  [/上个?季度?|\b(?:last|previous) quarter\b/i, { kind: 'previous', unit: 'quarter' }],
  [/今年|\bthis year\b/i, { kind: 'this', unit: 'year' }],
  [/去年|\b(?:last|previous) year\b/i, { kind: 'previous', unit: 'year' }],
];

function readWindow(text: string): { window: RuleWindow | null; rest: string } {
  const ago = new RegExp(`(\\d+)\\s*(?:${UNITS})?\\s*(?:-|~|–|到|至|to|and)\\s*(\\d+)\\s*(${UNITS})\\s*(?:之?前|ago)`, 'i').exec(text);
  if (ago) {
    const [far, near] = [Number(ago[1]), Number(ago[2])].sort((a, b) => b - a) as [number, number];
    return { window: { kind: 'between_ago', n: far, m: near, unit: unitOf(ago[3]!) }, rest: text.replace(ago[0], ' ') };
  }
  for (const [pattern, window] of CALENDAR) {
    if (pattern.test(text)) return { window, rest: text.replace(pattern, ' ') };
  }
  const half = /半年/.exec(text);
  if (half) return { window: { kind: 'last', n: 6, unit: 'month' }, rest: text.replace(/(最近|近|过去)?半年内?/, ' ') };
  const span = new RegExp(`(最近|近|过去|未来|接下来|last|past|next|within)?\\s*(${NUMBER})\\s*(${UNITS})(?![a-z陈份酿])\\s*(之?内|以内)?`, 'i').exec(text);
  if (span) {
    const n = numberOf(span[2]!);
    const ahead = /未来|接下来|next/i.test(span[1] ?? '');
    if (n > 0) return { window: { kind: ahead ? 'next' : 'last', n, unit: unitOf(span[3]!.toLowerCase()) }, rest: text.replace(span[0], ' ') };
  }
  return { window: null, rest: text };
}

const SIGNS: Record<string, string> = { '>=': 'ge', '≥': 'ge', '<=': 'le', '≤': 'le', '>': 'gt', '<': 'lt', '=': 'eq' };

function readAmount(text: string): { amount: Query['amount']; rest: string } {
  const signed = /(>=|<=|≥|≤|>|<|=)\s*(\d+(?:\.\d+)?)\s*(?:元|块|次|单|件|笔)?/.exec(text);
  if (signed) return { amount: { operator: SIGNS[signed[1]!]!, value: Number(signed[2]) }, rest: text.replace(signed[0], ' ') };
  const said = /(\d+(?:\.\d+)?)\s*(?:元|块|次|单|件|笔|times|orders)\s*(以上|以下|以内|及以上|\+)?/i.exec(text);
  if (said) return { amount: { operator: /以下|以内/.test(said[2] ?? '') ? 'le' : 'ge', value: Number(said[1]) }, rest: text.replace(said[0], ' ') };
  return { amount: null, rest: text };
}

/** Words that mean the same here; a person's verb finds the catalogue's noun. */
const SAME: readonly (readonly string[])[] = [
  ['买过', '购买', '买', '下单', '付款', '成交', 'bought', 'buy', 'order', 'purchase', 'paid'],
  ['消费', '花', '金额', '实付', '消费金额', '花了多少', 'spend', 'spent', 'amount'],
  ['最近一次', '最后一次', '上次', 'last'],
  ['退款', '退货', '退', 'refund', 'return'],
  ['浏览', '访问', '看过', '逛', 'visit', 'view', 'browse'],
  ['加购', '购物车', 'cart'],
  ['收藏', 'favourite', 'favorite'],
  ['评价', '评论', 'review'],
  ['快递', '包裹', '物流', 'parcel'],
  ['流失', '沉睡', '多久没买', 'dormant', 'lapsed'],
  ['复购', '回购', 'repeat'],
  ['短信', '消息', '触达', 'message', 'sms'],
];

/** The word and those that mean the same; single letters stand for themselves only when typed. */
const alike = (word: string): readonly string[] => [word, ...(SAME.find((words) => words.includes(word)) ?? []).filter((one) => one !== word && one.length > 1)];
const BUYING = new Set(SAME[0]);
const DORMANT = new Set(['多久没买', '沉睡', 'dormant', 'recency']);
/** Short words of grammar that never name a thing. */
const STOP = new Set(['的', '了', '过', '在', 'the', 'a', 'an', 'of', 'in', 'who', 'members', '会员', '客户', '人', '最近', '近', '内']);
const NOT = /^(没有|没|未|不|no|not|never|haven't|without)$/i;

export function readQuery(text: string): Query {
  const { window, rest } = readWindow(text.normalize('NFKC').toLowerCase());
  const { amount, rest: left } = readAmount(rest);
  const raw = left.split(/[\s,，、。;；]+/).filter((word) => word && !STOP.has(word));
  return { words: raw.filter((word) => !NOT.test(word)).map((word) => word.replace(/^(没有|没)(?=买|购|下单|付款)/, '')), window, amount, negative: raw.some((word) => NOT.test(word) || /^(没有|没)(买|购|下单|付款)/.test(word)) };
}

/* What can be found */

export type EntryKind = 'attribute' | 'fact' | 'special' | 'grid' | 'tag' | 'segment' | 'template';

export interface Entry {
  key: string;
  kind: EntryKind;
  /** Under which heading it is browsed: a catalogue group's code, a fact's code, or the kind. */
  group: string;
  label: string;
  help: string;
  /** Further words it is found by. */
  words: string[];
  hasData: boolean;
  windowed: boolean;
  numeric: boolean;
  /** A number of days since something. */
  days: boolean;
  make: (query: Query) => RuleNode | null;
}

/** Words of the screen's language for what the catalogue does not name. */
export interface SearchWords {
  facts: string;
  special: string;
  grid: string;
  tag: string;
  segment: string;
  template: string;
  sequence: [label: string, help: string];
  interval: [label: string, help: string];
  rank: [label: string, help: string];
  sample: [label: string, help: string];
}

/** "没买": none of it happened, where that is a count; longer ago, where it is a number of days. */
function turned<T extends LeafNode>(node: T, asked: Asked, query: Query): T {
  if (!query.negative || !('operator' in node)) return node;
  if (asked.type === 'days' && query.window && asked.operators.includes('gt')) return { ...node, operator: 'gt' };
  if (asked.type === 'count' && asked.operators.includes('eq')) return { ...node, operator: 'eq', value: 0 };
  if (asked.type === 'flag' && asked.operators.includes('no')) return { ...node, operator: 'no' };
  if (asked.operators.includes('none_of')) return { ...node, operator: 'none_of' };
  return node;
}

/** The amount that was typed, where the condition takes one. */
export function withAmount<T extends LeafNode>(node: T, asked: Asked, amount: Query['amount']): T {
  if (!amount || !isNumeric(asked.type) || !asked.operators.includes(amount.operator) || !('operator' in node)) return node;
  return { ...node, operator: amount.operator, value: asked.type === 'share' ? amount.value / 100 : amount.value };
}

function attributeEntry(catalogue: Catalogue, attribute: Attribute, groups: Map<string, string>): Entry {
  return {
    key: `attribute:${attribute.code}`,
    kind: 'attribute',
    group: attribute.group,
    label: attribute.label,
    help: attribute.help,
    words: [...attribute.keywords, groups.get(attribute.group) ?? ''],
    hasData: attribute.has_data,
    windowed: attribute.windowed,
    numeric: isNumeric(attribute.type),
    days: attribute.type === 'days',
    make: (query) => turned(withAmount(newProfile(catalogue, attribute, query.window), askedOfAttribute(attribute), query.amount), askedOfAttribute(attribute), query),
  };
}

function factEntries(catalogue: Catalogue, fact: Fact): Entry[] {
  return fact.measures.map((measure) => ({
    key: `fact:${fact.code}.${measure.code}`,
    kind: 'fact' as const,
    group: `fact:${fact.code}`,
    label: `${fact.label} · ${measure.label}`,
    help: measure.help,
    words: [fact.code, measure.code],
    hasData: fact.has_data,
    windowed: true,
    numeric: isNumeric(measure.type),
    days: measure.type === 'days',
    make: (query: Query) => turned(withAmount(newFact(catalogue, fact, measure, [], query.window), askedOfMeasure(measure), query.amount), askedOfMeasure(measure), query),
  }));
}

function entry(key: string, kind: EntryKind, [label, help]: [string, string], words: string[], make: Entry['make']): Entry {
  return { key, kind, group: kind, label, help, words, hasData: true, windowed: false, numeric: false, days: false, make };
}

/** Everything that can be found, in the order it is browsed. */
export function entriesOf(catalogue: Catalogue, tags: TagLabel[], segments: Pick<Segment, 'id' | 'name' | 'sentence'>[], words: SearchWords): Entry[] {
  const groups = new Map(catalogue.groups.map((group) => [group.code, group.label]));
  return [
    ...catalogue.attributes.map((attribute) => attributeEntry(catalogue, attribute, groups)),
    ...catalogue.facts.flatMap((fact) => factEntries(catalogue, fact)),
    entry('special:sequence', 'special', words.sequence, ['sequence', '先后', '然后', 'then', 'after'], () => newSequence(catalogue)),
    entry('special:interval', 'special', words.interval, ['interval', '周期', '复购周期', 'cycle', '该回购'], () => newInterval()),
    entry('special:rank', 'special', words.rank, ['rank', '前', '排名', 'top', 'bottom', '最高'], () => newRank(catalogue)),
    entry('special:sample', 'special', words.sample, ['sample', '随机', '抽样', 'ab', '对照', 'random'], () => ({ kind: 'sample', salt: new Date().toISOString().slice(0, 10), start: 0, end: 10 })),
    ...catalogue.grids.map((grid) => entry(`grid:${grid.code}`, 'grid', [grid.label, grid.help], [grid.code, ...grid.cells.map((cell) => cell.label)], () => ({ kind: 'cell', grid: grid.code, cells: [] }))),
    ...tags.map((tag) => entry(`tag:${tag.id}`, 'tag', [`${tag.group} · ${tag.label}`, tag.help], [tag.label, tag.group], () => ({ kind: 'tag', operator: 'any_of', tags: [tag.id] }))),
    ...segments.map((segment) => entry(`segment:${segment.id}`, 'segment', [segment.name, segment.sentence], [], () => ({ kind: 'segment', segment: segment.id }))),
    ...catalogue.templates.map((template) => entry(`template:${template.code}`, 'template', [template.label, template.help], [], () => template.rule.rule)),
  ];
}

/* Finding */

export interface Hit {
  entry: Entry;
  score: number;
  /** Words that the entry does not have; they may be values. */
  left: string[];
}

const CJK = /[㐀-鿿]/;

function bigrams(text: string): string[] {
  return [...text].slice(0, -1).map((letter, index) => letter + [...text][index + 1]!);
}

function scoreOf(word: string, entry: Entry): number {
  const label = entry.label.toLowerCase();
  const further = entry.words.map((one) => one.toLowerCase());
  let best = 0;
  for (const variant of alike(word)) {
    const own = variant === word ? 1 : 0.8;
    if (label === variant) best = Math.max(best, 20 * own);
    else if (label.startsWith(variant)) best = Math.max(best, 12 * own);
    else if (label.includes(variant)) best = Math.max(best, 10 * own);
    if (further.some((one) => one === variant)) best = Math.max(best, 9 * own);
    else if (further.some((one) => one !== '' && one.includes(variant))) best = Math.max(best, 6 * own);
    if (best < 3 && entry.help.toLowerCase().includes(variant)) best = Math.max(best, 3 * own);
  }
  if (best > 0 || !CJK.test(word) || word.length < 3) return best;
  const text = [label, ...further].join(' ');
  const pairs = bigrams(word);
  const found = pairs.filter((pair) => text.includes(pair)).length / pairs.length;
  return found >= 0.5 ? 4 * found : 0;
}

/** "买黄酒" as "买", "黄酒", where nothing is called by the whole. */
export function splitVerbs(words: string[], entries: Entry[]): string[] {
  const verbs = SAME.flat().filter((verb) => CJK.test(verb)).sort((a, b) => b.length - a.length);
  return words.flatMap((word) => {
    if (!CJK.test(word) || word.length < 2 || entries.some((one) => scoreOf(word, one) >= 6)) return [word];
    const verb = verbs.find((one) => word.startsWith(one) && word.length > one.length);
    return verb ? [verb, word.slice(verb.length).replace(/^过/, '')].filter(Boolean) : [word];
  });
}

/** What fits the words best, best first: those with all words, then those with some of them. */
export function search(entries: Entry[], query: Query, most = 60): Hit[] {
  const words = splitVerbs(query.words, entries);
  if (words.length === 0 && !query.window) return [];
  const hits: Hit[] = [];
  for (const one of entries) {
    const scores = words.map((word) => scoreOf(word, one));
    const left = words.filter((_word, index) => scores[index] === 0);
    if (words.length > 0 && left.length === words.length) continue;
    let score = scores.reduce((sum, value) => sum + value, 0) - 12 * left.length;
    if (query.window) score += one.windowed ? 6 : 0;
    // "30天没买" asks for how long ago they bought.
    if (query.negative && one.days && words.some((word) => BUYING.has(word)) && one.words.some((further) => DORMANT.has(further))) score += 16;
    else if (query.negative && one.days) score += 3;
    if (query.amount) score += one.numeric ? 4 : 0;
    if (words.length === 0 && !one.windowed) continue;
    if (!one.hasData) score -= 3;
    score -= one.label.length / 20;
    hits.push({ entry: one, score, left });
  }
  return hits.sort((a, b) => b.score - a.score).slice(0, most);
}

/** Whether the words are a condition's own name, or begin it. */
export function namesWholly(hit: Hit, query: Query): boolean {
  const label = hit.entry.label.toLowerCase();
  return query.words.length > 0 && hit.left.length === 0 && query.words.every((word) => label.startsWith(word) || hit.entry.words.some((one) => one.toLowerCase() === word));
}

/* Values: "黄酒" is no attribute but a category of one */

export interface ValueSource {
  key: string;
  label: string;
  /** The words by which its own entry is found. */
  entry: Entry;
  choices: { value: string; label: string }[] | null;
  /** To be asked of the server; null where the choices are fixed. */
  source: string | null;
  make: (value: string, query: Query) => LeafNode;
}

/** How many sources the server is asked for one word. */
const MOST_SOURCES = 8;
/** What people name most often, asked first where nothing else tells. */
const USUAL = ['bought_categories', 'bought_items', 'province', 'city', 'category', 'item', 'bought_brands', 'bought_shops', 'shop', 'level', 'taste', 'home_store', 'channels'];

function usual(key: string): number {
  const at = USUAL.indexOf(key.split(/[:.]/).at(-1) ?? '');
  return at < 0 ? 0 : 5 - at / 4;
}

function attributeSource(catalogue: Catalogue, attribute: Attribute, entry: Entry): ValueSource {
  const asked = askedOfAttribute(attribute);
  return {
    key: entry.key,
    label: attribute.label,
    entry,
    choices: asked.choices,
    source: asked.source,
    make: (value, query) => ({ ...newProfile(catalogue, attribute, query.window), operator: query.negative && asked.operators.includes('none_of') ? 'none_of' : 'any_of', value: [value] }),
  };
}

function fieldSource(catalogue: Catalogue, fact: Fact, field: FactField, entry: Entry): ValueSource | null {
  const measure = fact.measures[0];
  if (!measure) return null;
  const asked = askedOfField(fact, field);
  return {
    key: `field:${fact.code}.${field.code}`,
    label: `${fact.label} · ${field.label}`,
    entry,
    choices: asked.choices,
    source: asked.source,
    make: (value, query) => {
      const many = asked.operators.includes('any_of');
      const where = many ? { field: field.code, operator: 'any_of', value: [value] } : { field: field.code, operator: asked.operators.includes('equals') ? 'equals' : 'contains', value };
      const node = newFact(catalogue, fact, measure, [where], query.window);
      if (query.negative) return { ...node, operator: 'eq', value: 0 };
      return withAmount(node, askedOfMeasure(measure), query.amount);
    },
  };
}

/** All places that values can come from; those the server knows by search first among orders. */
export function valueSources(catalogue: Catalogue, entries: Entry[]): ValueSource[] {
  const byKey = new Map(entries.map((one) => [one.key, one]));
  const attributes = catalogue.attributes
    .filter((one) => (one.searchable || one.choices) && one.operators.includes('any_of') && one.has_data)
    .flatMap((one) => {
      const found = byKey.get(`attribute:${one.code}`);
      return found ? [attributeSource(catalogue, one, found)] : [];
    });
  const fields = catalogue.facts
    .filter((fact) => fact.kind === 'trades')
    .flatMap((fact) =>
      fact.fields.filter((field) => field.searchable || field.choices).flatMap((field) => {
        const found = byKey.get(`fact:${fact.code}.${fact.measures[0]?.code ?? ''}`);
        const made = found ? fieldSource(catalogue, fact, field, found) : null;
        return made ? [made] : [];
      }),
    );
  return [...attributes, ...fields];
}

/** "黄酒 > 花雕酒" stands below "黄酒", which can be asked for as a whole. */
export function parentPaths(labels: readonly string[], word: string): string[] {
  const parents = labels.flatMap((label) => {
    const parts = label.split(' > ');
    const at = parts.findIndex((part) => part.toLowerCase().includes(word));
    return at >= 0 && at < parts.length - 1 ? [parts.slice(0, at + 1).join(' > ')] : [];
  });
  return [...new Set(parents)].filter((one) => !labels.includes(one));
}

export interface ValueHit {
  source: ValueSource;
  value: string;
  label: string;
  count: number | null;
  score: number;
}

/** The words that may be values: those that name little or nothing in the catalogue. */
export function valueWords(entries: Entry[], query: Query): string[] {
  const words = splitVerbs(query.words, entries);
  const verbs = new Set(SAME.flat());
  return words.filter((word) => !verbs.has(word) && (word.length > 1 || CJK.test(word))).slice(0, 2);
}

/** Values out of the fixed choices that fit a word; single letters must fit wholly. */
export function fixedHits(sources: ValueSource[], query: Query, words: string[]): ValueHit[] {
  return words.flatMap((word) =>
    sources.flatMap((source) =>
      (source.choices ?? [])
        .filter((choice) => (word.length === 1 ? choice.label.toLowerCase() === word : choice.label.toLowerCase().includes(word)))
        .slice(0, 4)
        .map((choice) => valueHit(source, choice.value, choice.label, null, word, query)),
    ),
  );
}

export function valueHit(source: ValueSource, value: string, label: string, count: number | null, word: string, query: Query): ValueHit {
  const rest = query.words.filter((one) => one !== word);
  const exact = label.toLowerCase() === word ? 10 : label.toLowerCase().startsWith(word) ? 5 : 0;
  const fitting = rest.reduce((sum, one) => sum + scoreOf(one, source.entry), 0);
  const timely = query.window && source.entry.windowed ? 6 : 0;
  const counting = query.amount ? (source.key.startsWith('field:') ? 6 : -6) : 0;
  return { source, value, label, count, score: 20 + exact + fitting + timely + counting + usual(source.key) - source.label.length / 20 };
}

/** The sources worth asking for a word: the ones whose own name fits the other words first. */
export function sourcesToAsk(sources: ValueSource[], query: Query, words: string[]): ValueSource[] {
  const rest = splitVerbs(query.words, sources.map((source) => source.entry)).filter((word) => !words.includes(word));
  const fit = (source: ValueSource) => rest.reduce((sum, word) => sum + scoreOf(word, source.entry), 0) + (query.window && source.entry.windowed ? 6 : 0) + (query.amount && source.key.startsWith('field:') ? 6 : 0) + usual(source.key);
  return sources
    .filter((source) => source.source !== null)
    .map((source) => ({ source, score: fit(source) }))
    .sort((a, b) => b.score - a.score)
    .slice(0, MOST_SOURCES)
    .map((one) => one.source);
}
