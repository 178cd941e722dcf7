import { CheckCircleOutlined, ClockCircleOutlined, CloseCircleOutlined, ExclamationCircleOutlined, LoadingOutlined, MinusCircleOutlined, StopOutlined } from '@ant-design/icons';
import type { ReactNode } from 'react';
import type { Batch } from '../api/types';
import type { BatchState } from './types';

const LOOK: Record<BatchState, [icon: ReactNode, tone: string]> = {
  received: [<LoadingOutlined key="i" />, 'busy'],
  needs_setup: [<ExclamationCircleOutlined key="i" />, 'waits'],
  staging: [<LoadingOutlined key="i" />, 'busy'],
  ready: [<ClockCircleOutlined key="i" />, 'waits'],
  committing: [<LoadingOutlined key="i" />, 'busy'],
  committed: [<CheckCircleOutlined key="i" />, 'good'],
  failed: [<CloseCircleOutlined key="i" />, 'bad'],
  cancelled: [<StopOutlined key="i" />, 'still'],
  empty: [<MinusCircleOutlined key="i" />, 'still'],
};

/** The state of a batch: icon and word, so that colour is never needed. */
export function StateTag({ batch }: { batch: Pick<Batch, 'state' | 'state_label'> }) {
  const [icon, tone] = LOOK[batch.state];
  return <span className={`ht-in-state ht-in-state-${tone}`}>{icon} {batch.state_label}</span>;
}
