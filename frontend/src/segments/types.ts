/** The rule document and what the screens know about the catalogue. The server checks it; these are its shapes. */

import type { components } from '../api/schema';

export type GroupKind = 'all' | 'any' | 'none';
export const GROUP_KINDS: readonly GroupKind[] = ['all', 'any', 'none'];

export type WindowUnit = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';

export interface RuleWindow {
  kind: string;
  n?: number;
  m?: number;
  unit?: WindowUnit;
  start?: string | null;
  end?: string | null;
  festival?: string;
  year?: number;
}

export type Scalar = string | number;
export type RuleValue = Scalar | Scalar[] | RuleWindow | null;

/** One demand on a fact: all of them have to hold for the same one. */
export interface Where {
  field: string;
  operator: string;
  value?: RuleValue;
}

export interface ProfileNode {
  kind: 'profile';
  attribute: string;
  operator: string;
  value?: RuleValue;
  window?: RuleWindow;
}

export interface TradesNode {
  kind: 'trades';
  basis: string;
  measure: string;
  where: Where[];
  window: RuleWindow;
  operator: string;
  value?: RuleValue;
}

export interface EventsNode {
  kind: 'events';
  event: string;
  measure: string;
  where: Where[];
  window: RuleWindow;
  operator: string;
  value?: RuleValue;
}

export interface Step {
  event: string;
  where: Where[];
}

export interface SequenceNode {
  kind: 'sequence';
  first: Step;
  then: Step;
  within: { n: number; unit: 'day' | 'hour' };
  happens: boolean;
  window: RuleWindow;
}

export interface IntervalNode {
  kind: 'interval';
  cycle: 'own' | 'everyone';
  where: Where[];
  operator: string;
  value?: RuleValue;
}

/** What members are ranked by: a condition without operator and value. */
export type Subject =
  | Omit<ProfileNode, 'operator' | 'value'>
  | Omit<TradesNode, 'operator' | 'value'>
  | Omit<EventsNode, 'operator' | 'value'>;

export interface RankNode {
  kind: 'rank';
  direction: 'top' | 'bottom';
  size: { n: number; unit: 'members' | 'percent' };
  by: Subject;
}

export interface CellNode {
  kind: 'cell';
  grid: string;
  cells: string[];
}

export interface TagNode {
  kind: 'tag';
  operator: string;
  tags: string[];
}

export interface SampleNode {
  kind: 'sample';
  salt: string;
  start: number;
  end: number;
}

export interface SegmentNode {
  kind: 'segment';
  segment: string;
}

export type LeafNode = ProfileNode | TradesNode | EventsNode | SequenceNode | IntervalNode | RankNode | CellNode | TagNode | SampleNode | SegmentNode;

export interface GroupNode {
  kind: GroupKind;
  children: RuleNode[];
}

export type RuleNode = GroupNode | LeafNode;

export interface RuleDocument {
  version: 1;
  rule: RuleNode;
}

export function isGroup(node: RuleNode): node is GroupNode {
  return node.kind === 'all' || node.kind === 'any' || node.kind === 'none';
}

/* The catalogue */

export type ValueType = 'count' | 'number' | 'money' | 'share' | 'days' | 'date' | 'choice' | 'text' | 'flag' | 'set' | 'birthday';
export const NUMERIC: readonly ValueType[] = ['count', 'number', 'money', 'share', 'days'];

export interface Choice {
  value: string;
  label: string;
}

export interface Attribute {
  code: string;
  group: string;
  label: string;
  help: string;
  type: ValueType;
  unit: string;
  operators: string[];
  windowed: boolean;
  default_window: RuleWindow | null;
  choices: Choice[] | null;
  searchable: boolean;
  has_data: boolean;
  keywords: string[];
}

export interface Measure {
  code: string;
  label: string;
  help: string;
  type: ValueType;
  unit: string;
  operators: string[];
}

export interface FactField {
  code: string;
  label: string;
  type: ValueType;
  unit: string;
  operators: string[];
  choices: Choice[] | null;
  searchable: boolean;
}

interface Named {
  code: string;
  label: string;
}

export interface Fact extends Named {
  kind: 'trades' | 'events';
  bases: Named[];
  measures: Measure[];
  fields: FactField[];
  has_data: boolean;
}

export interface Operator extends Named {
  arity: 'none' | 'one' | 'two' | 'many' | 'window';
}

export interface WindowKind {
  kind: string;
  label: string;
  units: WindowUnit[];
}

export interface Grid extends Named {
  help: string;
  cells: Named[];
}

export interface Template extends Named {
  help: string;
  rule: RuleDocument;
}

export interface Catalogue {
  groups: Named[];
  attributes: Attribute[];
  facts: Fact[];
  operators: Operator[];
  windows: WindowKind[];
  festivals: Named[];
  grids: Grid[];
  templates: Template[];
  limits: { nodes: number; depth: number; values: number };
}

/* Answers */

type Answers = components['schemas'];
export type NodeFigure = Answers['NodeCount'];
export type Counted = Answers['Counted'];
export type SegmentKind = 'dynamic' | 'static' | 'list';
export type Segment = Answers['Segment'];
export type SegmentState = Segment['state'];
/** Lists and snapshots have no rule. */
export type SegmentDetail = Segment & { rule: RuleDocument | null };
export type ExplainedNode = Answers['ExplainedNode'];

export interface TagLabel {
  id: string;
  label: string;
  group: string;
  help: string;
  count: number | null;
}
