import { DownloadOutlined } from '@ant-design/icons';
import { Button, Dropdown } from 'antd';
import { useTranslation } from 'react-i18next';
import type { MemberFilter } from '../ui/people';
import { useCan } from '../ui/session';
import { useExport } from './hooks';

/** Columns that the server can write; the table's own extra ones are left out. */
const EXPORTABLE = new Set([
  'member', 'display_name', 'nick', 'phone', 'gender', 'province', 'city', 'city_tier', 'platforms', 'accounts', 'level', 'first_shop_name',
  'paid_trades', 'paid_amount', 'net_amount', 'average_order_value', 'refund_trades', 'unpaid_trades', 'first_paid_at', 'last_paid_at',
]);

/** Export in the background, masked as on the screen. */
export function ExportButton({ filter, sort, columns }: { filter: MemberFilter; sort: string; columns: () => string[] }) {
  const { t } = useTranslation();
  const can = useCan();
  const ask = useExport();
  if (!can('members.export')) return null;
  const go = (format: 'csv' | 'xlsx') =>
    ask.mutate({ filter, sort, format, columns: ['member', ...columns().filter((key) => key !== 'member' && EXPORTABLE.has(key))] });
  return (
    <Dropdown
      trigger={['click']}
      menu={{ items: [{ key: 'xlsx', label: t('members.export.xlsx'), onClick: () => go('xlsx') }, { key: 'csv', label: t('members.export.csv'), onClick: () => go('csv') }] }}
    >
      <Button icon={<DownloadOutlined />} loading={ask.isPending}>{t('members.export.verb')}</Button>
    </Dropdown>
  );
}
