import { DownloadOutlined } from '@ant-design/icons';
import { Button, Dropdown, Pagination } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BatchDetail } from '../api/types';
import { count } from '../ui/format';
import { Count } from '../ui/Numbers';
import { Section, useIsPhone } from '../ui/Page';
import { useCan } from '../ui/session';
import { ErrorState } from '../ui/States';
import { rejectsUrl, useRejects } from './api';

interface RejectsProps {
  batch: BatchDetail;
  reasons: { code: string; label: string; count: number }[];
}

/** Rows that are not taken in: why, which, and a file of them to put right. */
export function Rejects({ batch, reasons }: RejectsProps) {
  const { t } = useTranslation();
  const can = useCan();
  const phone = useIsPhone();
  const [page, setPage] = useState(1);
  const rejected = batch.rejected ?? 0;
  const paged = rejected > batch.reject_sample.length;
  const rest = useRejects(batch.id, page, paged);
  if (rejected === 0) return null;
  const shown = rest.data?.items ?? batch.reject_sample;
  const size = rest.data?.size ?? 50;
  const header = ((batch.tables[0])?.header ?? []);
  return (
    <Section
      id="rejects"
      title={t('intake.rejects.title', { count: rejected, n: count(rejected) })}
      sentence={t('intake.rejects.lead')}
      extra={
        can('members.reveal') ? (
          <Dropdown
            trigger={['click']}
            menu={{ items: (['xlsx', 'csv'] as const).map((format) => ({ key: format, label: <a href={rejectsUrl(batch.id, format)} download>{t(`intake.rejects.${format}`)}</a> })) }}
          >
            <Button icon={<DownloadOutlined />}>{t('intake.rejects.download')}</Button>
          </Dropdown>
        ) : (
          <small className="ht-muted ht-in-why">{t('intake.rejects.forbidden')}</small>
        )
      }
    >
      {reasons.length > 0 && (
        <ul className="ht-in-reasons">
          {reasons.map((reason) => <li key={reason.code}><span>{reason.label}</span><Count value={reason.count} /></li>)}
        </ul>
      )}
      {rest.isError && page > 1 ? (
        <ErrorState error={rest.error} onRetry={() => void rest.refetch()} />
      ) : (
        <div className="ht-in-sample" role="region" tabIndex={0} aria-label={t('intake.rejects.sample')}>
          <table>
            <thead>
              <tr><th scope="col" className="ht-in-right">{t('intake.rowNo')}</th><th scope="col">{t('intake.rejects.reason')}</th><th scope="col">{t('intake.rejects.column')}</th>{header.map((name, index) => <th key={index} scope="col">{name}</th>)}</tr>
            </thead>
            <tbody>
              {shown?.map((row) => (
                <tr key={row.row_no}>
                  <th scope="row" className="ht-in-right ht-num">{row.row_no}</th>
                  <td className="ht-in-reason">{row.reason}</td>
                  <td>{row.column || '–'}</td>
                  {(header.length ? header : row.cells).map((name, index) => <td key={index} className={name && name === row.column ? 'ht-in-marked' : ''} title={row.cells[index]}>{row.cells[index] || '–'}</td>)}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {rejected > size && (
        <Pagination className="ht-pages" size="small" align="end" simple={phone} showSizeChanger={false} current={page} pageSize={size} total={rejected} onChange={setPage} />
      )}
    </Section>
  );
}
