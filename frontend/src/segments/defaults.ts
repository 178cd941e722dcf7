/** What a new condition starts with, and what becomes of it when a part of it changes. Pure. */

import {
  NUMERIC,
  type Attribute,
  type Catalogue,
  type EventsNode,
  type Fact,
  type FactField,
  type IntervalNode,
  type LeafNode,
  type Measure,
  type Operator,
  type ProfileNode,
  type RankNode,
  type RuleValue,
  type RuleWindow,
  type SequenceNode,
  type Subject,
  type TradesNode,
  type ValueType,
  type Where,
  type WindowUnit,
} from './types';

export const EVER: RuleWindow = { kind: 'ever' };
export const LAST_30: RuleWindow = { kind: 'last', n: 30, unit: 'day' };

export function attributeOf(catalogue: Catalogue, code: string): Attribute | undefined {
  return catalogue.attributes.find((one) => one.code === code);
}

export function factOf(catalogue: Catalogue, code: string): Fact | undefined {
  return catalogue.facts.find((one) => one.code === code);
}

/** Orders are the one fact of their kind. */
export function ordersOf(catalogue: Catalogue): Fact | undefined {
  return catalogue.facts.find((one) => one.kind === 'trades');
}

/** The fact a trades or events condition counts. */
export function factOfNode(catalogue: Catalogue, node: { kind: 'trades' } | { kind: 'events'; event: string }): Fact | undefined {
  return node.kind === 'trades' ? ordersOf(catalogue) : factOf(catalogue, node.event);
}

export function operatorOf(catalogue: Catalogue, code: string): Operator | undefined {
  return catalogue.operators.find((one) => one.code === code);
}

/** Facts are called by name in sequences; an order there is a `trade`. */
export function stepEvent(fact: Fact): string {
  return fact.kind === 'trades' ? 'trade' : fact.code;
}

export function factOfStep(catalogue: Catalogue, event: string): Fact | undefined {
  return event === 'trade' ? ordersOf(catalogue) : factOf(catalogue, event);
}

/** What a value is asked of: its type, its unit, and where its values come from. */
export interface Asked {
  type: ValueType;
  unit: string;
  operators: string[];
  choices: { value: string; label: string }[] | null;
  /** The source for `/segments/values`; null where there is none. */
  source: string | null;
}

export function askedOfAttribute(attribute: Attribute): Asked {
  return { type: attribute.type, unit: attribute.unit, operators: attribute.operators, choices: attribute.choices, source: attribute.searchable ? `attribute:${attribute.code}` : null };
}

export function askedOfMeasure(measure: Measure): Asked {
  return { type: measure.type, unit: measure.unit, operators: measure.operators, choices: null, source: null };
}

export function askedOfField(fact: Fact, field: FactField): Asked {
  return { type: field.type, unit: field.unit, operators: field.operators, choices: field.choices, source: field.searchable ? `field:${fact.code}.${field.code}` : null };
}

