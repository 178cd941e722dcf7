/** A mapping while it is drawn: columns of the file on one side, fields on the other. Pure. */

import { neededGroups } from './fields';
import { GRAINS, type FileTable, type Grain, type MappingColumn, type MappingJson, type MappingOptions } from './types';

/** One field and where its values come from: a column of the file, a fixed value, or the row's number. */
export interface Entry {
  /** Stable while the draft lives. */
  id: number;
  field: string;
  header: string | null;
  index: number | null;
  constant: string | null;
  converter: string | null;
  format: string | null;
}

export interface Draft {
  name: string;
  platform: string;
  grain: Grain;
  headerRow: number | null;
  delimiter: string | null;
  noHeader: boolean;
  entries: Entry[];
  valueMaps: Record<string, Record<string, string>>;
  options: MappingOptions;
}

export const ROW_NUMBER = 'row_number';

/** The record set that a grain is about. */
const MAIN_SET: Record<Grain, string> = { trade: 'trades', line: 'lines', refund: 'refunds', profile: 'profiles', item: 'items', review: 'reviews', visit: 'visits', parcel: 'parcels', trace: 'parcel_events' };
/** In this order of a tie: the first stays. */
const GUESSED: readonly Grain[] = ['trade', 'line', 'profile', 'review', 'item', 'refund', 'visit', 'parcel', 'trace'];

let lastId = 0;
export function entry(field: string, source: Partial<Omit<Entry, 'id' | 'field'>>): Entry {
  lastId += 1;
  return { id: lastId, field, header: null, index: null, constant: null, converter: null, format: null, ...source };
}

export function emptyDraft(name: string, grain: Grain = 'trade'): Draft {
  return { name, platform: 'other', grain, headerRow: null, delimiter: null, noHeader: false, entries: [], valueMaps: {}, options: { trade_id_from: null, negative_qty: 'reject' } };
}

const INVISIBLE = /[\t\uFEFF\u200B-\u200D]/g;
const same = (text: string) =>
  text.replace(INVISIBLE, '').trim().replace(/^="?(.*?)"?$/s, '$1').normalize('NFKC').trim().replace(/^["*]+|["*]+$/g, '').replace(/\s+/g, '').toLowerCase();

/** How the server compares headers: width, blanks, a star for "required" and capitals do not matter. */
export function sameHeader(a: string, b: string): boolean {
  return same(a) === same(b) && same(a) !== '';
}

/** The column that an entry takes its values from; null when it takes none, or the file has none such. */
export function columnOf(entry: Entry, header: string[]): number | null {
  if (entry.index !== null) return entry.index < header.length ? entry.index : null;
  if (entry.header === null) return null;
  const exact = header.indexOf(entry.header);
  if (exact >= 0) return exact;
  const near = header.findIndex((name) => sameHeader(name, entry.header!));
  return near >= 0 ? near : null;
}

/** Entries whose column the file does not have. */
export function strayEntries(draft: Draft, header: string[]): Entry[] {
  return draft.entries.filter((item) => (item.header !== null || item.index !== null) && columnOf(item, header) === null);
}

export function fromJson(body: MappingJson): Draft {
  return {
    name: body.name,
    platform: body.platform || 'other',
    grain: body.grain,
    headerRow: body.header_row ?? null,
    delimiter: body.delimiter ?? null,
    noHeader: body.no_header ?? false,
    entries: body.columns.map((column) =>
      entry(column.field, { header: column.header ?? null, index: column.index ?? null, constant: column.constant ?? null, converter: column.converter ?? null, format: column.format ?? null }),
    ),
    valueMaps: body.value_maps ?? {},
    options: { trade_id_from: null, negative_qty: 'reject', ...body.options },
  };
}

function columnJson(item: Entry): MappingColumn {
  const column: MappingColumn = { field: item.field };
  if (item.constant !== null) column.constant = item.constant;
  else if (item.index !== null) column.index = item.index;
  else if (item.header !== null) column.header = item.header;
  if (item.converter) column.converter = item.converter;
  if (item.format) column.format = item.format;
  return column;
}

/** The mapping as it is sent: nothing empty, no words of fields that are no longer mapped. */
export function toJson(draft: Draft): MappingJson {
  const mapped = new Set(draft.entries.map((item) => item.field));
  const maps = Object.entries(draft.valueMaps)
    .filter(([field]) => mapped.has(field))
    .map(([field, words]): [string, Record<string, string>] => [field, Object.fromEntries(Object.entries(words).filter(([, ours]) => ours !== ''))])
    .filter(([, words]) => Object.keys(words).length > 0);
  const options: MappingOptions = {
    trade_id_from: draft.options.trade_id_from?.length ? draft.options.trade_id_from : null,
    negative_qty: draft.options.negative_qty ?? 'reject',
  };
  const { day_first, zone, currency, default_status, rest_as_attributes } = draft.options;
  if (day_first !== null && day_first !== undefined) options.day_first = day_first;
  if (zone) options.zone = zone;
  if (currency) options.currency = currency;
  if (default_status) options.default_status = default_status;
  if (rest_as_attributes) options.rest_as_attributes = true;
  const body: MappingJson = {
    version: 1,
    name: draft.name.trim(),
    platform: draft.platform,
    grain: draft.grain,
    header_row: draft.noHeader ? null : draft.headerRow,
    columns: draft.entries.map(columnJson),
    value_maps: Object.fromEntries(maps),
    options,
  };
  if (draft.delimiter) body.delimiter = draft.delimiter;
  if (draft.noHeader) body.no_header = true;
  return body;
}

