import { CarOutlined, CommentOutlined, EyeOutlined, FileTextOutlined, InboxOutlined, PayCircleOutlined, RollbackOutlined, ShoppingOutlined, UserSwitchOutlined } from '@ant-design/icons';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Button, Skeleton } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { call, client } from '../api/client';
import type { TimelineItem } from '../api/types';
import { day, instant, weekday } from '../ui/format';
import { Money } from '../ui/Numbers';
import { useLocale } from '../ui/session';
import { EmptyState, ErrorState } from '../ui/States';
import { useUrl } from '../ui/url';

type Kind = TimelineItem['kind'];

const ICONS: Record<Kind, ReactNode> = {
  trade: <ShoppingOutlined />,
  payment: <PayCircleOutlined />,
  shipment: <CarOutlined />,
  parcel: <InboxOutlined />,
  refund: <RollbackOutlined />,
  review: <CommentOutlined />,
  visit: <EyeOutlined />,
  identity: <UserSwitchOutlined />,
  import: <FileTextOutlined />,
};
const KINDS = Object.keys(ICONS) as Kind[];
const PAGE = 50;

function Item({ item }: { item: TimelineItem }) {
  const { zone } = useLocale();
  return (
    <li className={`ht-event ht-event-${item.kind}`}>
      <time className="ht-num" dateTime={item.at}>{instant(item.at, zone).slice(11)}</time>
      <span className="ht-event-icon" aria-hidden="true">{ICONS[item.kind]}</span>
      <div>
        <strong>{item.url ? <Link to={item.url}>{item.title}</Link> : item.title}</strong>{' '}
        {item.text && <span className="ht-event-text">{item.text}</span>}{' '}
        {item.shop_name && <small className="ht-muted">{item.shop_name}</small>}
      </div>
      {item.amount !== null && <span className="ht-event-amount"><Money value={item.amount} /></span>}
    </li>
  );
}

/** Everything that happened, newest first, one day after the other; the kinds to show are in the address bar. */
export function Timeline({ member }: { member: string }) {
  const { t } = useTranslation();
  const { zone, language } = useLocale();
  const [params, set] = useUrl();
  const chosen = (params.get('kinds') ?? '').split(',').filter((kind): kind is Kind => (KINDS as string[]).includes(kind));
  const kinds = chosen.join(',');
  const events = useInfiniteQuery({
    queryKey: ['member', member, 'timeline', kinds],
    queryFn: ({ pageParam }) => call(client.GET('/api/v1/members/{member}/timeline', { params: { path: { member }, query: { kinds: kinds || undefined, before: pageParam ?? undefined, limit: PAGE } } })),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_before,
  });
  const toggle = (kind: Kind) => set({ kinds: (chosen.includes(kind) ? chosen.filter((other) => other !== kind) : [...chosen, kind]).join(',') });
  const items = events.data?.pages.flatMap((page) => page.items) ?? [];
  const days: [string, TimelineItem[]][] = [];
  for (const item of items) {
    const on = day(item.at, zone);
    const last = days.at(-1);
    if (last?.[0] === on) last[1].push(item);
    else days.push([on, [item]]);
  }
  return (
    <div>
      <div className="ht-chips" role="group" aria-label={t('members.timeline.filter')}>
        <button type="button" className="ht-chip" aria-pressed={chosen.length === 0} onClick={() => set({ kinds: null })}>{t('ui.all')}</button>
        {KINDS.map((kind) => <button key={kind} type="button" className="ht-chip" aria-pressed={chosen.includes(kind)} onClick={() => toggle(kind)}>{ICONS[kind]} {t(`members.timeline.kind.${kind}`)}</button>)}
      </div>
      {events.isPending ? <Skeleton active title={false} paragraph={{ rows: 8 }} />
        : events.isError ? <ErrorState error={events.error} onRetry={() => void events.refetch()} />
          : items.length === 0 ? <EmptyState title={t('members.timeline.empty')}>{chosen.length ? t('members.timeline.emptyFilter') : t('members.timeline.emptyText')}</EmptyState>
            : (
              <ol className="ht-timeline">
                {days.map(([on, list]) => (
                  <li key={on}>
                    <h3 className="ht-num">{on} <span>{weekday(on, language)}</span></h3>
                    <ul>{list.map((item, index) => <Item key={`${item.kind}-${item.subject}-${index}`} item={item} />)}</ul>
                  </li>
                ))}
              </ol>
            )}
      {events.hasNextPage && <Button block loading={events.isFetchingNextPage} onClick={() => void events.fetchNextPage()}>{t('members.timeline.more')}</Button>}
    </div>
  );
}
