import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { call, client } from '../api/client';
import type { RecentItem } from '../api/types';
import { Instant, Money } from '../ui/Numbers';
import { Section } from '../ui/Page';
import { useCan } from '../ui/session';
import { Loaded } from '../ui/States';

const LIMIT = 12;
const POLL_MS = 10_000;

function Change({ item }: { item: RecentItem }) {
  const { t } = useTranslation();
  const can = useCan();
  const name = item.member_name ?? (item.member ? `#${item.member}` : t('warehouse.recent.nobody'));
  const states = item.before_label && item.after_label ? `${item.before_label} → ${item.after_label}` : item.after_label;
  return (
    <li>
      <div className="ht-recent-top">
        <span>{item.member && can('members.view') ? <Link to={`/members/${item.member}`}>{name}</Link> : name}</span>
        {item.amount !== null && <Money value={item.amount} />}
      </div>
      <div className="ht-recent-foot">
        <span>{t(`warehouse.recent.kind.${item.kind}`)}{states && ` · ${states}`}{item.shop_name && <> · <span>{item.shop_name}</span></>}</span>
        <Instant value={item.occurred_at ?? item.recorded_at} />
      </div>
    </li>
  );
}

/** What came in just now, newest first. */
export function Recent({ shops }: { shops: number[] }) {
  const { t } = useTranslation();
  const recent = useQuery({
    queryKey: ['overview', 'recent', shops],
    queryFn: () => call(client.GET('/api/v1/overview/recent', { params: { query: { limit: LIMIT, shops: shops.join(',') || undefined } } })).then((answer) => answer.items),
    refetchInterval: POLL_MS,
  });
  return (
    <Section title={t('warehouse.recent.title')}>
      <Loaded query={recent} rows={6}>
        {(items) => items.length === 0 ? <p className="ht-muted">{t('warehouse.recent.none')}</p> : <ul className="ht-recent" aria-live="polite">{items.map((item) => <Change key={item.seq} item={item} />)}</ul>}
      </Loaded>
    </Section>
  );
}
