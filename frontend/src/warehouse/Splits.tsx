import { useTranslation } from 'react-i18next';
import type { ReactNode } from 'react';
import type { Overview } from '../api/types';
import { NumberLink } from '../ui/NumberLink';
import { Count, Money, Share } from '../ui/Numbers';
import { useScope } from '../ui/ScopeBar';
import { peopleOf } from './people';

interface Row {
  key: string;
  name: string;
  amount: string;
  cells: ReactNode[];
}

/** A ranking as a table whose rows carry a bar from zero. */
function Ranking({ head, rows }: { head: string[]; rows: Row[] }) {
  const { t } = useTranslation();
  if (rows.length === 0) return <p className="ht-muted">{t('ui.table.nothing')}</p>;
  const most = Math.max(...rows.map((row) => Number(row.amount)), 0);
  return (
    <table className="ht-ranking">
      <thead><tr>{head.map((title) => <th key={title} scope="col">{title}</th>)}</tr></thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.key}>
            <th scope="row"><span>{row.name}</span><i className="ht-bar" style={{ width: most > 0 ? `${(100 * Number(row.amount)) / most}%` : 0 }} aria-hidden="true" /></th>
            {row.cells.map((cell, index) => <td key={index}>{cell}</td>)}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function ByShop({ data }: { data: Overview }) {
  const { t } = useTranslation();
  const total = data.by_shop.reduce((sum, row) => sum + Number(row.paid_amount), 0);
  return (
    <Ranking
      head={[t('warehouse.byShop.shop'), t('warehouse.metric.buyers'), t('warehouse.metric.paid_amount'), t('warehouse.byShop.share')]}
      rows={data.by_shop.map((row) => {
        const name = row.name ?? `#${row.shop}`;
        return {
          key: String(row.shop),
          name,
          amount: row.paid_amount,
          cells: [
            <NumberLink key="b" filter={peopleOf('buyers', data, { shops: [row.shop] })!} title={name} empty={row.buyers === 0}><Count value={row.buyers} /></NumberLink>,
            <Money key="m" value={row.paid_amount} cut />,
            <Share key="s" value={total > 0 ? Number(row.paid_amount) / total : null} />,
          ],
        };
      })}
    />
  );
}

export function ByProvince({ data }: { data: Overview }) {
  const { t } = useTranslation();
  const [scope] = useScope();
  return (
    <Ranking
      head={[t('warehouse.byProvince.province'), t('warehouse.metric.buyers'), t('warehouse.metric.paid_amount')]}
      rows={data.by_province.map((row) => ({
        key: row.province,
        name: row.province,
        amount: row.paid_amount,
        cells: [
          <NumberLink key="b" filter={peopleOf('buyers', data, { shops: scope.shops, province: row.province })!} title={row.province} empty={row.buyers === 0}><Count value={row.buyers} /></NumberLink>,
          <Money key="m" value={row.paid_amount} cut />,
        ],
      }))}
    />
  );
}
