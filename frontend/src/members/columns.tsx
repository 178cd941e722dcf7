import { Tag } from 'antd';
import type { TFunction } from 'i18next';
import { Link } from 'react-router';
import type { MemberRow } from '../api/types';
import type { Column } from '../ui/DataTable';
import { region } from '../ui/format';
import { Count, Day, Money, Text } from '../ui/Numbers';

/** A masked name that leads to the member's page. */
export function MemberName({ row }: { row: Pick<MemberRow, 'member' | 'display_name' | 'nick'> }) {
  return (
    <Link to={`/members/${row.member}`} className="ht-member-name">
      <strong>{row.display_name || row.nick || `#${row.member}`}</strong>
      {row.display_name && row.nick && row.nick !== row.display_name && <small>{row.nick}</small>}
    </Link>
  );
}

/** The platforms a member buys on. */
export function Platforms({ codes, t }: { codes: string[]; t: TFunction }) {
  return <span className="ht-tags">{codes.map((code) => <Tag key={code}>{t(`ui.platform.${code as 'taobao'}`, { defaultValue: code })}</Tag>)}</span>;
}

/** A city's tier in words. */
export function cityTier(tier: number | null, t: TFunction): string | null {
  return tier ? t(`members.tier.${String(tier) as '1'}`) : null;
}

export function memberColumns(t: TFunction): Column<MemberRow>[] {
  const gender = (value: string | null) => (value === 'f' || value === 'm' ? t(`members.gender.${value}`) : null);
  return [
    { key: 'display_name', title: t('members.column.who'), always: true, width: 190, render: (row) => <MemberName row={row} /> },
    { key: 'member', title: t('members.column.member'), hidden: true, sort: 'member', render: (row) => <span className="ht-num">{row.member}</span> },
    { key: 'phone', title: t('members.column.phone'), render: (row) => <span className="ht-num"><Text value={row.phone} /></span> },
    { key: 'platforms', title: t('members.column.platforms'), render: (row) => <Platforms codes={row.platforms} t={t} /> },
    { key: 'accounts', title: t('members.column.accounts'), number: true, render: (row) => <Count value={row.accounts} /> },
    { key: 'province', title: t('members.column.region'), render: (row) => <Text value={region(row.province, row.city)} /> },
    { key: 'gender', title: t('members.column.gender'), hidden: true, render: (row) => <Text value={gender(row.gender)} /> },
    { key: 'city_tier', title: t('members.column.tier'), hidden: true, render: (row) => <Text value={cityTier(row.city_tier, t)} /> },
    { key: 'level', title: t('members.column.level'), hidden: true, render: (row) => <Text value={row.level} /> },
    { key: 'paid_trades', title: t('members.column.trades'), number: true, sort: 'paid_trades', render: (row) => <Count value={row.paid_trades} /> },
    { key: 'paid_amount', title: t('members.column.paid'), number: true, sort: 'paid_amount', cardFigure: true, render: (row) => <Money value={row.paid_amount} /> },
    { key: 'net_amount', title: t('members.column.net'), number: true, hidden: true, sort: 'net_amount', render: (row) => <Money value={row.net_amount} /> },
    { key: 'average_order_value', title: t('members.column.average'), number: true, sort: 'average_order_value', render: (row) => <Money value={row.average_order_value} /> },
    { key: 'refund_trades', title: t('members.column.refunds'), number: true, hidden: true, sort: 'refund_trades', render: (row) => <Count value={row.refund_trades} /> },
    { key: 'unpaid_trades', title: t('members.column.unpaid'), number: true, hidden: true, sort: 'unpaid_trades', render: (row) => <Count value={row.unpaid_trades} /> },
    { key: 'first_paid_at', title: t('members.column.first'), hidden: true, sort: 'first_paid_at', render: (row) => <Day value={row.first_paid_at} /> },
    { key: 'last_paid_at', title: t('members.column.last'), sort: 'last_paid_at', render: (row) => <Day value={row.last_paid_at} /> },
    { key: 'first_shop_name', title: t('members.column.firstShop'), hidden: true, render: (row) => <Text value={row.first_shop_name} /> },
  ];
}
