import { Button, Modal, Radio, Select, Skeleton } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { NumberLink } from '../ui/NumberLink';
import { Count } from '../ui/Numbers';
import { ErrorNote } from '../ui/States';
import { useCombined, useSegments, type SetOperator } from './api';
import type { Segment } from './types';

const OPERATORS: readonly SetOperator[] = ['union', 'intersection', 'difference'];

/** Choose segments by name; `most` keeps to what the question takes. */
export function SegmentSelect({ value, onChange, most, label, single = false }: { value: string[]; onChange: (ids: string[]) => void; most?: number; label: string; single?: boolean }) {
  const { t } = useTranslation();
  const list = useSegments({ size: 200, sort: 'name' });
  const options = (list.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }));
  const shared = { className: 'ht-sg-wide', 'aria-label': label, placeholder: t('segments.combine.choose'), loading: list.isPending, showSearch: { optionFilterProp: 'label' }, options };
  if (single) return <Select<string> {...shared} value={value[0] ?? undefined} onChange={(id) => onChange([id])} />;
  return <Select<string[]> {...shared} mode="multiple" maxCount={most} value={value} onChange={onChange} />;
}

/** Saved segments put together: their union, what they share, or the first without the others. */
export function CombineDialog({ initial, onClose }: { initial: Segment[]; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [operator, setOperator] = useState<SetOperator>('union');
  const [ids, setIds] = useState(() => initial.map((one) => one.id));
  const combined = useCombined(operator, ids);
  const enough = ids.length >= 2;
  return (
    <Modal
      open
      title={t('segments.combine.title')}
      onCancel={onClose}
      footer={[
        <Button key="no" onClick={onClose}>{t('ui.back')}</Button>,
        <Button key="yes" type="primary" disabled={!enough || !combined.data || combined.isPlaceholderData} onClick={() => { onClose(); void navigate('/segments/new', { state: { rule: combined.data?.rule } }); }}>{t('segments.combine.act')}</Button>,
      ]}
    >
      <div className="ht-field"><span>{t('segments.combine.which')}</span><SegmentSelect label={t('segments.combine.which')} value={ids} onChange={setIds} /></div>
      <div className="ht-field">
        <Radio.Group className="ht-stack" value={operator} onChange={(event) => setOperator(event.target.value as SetOperator)} options={OPERATORS.map((value) => ({ value, label: <span><strong>{t(`segments.combine.operator.${value}`)}</strong> <span className="ht-muted">{t(`segments.combine.help.${value}`)}</span></span> }))} />
      </div>
      <div className="ht-field" aria-live="polite">
        {!enough ? <p className="ht-muted">{t('segments.combine.two')}</p> : combined.data ? (
          <p className={`ht-people-count ${combined.isPlaceholderData ? 'ht-stale' : ''}`}><NumberLink rule={combined.data.rule} title={t(`segments.combine.operator.${operator}`)} empty={combined.data.count === 0}><Count value={combined.data.count} /></NumberLink> <span>{t('segments.people', { count: combined.data.count })}</span></p>
        ) : combined.isError ? null : <Skeleton active title={false} paragraph={{ rows: 1 }} />}
        <ErrorNote error={combined.error} />
      </div>
    </Modal>
  );
}
