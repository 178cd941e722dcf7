import { Alert, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { BatchDetail, Preview } from '../api/types';
import { count } from '../ui/format';
import { Count, Money } from '../ui/Numbers';
import { Section } from '../ui/Page';
import { EmptyState, ErrorNote } from '../ui/States';
import { ActionBar } from './DetectStep';
import { Rejects } from './Rejects';
import { withoutSame } from './sample';
import { Sample } from './Sample';
import { tellingSets, whatIsWritten } from './steps';

interface PreviewStepProps {
  batch: BatchDetail;
  mayRun: boolean;
  busy: boolean;
  error: unknown;
  onCommit: () => void;
  onChange: () => void;
}

type Units = 'trades' | 'lines' | 'refunds' | 'parcels' | 'parcel_events' | 'reviews' | 'items' | 'profiles' | 'profile_attributes' | 'visits';

/** What importing would do, in numbers that a person decides by; then one button that names the act. */
export function PreviewStep({ batch, mayRun, busy, error, onCommit, onChange }: PreviewStepProps) {
  const { t } = useTranslation();
  const { preview } = batch;
  const change = mayRun && <Button onClick={onChange}>{t('intake.preview.change')}</Button>;
  if (!preview) {
    return (
      <>
        <EmptyState title={t('intake.preview.emptyTitle')} action={change}>{t('intake.preview.empty', { count: batch.rows ?? 0, n: count(batch.rows) })}</EmptyState>
        <Rejects batch={batch} reasons={[]} />
      </>
    );
  }
  const warnings = withoutSame(preview.warnings, batch.same_as);
  const sets = tellingSets(preview.sets);
  const orders = sets.some((set) => set.name === 'trades');
  const act = whatIsWritten(preview.sets);
  const actName = act ? t(`intake.act.${act.name as Units}`, { count: act.count, n: count(act.count) }) : t('intake.act.nothing');
  return (
    <>
      {warnings.length > 0 && <ul className="ht-in-notes">{warnings.map((warning) => <li key={warning}><Alert type="warning" showIcon title={warning} /></li>)}</ul>}
      <Section title={t('intake.preview.title')} sentence={hasPeople(preview) ? <PreviewSentence preview={preview} /> : t('intake.preview.noPeople')} extra={change}>
        <dl className="ht-in-figures">
          {sets.map((set) => <Figure key={set.name} name={set.label} value={<Count value={set.new + set.changed + set.unchanged} />} />)}
          {hasPeople(preview) && <Figure name={t('intake.preview.members')} value={<Count value={preview.totals.members} />} />}
          {orders && <Figure name={t('intake.preview.paid')} value={<Money value={preview.totals.paid_amount} />} />}
          {orders && <Figure name={t('intake.preview.refunded')} value={<Money value={preview.totals.refunded_amount} />} />}
        </dl>
      </Section>
      <Section title={t('intake.preview.changes')}>
        <SetsTable preview={preview} rejected={batch.rejected ?? 0} />
      </Section>
      <Sample sample={preview.sample} labels={new Map(preview.sets.map((set) => [set.name, set.label]))} />
      <Rejects batch={batch} reasons={preview.rejects_by_reason} />
      <ErrorNote error={error} />
      {mayRun ? (
        <ActionBar sentence={act ? t('intake.preview.safe') : t('intake.preview.nothingNew')}>
          <Button type="primary" loading={busy} onClick={onCommit}>{actName}</Button>
        </ActionBar>
      ) : (
        <p className="ht-muted">{t('intake.preview.forbidden')}</p>
      )}
    </>
  );
}

/** Whether the file is about people at all: a catalogue is not. */
function hasPeople({ members }: Preview): boolean {
  return members.new + members.known + members.unidentified > 0;
}

function PreviewSentence({ preview }: { preview: Preview }) {
  const { t } = useTranslation();
  const { members } = preview;
  return (
    <>
      {t('intake.preview.sentence', { fresh: count(members.new), known: count(members.known) })}
      {members.unidentified > 0 && ` ${t('intake.preview.unidentified', { n: count(members.unidentified) })}`}
    </>
  );
}

function Figure({ name, value }: { name: string; value: React.ReactNode }) {
  return <div><dt>{name}</dt><dd>{value}</dd></div>;
}

/** Per record set: what is new, changed, the same. */
function SetsTable({ preview, rejected }: { preview: Preview; rejected: number }) {
  const { t } = useTranslation();
  return (
    <table className="ht-in-sets">
      <thead>
        <tr>
          <th scope="col">{t('intake.preview.set')}</th>
          <th scope="col" className="ht-in-right">{t('intake.preview.new')}</th>
          <th scope="col" className="ht-in-right">{t('intake.preview.changed')}</th>
          <th scope="col" className="ht-in-right">{t('intake.preview.unchanged')}</th>
        </tr>
      </thead>
      <tbody>
        {tellingSets(preview.sets).map((set) => (
          <tr key={set.name}>
            <th scope="row">{set.label}</th>
            <td className="ht-in-right"><Count value={set.new} /></td>
            <td className="ht-in-right"><Count value={set.changed} /></td>
            <td className="ht-in-right"><Count value={set.unchanged} /></td>
          </tr>
        ))}
        {hasPeople(preview) && <tr>
          <th scope="row">{t('intake.preview.members')}</th>
          <td className="ht-in-right"><Count value={preview.members.new} /></td>
          <td className="ht-in-right">–</td>
          <td className="ht-in-right"><Count value={preview.members.known} /></td>
        </tr>}
        <tr className={rejected ? 'ht-in-rejected' : ''}>
          <th scope="row">{t('intake.preview.rejected')}</th>
          <td className="ht-in-right" colSpan={3}><Count value={rejected} /></td>
        </tr>
      </tbody>
    </table>
  );
}
