import { DeleteOutlined } from '@ant-design/icons';
import { Alert, Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import type { BatchDetail } from '../api/types';
import { CheckDialog } from '../ui/CheckDialog';
import { bytes } from '../ui/format';
import { Instant } from '../ui/Numbers';
import { Page } from '../ui/Page';
import { useCan } from '../ui/session';
import { ErrorNote, ErrorState, Loaded } from '../ui/States';
import { useUrl } from '../ui/url';
import { useBatch, useBatchVerbs, useMappings, useProfiles, type Choice } from './api';
import { DetectStep, SampledTables } from './DetectStep';
import './intake.css';
import { JobProgress } from './JobProgress';
import { MapStep } from './MapStep';
import { PreviewStep } from './PreviewStep';
import { ResultStep } from './ResultStep';
import { StateTag } from './StateTag';
import { Stepper } from './Stepper';
import { homeStep, isConfigurable, isDiscardable, isWorking, shownStep, stepStates, type Step } from './steps';
import type { MappingJson } from './types';

/** Questions whose answer is the screen below; their remedies speak of the command line. */
const ANSWERED_BELOW: readonly string[] = ['shop_unknown', 'file_unknown'];

/** One file: the wizard while it is on its way, what became of it afterwards. */
export default function BatchPage() {
  const { t } = useTranslation();
  const { batch: id = '' } = useParams();
  const batch = useBatch(id);
  const back = <Link to="/data" className="ht-back">← {t('intake.batches.title')}</Link>;
  if (batch.isError && !batch.data) return <Page title={t('intake.batch.title')} back={back}><ErrorState error={batch.error} busy={batch.isFetching} onRetry={() => void batch.refetch()} /></Page>;
  if (!batch.data) return <Page title={t('intake.batch.title')} back={back}><Loaded query={batch} rows={10}>{() => null}</Loaded></Page>;
  return <BatchFrame key={id} batch={batch.data} now={batch.dataUpdatedAt} lost={batch.isError ? batch.error : null} />;
}

/** `lost`: the last look at the server failed; what is shown may be old. */
function BatchFrame({ batch, now, lost }: { batch: BatchDetail; now: number; lost: unknown }) {
  const { t } = useTranslation();
  const can = useCan();
  const navigate = useNavigate();
  const [params, set] = useUrl();
  const profiles = useProfiles();
  const mappings = useMappings();
  const verbs = useBatchVerbs(batch.id);
  const [discarding, setDiscarding] = useState(false);

  const state = batch.state;
  const mayRun = can('intake.run');
  const jobKind = batch.job?.kind;
  const shown = shownStep(state, params.get('step'), mayRun, jobKind);
  const home = homeStep(state, jobKind);
  const mapped = batch.profile?.startsWith('mapping:') ?? false;
  const go = (step: Step) => set({ step: step === home ? null : step });
  const open: Step[] = isConfigurable(state) && mayRun ? [...new Set<Step>(['detect', 'map', home])] : [];

  const read = (choice: Choice) => verbs.configure.mutate(choice, { onSuccess: () => set({ step: null }) });
  const cancel = mayRun ? { run: () => verbs.cancel.mutate(), busy: verbs.cancel.isPending, asked: verbs.cancel.isSuccess && isWorking(state), error: verbs.cancel.error } : undefined;

  const step = () => {
    if (state === 'received') return <><JobProgress job={batch.job} now={now} title={t('intake.work.detecting')} note={t('intake.work.detectingNote')} cancel={cancel} /><SampledTables tables={batch.tables} /></>;
    if (state === 'staging') return <JobProgress job={batch.job} now={now} title={t('intake.work.reading')} note={t('intake.work.readingNote')} cancel={cancel} />;
    if (state === 'committing') return <JobProgress job={batch.job} now={now} title={t('intake.work.writing')} note={t('intake.work.writingNote')} cancel={cancel} />;
    if (shown === 'result') return <ResultStep batch={batch} />;
    if (shown === 'preview') return <PreviewStep batch={batch} mayRun={mayRun} busy={verbs.commit.isPending} error={verbs.commit.error} onCommit={() => verbs.commit.mutate(undefined, { onSuccess: () => set({ step: null }) })} onChange={() => go('detect')} />;
    if (!mayRun) return <SampledTables tables={batch.tables} />;
    if (state === 'failed' && (shown === 'write' || batch.tables.length === 0)) return <Retry batch={batch} busy={verbs.configure.isPending} error={verbs.configure.error} onRead={read} onChange={batch.tables.length > 0 ? () => go('detect') : null} />;
    return (
      <Loaded query={profiles} rows={8}>
        {(list) => (
          <Loaded query={mappings} rows={8}>
            {(saved) =>
              shown === 'map'
                ? <MapStep key={state} batch={batch} profiles={list} mappings={saved} busy={verbs.configure.isPending} error={verbs.configure.error} onRead={read} />
                : <DetectStep key={state} batch={batch} profiles={list} mappings={saved} busy={verbs.configure.isPending} error={verbs.configure.error} onRead={read} onDraw={() => go('map')} />
            }
          </Loaded>
        )}
      </Loaded>
    );
  };
  return (
    <Page
      title={batch.name}
      back={<Link to="/data" className="ht-back">← {t('intake.batches.title')}</Link>}
      state={<StateTag batch={batch} />}
      lead={<>{t('intake.batch.number', { id: batch.id })} {batch.size > 0 && ` · ${bytes(batch.size)}`}{batch.shop_name && <> · {batch.shop_name}</>}{batch.profile_label && <> · {batch.profile_label}</>}{batch.by && <> · {batch.by}</>} · <Instant value={batch.created_at} /></>}
      verbs={mayRun && isDiscardable(state) && <Button icon={<DeleteOutlined />} onClick={() => setDiscarding(true)}>{t('intake.batch.discard')}</Button>}
    >
      <Stepper states={stepStates(shown, home, mapped)} shown={shown} open={open} onGo={go} />
      {lost !== null && <ErrorState error={lost} />}
      {batch.same_as && <Alert className="ht-gap" type="info" showIcon title={t('intake.batch.same')} description={<>{t('intake.batch.sameHelp')} <Link to={`/data/batches/${batch.same_as}`}>{t('intake.batch.sameLink', { id: batch.same_as })}</Link></>} />}
      {batch.error && (
        <Alert
          className="ht-error ht-gap"
          // A question that the screen below answers is no failure.
          type={state === 'needs_setup' ? 'info' : 'error'}
          showIcon
          role="alert"
          title={batch.error.message}
          description={ANSWERED_BELOW.includes(batch.error.code) ? undefined : <BatchFault error={batch.error} />}
        />
      )}
      {state === 'cancelled' && <Alert className="ht-gap" type="info" showIcon title={t('intake.batch.cancelled')} description={mayRun ? t('intake.batch.cancelledHelp') : undefined} />}
      {step()}
      {discarding && (
        <CheckDialog
          title={t('intake.batch.discardTitle')}
          sentences={[t('intake.batch.discardWhat', { name: batch.name }), t('intake.batch.discardNothing'), t('intake.batch.discardFinal')]}
          act={t('intake.batch.discardAct')}
          danger
          note="none"
          busy={verbs.discard.isPending}
          error={verbs.discard.error}
          onConfirm={() => verbs.discard.mutate(undefined, { onSuccess: () => void navigate('/data') })}
          onClose={() => setDiscarding(false)}
        />
      )}
    </Page>
  );
}

/** What failed with nothing left to set: try it again as it was, or differently. */
function Retry({ batch, busy, error, onRead, onChange }: { batch: BatchDetail; busy: boolean; error: unknown; onRead: (choice: Choice) => void; onChange: (() => void) | null }) {
  const { t } = useTranslation();
  return (
    <>
      <p className="ht-gap">{t('intake.batch.failedNothing')}</p>
      <div className="ht-verbs ht-in-verbs">
        <Button type="primary" loading={busy} onClick={() => onRead(sameChoice(batch))}>{t('intake.batch.again')}</Button>
        {onChange && <Button onClick={onChange}>{t('intake.preview.change')}</Button>}
      </div>
      <ErrorNote error={error} />
    </>
  );
}

/** How the batch was read before. */
function sameChoice(batch: BatchDetail): Choice {
  const shop = batch.shop ?? null;
  if (batch.mapping) return { mapping: batch.mapping as unknown as MappingJson, shop };
  const plain = batch.profile !== null && /^[a-z0-9_]+$/.test(batch.profile);
  return { profile: plain ? batch.profile! : 'auto', shop };
}

/** Remedy, and where in the file it went wrong. */
function BatchFault({ error }: { error: NonNullable<BatchDetail['error']> }) {
  const { t } = useTranslation();
  const { row, row_no: rowNo, column, table } = error.where as Record<string, unknown>;
  const at = [
    typeof table === 'string' && table ? t('intake.batch.atTable', { table }) : null,
    typeof (row ?? rowNo) === 'number' ? t('intake.batch.atRow', { row: (row ?? rowNo) as number }) : null,
    typeof column === 'string' && column ? t('intake.batch.atColumn', { column }) : null,
  ].filter(Boolean);
  return <>{error.remedy}{at.length > 0 && <p className="ht-muted">{at.join(' · ')}</p>}</>;
}