/** Give a column a field (in place of `replaced`), or take it away with null. */
export function assign(draft: Draft, header: string[], column: number, field: string | null, replaced?: Entry): Draft {
  const source = draft.noHeader ? { index: column } : { header: header[column] ?? null };
  const kept = draft.entries.filter((item) => item !== replaced);
  if (field === null) return { ...draft, entries: kept };
  if (kept.some((item) => item.field === field && columnOf(item, header) === column)) return { ...draft, entries: kept };
  const made = entry(field, source);
  const at = replaced ? draft.entries.indexOf(replaced) : -1;
  return { ...draft, entries: at < 0 ? [...kept, made] : [...kept.slice(0, at), made, ...kept.slice(at)] };
}

export function changeEntry(draft: Draft, id: number, patch: Partial<Entry>): Draft {
  return { ...draft, entries: draft.entries.map((item) => (item.id === id ? { ...item, ...patch } : item)) };
}

export function dropEntry(draft: Draft, id: number): Draft {
  return { ...draft, entries: draft.entries.filter((item) => item.id !== id) };
}

/** Files without a header name their columns by position; going back and forth keeps what was drawn. */
export function withNoHeader(draft: Draft, noHeader: boolean, header: string[]): Draft {
  const entries = draft.entries.map((item) => {
    const column = columnOf(item, header);
    if (column === null) return item;
    return noHeader ? { ...item, header: null, index: column } : { ...item, header: header[column] ?? null, index: null };
  });
  return { ...draft, noHeader, entries };
}

export interface Alias {
  field: string;
  names: readonly string[];
}

/** Each column with the field its header suggests; a field is suggested once. */
export function suggest(header: string[], aliases: Alias[]): Entry[] {
  const known = new Map<string, string>();
  for (const alias of aliases) for (const name of alias.names) if (!known.has(same(name))) known.set(same(name), alias.field);
  const taken = new Set<string>();
  const found: Entry[] = [];
  for (const name of header) {
    const field = name ? known.get(same(name)) : undefined;
    if (!field || taken.has(field)) continue;
    taken.add(field);
    found.push(entry(field, { header: name }));
  }
  return found;
}

interface KnownReport {
  produces: string[];
  headers: { field: string; aliases: string[] }[];
}

/** Fields of a grain by all the names they go by: in the field list, and in the reports that are known. */
export function aliasesOf(grain: Grain, fields: { key: string; label: string }[], reports: KnownReport[]): Alias[] {
  const known = new Set(fields.map((field) => field.key));
  const main = MAIN_SET[grain];
  return [
    ...fields.map((field) => ({ field: field.key, names: [field.label, field.key] })),
    ...reports.filter((report) => report.produces.includes(main)).flatMap((report) => report.headers.filter((one) => known.has(one.field)).map((one) => ({ field: one.field, names: one.aliases }))),
  ];
}

/** What a row most likely is: the grain whose reports know most of these headers; an order when nobody knows any. */
export function guessGrain(header: string[], reports: KnownReport[]): Grain {
  const score = (grain: Grain) =>
    Math.max(0, ...reports.filter((report) => report.produces.includes(MAIN_SET[grain])).map((report) => {
      const names = new Set(report.headers.flatMap((one) => one.aliases.map(same)));
      return header.filter((name) => name && names.has(same(name))).length;
    }));
  const best = GUESSED.reduce((found, grain) => (score(grain) > score(found) ? grain : found), 'trade' as Grain);
  return best === 'trade' && namesGoods(header, reports) ? 'line' : best;
}

/** Whether some column is one of the goods bought: then a row is a line rather than an order. */
function namesGoods(header: string[], reports: KnownReport[]): boolean {
  const names = new Set(reports.filter((report) => report.produces.includes('lines')).flatMap((report) => report.headers.filter((one) => one.field.startsWith('line.')).flatMap((one) => one.aliases.map(same))));
  return header.some((name) => name && names.has(same(name)));
}

