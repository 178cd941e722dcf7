import { CheckCircleOutlined, ClockCircleOutlined, ExclamationCircleOutlined, LoadingOutlined } from '@ant-design/icons';
import { Tag, Tooltip } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Segment, SegmentState } from './types';

const ICONS: Record<SegmentState, ReactNode> = {
  fresh: <CheckCircleOutlined />,
  refreshing: <LoadingOutlined />,
  stale: <ClockCircleOutlined />,
  failed: <ExclamationCircleOutlined />,
};

/** Whether a segment's figures are those of now. */
export function StateTag({ segment }: { segment: Pick<Segment, 'state' | 'error' | 'kind'> }) {
  const { t } = useTranslation();
  if (segment.kind !== 'dynamic' && segment.state === 'fresh') return <span className="ht-muted">{t('segments.state.kept')}</span>;
  const tag = <Tag icon={ICONS[segment.state]} color={segment.state === 'failed' ? 'error' : segment.state === 'stale' ? 'warning' : undefined}>{t(`segments.state.${segment.state}`)}</Tag>;
  return segment.error ? <Tooltip title={`${segment.error.message} ${segment.error.remedy}`}>{tag}</Tooltip> : tag;
}
