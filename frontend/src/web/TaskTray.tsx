import { CheckCircleOutlined, ClockCircleOutlined, CloseCircleOutlined, LoadingOutlined, StopOutlined, UnorderedListOutlined } from '@ant-design/icons';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Badge, Button, Drawer, Progress } from 'antd';
import { useEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation, useNavigate, useSearchParams } from 'react-router';
import { call, client } from '../api/client';
import type { Job } from '../api/types';
import { duration } from '../ui/format';
import { isActive, JOBS_KEY, secondsLeft, useJobs } from '../ui/jobs';
import { Count, Instant } from '../ui/Numbers';
import { useLocale } from '../ui/session';
import { Loaded } from '../ui/States';

const ICONS: Record<Job['state'], ReactNode> = {
  queued: <ClockCircleOutlined />,
  running: <LoadingOutlined />,
  done: <CheckCircleOutlined className="ht-good" />,
  failed: <CloseCircleOutlined className="ht-danger" />,
  cancelled: <StopOutlined className="ht-muted" />,
};

/** The job's outcome: a file to download, or a page of the app. Notices stand outside the router, so no link. */
function Result({ url, onGo }: { url: string; onGo: (url: string) => void }) {
  const { t } = useTranslation();
  if (url.startsWith('/api/')) return <Button size="small" href={url} download>{t('web.tasks.result')}</Button>;
  return <Button size="small" onClick={() => onGo(url)}>{t('web.tasks.view')}</Button>;
}

function JobLine({ job, now, onGo }: { job: Job; now: number; onGo: (url: string) => void }) {
  const { t } = useTranslation();
  const { language } = useLocale();
  const queries = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => call(client.POST('/api/v1/jobs/{job_id}/cancel', { params: { path: { job_id: Number(job.id) } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: JOBS_KEY }),
  });
  const left = job.state === 'running' ? secondsLeft(job, now) : null;
  return (
    <li className="ht-job">
      <div className="ht-job-head">
        {ICONS[job.state]}<strong>{job.title}</strong><span className="ht-muted">{t(`web.tasks.state.${job.state}`)}</span>
      </div>
      {isActive(job) && (
        <>
          <Progress percent={job.total ? Math.floor((100 * job.done) / job.total) : 0} status="active" size="small" showInfo={Boolean(job.total)} aria-label={job.title} />
          <div className="ht-job-foot">
            <span>{job.message}{job.total ? <> <Count value={job.done} /> / <Count value={job.total} /></> : null}{left !== null && ` · ${t('web.tasks.left', { time: duration(left, language) })}`}</span>
            <Button size="small" loading={cancel.isPending} disabled={cancel.isSuccess} onClick={() => cancel.mutate()}>
              {cancel.isSuccess ? t('web.tasks.cancelling') : t('web.tasks.cancel')}
            </Button>
          </div>
        </>
      )}
      {job.error && <p className="ht-job-error">{job.error.message}{job.error.remedy && <><br /><span>{job.error.remedy}</span></>}</p>}
      {!isActive(job) && (
        <div className="ht-job-foot">
          <span className="ht-muted"><Instant value={job.finished_at ?? job.created_at} /></span>
          {job.state === 'done' && job.result_url && <Result url={job.result_url} onGo={onGo} />}
        </div>
      )}
    </li>
  );
}

/** All long work in one place: progress, remaining time, cancel, result, error with remedy. `?tasks=1` opens it. */
export function TaskTray() {
  const { t } = useTranslation();
  const { notification } = App.useApp();
  const navigate = useNavigate();
  const jobs = useJobs();
  const { pathname } = useLocation();
  const [params, setParams] = useSearchParams();
  const open = params.get('tasks') === '1';
  const seen = useRef(new Map<string, Job['state']>());

  const setOpen = (next: boolean) =>
    setParams((now) => {
      const changed = new URLSearchParams(now);
      if (next) changed.set('tasks', '1');
      else changed.delete('tasks');
      return changed;
    }, { replace: true });

  useEffect(() => {
    for (const job of jobs.data ?? []) {
      const before = seen.current.get(job.id);
      seen.current.set(job.id, job.state);
      // Only what was seen at work here is news, and not where its outcome is looked at already.
      if (before === undefined || before === job.state || isActive(job) || job.result_url === pathname) continue;
      if (job.state === 'done') {
        notification.success({
          title: t('web.tasks.finished', { title: job.title }),
          actions: job.result_url ? <Result url={job.result_url} onGo={(url) => void navigate(url)} /> : undefined,
        });
      } else if (job.state === 'failed') {
        notification.error({ title: t('web.tasks.failedNotice', { title: job.title }), description: job.error?.message });
      }
    }
  }, [jobs.data, notification, t, navigate, pathname]);

  const active = jobs.data?.filter(isActive).length ?? 0;
  return (
    <>
      <Badge count={active} size="small" offset={[-6, 6]}>
        <Button type="text" icon={active ? <LoadingOutlined /> : <UnorderedListOutlined />} aria-label={t('web.tasks.open', { count: active })} onClick={() => setOpen(true)}>
          <span className="ht-wide">{t('web.tasks.title')}</span>
        </Button>
      </Badge>
      <Drawer open={open} onClose={() => setOpen(false)} title={t('web.tasks.title')} size={420}>
        <Loaded query={jobs}>
          {(list) => list.length === 0 ? <p className="ht-muted">{t('web.tasks.none')}</p> : <ul className="ht-jobs">{list.map((job) => <JobLine key={job.id} job={job} now={jobs.dataUpdatedAt} onGo={(url) => void navigate(url)} />)}</ul>}
        </Loaded>
      </Drawer>
    </>
  );
}
