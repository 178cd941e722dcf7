import { useMutation, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { call, client } from '../api/client';
import type { Batch, BatchDetail, FieldInfo, SavedMapping } from '../api/types';
import { useJobStarted } from '../ui/jobs';
import { isWorking } from './steps';
import { TARGETS, type Grain, type MappingJson } from './types';
import { uploads, type Upload } from './uploads';

const BUSY_MS = 1000;
const IDLE_MS = 30_000;

export const BATCHES_KEY = ['intake', 'batches'] as const;
export const MAPPINGS_KEY = ['intake', 'mappings'] as const;
const batchKey = (id: string) => [...BATCHES_KEY, 'one', id] as const;

export function useUploads(): Upload[] {
  return useSyncExternalStore(uploads.subscribe, uploads.all);
}

export function useProfiles() {
  return useQuery({ queryKey: ['intake', 'profiles'], queryFn: () => call(client.GET('/api/v1/intake/profiles')).then((answer) => answer.items), staleTime: 5 * 60_000 });
}

const fieldsQuery = (grain: Grain) => ({
  queryKey: ['intake', 'fields', grain] as const,
  queryFn: async (): Promise<FieldInfo[]> => {
    const answers = await Promise.all(TARGETS[grain].map((target) => call(client.GET('/api/v1/intake/fields', { params: { query: { target } } }))));
    return answers.flatMap((answer) => answer.items);
  },
  staleTime: 5 * 60_000,
});

/** The fields that a file of this grain can fill. */
export function useFields(grain: Grain): UseQueryResult<FieldInfo[]> {
  return useQuery(fieldsQuery(grain));
}

/** The same, asked for at the moment a person changes the grain. */
export function useFetchFields(): (grain: Grain) => Promise<FieldInfo[]> {
  const queries = useQueryClient();
  return (grain) => queries.fetchQuery(fieldsQuery(grain));
}

/** A page of batches, asked for often while one of them is at work. */
export function useBatches(page: number, size: number, state: string | null) {
  return useQuery({
    queryKey: [...BATCHES_KEY, 'list', page, size, state],
    queryFn: () => call(client.GET('/api/v1/intake/batches', { params: { query: { page, size, ...(state ? { state } : {}) } } })),
    placeholderData: (before) => before,
    refetchInterval: (query) => (query.state.data?.items.some((batch) => isWorking(batch.state)) ? BUSY_MS : IDLE_MS),
  });
}

export function useBatch(id: string) {
  return useQuery({
    queryKey: batchKey(id),
    queryFn: () => call(client.GET('/api/v1/intake/batches/{batch_id}', { params: { path: { batch_id: Number(id) } } })),
    refetchInterval: (query) => (query.state.data && isWorking(query.state.data.state) ? BUSY_MS : false),
  });
}

export function useRejects(id: string, page: number, enabled: boolean) {
  return useQuery({
    queryKey: [...batchKey(id), 'rejects', page],
    queryFn: () => call(client.GET('/api/v1/intake/batches/{batch_id}/rejects.json', { params: { path: { batch_id: Number(id) }, query: { page } } })),
    enabled,
    placeholderData: (before) => before,
  });
}

/** Take several previewed files in, one request each; the first refusal stops the rest. */
export function useCommitAll() {
  const queries = useQueryClient();
  const started = useJobStarted();
  return useMutation({
    mutationFn: async (ids: string[]) => {
      for (const id of ids) await call(client.POST('/api/v1/intake/batches/{batch_id}/commit', { params: { path: { batch_id: Number(id) } } }));
    },
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: BATCHES_KEY });
      started();
    },
  });
}

/** A mapping as a request's body: the schema knows it only as an object, the server's own checks say the rest. */
const wire = (mapping: MappingJson) => mapping as never;

/** Where the rejected rows can be downloaded. */
export function rejectsUrl(id: string, format: 'csv' | 'xlsx'): string {
  return `/api/v1/intake/batches/${encodeURIComponent(id)}/rejects?format=${format}`;
}

export interface Choice {
  profile?: string;
  mapping_id?: string;
  mapping?: MappingJson;
  shop: number | null;
}

/** The verbs of a batch. Each answers with the batch's new state, which the screen shows at once. */
export function useBatchVerbs(id: string) {
  const queries = useQueryClient();
  const started = useJobStarted();
  const path = { params: { path: { batch_id: Number(id) } } };
  const changed = (batch: Batch | BatchDetail) => {
    queries.setQueryData<BatchDetail>(batchKey(id), (before) => (before ? { ...before, ...batch } : undefined));
    void queries.invalidateQueries({ queryKey: BATCHES_KEY });
    started();
  };
  const configure = useMutation({
    mutationFn: (choice: Choice) =>
      call(client.POST('/api/v1/intake/batches/{batch_id}/configure', { ...path, body: { ...choice, mapping_id: choice.mapping_id === undefined ? undefined : Number(choice.mapping_id), mapping: choice.mapping && wire(choice.mapping) } })),
    onSuccess: changed,
  });
  const commit = useMutation({ mutationFn: () => call(client.POST('/api/v1/intake/batches/{batch_id}/commit', path)), onSuccess: changed });
  const cancel = useMutation({ mutationFn: () => call(client.POST('/api/v1/intake/batches/{batch_id}/cancel', path)), onSuccess: changed });
  const discard = useMutation({
    mutationFn: () => call(client.POST('/api/v1/intake/batches/{batch_id}/discard', path)),
    onSuccess: () => {
      queries.removeQueries({ queryKey: batchKey(id) });
      void queries.invalidateQueries({ queryKey: [...BATCHES_KEY, 'list'] });
    },
  });
  return { configure, commit, cancel, discard };
}

export function useMappings(enabled = true) {
  return useQuery({ queryKey: MAPPINGS_KEY, queryFn: () => call(client.GET('/api/v1/intake/mappings')).then((answer) => answer.items.map(savedMapping)), enabled });
}

/** A saved mapping, or an example that comes with the program. */
export interface Saved {
  id: string | null;
  name: string;
  mapping: MappingJson;
  updatedAt: string | null;
  isExample: boolean;
}

function savedMapping(row: SavedMapping): Saved {
  const mapping = row.mapping as unknown as MappingJson;
  return { id: row.id, name: row.is_example ? mapping.name : row.name, mapping, updatedAt: row.updated_at, isExample: row.is_example };
}

export interface MappingSave {
  id: string | null;
  name: string;
  mapping: MappingJson;
}

/** Save a mapping under its name: a new one, or a new version of the one with this id. */
export function useSaveMapping() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ id, name, mapping }: MappingSave): Promise<Saved> => {
      const body = { name, mapping: wire({ ...mapping, name }) };
      const saved = id === null
        ? await call(client.POST('/api/v1/intake/mappings', { body }))
        : await call(client.PUT('/api/v1/intake/mappings/{mapping_id}', { params: { path: { mapping_id: Number(id) } }, body }));
      return savedMapping(saved);
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: MAPPINGS_KEY }),
  });
}

export function useRemoveMapping() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => call(client.DELETE('/api/v1/intake/mappings/{mapping_id}', { params: { path: { mapping_id: Number(id) } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: MAPPINGS_KEY }),
  });
}
