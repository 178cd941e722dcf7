import { CheckCircleOutlined, RightOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'react-router';
import { call, client } from '../api/client';
import type { Overview } from '../api/types';
import { useJobs } from '../ui/jobs';
import { Count } from '../ui/Numbers';
import { Section } from '../ui/Page';
import { useCan } from '../ui/session';

const WAITING = ['needs_setup', 'ready'] as const;
const REFRESH_MS = 30_000;

function useOpenReviews(enabled: boolean) {
  return useQuery({
    queryKey: ['identity', 'suggestions', 'open-count'],
    queryFn: () => call(client.GET('/api/v1/identity/suggestions', { params: { query: { state: 'open', size: 1 } } })).then((page) => page.total),
    enabled,
    refetchInterval: REFRESH_MS,
  });
}

function useBatchesIn(state: string, enabled: boolean) {
  return useQuery({
    queryKey: ['batches', 'count', state],
    queryFn: () => call(client.GET('/api/v1/intake/batches', { params: { query: { state, size: 1 } } })).then((page) => page.total),
    enabled,
    refetchInterval: REFRESH_MS,
  });
}

interface Task {
  key: string;
  count: number;
  words: ReactNode;
  to?: string;
}

/** What needs a person today. Nothing to do is said too. */
export function ToDo({ today, unattached, asOf }: { today: Overview['today']; unattached: number; asOf: string }) {
  const { t } = useTranslation();
  const can = useCan();
  const { pathname, search } = useLocation();
  const jobs = useJobs();
  const reviews = useOpenReviews(can('identity.review'));
  const intake = can('intake.view');
  const setup = useBatchesIn(WAITING[0], intake);
  const ready = useBatchesIn(WAITING[1], intake);
  const failed = useBatchesIn('failed', intake);

  const withTasks = new URLSearchParams(search);
  withTasks.set('tasks', '1');
  const failedJobs = jobs.data?.filter((job) => job.state === 'failed' && !job.kind.startsWith('intake.')).length ?? 0;
  const all: Task[] = [
    { key: 'setup', count: setup.data ?? 0, words: t('warehouse.todo.setup', { count: setup.data ?? 0 }), to: '/data?show=todo' },
    { key: 'ready', count: ready.data ?? 0, words: t('warehouse.todo.ready', { count: ready.data ?? 0 }), to: '/data?show=todo' },
    { key: 'failed', count: failed.data ?? 0, words: t('warehouse.todo.failed', { count: failed.data ?? 0 }), to: '/data?show=failed' },
    { key: 'jobs', count: failedJobs, words: t('warehouse.todo.jobs', { count: failedJobs }), to: `${pathname}?${withTasks.toString()}` },
    { key: 'reviews', count: reviews.data ?? 0, words: t('warehouse.todo.reviews', { count: reviews.data ?? 0 }), to: '/members/identity' },
    { key: 'parcels', count: today.parcels_in_trouble, words: t('warehouse.todo.parcels', { count: today.parcels_in_trouble }) },
    { key: 'refunds', count: today.refunds_open, words: t('warehouse.todo.refunds', { count: today.refunds_open }) },
    { key: 'unpaid', count: today.unpaid, words: t('warehouse.todo.unpaid', { count: today.unpaid }) },
    { key: 'unattached', count: unattached, words: t('warehouse.todo.unattached', { count: unattached }) },
  ];
  const tasks = all.filter((task) => task.count > 0);
  return (
    <Section title={t('warehouse.todo.title')} sentence={t('warehouse.todo.asOf', { day: asOf })}>
      {tasks.length === 0 ? <p className="ht-muted"><CheckCircleOutlined /> {t('warehouse.todo.none')}</p> : (
        <ul className="ht-todo">
          {tasks.map((task) => {
            const inside = <><strong><Count value={task.count} /></strong><span>{task.words}</span></>;
            return <li key={task.key}>{task.to ? <Link to={task.to}>{inside}<RightOutlined /></Link> : <div>{inside}</div>}</li>;
          })}
        </ul>
      )}
    </Section>
  );
}
