import { keepPreviousData, useMutation, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { call, client, requestHeaders, toApiError } from '../api/client';
import type { components } from '../api/schema';
import { useJobStarted } from '../ui/jobs';
import { useCan } from '../ui/session';
import type { Catalogue, Counted, RuleDocument, Segment, SegmentDetail, SegmentKind, TagLabel } from './types';

type Answers = components['schemas'];

/** A rule as a request's body: the schema knows it only as an object, the server's own checks say the rest. */
const wire = (rule: RuleDocument) => rule as unknown as Record<string, unknown>;
const segmentPath = (id: string) => ({ path: { segment: Number(id) } });

export const SEGMENTS_KEY = ['segments'] as const;
const LONG_MS = 10 * 60_000;

/** Everything a rule can ask, in the reader's language. */
export function useCatalogue(): UseQueryResult<Catalogue> {
  const { i18n } = useTranslation();
  return useQuery({ queryKey: ['segments', 'catalogue', i18n.language], queryFn: () => call(client.GET('/api/v1/segments/catalogue')) as Promise<unknown> as Promise<Catalogue>, staleTime: LONG_MS });
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
      const { groups } = await call(client.GET('/api/v1/tags'));
      return groups.flatMap((group) => group.tags.filter((tag) => !tag.archived).map((tag) => ({ id: tag.id, label: tag.label, group: group.label, help: group.help, count: tag.count })));
    },
    staleTime: 60_000,
  });
}

type FoundValue = Answers['Value'];

const valuesQuery = (source: string, q: string) => ({
  queryKey: ['segments', 'values', source, q] as const,
  queryFn: ({ signal }: { signal: AbortSignal }) => call(client.GET('/api/v1/segments/values', { params: { query: { source, q, limit: 30 } }, signal })).then((answer) => answer.items),
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
  return call(client.POST('/api/v1/segments/count', { body: { rule: wire(rule), ...scoped(scope) }, signal }));
}

export function useRuleCount(rule: RuleDocument, scope: Scoped = {}) {
  const { i18n } = useTranslation();
  return useQuery({ queryKey: ['segments', 'count', i18n.language, rule, scope], queryFn: ({ signal }) => countRule(rule, scope, signal) });
}

export interface SegmentQuery {
  q?: string;
  kind?: SegmentKind | null;
  archived?: boolean;
  folder?: string | null;
  sort?: string;
  page?: number;
  size?: number;
}

const isBusy = (segment: Segment) => segment.state === 'refreshing';
const BUSY_MS = 1500;

export function useSegments(query: SegmentQuery, enabled = true) {
  const { i18n } = useTranslation();
  return useQuery({
    queryKey: [...SEGMENTS_KEY, 'list', i18n.language, query],
    queryFn: ({ signal }) => call(client.GET('/api/v1/segments', { params: { query }, signal })),
    placeholderData: keepPreviousData,
    enabled,
    refetchInterval: (found) => (found.state.data?.items.some(isBusy) ? BUSY_MS : false),
  });
}

export function useSegment(id: string) {
  const { i18n } = useTranslation();
  return useQuery({
    queryKey: [...SEGMENTS_KEY, 'one', id, i18n.language],
    queryFn: () => call(client.GET('/api/v1/segments/{segment}', { params: segmentPath(id) })) as Promise<SegmentDetail>,
    enabled: id !== '',
    refetchInterval: (found) => (found.state.data && isBusy(found.state.data) ? BUSY_MS : false),
  });
}

export type HistoryDay = Answers['HistoryDay'];

export function useHistory(id: string, days: number) {
  return useQuery({ queryKey: [...SEGMENTS_KEY, 'one', id, 'history', days], queryFn: () => call(client.GET('/api/v1/segments/{segment}/history', { params: { ...segmentPath(id), query: { days } } })).then((answer) => answer.items), placeholderData: keepPreviousData });
}

export type ChangedRow = Answers['ChangedRow'];

export function useChanges(id: string, kind: 'entered' | 'left', page: number, size: number) {
  return useQuery({
    queryKey: [...SEGMENTS_KEY, 'one', id, 'changes', kind, page, size],
    queryFn: () => call(client.GET('/api/v1/segments/{segment}/changes', { params: { ...segmentPath(id), query: { kind, page, size } } })),
    placeholderData: keepPreviousData,
  });
}

export function useSegmentMembers(id: string, page: number, size: number, sort: string) {
  return useQuery({
    queryKey: [...SEGMENTS_KEY, 'one', id, 'members', page, size, sort],
    queryFn: () => call(client.GET('/api/v1/segments/{segment}/members', { params: { ...segmentPath(id), query: { page, size, sort } } })),
    placeholderData: keepPreviousData,
  });
}

export function usePreview(rule: RuleDocument, page: number, size: number, sort: string, scope: Scoped = {}) {
  return useQuery({
    queryKey: ['segments', 'preview', rule, page, size, sort, scope],
    queryFn: ({ signal }) => call(client.POST('/api/v1/segments/preview', { body: { rule: wire(rule), page, size, sort, ...scoped(scope) }, signal })),
    placeholderData: keepPreviousData,
  });
}

export function useUses(id: string) {
  return useQuery({ queryKey: [...SEGMENTS_KEY, 'one', id, 'uses'], queryFn: () => call(client.GET('/api/v1/segments/{segment}/uses', { params: segmentPath(id) })).then((answer) => answer.items) });
}

export function useExplain(segment: string, member: string) {
  const { i18n } = useTranslation();
  return useQuery({
    queryKey: ['segments', 'explain', segment, member, i18n.language],
    queryFn: () => call(client.POST('/api/v1/segments/explain', { body: { segment: Number(segment), member: Number(member) } })),
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
  return useMutation({ mutationFn: (draft: SegmentDraft) => call(client.POST('/api/v1/segments', { body: { ...draft, rule: wire(draft.rule) } })), onSuccess: changed });
}

export type SegmentPatch = Partial<Pick<SegmentDraft, 'name' | 'description' | 'folder' | 'rule'>> & { archived?: boolean };

function patch(id: string, { rule, ...rest }: SegmentPatch): Promise<Segment> {
  return call(client.PATCH('/api/v1/segments/{segment}', { params: segmentPath(id), body: { ...rest, ...(rule ? { rule: wire(rule) } : {}) } }));
}

export function useChangeSegment() {
  const changed = useSegmentsChanged();
  return useMutation({ mutationFn: (asked: { id: string; patch: SegmentPatch }) => patch(asked.id, asked.patch), onSuccess: changed });
}

/** Several at once, one request each; the first refusal stops the rest. */
export function useChangeSegments() {
  const changed = useSegmentsChanged();
  return useMutation({
    mutationFn: async (asked: { ids: string[]; patch: SegmentPatch }) => {
      for (const id of asked.ids) await patch(id, asked.patch);
    },
    onSettled: changed,
  });
}

export function useDeleteSegment() {
  const changed = useSegmentsChanged();
  return useMutation({ mutationFn: (id: string) => call(client.DELETE('/api/v1/segments/{segment}', { params: segmentPath(id) })), onSuccess: changed });
}

export function useRefreshSegment() {
  const changed = useSegmentsChanged();
  const started = useJobStarted();
  return useMutation({
    mutationFn: (id: string) => call(client.POST('/api/v1/segments/{segment}/refresh', { params: segmentPath(id) })),
    onSuccess: () => {
      changed();
      started();
    },
  });
}

export function useSnapshot() {
  const changed = useSegmentsChanged();
  return useMutation({ mutationFn: ({ id, name }: { id: string; name: string }) => call(client.POST('/api/v1/segments/{segment}/snapshot', { params: segmentPath(id), body: { name } })), onSuccess: changed });
}

export type Uploaded = Answers['Uploaded'];

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
    queryFn: ({ signal }) => call(client.POST('/api/v1/segments/combine', { body: { operator, segments: segments.map(Number) }, signal })) as Promise<unknown> as Promise<{ count: number; rule: RuleDocument }>,
    enabled: segments.length >= 2,
    placeholderData: keepPreviousData,
  });
}

