import { Button, Progress } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Batch } from '../api/types';
import { duration } from '../ui/format';
import { secondsLeft } from '../ui/jobs';
import { Count } from '../ui/Numbers';
import { useLocale } from '../ui/session';
import { ErrorNote } from '../ui/States';

interface JobProgressProps {
  job: Batch['job'];
  /** What is being done, in a sentence. */
  title: string;
  /** What holds while it is done. */
  note: string;
  now: number;
  cancel?: { run: () => void; busy: boolean; asked: boolean; error: unknown };
}

/** Work on a batch: what is done, how far, how long still, and a way to stop it. */
export function JobProgress({ job, title, note, now, cancel }: JobProgressProps) {
  const { t } = useTranslation();
  const { language } = useLocale();
  const left = job?.state === 'running' ? secondsLeft(job, now) : null;
  const percent = job?.total ? Math.min(100, Math.floor((100 * job.done) / job.total)) : null;
  return (
    <div className="ht-in-work" role="status">
      <h2>{title}</h2>
      <Progress percent={percent ?? 0} status="active" showInfo={percent !== null} aria-label={title} />
      <div className="ht-in-work-foot">
        <span>
          {job?.state === 'queued' ? t('intake.work.queued') : job?.message}
          {job?.total ? <> · <Count value={job.done} /> / <Count value={job.total} /></> : null}
          {left !== null && <> · {t('intake.work.left', { time: duration(left, language) })}</>}
        </span>
        {cancel && <Button loading={cancel.busy} disabled={cancel.asked} onClick={cancel.run}>{cancel.asked ? t('intake.work.cancelling') : t('intake.work.cancel')}</Button>}
      </div>
      <p className="ht-muted">{note}</p>
      <ErrorNote error={cancel?.error} />
    </div>
  );
}
