import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { call, client } from '../../api/client';
import type { Brand, Guide, Me, Shop, User } from '../../api/types';
import { ME_KEY } from '../session';

const path = <P extends string>(name: P, id: string | number) => ({ params: { path: { [name]: Number(id) } as Record<P, number> } });

export function useBrand() {
  return useQuery({ queryKey: ['brand'], queryFn: () => call(client.GET('/api/v1/brand')) });
}

export function useSaveBrand() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Partial<Brand>) => call(client.PATCH('/api/v1/brand', { body })),
    onSuccess: (brand) => {
      queries.setQueryData(['brand'], brand);
      queries.setQueryData<Me | null>(ME_KEY, (me) => me && { ...me, brand });
    },
  });
}

export type ShopChange = Partial<Omit<Shop, 'id' | 'code' | 'platform_label'>>;
export type ShopNew = Pick<Shop, 'code' | 'name' | 'platform' | 'kind'> & Partial<Pick<Shop, 'province' | 'city' | 'opened_on'>>;

/** Save a shop or store: a new one when there is no number yet. */
export function useSaveShop() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (save: { id: number; changes: ShopChange } | { id: null; shop: ShopNew }) =>
      save.id === null
        ? call(client.POST('/api/v1/shops', { body: { province: '', city: '', ...save.shop } }))
        : call(client.PATCH('/api/v1/shops/{shop_id}', { ...path('shop_id', save.id), body: save.changes })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['shops'] }),
  });
}

export function useGuides() {
  return useQuery({ queryKey: ['guides'], queryFn: () => call(client.GET('/api/v1/guides')).then((answer) => answer.items) });
}

export type GuideChange = Partial<Pick<Guide, 'name' | 'shop' | 'is_active' | 'user'>>;

export function useSaveGuide() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (save: { id: string; changes: GuideChange } | { id: null; guide: Pick<Guide, 'code' | 'name' | 'shop'> }) =>
      save.id === null ? call(client.POST('/api/v1/guides', { body: save.guide })) : call(client.PATCH('/api/v1/guides/{guide_id}', { ...path('guide_id', save.id), body: save.changes })),
    onSuccess: () => Promise.all([queries.invalidateQueries({ queryKey: ['guides'] }), queries.invalidateQueries({ queryKey: ['users'] })]),
  });
}

export function useUsers(enabled = true) {
  return useQuery({ queryKey: ['users'], queryFn: () => call(client.GET('/api/v1/users')).then((answer) => answer.items), enabled });
}

export type UserNew = Pick<User, 'username' | 'display_name' | 'role' | 'all_shops' | 'shops' | 'language'>;
export type UserChange = Partial<Pick<User, 'display_name' | 'role' | 'all_shops' | 'shops' | 'language' | 'is_active'>>;

/** A new user; the answer holds the password, which is shown once. */
export function useCreateUser() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: UserNew) => call(client.POST('/api/v1/users', { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['users'] }),
  });
}

export function useChangeUser() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, changes }: { id: string; changes: UserChange }) => call(client.PATCH('/api/v1/users/{user_id}', { ...path('user_id', id), body: changes })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['users'] }),
  });
}

export function useResetPassword() {
  return useMutation({ mutationFn: (id: string) => call(client.POST('/api/v1/users/{user_id}/reset-password', path('user_id', id))).then((answer) => answer.password) });
}

export function useRoles(enabled = true) {
  return useQuery({ queryKey: ['roles'], queryFn: () => call(client.GET('/api/v1/roles')).then((answer) => answer.items), staleTime: 5 * 60_000, enabled });
}

export function useKeys() {
  return useQuery({ queryKey: ['keys'], queryFn: () => call(client.GET('/api/v1/keys')).then((answer) => answer.items) });
}

export interface KeyNew {
  name: string;
  role: string;
  all_shops: boolean;
  shops: number[];
  expires_on: string | null;
}

/** A new key; the answer holds the secret, which is shown once. */
export function useCreateKey() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: KeyNew) => call(client.POST('/api/v1/keys', { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['keys'] }),
  });
}

export function useRevokeKey() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => call(client.DELETE('/api/v1/keys/{key_id}', path('key_id', id))),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['keys'] }),
  });
}

export interface AuditQuery {
  page: number;
  size: number;
  actor?: string;
  action?: string;
  q?: string;
  start?: string;
  end?: string;
}

export function useAudit(query: AuditQuery) {
  return useQuery({ queryKey: ['audit', query], queryFn: () => call(client.GET('/api/v1/audit', { params: { query } })), placeholderData: (before) => before });
}

export function useAuditActions() {
  return useQuery({ queryKey: ['audit', 'actions'], queryFn: () => call(client.GET('/api/v1/audit/actions')).then((answer) => answer.items), staleTime: 5 * 60_000 });
}
