import { useTranslation } from 'react-i18next';
import type { ReactNode } from 'react';
import type { MemberDetail } from '../api/types';
import { region } from '../ui/format';
import { Count, Day, Money, Share, Text } from '../ui/Numbers';
import { useIsPhone } from '../ui/Page';
import { cityTier, Platforms } from './columns';

type Total = MemberDetail['totals'][number];

/** The few figures that say what a member is worth; the rest stand smaller below. */
const MAIN = ['net_amount', 'paid_trades', 'average_order_value'];

export function Amount({ total }: { total: Total }) {
  if (total.unit === 'money') return <Money value={total.value} />;
  if (total.unit === 'share') return <Share value={total.value} />;
  return <Count value={total.value} />;
}

function Facts({ rows }: { rows: [label: string, value: ReactNode][] }) {
  return <dl className="ht-facts">{rows.map(([label, value]) => <div key={label}><dt>{label}</dt><dd>{value}</dd></div>)}</dl>;
}

/** Who, what worth and since when. */
export function Who({ detail }: { detail: MemberDetail }) {
  const { t } = useTranslation();
  const phone = useIsPhone();
  const { row } = detail;
  const main = MAIN.map((key) => detail.totals.find((total) => total.key === key)).filter((total) => total !== undefined);
  const rest = detail.totals.filter((total) => !MAIN.includes(total.key));
  const gender = row.gender === 'f' || row.gender === 'm' ? t(`members.gender.${row.gender}`) : null;
  const birthday = detail.birthday && (detail.birth_lunar ? t('members.who.lunar', { day: detail.birthday }) : detail.birthday);
  const facts = (
    <>
      <Facts
        rows={[
          [t('members.column.nick'), <Text key="n" value={row.nick} />],
          [t('members.column.phone'), <span key="p" className="ht-num"><Text value={row.phone} /></span>],
          [t('members.column.gender'), <Text key="g" value={gender} />],
          [t('members.who.birthday'), <span key="b" className="ht-num"><Text value={birthday} /></span>],
          [t('members.column.region'), <Text key="r" value={region(row.province, row.city)} />],
          [t('members.column.tier'), <Text key="t" value={cityTier(row.city_tier, t)} />],
          [t('members.column.platforms'), row.platforms.length ? <Platforms key="pl" codes={row.platforms} t={t} /> : <Text key="pl" value={null} />],
          [t('members.column.firstShop'), <Text key="f" value={row.first_shop_name} />],
          [t('members.column.first'), <Day key="fp" value={row.first_paid_at} />],
          [t('members.column.last'), <Day key="lp" value={row.last_paid_at} />],
          [t('members.who.joined'), <Day key="j" value={detail.joined_at} />],
          [t('members.who.seen'), <Day key="s" value={detail.first_seen_at} />],
          [t('members.who.source'), <Text key="so" value={detail.source_label} />],
        ]}
      />
      <Facts rows={rest.map((total) => [total.label, <Amount key={total.key} total={total} />])} />
    </>
  );
  return (
    <>
      <div className="ht-worth">
        {main.map((total) => <div key={total.key}><span>{total.label}</span><strong><Amount total={total} /></strong></div>)}
      </div>
      {phone ? <details className="ht-fold"><summary>{t('members.who.more')}</summary>{facts}</details> : facts}
    </>
  );
}
