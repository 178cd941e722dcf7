import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { BatchDetail } from '../api/types';
import { count, money } from '../ui/format';
import { Count, Instant, Money, Text } from '../ui/Numbers';
import { Section } from '../ui/Page';
import { useCan, useLocale } from '../ui/session';
import { Rejects } from './Rejects';
import { tellingSets } from './steps';

/** What became of the file, and where to go from here. */
export function ResultStep({ batch }: { batch: BatchDetail }) {
  const { t } = useTranslation();
  const { currency } = useLocale();
  const can = useCan();
  const changed = (batch.inserted ?? 0) + (batch.updated ?? 0);
  // A catalogue or a list of members brings no money.
  const hasMoney = Boolean(Number(batch.paid_amount) || Number(batch.refunded_amount));
  const parts = [
    t('intake.result.changed', { inserted: count(batch.inserted), updated: count(batch.updated) }),
    ...(batch.members_new ? [t('intake.result.newMembers', { n: count(batch.members_new) })] : []),
    ...(Number(batch.paid_amount) ? [t('intake.result.paid', { paid: money(batch.paid_amount, currency) })] : []),
  ];
  const sets = tellingSets(batch.preview?.sets ?? []);
  return (
    <>
      <Section
        title={changed ? t('intake.result.title') : t('intake.result.nothingTitle')}
        sentence={changed ? parts.join(t('intake.comma2')) + t('intake.full') : t('intake.result.nothing', { rows: count(batch.unchanged) })}
      >
        <dl className="ht-in-figures">
          <div><dt>{t('intake.batches.rows')}</dt><dd><Count value={batch.rows} /></dd></div>
          <div><dt>{t('intake.batches.inserted')}</dt><dd><Count value={batch.inserted} /></dd></div>
          <div><dt>{t('intake.batches.updated')}</dt><dd><Count value={batch.updated} /></dd></div>
          <div><dt>{t('intake.batches.unchanged')}</dt><dd><Count value={batch.unchanged} /></dd></div>
          <div><dt>{t('intake.batches.rejected')}</dt><dd><Count value={batch.rejected} /></dd></div>
          <div><dt>{t('intake.batches.membersNew')}</dt><dd><Count value={batch.members_new} /></dd></div>
          {hasMoney && <div><dt>{t('intake.batches.paid')}</dt><dd><Money value={batch.paid_amount} /></dd></div>}
          {hasMoney && <div><dt>{t('intake.batches.refunded')}</dt><dd><Money value={batch.refunded_amount} /></dd></div>}
        </dl>
        {sets.length > 0 && (
          <p className="ht-muted">{sets.map((set) => t('intake.result.set', { label: set.label, fresh: count(set.new), changed: count(set.changed), same: count(set.unchanged) })).join(t('intake.stop'))}</p>
        )}
        <div className="ht-verbs ht-in-verbs">
          {can('members.view') && <Link to="/members"><Button type="primary">{t('intake.result.members')}</Button></Link>}
          {can('overview.view') && <Link to="/"><Button>{t('intake.result.overview')}</Button></Link>}
          <Link to="/data"><Button>{t('intake.result.more')}</Button></Link>
        </div>
      </Section>
      <Rejects batch={batch} reasons={batch.preview?.rejects_by_reason ?? []} />
      <Section title={t('intake.result.about')}>
        <dl className="ht-in-about">
          <div><dt>{t('intake.batches.profile')}</dt><dd><Text value={batch.profile_label} /></dd></div>
          <div><dt>{t('intake.shop.title')}</dt><dd><Text value={batch.shop_name} /></dd></div>
          <div><dt>{t('intake.result.by')}</dt><dd><Text value={batch.by} /></dd></div>
          <div><dt>{t('intake.batches.created')}</dt><dd><Instant value={batch.created_at} /></dd></div>
          <div><dt>{t('intake.result.committed')}</dt><dd><Instant value={batch.committed_at} /></dd></div>
          <div><dt>{t('intake.result.sha256')}</dt><dd className="ht-in-hash">{batch.sha256 || '–'}</dd></div>
        </dl>
      </Section>
    </>
  );
}
