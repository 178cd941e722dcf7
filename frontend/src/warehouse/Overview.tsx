import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Alert, Button, Skeleton } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { call, client } from '../api/client';
import type { Overview as Data } from '../api/types';
import { addDays, daysInclusive } from '../ui/format';
import { Page, Section } from '../ui/Page';
import { ScopeBar, useScope } from '../ui/ScopeBar';
import { useCan, useSession } from '../ui/session';
import { EmptyState, ErrorState } from '../ui/States';
import { Figures } from './Figures';
import { Recent } from './Recent';
import { ByProvince, ByShop } from './Splits';
import { ToDo } from './ToDo';
import { Trend } from './Trend';

function FirstSteps() {
  const { t } = useTranslation();
  const can = useCan();
  return (
    <EmptyState
      title={t('warehouse.empty.title')}
      example={<ol><li>{t('warehouse.empty.step1')}</li><li>{t('warehouse.empty.step2')}</li><li>{t('warehouse.empty.step3')}</li></ol>}
      action={can('intake.run') && <Link to="/data"><Button type="primary" size="large">{t('warehouse.empty.act')}</Button></Link>}
    >
      {t('warehouse.empty.text')}
    </EmptyState>
  );
}

/** The period holds nothing although there is data elsewhere: say where, and go there. */
function Elsewhere({ data }: { data: Data }) {
  const { t } = useTranslation();
  const [, change] = useScope();
  if (!data.data_from || !data.data_to) return null;
  const { data_from: from, data_to: to } = data;
  const days = daysInclusive(data.period.start, data.period.end);
  const start = addDays(to, 1 - days);
  return (
    <Alert
      className="ht-gap"
      type="info"
      showIcon
      title={t('warehouse.elsewhere.title', { start: data.period.start, end: data.period.end })}
      description={t('warehouse.elsewhere.text', { from, to })}
      action={
        <span className="ht-verbs">
          <Button size="small" onClick={() => change({ start: start < from ? from : start, end: to })}>{t('warehouse.elsewhere.last', { count: days })}</Button>
          <Button size="small" onClick={() => change({ start: from, end: to })}>{t('warehouse.elsewhere.all')}</Button>
        </span>
      }
    />
  );
}

export default function Overview() {
  const { t } = useTranslation();
  const { me } = useSession();
  const can = useCan();
  const [scope] = useScope();
  const overview = useQuery({
    queryKey: ['overview', scope],
    queryFn: () =>
      call(
        client.GET('/api/v1/overview', {
          params: { query: { shops: scope.shops.join(',') || undefined, start: scope.start ?? undefined, end: scope.end ?? undefined, compare: scope.compare, as_of: scope.asOf ?? undefined } },
        }),
      ),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  });
  const data = overview.data;
  const nothing = data !== undefined && data.trend.every((point) => point.orders === 0);
  const lead = data && !data.is_empty ? t('warehouse.lead', { start: data.period.start, end: data.period.end, count: daysInclusive(data.period.start, data.period.end) }) : undefined;
  return (
    <Page title={me.brand.name || t('web.nav.home')} lead={lead}>
      {data?.is_empty ? <FirstSteps /> : (
        <>
          <ScopeBar shown={data?.period} />
          {overview.isError && <ErrorState error={overview.error} busy={overview.isFetching} onRetry={() => void overview.refetch()} />}
          {!data && !overview.isError && <Skeleton active paragraph={{ rows: 12 }} />}
          {data && (
            <div className={overview.isPlaceholderData ? 'ht-stale' : ''}>
              {nothing && <Elsewhere data={data} />}
              <Figures data={data} />
              <div className="ht-columns">
                <div className="ht-columns-main">
                  <Trend data={data} />
                  <div className="ht-halves">
                    <Section title={t('warehouse.byShop.title')}><ByShop data={data} /></Section>
                    <Section title={t('warehouse.byProvince.title')}><ByProvince data={data} /></Section>
                  </div>
                </div>
                <div className="ht-columns-side">
                  <ToDo today={data.today} unattached={data.unattached_trades} asOf={data.period.as_of} />
                  {can('overview.view') && <Recent shops={scope.shops} />}
                </div>
              </div>
            </div>
          )}
        </>
      )}
    </Page>
  );
}
