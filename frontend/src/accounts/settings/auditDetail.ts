/** The detail of an audit row as readable lines. Pure. */

export type Plain = string | number | boolean | null;

export interface DetailLine {
  key: string;
  /** A change: what it was and what it became. */
  change: [before: unknown, after: unknown] | null;
  value: unknown;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `{role: [a, b]}` is a change, `{before: {…}, after: {…}}` one per field, anything else a fact. */
export function detailLines(detail: Record<string, unknown>): DetailLine[] {
  const { before, after, ...rest } = detail;
  const lines: DetailLine[] = [];
  if (isRecord(before) && isRecord(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      if (JSON.stringify(before[key]) !== JSON.stringify(after[key])) lines.push({ key, change: [before[key] ?? null, after[key] ?? null], value: null });
    }
  } else {
    if (before !== undefined) lines.push({ key: 'before', change: null, value: before });
    if (after !== undefined) lines.push({ key: 'after', change: null, value: after });
  }
  for (const [key, value] of Object.entries(rest)) lines.push(isChange(key, value) ? { key, change: value, value: null } : { key, change: null, value });
  return lines;
}

/** Lists of things are told by these keys; a pair under any other is a change. */
const LISTS = new Set(['fields', 'members', 'merged', 'accounts', 'columns', 'kinds', 'roles', 'codes', 'retired']);

function isChange(key: string, value: unknown): value is [unknown, unknown] {
  return Array.isArray(value) && value.length === 2 && !LISTS.has(key) && JSON.stringify(value[0]) !== JSON.stringify(value[1]);
}

interface Words {
  yes: string;
  no: string;
  nothing: string;
  comma: string;
  /** The name of a shop by number. */
  shop: (id: number) => string | undefined;
  role: (code: string) => string | undefined;
  /** A word of ours: a field that was revealed, a state. */
  term: (word: string) => string | undefined;
  bytes: (size: number) => string;
  count: (value: number) => string;
}

/** Keys whose numbers count something; keys whose values are words of ours. */
const COUNTS = new Set(['rows', 'count', 'trades', 'lines', 'members', 'records', 'files', 'exports']);
const TERMS = new Set(['shops', 'fields', 'kind', 'kinds', 'state', 'language', 'theme', 'platform', 'format', 'search_by']);

/** A value as a person reads it. */
export function say(key: string, value: unknown, words: Words): string {
  if (value === null || value === undefined || value === '') return words.nothing;
  if (typeof value === 'boolean') return value ? words.yes : words.no;
  if (Array.isArray(value)) return value.length ? value.map((item) => say(key, item, words)).join(words.comma) : words.nothing;
  if (typeof value === 'number' && key === 'size') return words.bytes(value);
  if (typeof value === 'number') return (key === 'shop' || key === 'shops' ? words.shop(value) : COUNTS.has(key) ? words.count(value) : undefined) ?? String(value);
  if (typeof value === 'string') return (key === 'role' ? words.role(value) : TERMS.has(key) ? words.term(value) : undefined) ?? value;
  if (isRecord(value)) return Object.entries(value).map(([name, item]) => `${name}: ${say(name, item, words)}`).join(words.comma);
  return JSON.stringify(value) ?? '';
}

/** `user:3` → kind and number; a bare word has no number. */
export function subjectOf(subject: string): { kind: string; id: string | null } {
  const at = subject.indexOf(':');
  return at < 0 ? { kind: subject, id: null } : { kind: subject.slice(0, at), id: subject.slice(at + 1) };
}

/** The screen that shows a subject, where there is one. */
export function subjectUrl(subject: string): string | null {
  const { kind, id } = subjectOf(subject);
  if (!id) return null;
  if (kind === 'member') return `/members/${id}`;
  if (kind === 'batch') return `/data/batches/${id}`;
  return null;
}
