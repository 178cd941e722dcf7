import { useQueryClient } from '@tanstack/react-query';
import { Spin } from 'antd';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { whenUnauthenticated } from '../api/client';
import { ME_KEY, useMe, useShops } from '../accounts/session';
import { SessionContext } from '../ui/session';
import { ErrorState } from '../ui/States';

const Login = lazy(() => import('../accounts/Login'));
const ForcedPassword = lazy(() => import('../accounts/ForcedPassword'));
const Shell = lazy(() => import('./Shell'));

const waiting = <div className="ht-wait"><Spin size="large" /></div>;

/** Nobody → login; a borrowed password → change it; else the app, at the address that was asked for. */
export function Entrance() {
  const queries = useQueryClient();
  const me = useMe();
  const person = me.data ?? null;
  const ready = person !== null && !person.must_change_password;
  const shops = useShops(ready);
  const [expired, setExpired] = useState(false);

  useEffect(
    () =>
      whenUnauthenticated(() => {
        if (queries.getQueryData(ME_KEY)) {
          setExpired(true);
          queries.setQueryData(ME_KEY, null);
        }
      }),
    [queries],
  );

  const session = useMemo(() => (person ? { me: person, shops: shops.data ?? [] } : null), [person, shops.data]);

  if (me.isPending) return waiting;
  if (me.isError) return <div className="ht-wait"><ErrorState error={me.error} busy={me.isFetching} onRetry={() => void me.refetch()} /></div>;
  return (
    <Suspense fallback={waiting}>
      {!session ? <Login expired={expired} /> : !ready ? <ForcedPassword /> : <SessionContext value={session}><Shell /></SessionContext>}
    </Suspense>
  );
}
