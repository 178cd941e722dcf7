import { QueryClient, QueryClientProvider, type Query } from '@tanstack/react-query';
import { App as AntApp, ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import dayjs from 'dayjs';
import 'dayjs/locale/zh-cn';
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { RouterProvider } from 'react-router';
import { ApiError } from '../api/client';
import { ME_KEY } from '../accounts/session';
import type { Me } from '../api/types';
import { setLanguage } from '../i18n';
import { LocaleContext } from '../ui/session';
import { router } from './router';
import { applyPalette, modeOf, themeOf } from './theme';

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      refetchOnWindowFocus: false,
      // An answer that says no will say no again.
      retry: (failures, error) => failures < 2 && error instanceof ApiError && (error.status === 0 || error.status >= 502),
      retryDelay: 800,
    },
  },
});

const dark = window.matchMedia('(prefers-color-scheme: dark)');
function useSystemIsDark(): boolean {
  return useSyncExternalStore(
    (changed) => {
      dark.addEventListener('change', changed);
      return () => dark.removeEventListener('change', changed);
    },
    () => dark.matches,
  );
}

/** The person as the cache knows them, without asking: themes and words follow it everywhere. */
function useCachedMe(): Me | null {
  const [me, setMe] = useState<Me | null>(null);
  useEffect(
    () =>
      queries.getQueryCache().subscribe((event) => {
        const { queryKey, state } = event.query as Query<Me | null>;
        if (queryKey[0] === ME_KEY[0]) setMe(state.data ?? null);
      }),
    [],
  );
  return me;
}

export function App() {
  const { i18n } = useTranslation();
  const me = useCachedMe();
  const mode = modeOf(me?.theme ?? 'auto', useSystemIsDark());
  const language = i18n.language === 'en' ? 'en' : 'zh';

  const wanted = me?.language;
  useEffect(() => {
    if (wanted) setLanguage(wanted);
  }, [wanted]);
  useEffect(() => applyPalette(mode), [mode]);
  useEffect(() => {
    dayjs.locale(language === 'zh' ? 'zh-cn' : 'en');
  }, [language]);

  const theme = useMemo(() => themeOf(mode), [mode]);
  const locale = useMemo(
    () => ({ language, zone: me?.brand.zone ?? 'Asia/Shanghai', currency: me?.brand.currency ?? 'CNY' }) as const,
    [language, me?.brand.zone, me?.brand.currency],
  );
  return (
    <ConfigProvider theme={theme} locale={language === 'zh' ? zhCN : enUS} button={{ autoInsertSpace: false }} wave={{ disabled: true }}>
      <AntApp notification={{ placement: 'topRight', top: 56 }}>
        <QueryClientProvider client={queries}>
          <LocaleContext value={locale}><RouterProvider router={router} /></LocaleContext>
        </QueryClientProvider>
      </AntApp>
    </ConfigProvider>
  );
}