export type Compared = Omit<Answers['Compared'], 'rules'> & { rules: Record<'a_only' | 'both' | 'b_only', RuleDocument> };

export function useCompared(a: string, b: string) {
  const { i18n } = useTranslation();
  return useQuery({
    queryKey: ['segments', 'compare', a, b, i18n.language],
    queryFn: () => call(client.POST('/api/v1/segments/compare', { body: { a: Number(a), b: Number(b) } })) as Promise<unknown> as Promise<Compared>,
    enabled: a !== '' && b !== '' && a !== b,
  });
}

export type Overlap = Answers['Overlap'];

export function useOverlap(segments: string[]) {
  return useQuery({
    queryKey: ['segments', 'overlap', segments],
    queryFn: () => call(client.POST('/api/v1/segments/overlap', { body: { segments: segments.map(Number) } })),
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

const wired = ({ label, rule }: Labelled) => ({ label, rule: wire(rule) });

export function useCells(rows: Labelled[], columns: Labelled[]) {
  return useQuery({
    queryKey: ['segments', 'cells', rows, columns],
    queryFn: ({ signal }) => call(client.POST('/api/v1/segments/cells', { body: { rows: rows.map(wired), columns: columns.map(wired) }, signal })) as Promise<unknown> as Promise<CellsAnswer>,
    enabled: rows.length > 0 && columns.length > 0,
    placeholderData: keepPreviousData,
  });
}

export interface ExportAsked {
  rule?: RuleDocument;
  segment?: string;
  format: 'csv' | 'xlsx';
}

/** Ask for an export; the task tray tells when it is done. */
export function useExportPeople() {
  const started = useJobStarted();
  return useMutation({
    mutationFn: ({ segment, rule, format }: ExportAsked) =>
      call(client.POST('/api/v1/segments/export', { body: { format, plain: false, reason: '', ...(rule ? { rule: wire(rule) } : {}), ...(segment ? { segment: Number(segment) } : {}) } })),
    onSuccess: started,
  });
}

/** Whether the person may change segments. */
export function useMayEdit(): boolean {
  return useCan()('segments.edit');
}
