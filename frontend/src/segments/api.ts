import { keepPreviousData, useMutation, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { call, client, requestHeaders, toApiError } from '../api/client';
import type { Job, MemberRow } from '../api/types';
import { useJobStarted } from '../ui/jobs';
import { useCan } from '../ui/session';
import type { Catalogue, Counted, ExplainedNode, RuleDocument, Segment, SegmentDetail, TagLabel } from './types';

type Params = Record<string, string | number | boolean | null | undefined>;
interface Asked {
  query?: Params;
  body?: unknown;
  signal?: AbortSignal;
}
type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
type Loose = Record<Method, (path: string, init: object) => Promise<{ data?: unknown; error?: unknown; response: Response }>>;

/** A request by its path; empty parameters are left out. */
function ask<T>(method: Method, path: string, { query, body, signal }: Asked = {}): Promise<T> {
  const kept = Object.fromEntries(Object.entries(query ?? {}).filter(([, value]) => value !== null && value !== undefined && value !== '' && value !== false));
  return call((client as unknown as Loose)[method](`/api/v1${path}`, { params: { query: kept }, body, signal })) as Promise<T>;
}

export interface Listed<T> {
  items: T[];
  total: number;
  page: number;
  size: number;
}

export const SEGMENTS_KEY = ['segments'] as const;
const LONG_MS = 10 * 60_000;

/** Everything a rule can ask, in the reader's language. */
export function useCatalogue(): UseQueryResult<Catalogue> {
  const { i18n } = useTranslation();
  return useQuery({ queryKey: ['segments', 'catalogue', i18n.language], queryFn: () => ask<Catalogue>('GET', '/segments/catalogue'), staleTime: LONG_MS });
}

/** What the catalogue's things are called in the other language: they are found by those words too. */
export function useOtherWords(): ReadonlyMap<string, string> {
  const { i18n } = useTranslation();
  const other = i18n.language === 'zh' ? 'en' : 'zh';
  const found = useQuery({
    queryKey: ['segments', 'catalogue', 'words', other],
    queryFn: async () => {
      // Past the client, which would ask in the reader's language.
      const answer = await fetch('/api/v1/segments/catalogue', { credentials: 'same-origin', headers: { 'Accept-Language': other } });
      if (!answer.ok) throw toApiError(answer.status, null);
      const { attributes, facts, grids } = (await answer.json()) as Catalogue;
      return new Map([
        ...attributes.map((one): [string, string] => [`attribute:${one.code}`, one.label]),
        ...facts.flatMap((fact) => fact.measures.map((measure): [string, string] => [`fact:${fact.code}.${measure.code}`, `${fact.label} ${measure.label}`])),
        ...grids.map((one): [string, string] => [`grid:${one.code}`, one.label]),
      ]);
    },
    staleTime: LONG_MS,
  });
  return found.data ?? NO_WORDS;
}
const NO_WORDS: ReadonlyMap<string, string> = new Map();

/** The tags there are, flat, with their group's name. */
export function useTagLabels(): UseQueryResult<TagLabel[]> {
  const { i18n } = useTranslation();
  return useQuery({
    queryKey: ['tags', 'labels', i18n.language],
    queryFn: async () => {
      const { groups } = await ask<{ groups: { label: string; help: string; tags: { id: string | number; label: string; count: number | null; archived: boolean }[] }[] }>('GET', '/tags');
      return groups.flatMap((group) => group.tags.filter((tag) => !tag.archived).map((tag) => ({ id: String(tag.id), label: tag.label, group: group.label, help: group.help, count: tag.count })));
    },
    staleTime: 60_000,
  });
}

export interface FoundValue {
  value: string;
  label: string;
  count: number | null;
}

const valuesQuery = (source: string, q: string) => ({
  queryKey: ['segments', 'values', source, q] as const,
  queryFn: ({ signal }: { signal: AbortSignal }) => ask<{ items: FoundValue[] }>('GET', '/segments/values', { query: { source, q, limit: 30 }, signal }).then((answer) => answer.items),
  staleTime: 60_000,
});

/** Values of an attribute or field that fit a word. */
export function useValues(source: string | null, q: string, enabled = true) {
  return useQuery({ ...valuesQuery(source ?? '', q), enabled: enabled && source !== null, placeholderData: keepPreviousData });
}

/** The same for several sources at once; one that fails finds nothing. */
export function useFoundValues(sources: readonly string[], words: readonly string[]) {
  const queries = useQueryClient();
  return useQuery({
    queryKey: ['segments', 'found', sources, words],
    queryFn: () =>
      Promise.all(
        words.flatMap((word) =>
          sources.map(async (source) => ({ source, word, items: await queries.fetchQuery(valuesQuery(source, word)).catch((): FoundValue[] => []) })),
        ),
      ),
    enabled: sources.length > 0 && words.length > 0,
    staleTime: 60_000,
  });
}

export interface Scoped {
  asOf?: string | null;
  shops?: number[];
}

const scoped = ({ asOf, shops }: Scoped) => ({ ...(asOf ? { as_of: asOf } : {}), ...(shops?.length ? { shops: shops.join(',') } : {}) });

/** How many a rule finds, as a whole and at each node. */
export function countRule(rule: RuleDocument, scope: Scoped, signal?: AbortSignal): Promise<Counted> {
  return ask<Counted>('POST', '/segments/count', { body: { rule, ...scoped(scope) }, signal });
}

export function useRuleCount(rule: RuleDocument | null, scope: Scoped = {}) {
  const { i18n } = useTranslation();
  return useQuery({ queryKey: ['segments', 'count', i18n.language, rule, scope], queryFn: ({ signal }) => countRule(rule!, scope, signal), enabled: rule !== null });
}

export interface SegmentQuery {
  q?: string | null;
  kind?: string | null;
  archived?: boolean;
  folder?: string | null;
  sort?: string | null;
  page?: number;
  size?: number;
}

const isBusy = (segment: Segment) => segment.state === 'refreshing';
const BUSY_MS = 1500;

export function useSegments(query: SegmentQuery, enabled = true) {
  const { i18n } = useTranslation();
  return useQuery({
    queryKey: [...SEGMENTS_KEY, 'list', i18n.language, query],
    queryFn: ({ signal }) => ask<Listed<Segment> & { folders: string[] }>('GET', '/segments', { query: { ...query }, signal }),
    placeholderData: keepPreviousData,
    enabled,
    refetchInterval: (found) => (found.state.data?.items.some(isBusy) ? BUSY_MS : false),
  });
}

export function useSegment(id: string) {
  const { i18n } = useTranslation();
  return useQuery({
    queryKey: [...SEGMENTS_KEY, 'one', id, i18n.language],
    queryFn: () => ask<SegmentDetail>('GET', `/segments/${encodeURIComponent(id)}`),
    enabled: id !== '',
    refetchInterval: (found) => (found.state.data && isBusy(found.state.data) ? BUSY_MS : false),
  });
}

export interface HistoryDay {
  day: string;
  size: number;
  entered: number;
  left: number;
}

export function useHistory(id: string, days: number) {
  return useQuery({ queryKey: [...SEGMENTS_KEY, 'one', id, 'history', days], queryFn: () => ask<{ items: HistoryDay[] }>('GET', `/segments/${id}/history`, { query: { days } }).then((answer) => answer.items), placeholderData: keepPreviousData });
}

export type ChangedRow = MemberRow & { changed_at: string };

export function useChanges(id: string, kind: 'entered' | 'left', page: number, size: number) {
  return useQuery({
    queryKey: [...SEGMENTS_KEY, 'one', id, 'changes', kind, page, size],
    queryFn: () => ask<Listed<ChangedRow>>('GET', `/segments/${id}/changes`, { query: { kind, page, size } }),
    placeholderData: keepPreviousData,
  });
}

export function useSegmentMembers(id: string, page: number, size: number, sort: string | null) {
  return useQuery({
    queryKey: [...SEGMENTS_KEY, 'one', id, 'members', page, size, sort],
    queryFn: () => ask<Listed<MemberRow>>('GET', `/segments/${id}/members`, { query: { page, size, sort } }),
    placeholderData: keepPreviousData,
  });
}

export function usePreview(rule: RuleDocument | null, page: number, size: number, sort: string | null, scope: Scoped = {}) {
  return useQuery({
    queryKey: ['segments', 'preview', rule, page, size, sort, scope],
    queryFn: ({ signal }) => ask<Listed<MemberRow>>('POST', '/segments/preview', { body: { rule, page, size, ...(sort ? { sort } : {}), ...scoped(scope) }, signal }),
    enabled: rule !== null,
    placeholderData: keepPreviousData,
  });
}

export interface Use {
  kind: 'segment' | 'tag';
  id: string;
  name: string;
  url: string | null;
}

export function useUses(id: string) {
  return useQuery({ queryKey: [...SEGMENTS_KEY, 'one', id, 'uses'], queryFn: () => ask<{ items: Use[] }>('GET', `/segments/${id}/uses`).then((answer) => answer.items) });
}

export interface Explained {
  member: string;
  in: boolean;
  tree: ExplainedNode;
}

export function useExplain(of: { segment?: string; rule?: RuleDocument }, member: string, asOf: string | null = null) {
  const { i18n } = useTranslation();
  return useQuery({
    queryKey: ['segments', 'explain', of, member, asOf, i18n.language],
    queryFn: () => ask<Explained>('POST', '/segments/explain', { body: { ...of, member: Number(member), ...(asOf ? { as_of: asOf } : {}) } }),
    enabled: member !== '',
  });
}

export interface SegmentDraft {
  name: string;
  description: string;
  folder: string;
  kind: 'dynamic' | 'static';
  rule: RuleDocument;
}

/** After any change of segments: lists, pages and the catalogue's search see it. */
export function useSegmentsChanged(): () => void {
  const queries = useQueryClient();
  return () => void queries.invalidateQueries({ queryKey: SEGMENTS_KEY, predicate: (query) => query.queryKey[1] !== 'catalogue' });
}

export function useCreateSegment() {
  const changed = useSegmentsChanged();
  return useMutation({ mutationFn: (draft: SegmentDraft) => ask<Segment>('POST', '/segments', { body: draft }), onSuccess: changed });
}

export type SegmentPatch = Partial<Pick<SegmentDraft, 'name' | 'description' | 'folder' | 'rule'>> & { archived?: boolean };

export function useChangeSegment() {
  const changed = useSegmentsChanged();
  return useMutation({ mutationFn: ({ id, patch }: { id: string; patch: SegmentPatch }) => ask<Segment>('PATCH', `/segments/${id}`, { body: patch }), onSuccess: changed });
}

/** Several at once, one request each; the first refusal stops the rest. */
export function useChangeSegments() {
  const changed = useSegmentsChanged();
  return useMutation({
    mutationFn: async ({ ids, patch }: { ids: string[]; patch: SegmentPatch }) => {
      for (const id of ids) await ask<Segment>('PATCH', `/segments/${id}`, { body: patch });
    },
    onSettled: changed,
  });
}

export function useDeleteSegment() {
  const changed = useSegmentsChanged();
  return useMutation({ mutationFn: (id: string) => ask<unknown>('DELETE', `/segments/${id}`), onSuccess: changed });
}

export function useRefreshSegment() {
  const changed = useSegmentsChanged();
  const started = useJobStarted();
  return useMutation({
    mutationFn: (id: string) => ask<Job>('POST', `/segments/${id}/refresh`),
    onSuccess: () => {
      changed();
      started();
    },
  });
}

export function useSnapshot() {
  const changed = useSegmentsChanged();
  return useMutation({ mutationFn: ({ id, name }: { id: string; name: string }) => ask<Segment>('POST', `/segments/${id}/snapshot`, { body: { name } }), onSuccess: changed });
}

export interface Uploaded {
  segment: Segment;
  rows: number;
  matched: number;
  unmatched: number;
  ambiguous: number;
}

export interface ListUpload {
  name: string;
  file: File;
  kind: string | null;
  column: string | null;
}

export function useUploadList() {
  const changed = useSegmentsChanged();
  return useMutation({
    mutationFn: async ({ name, file, kind, column }: ListUpload): Promise<Uploaded> => {
      const body = new FormData();
      body.set('name', name);
      body.set('file', file);
      if (kind) body.set('kind', kind);
      if (column) body.set('column', column);
      const answer = await fetch('/api/v1/segments/lists', { method: 'POST', body, headers: await requestHeaders(), credentials: 'same-origin' });
      const found: unknown = await answer.json().catch(() => null);
      if (!answer.ok) throw toApiError(answer.status, found);
      return found as Uploaded;
    },
    onSuccess: changed,
  });
}

export type SetOperator = 'union' | 'intersection' | 'difference';

export function useCombined(operator: SetOperator, segments: string[]) {
  return useQuery({
    queryKey: ['segments', 'combine', operator, segments],
    queryFn: ({ signal }) => ask<{ count: number; rule: RuleDocument }>('POST', '/segments/combine', { body: { operator, segments: segments.map(Number) }, signal }),
    enabled: segments.length >= 2,
    placeholderData: keepPreviousData,
  });
}

export interface Compared {
  a_only: number;
  both: number;
  b_only: number;
  a: number;
  b: number;
  rules: Record<'a_only' | 'both' | 'b_only', RuleDocument>;
  measures: { code: string; label: string; unit: string; a: number | string | null; b: number | string | null; both: number | string | null }[];
}

export function useCompared(a: string, b: string) {
  const { i18n } = useTranslation();
  return useQuery({
    queryKey: ['segments', 'compare', a, b, i18n.language],
    queryFn: () => ask<Compared>('POST', '/segments/compare', { body: { a: Number(a), b: Number(b) } }),
    enabled: a !== '' && b !== '' && a !== b,
  });
}

export interface Overlap {
  segments: { id: string; name: string; size: number }[];
  cells: number[][];
}

export function useOverlap(segments: string[]) {
  return useQuery({
    queryKey: ['segments', 'overlap', segments],
    queryFn: () => ask<Overlap>('POST', '/segments/overlap', { body: { segments: segments.map(Number) } }),
    enabled: segments.length >= 2,
    placeholderData: keepPreviousData,
  });
}

export interface Labelled {
  label: string;
  rule: RuleDocument;
}

export interface CellsAnswer {
  cells: { row: number; column: number; count: number; rule: RuleDocument }[];
  union: { count: number; rule: RuleDocument };
}

export function useCells(rows: Labelled[], columns: Labelled[]) {
  return useQuery({
    queryKey: ['segments', 'cells', rows, columns],
    queryFn: ({ signal }) => ask<CellsAnswer>('POST', '/segments/cells', { body: { rows, columns }, signal }),
    enabled: rows.length > 0 && columns.length > 0,
    placeholderData: keepPreviousData,
  });
}

export interface ExportAsked {
  rule?: RuleDocument;
  segment?: string;
  format: 'csv' | 'xlsx';
  columns?: string[];
  plain?: boolean;
  reason?: string;
}

/** Ask for an export; the task tray tells when it is done. */
export function useExportPeople() {
  const started = useJobStarted();
  return useMutation({
    mutationFn: ({ segment, ...rest }: ExportAsked) => ask<Job>('POST', '/segments/export', { body: { ...rest, ...(segment ? { segment: Number(segment) } : {}) } }),
    onSuccess: started,
  });
}

/** Whether the person may change segments. */
export function useMayEdit(): boolean {
  return useCan()('segments.edit');
}
