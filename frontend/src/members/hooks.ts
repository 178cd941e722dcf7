import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { App } from 'antd';
import { useTranslation } from 'react-i18next';
import { call, client } from '../api/client';
import { useJobStarted } from '../ui/jobs';
import type { MemberFilter } from '../ui/people';
import { useLocale, useSession } from '../ui/session';
import { useErrorText } from '../ui/States';
import { toQuery } from './filter';
import { filterSentence } from './sentence';

export const DEFAULT_SORT = '-last_paid_at';

/** A page of members. */
export function useMembers(filter: MemberFilter, sort: string, page: number, size: number) {
  const { zone } = useLocale();
  return useQuery({
    queryKey: ['members', filter, sort, page, size],
    queryFn: () => call(client.GET('/api/v1/members', { params: { query: { ...toQuery(filter, zone), sort, page, size } } })),
    placeholderData: keepPreviousData,
  });
}

/** Ask for an export; the task tray tells when it is done. */
export function useExport() {
  const { zone } = useLocale();
  const { t } = useTranslation();
  const { message } = App.useApp();
  const started = useJobStarted();
  const say = useErrorText();
  return useMutation({
    mutationFn: (asked: { filter: MemberFilter; sort: string; columns: string[]; format: 'csv' | 'xlsx' }) => {
      const query = toQuery(asked.filter, zone);
      return call(
        client.POST('/api/v1/members/export', {
          body: {
            ...query,
            q: query.q ?? '',
            search_by: query.search_by ?? 'auto',
            state: query.state ?? 'all',
            sort: asked.sort,
            columns: asked.columns,
            format: asked.format,
            plain: false,
            reason: '',
          },
        }),
      );
    },
    onSuccess: () => {
      void message.success(t('members.export.started'));
      started();
    },
    onError: (error) => void message.error(say(error).message),
  });
}

/** How a filter reads, in the reader's language. */
export function useSentence(): (filter: MemberFilter) => string {
  const { t } = useTranslation();
  const { shops } = useSession();
  const { currency } = useLocale();
  return (filter) => filterSentence(filter, { t, shops, currency });
}