/** The days after the last purchase that an interval condition is about. */
export function askedOfInterval(catalogue: Catalogue): Asked {
  const days = catalogue.operators.map((one) => one.code).filter((code) => ['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'between', 'not_between', 'known', 'unknown'].includes(code));
  return { type: 'number', unit: 'day', operators: days, choices: null, source: null };
}

/** The value type of a leaf with an operator; null for the others. */
export function askedOf(catalogue: Catalogue, node: LeafNode): Asked | null {
  if (node.kind === 'profile') {
    const attribute = attributeOf(catalogue, node.attribute);
    return attribute ? askedOfAttribute(attribute) : null;
  }
  if (node.kind === 'trades' || node.kind === 'events') {
    const measure = factOfNode(catalogue, node)?.measures.find((one) => one.code === node.measure);
    return measure ? askedOfMeasure(measure) : null;
  }
  return node.kind === 'interval' ? askedOfInterval(catalogue) : null;
}

/** The operator offered first. */
export function firstOperator(asked: Asked): string {
  const wished: Partial<Record<ValueType, string>> = { count: 'ge', money: 'ge', number: 'ge', share: 'ge', days: 'le', date: 'within', birthday: 'within', choice: 'any_of', set: 'any_of', text: 'contains', flag: 'yes' };
  const wish = wished[asked.type];
  return wish !== undefined && asked.operators.includes(wish) ? wish : (asked.operators[0] ?? 'known');
}

export const isWindow = (value: RuleValue | undefined): value is RuleWindow => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value kept, cut or started anew when the operator takes another number of them. */
export function recast(value: RuleValue | undefined, asked: Asked, operator: Operator): RuleValue | undefined {
  const single = Array.isArray(value) ? value[0] : isWindow(value) ? undefined : (value ?? undefined);
  switch (operator.arity) {
    case 'none':
      return undefined;
    case 'one':
      return single ?? startValue(asked, operator);
    case 'two':
      if (Array.isArray(value) && value.length === 2) return value;
      return single === undefined ? undefined : typeof single === 'number' ? [single, single] : [single, single];
    case 'many':
      return Array.isArray(value) ? value : single === undefined ? [] : [single];
    case 'window':
      if (isWindow(value)) return value;
      return asked.type === 'birthday' ? { kind: 'next', n: 7, unit: 'day' } : LAST_30;
  }
}

/** A count begins at one; everything else is for the person to say. */
function startValue(asked: Asked, operator: Operator): RuleValue | undefined {
  return asked.type === 'count' && operator.arity === 'one' ? 1 : undefined;
}

function compared(catalogue: Catalogue, asked: Asked): { operator: string; value?: RuleValue } {
  const operator = operatorOf(catalogue, firstOperator(asked));
  const value = operator ? recast(undefined, asked, operator) : undefined;
  return value === undefined ? { operator: operator?.code ?? 'known' } : { operator: operator!.code, value };
}

export function newProfile(catalogue: Catalogue, attribute: Attribute, window: RuleWindow | null = null): ProfileNode {
  const node: ProfileNode = { kind: 'profile', attribute: attribute.code, ...compared(catalogue, askedOfAttribute(attribute)) };
  // A time that was typed belongs to a date's value where the attribute itself has no window.
  if (attribute.windowed) node.window = window ?? attribute.default_window ?? LAST_30;
  else if (window && operatorOf(catalogue, node.operator)?.arity === 'window' && fits(attribute.type, window)) node.value = window;
  else if (window && attribute.type === 'days' && window.kind === 'last' && window.unit === 'day') node.value = window.n;
  return node;
}

/** Birthdays lie ahead, other dates behind. */
function fits(type: ValueType, window: RuleWindow): boolean {
  return type === 'birthday' ? ['next', 'this'].includes(window.kind) : window.kind !== 'next';
}

export function newFact(catalogue: Catalogue, fact: Fact, measure: Measure, where: Where[] = [], window: RuleWindow | null = null): TradesNode | EventsNode {
  const rest = { measure: measure.code, where, window: window ?? EVER, ...compared(catalogue, askedOfMeasure(measure)) };
  return fact.kind === 'trades' ? { kind: 'trades', basis: fact.bases[0]?.code ?? 'paid', ...rest } : { kind: 'events', event: fact.code, ...rest };
}

export function newWhere(catalogue: Catalogue, fact: Fact, field: FactField): Where {
  return { field: field.code, ...compared(catalogue, askedOfField(fact, field)) };
}

export function newSequence(catalogue: Catalogue): SequenceNode {
  const trade = ordersOf(catalogue);
  const event = trade ? stepEvent(trade) : 'trade';
  return { kind: 'sequence', first: { event, where: [] }, then: { event, where: [] }, within: { n: 30, unit: 'day' }, happens: true, window: { kind: 'last', n: 365, unit: 'day' } };
}

export function newInterval(): IntervalNode {
  return { kind: 'interval', cycle: 'own', where: [], operator: 'between', value: [-7, 7] };
}

/** What can be ranked by: anything with an amount. */
export function newRank(catalogue: Catalogue, by?: Subject): RankNode | null {
  const trades = ordersOf(catalogue);
  const measure = trades?.measures.find((one) => one.type === 'money') ?? trades?.measures[0];
  const subject = by ?? (trades && measure ? subjectOf(newFact(catalogue, trades, measure, [], { kind: 'last', n: 365, unit: 'day' })) : null);
  return subject ? { kind: 'rank', direction: 'top', size: { n: 100, unit: 'members' }, by: subject } : null;
}

/** A condition without operator and value; null where it has no amount. */
export function subjectOf(node: LeafNode): Subject | null {
  if (node.kind === 'profile') return { kind: node.kind, attribute: node.attribute, ...(node.window ? { window: node.window } : {}) };
  if (node.kind === 'trades') return { kind: node.kind, basis: node.basis, measure: node.measure, where: node.where, window: node.window };
  if (node.kind === 'events') return { kind: node.kind, event: node.event, measure: node.measure, where: node.where, window: node.window };
  return null;
}

export function isNumeric(type: ValueType): boolean {
  return NUMERIC.includes(type);
}

/** A condition with another operator; the value goes with it as far as it can. */
export function withOperator<T extends { operator: string; value?: RuleValue }>(catalogue: Catalogue, of: T, asked: Asked, code: string): T {
  const operator = operatorOf(catalogue, code);
  const next = { ...of, operator: code };
  const value = operator ? recast(of.value, asked, operator) : undefined;
  if (value === undefined) delete next.value;
  else next.value = value;
  return next;
}

/* Windows */

const UNITS: Record<string, WindowUnit> = { this: 'month', previous: 'month' };

/** A window of another kind, keeping what both kinds have. */
export function withWindowKind(window: RuleWindow, kind: string, units: readonly WindowUnit[], festivals: readonly { code: string }[]): RuleWindow {
  const unit = window.unit && units.includes(window.unit) ? window.unit : (UNITS[kind] ?? units.find((one) => one === 'day') ?? units[0] ?? 'day');
  const n = window.n && window.n > 0 ? window.n : 30;
  const festival = window.festival ?? festivals[0]?.code ?? '';
  switch (kind) {
    case 'last':
    case 'next':
    case 'after_first':
      return { kind, n, unit };
    case 'between_ago':
      return window.kind === 'last' ? { kind, n: n * 2, m: n, unit } : { kind, n: 60, m: 30, unit };
    case 'this':
    case 'previous':
      return { kind, unit };
    case 'dates':
      return { kind, ...(window.start ? { start: window.start } : {}), ...(window.end ? { end: window.end } : {}) };
    case 'since':
      return { kind, festival, year: window.year ?? 0 };
    case 'around':
      return { kind, festival, year: window.year ?? 0, n: 7, m: 7 };
    default:
      return { kind };
  }
}

export function isWindowWhole(window: RuleWindow | undefined): boolean {
  if (!window) return true;
  switch (window.kind) {
    case 'last':
    case 'next':
    case 'after_first':
      return (window.n ?? 0) > 0;
    case 'between_ago':
      return window.n !== undefined && window.m !== undefined && window.n > window.m && window.m >= 0;
    case 'dates':
      return Boolean(window.start ?? window.end) && !(window.start && window.end && window.start > window.end);
    case 'since':
    case 'around':
      return Boolean(window.festival);
    default:
      return true;
  }
}

/* Whether everything has been said */

function isValueWhole(catalogue: Catalogue, operatorCode: string, value: RuleValue | undefined): boolean {
  const operator = operatorOf(catalogue, operatorCode);
  switch (operator?.arity) {
    case undefined:
    case 'none':
      return true;
    case 'one':
      return value !== undefined && value !== null && value !== '' && !Array.isArray(value);
    case 'two':
      return Array.isArray(value) && value.length === 2 && value.every((one) => one !== '' && one !== null && one !== undefined);
    case 'many':
      return Array.isArray(value) && value.length > 0;
    case 'window':
      return isWindow(value) && isWindowWhole(value);
  }
}

const areWhole = (catalogue: Catalogue, where: Where[]) => where.every((one) => isValueWhole(catalogue, one.operator, one.value));

/** Whether a condition can be asked: nothing of it is still empty. */
export function isWhole(catalogue: Catalogue, node: LeafNode): boolean {
  switch (node.kind) {
    case 'profile':
      return isValueWhole(catalogue, node.operator, node.value) && isWindowWhole(node.window);
    case 'trades':
    case 'events':
      return isValueWhole(catalogue, node.operator, node.value) && isWindowWhole(node.window) && areWhole(catalogue, node.where);
    case 'interval':
      return isValueWhole(catalogue, node.operator, node.value) && areWhole(catalogue, node.where);
    case 'sequence':
      return node.within.n > 0 && isWindowWhole(node.window) && areWhole(catalogue, node.first.where) && areWhole(catalogue, node.then.where);
    case 'rank':
      return node.size.n > 0 && isWindowWhole(node.by.window) && ('where' in node.by ? areWhole(catalogue, node.by.where) : true);
    case 'cell':
      return node.cells.length > 0;
    case 'tag':
      return node.tags.length > 0;
    case 'sample':
      return node.salt !== '' && node.start >= 0 && node.end <= 100 && node.start < node.end;
    case 'segment':
      return node.segment !== '';
  }
}

/** Many values out of pasted text: one a line, or parted by commas and tabs. */
export function pasted(text: string, most: number): string[] {
  const found = text.split(/[\r\n\t,，;；]+/).map((one) => one.trim()).filter(Boolean);
  return [...new Set(found)].slice(0, most);
}

/** A share is kept as 0…1 and shown in percent, both without a float's dust. */
export function percentOf(share: number): number {
  return Number((share * 100).toFixed(4));
}

export function shareOf(percent: number): number {
  return Number((percent / 100).toFixed(6));
}
