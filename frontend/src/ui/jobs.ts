import { useQuery, useQueryClient } from '@tanstack/react-query';
import { call, client } from '../api/client';
import type { Job } from '../api/types';
import { useCan } from './session';

const BUSY_MS = 1000;
const IDLE_MS = 30_000;

export const JOBS_KEY = ['jobs'] as const;

export function isActive(job: Pick<Job, 'state'>): boolean {
  return job.state === 'queued' || job.state === 'running';
}

/** Recent jobs; asked for often while one is under way. */
export function useJobs() {
  const can = useCan();
  return useQuery({
    queryKey: JOBS_KEY,
    queryFn: () => call(client.GET('/api/v1/jobs')).then((answer) => answer.items),
    enabled: can('jobs.view'),
    refetchInterval: (query) => (query.state.data?.some(isActive) ? BUSY_MS : IDLE_MS),
  });
}

/** Tell the task tray that a job has just been asked for. */
export function useJobStarted(): () => void {
  const queries = useQueryClient();
  return () => void queries.invalidateQueries({ queryKey: JOBS_KEY });
}

/** Seconds a job still needs at its present pace; null when that cannot be told yet. */
export function secondsLeft(job: Pick<Job, 'done' | 'total' | 'started_at'>, now: number): number | null {
  if (!job.started_at || !job.total || job.done <= 0 || job.done >= job.total) return null;
  const spent = (now - Date.parse(job.started_at)) / 1000;
  return spent < 2 ? null : (spent * (job.total - job.done)) / job.done;
}
