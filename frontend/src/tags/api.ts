import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { call, client } from '../api/client';
import type { components } from '../api/schema';
import type { Job, MemberQuery } from '../api/types';
import { toQuery } from '../members/filter';
import { countRule, useSegment } from '../segments/api';
import type { RuleDocument } from '../segments/types';
import { useJobStarted } from '../ui/jobs';
import type { Whose } from '../ui/people';
import { useLocale } from '../ui/session';

type Schemas = components['schemas'];
export type TagGroup = Schemas['TagGroup'];
export type Tag = Schemas['Tag'];
export type TagDraft = Schemas['TagIn'];
export type TagPatch = Schemas['TagPatch'];
export type MemberTag = Schemas['MemberTag'];
export type TagKind = Tag['kind'];

export const TAGS_KEY = ['tags'] as const;
const BUSY_MS = 1500;

/** Groups and tags with their counts; asked for often while a rule is being worked out. */
export function useTagTree(archived = false) {
  const { i18n } = useTranslation();
  return useQuery({
    queryKey: [...TAGS_KEY, 'tree', archived, i18n.language],
    queryFn: () => call(client.GET('/api/v1/tags', { params: { query: { archived } } })).then((answer) => answer.groups),
    placeholderData: keepPreviousData,
    refetchInterval: (query) => (query.state.data?.some((group) => group.tags.some((tag) => tag.refreshing)) ? BUSY_MS : false),
  });
}

/** What names a tag in its rule. */
export function useTagUses(tag: string, enabled: boolean) {
  return useQuery({ queryKey: [...TAGS_KEY, 'uses', tag], queryFn: () => call(client.GET('/api/v1/tags/{tag_id}/uses', { params: { path: { tag_id: Number(tag) } } })).then((answer) => answer.items), enabled });
}

export function useMemberTags(member: string) {
  const { i18n } = useTranslation();
  return useQuery({
    queryKey: ['member', member, 'tags', i18n.language],
    queryFn: () => call(client.GET('/api/v1/members/{member}/tags', { params: { path: { member: Number(member) } } })).then((answer) => answer.items),
  });
}

export function useMemberSegments(member: string, enabled: boolean) {
  return useQuery({
    queryKey: ['member', member, 'segments'],
    queryFn: () => call(client.GET('/api/v1/members/{member}/segments', { params: { path: { member: Number(member) } } })).then((answer) => answer.items),
    enabled,
  });
}

/** After any change of tags: the manager, members' pages, lists by tag and counts of rules may be old. */
export function useTagsChanged(): () => void {
  const queries = useQueryClient();
  return () => void queries.invalidateQueries({ predicate: ({ queryKey }) => ['tags', 'member'].includes(String(queryKey[0])) || (queryKey[0] === 'segments' && queryKey[1] !== 'catalogue') });
}

export function useSaveGroup() {
  const changed = useTagsChanged();
  const started = useJobStarted();
  return useMutation({
    mutationFn: ({ id, ...values }: { id: string | null; label?: string; exclusive?: boolean; archived?: boolean; enabled?: boolean }) =>
      id === null
        ? call(client.POST('/api/v1/tag-groups', { body: { label: values.label ?? '', exclusive: values.exclusive ?? false } }))
        : call(client.PATCH('/api/v1/tag-groups/{group_id}', { params: { path: { group_id: Number(id) } }, body: values })),
    onSuccess: () => {
      changed();
      started();
    },
  });
}

export function useDeleteGroup() {
  const changed = useTagsChanged();
  return useMutation({ mutationFn: (id: string) => call(client.DELETE('/api/v1/tag-groups/{group_id}', { params: { path: { group_id: Number(id) } } })), onSuccess: changed });
}

export function useSaveTag() {
  const changed = useTagsChanged();
  const started = useJobStarted();
  return useMutation({
    mutationFn: ({ id, ...values }: { id: string | null; draft: TagDraft } | { id: string; patch: TagPatch }) =>
      'draft' in values
        ? call(client.POST('/api/v1/tags', { body: values.draft }))
        : call(client.PATCH('/api/v1/tags/{tag_id}', { params: { path: { tag_id: Number(id) } }, body: values.patch })),
    onSuccess: () => {
      changed();
      started();
    },
  });
}

export function useDeleteTag() {
  const changed = useTagsChanged();
  return useMutation({ mutationFn: (id: string) => call(client.DELETE('/api/v1/tags/{tag_id}', { params: { path: { tag_id: Number(id) } } })), onSuccess: changed });
}

export function useRefreshTag() {
  const changed = useTagsChanged();
  const started = useJobStarted();
  return useMutation({
    mutationFn: (id: string) => call(client.POST('/api/v1/tags/refresh', { params: { query: { tag: id } } })),
    onSuccess: () => {
      changed();
      started();
    },
  });
}

/** Whom to tag: members by number, or the people behind a number. */
export type Whom = { members: string[] } | Whose;

/** How many members these are; undefined while it is not known. */
export function useHowMany(whom: Whom, known: number | undefined): number | undefined {
  const { zone } = useLocale();
  const members = useQuery({
    queryKey: ['members', 'count', whom],
    queryFn: () => call(client.GET('/api/v1/members', { params: { query: { ...('filter' in whom ? toQuery(whom.filter, zone) : {}), page: 1, size: 1 } } })).then((answer) => answer.total),
    enabled: known === undefined && 'filter' in whom,
  });
  const rule = useQuery({
    queryKey: ['segments', 'count', 'whom', whom],
    queryFn: ({ signal }) => countRule((whom as { rule: unknown }).rule as RuleDocument, {}, signal),
    enabled: known === undefined && 'rule' in whom,
  });
  const segment = useSegment(known === undefined && 'segment' in whom ? whom.segment : '');
  if (known !== undefined) return known;
  if ('members' in whom) return whom.members.length;
  return 'filter' in whom ? members.data : 'rule' in whom ? rule.data?.count : (segment.data?.size ?? undefined);
}

export interface Assignment {
  tag: string;
  add: boolean;
  whom: Whom;
  from?: string | null;
  until?: string | null;
}

export type Assigned = Schemas['Assigned'];

export function isJob(answer: Assigned | Job): answer is Job {
  return 'state' in answer;
}

/** Give a tag or take it away: done at once, or a job for many. */
export function useAssign() {
  const { zone } = useLocale();
  const changed = useTagsChanged();
  const started = useJobStarted();
  return useMutation({
    mutationFn: ({ tag, add, whom, from, until }: Assignment) =>
      call<Assigned | Job>(client.POST('/api/v1/tags/assign', { body: { tag, add, ...body(whom, zone), effective_on: from ?? null, expires_on: until ?? null } })),
    onSuccess: (answer) => {
      changed();
      if (isJob(answer)) started();
    },
  });
}

function body(whom: Whom, zone: string) {
  if ('members' in whom) return { members: whom.members };
  if ('segment' in whom) return { segment: whom.segment };
  if ('rule' in whom) return { rule: whom.rule as unknown as Record<string, unknown> };
  const query: MemberQuery = toQuery(whom.filter, zone);
  return { filter: { ...query, q: query.q ?? '', search_by: query.search_by ?? ('auto' as const), state: query.state ?? ('all' as const), sort: '-last_paid_at' } };
}