/** The same columns under another grain: what that grain does not know is dropped, the rest suggested. */
export function withGrain(draft: Draft, grain: Grain, knows: (field: string) => boolean, suggested: Entry[]): Draft {
  const kept = draft.entries.filter((item) => knows(item.field));
  const fields = new Set(kept.map((item) => item.field));
  const used = new Set(kept.map((item) => item.header));
  const added = draft.noHeader ? [] : suggested.filter((item) => knows(item.field) && !fields.has(item.field) && !used.has(item.header));
  const made = draft.options.trade_id_from?.filter(knows) ?? null;
  return { ...draft, grain, entries: [...kept, ...added], options: { ...draft.options, trade_id_from: made?.length ? made : null } };
}

/** Up to `most` different filled values of a column in the sample. */
export function distinct(rows: string[][], column: number, most = 3): string[] {
  const found = new Set<string>();
  for (const row of rows) {
    const cell = (row[column] ?? '').trim();
    if (cell) found.add(cell);
    if (found.size >= most) break;
  }
  return [...found];
}

/** What stands above the data when a file is said to have no header: that line is data too. */
export function viewOf(table: Pick<FileTable, 'header' | 'rows_sampled'>, noHeader: boolean): { header: string[]; rows: string[][] } {
  if (!noHeader) return { header: table.header, rows: table.rows_sampled };
  const width = Math.max(table.header.length, ...table.rows_sampled.map((row) => row.length));
  return { header: Array.from({ length: width }, (_, index) => table.header[index] ?? ''), rows: [table.header, ...table.rows_sampled] };
}

/** Something that keeps a mapping from being used: of a group of fields, of one field, or of the name. */
export type Problem =
  | { kind: 'needed'; fields: readonly string[] }
  | { kind: 'name' }
  | { kind: 'columns' }
  | { kind: 'madeFrom'; field: string }
  | { kind: 'stray'; header: string; field: string }
  | { kind: 'constant'; field: string };

/** Everything that is wrong, so that it can be put right at once. */
export function problemsOf(draft: Draft, header: string[]): Problem[] {
  const problems: Problem[] = [];
  const mapped = new Set(draft.entries.map((item) => item.field));
  if (!draft.name.trim()) problems.push({ kind: 'name' });
  if (draft.entries.length === 0) problems.push({ kind: 'columns' });
  for (const fields of neededGroups(draft.grain, Boolean(draft.options.trade_id_from?.length))) {
    if (!fields.some((field) => mapped.has(field))) problems.push({ kind: 'needed', fields });
  }
  for (const field of draft.options.trade_id_from ?? []) if (!mapped.has(field)) problems.push({ kind: 'madeFrom', field });
  for (const item of strayEntries(draft, header)) problems.push({ kind: 'stray', header: item.header ?? String((item.index ?? 0) + 1), field: item.field });
  for (const item of draft.entries) if (item.constant !== null && !item.constant.trim()) problems.push({ kind: 'constant', field: item.field });
  return problems;
}

/** What the server found wrong, each with the column or field it means, in the reader's language. */
export function serverProblems(where: Record<string, unknown>, language: 'zh' | 'en'): { column: string; text: string }[] {
  const found = where.problems;
  if (!Array.isArray(found)) return [];
  return found.flatMap((item: unknown) => {
    if (typeof item !== 'object' || item === null) return [];
    const { column, zh, en } = item as Record<string, unknown>;
    const text = language === 'zh' ? zh : en;
    return typeof text === 'string' ? [{ column: typeof column === 'string' ? column : '', text }] : [];
  });
}

/** A mapping out of a file that a person uploads; a reason when it is none. */
export function parseMapping(text: string): { mapping: MappingJson } | { reason: 'json' | 'shape' | 'grain' | 'columns' } {
  let body: unknown;
  try {
    body = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return { reason: 'json' };
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return { reason: 'shape' };
  const found = body as Partial<MappingJson>;
  if (!GRAINS.includes(found.grain as Grain)) return { reason: 'grain' };
  if (!Array.isArray(found.columns) || found.columns.length === 0) return { reason: 'columns' };
  if (!found.columns.every((column) => typeof column === 'object' && column !== null && typeof column.field === 'string')) return { reason: 'columns' };
  return {
    mapping: {
      ...found,
      version: 1,
      name: typeof found.name === 'string' ? found.name : '',
      platform: typeof found.platform === 'string' ? found.platform : 'other',
      grain: found.grain as Grain,
      header_row: found.header_row ?? null,
      columns: found.columns,
      value_maps: found.value_maps ?? {},
      options: found.options ?? {},
    },
  };
}

/** A name that no saved mapping has yet: `x`, `x 2`, `x 3`. */
export function freeName(name: string, taken: readonly string[]): string {
  if (!taken.includes(name)) return name;
  let number = 2;
  while (taken.includes(`${name} ${number}`)) number += 1;
  return `${name} ${number}`;
}

/** A file's name without folders and endings, as the name of a mapping. */
export function plainName(file: string): string {
  return file.replace(/^.*[\\/]/, '').replace(/(\.(csv|txt|tsv|xlsx?|zip|gz|xz|parquet))+$/i, '');
}
