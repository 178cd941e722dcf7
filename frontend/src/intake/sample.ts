/** The first records of a preview as a person reads them. Pure. */

import { count, instant, money } from '../ui/format';
import type { WordKind } from './fields';
import type { Grain } from './types';

/** Record sets of the stage, and the grain whose field list names their columns. */
const GRAIN: Record<string, Grain> = { trades: 'line', lines: 'line', refunds: 'refund', parcels: 'parcel', reviews: 'review', items: 'item', profiles: 'profile', visits: 'visit' };
/** How a set's columns are called in that list. */
const PREFIX: Record<string, string> = { lines: 'line.', parcels: 'parcel.' };
/** What tells a person nothing. */
const HIDDEN = new Set(['set', 'row_no', 'source', 'version_at', 'line_key', 'review_key']);

export interface SampleSet {
  set: string;
  keys: string[];
  rows: Record<string, unknown>[];
}

/** A key made up for goods that have none. */
const MADE_UP = /^title:[0-9a-f]+$/;

/** Whether a column says something to a person in any row. */
function tells(rows: readonly Record<string, unknown>[], key: string): boolean {
  return rows.some(({ [key]: value }) => (value ?? '') !== '' && !(typeof value === 'string' && MADE_UP.test(value)));
}

/** The rows by record set, with the columns that hold something in any of them. */
export function bySet(sample: readonly Record<string, unknown>[]): SampleSet[] {
  const sets = new Map<string, Record<string, unknown>[]>();
  for (const row of sample) {
    const name = typeof row.set === 'string' ? row.set : '';
    sets.set(name, [...(sets.get(name) ?? []), row]);
  }
  return [...sets].map(([set, rows]) => ({
    set,
    keys: [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((key) => !HIDDEN.has(key) && tells(rows, key)),
    rows,
  }));
}

/** The grain whose fields name the columns of a set. */
export function grainOf(set: string): Grain {
  return GRAIN[set] ?? 'line';
}

/** The keys that a column may have in the field list, best first. */
export function fieldKeys(set: string, key: string): string[] {
  const prefix = PREFIX[set];
  return prefix ? [prefix + key, key] : [key];
}

const AMOUNT = /(_amount|^amount|^price|_price|^cost)$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

/** Which of our words a column holds. */
export function wordKind(set: string, key: string): WordKind | null {
  if (key === 'status' && (set === 'trades' || set === 'lines')) return 'status';
  if (key === 'refund_state' || (key === 'state' && set === 'refunds')) return 'refund';
  if (key === 'rating') return 'rating';
  if (key === 'kind' && set === 'visits') return 'visit';
  return key === 'gender' ? 'gender' : null;
}

interface Reading {
  zone: string;
  currency: string;
  yes: string;
  no: string;
  word: (kind: WordKind, word: string) => string;
}

/** A value as a person reads it; '' where there is none. */
export function sampleCell(set: string, key: string, value: unknown, reading: Reading): string {
  if (value === null || value === undefined || value === '') return '';
  if (typeof value === 'boolean') return value ? reading.yes : reading.no;
  if (typeof value !== 'string' && typeof value !== 'number') return JSON.stringify(value);
  if (AMOUNT.test(key)) return money(value, reading.currency);
  if (key === 'units' || key === 'qty') return count(value);
  const text = String(value);
  if (INSTANT.test(text)) return instant(text, reading.zone);
  const kind = wordKind(set, key);
  return kind ? reading.word(kind, text) : text;
}

/** Warnings but for the one that says what the notice with the link says already. */
export function withoutSame(warnings: readonly string[], sameAs: string | null): string[] {
  if (sameAs === null) return [...warnings];
  return warnings.filter((warning) => !warning.includes(`批次 ${sameAs}（`) && !warning.includes(`batch ${sameAs} (`));
}
