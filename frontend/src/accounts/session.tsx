import { useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { App } from 'antd';
import { ApiError, call, client, forgetCsrf } from '../api/client';
import type { Me } from '../api/types';
import { useErrorText } from '../ui/States';

export const ME_KEY = ['me'] as const;

/** Who is logged in; null when nobody is. */
export function useMe() {
  return useQuery<Me | null>({
    queryKey: ME_KEY,
    queryFn: () =>
      call(client.GET('/api/v1/auth/me')).catch((error: unknown) => {
        if (error instanceof ApiError && error.status === 401) return null;
        throw error;
      }),
    staleTime: 5 * 60_000,
  });
}

export function useShops(enabled: boolean) {
  return useQuery({ queryKey: ['shops'], queryFn: () => call(client.GET('/api/v1/shops')).then((answer) => answer.items), enabled, staleTime: 60_000 });
}

/** What one person saw is not the next one's. The question who it is stays: the screen listens to its answer. */
function forgetEverything(queries: QueryClient): void {
  queries.removeQueries({ predicate: (query) => query.queryKey[0] !== ME_KEY[0] });
}

export function useLogin() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: { username: string; password: string }) => {
      forgetCsrf();
      return call(client.POST('/api/v1/auth/login', { body }));
    },
    onSuccess: (me) => {
      forgetCsrf();
      forgetEverything(queries);
      queries.setQueryData(ME_KEY, me);
    },
  });
}

export function useLogout() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => call(client.POST('/api/v1/auth/logout')),
    onSettled: () => {
      forgetCsrf();
      forgetEverything(queries);
      queries.setQueryData(ME_KEY, null);
    },
  });
}

/** Change one's own language, theme or name. */
export function useSetting() {
  const queries = useQueryClient();
  const { message } = App.useApp();
  const say = useErrorText();
  return useMutation({
    mutationFn: (body: { language?: 'zh' | 'en'; theme?: 'light' | 'dark' | 'auto'; display_name?: string }) => call(client.PATCH('/api/v1/auth/me', { body })),
    onSuccess: (me, body) => {
      queries.setQueryData(ME_KEY, me);
      // Labels that the server writes are in the old language.
      if (body.language) void queries.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'me' });
    },
    onError: (error) => void message.error(say(error).message),
  });
}

export function usePasswordChange() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (body: { old: string; new: string }) => {
      await call(client.POST('/api/v1/auth/password', { body }));
      forgetCsrf();
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ME_KEY }),
  });
}
