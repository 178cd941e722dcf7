import { TagOutlined } from '@ant-design/icons';
import { App, Button, DatePicker, Modal, Radio, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { count as shownCount } from '../ui/format';
import { useCan } from '../ui/session';
import { ErrorNote, Loaded } from '../ui/States';
import { isJob, useAssign, useHowMany, useTagTree, type Whom } from './api';
import { findTag, fits, tagChoices } from './choices';
import './tags.css';

interface TagDialogProps {
  whom: Whom;
  /** How many they are, where the screen knows; else it is asked for. */
  count?: number;
  /** The rule in words, where there is one. */
  sentence?: ReactNode;
  onClose: () => void;
  onDone?: () => void;
}

/** Give a tag to members or take it off: which, for how long, and one button that names the act. */
export function TagDialog({ whom, count: known, sentence, onClose, onDone }: TagDialogProps) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const tree = useTagTree();
  const assign = useAssign();
  const [add, setAdd] = useState(true);
  const [tag, setTag] = useState<string | null>(null);
  const [from, setFrom] = useState<Dayjs | null>(null);
  const [until, setUntil] = useState<Dayjs | null>(null);
  const count = useHowMany(whom, known);
  const found = findTag(tree.data, tag);
  const exclusive = found?.group.exclusive ?? false;
  const people = count === undefined ? '…' : shownCount(count);
  const save = () => {
    if (!tag) return;
    assign.mutate(
      { tag, add, whom, from: add && !exclusive ? from?.format('YYYY-MM-DD') : null, until: add ? until?.format('YYYY-MM-DD') : null },
      {
        onSuccess: (answer) => {
          const label = found?.tag.label ?? '';
          if (isJob(answer)) void message.success(t('tags.assign.started'));
          else if (add) void message.success(t('tags.assign.added', { label, count: answer.changed }));
          else void message.success(answer.kept ? t('tags.assign.kept', { label, count: answer.changed, kept: answer.kept }) : t('tags.assign.removed', { label, count: answer.changed }));
          onDone?.();
          onClose();
        },
      },
    );
  };
  const act = found ? t(add ? 'tags.assign.actAdd' : 'tags.assign.actRemove', { label: found.tag.label, people }) : t('tags.assign.choose');
  return (
    <Modal open title={t('tags.assign.title', { people })} okText={act} cancelText={t('ui.back')} okButtonProps={{ disabled: !found || count === 0, loading: assign.isPending, danger: !add }} onOk={save} onCancel={onClose}>
      {sentence && <p className="ht-sentence">{sentence}</p>}
      <div className="ht-field">
        <Radio.Group value={add} onChange={(event) => setAdd(event.target.value as boolean)} options={[{ value: true, label: t('tags.assign.add') }, { value: false, label: t('tags.assign.remove') }]} />
      </div>
      <Loaded query={tree} rows={2}>
        {(groups) => (
          <label className="ht-field">
            <span>{t('tags.tag')}</span>
            <Select
              className="ht-tg-tag"
              autoFocus
              showSearch={{ filterOption: fits }}
              value={tag}
              placeholder={t('tags.assign.placeholder')}
              onChange={setTag}
              options={tagChoices(groups)}
              notFoundContent={t('tags.assign.noTag')}
            />
          </label>
        )}
      </Loaded>
      {found && add && exclusive && <p className="ht-muted">{t('tags.assign.exclusive', { group: found.group.label })}</p>}
      {found && !add && found.tag.kind !== 'manual' && <p className="ht-muted">{t('tags.assign.ruleKeeps')}</p>}
      {add && (
        <div className="ht-tg-dates">
          {!exclusive && <label className="ht-field"><span>{t('tags.assign.from')}<em>{t('ui.optional')}</em></span><DatePicker value={from} onChange={setFrom} placeholder={t('tags.assign.today')} minDate={dayjs()} /></label>}
          <label className="ht-field"><span>{t('tags.assign.until')}<em>{t('ui.optional')}</em></span><DatePicker value={until} onChange={setUntil} placeholder={found?.tag.days && found.tag.kind === 'manual' ? t('tags.days.manual', { days: found.tag.days }) : t('tags.days.ever')} minDate={from ?? dayjs()} /></label>
        </div>
      )}
      <ErrorNote error={assign.error} />
    </Modal>
  );
}

interface TagButtonProps extends Omit<TagDialogProps, 'onClose'> {
  small?: boolean;
  /** The verb for everybody of a list, beside others for the ticked ones. */
  all?: boolean;
}

/** The verb "tag", wherever members are listed. */
export function TagButton({ small = false, all = false, ...dialog }: TagButtonProps) {
  const { t } = useTranslation();
  const can = useCan();
  const [open, setOpen] = useState(false);
  if (!can('tags.assign')) return null;
  return (
    <>
      <Button size={small ? 'small' : undefined} icon={<TagOutlined />} onClick={() => setOpen(true)}>{t(all ? 'tags.assign.verbAll' : 'tags.assign.verb')}</Button>
      {open && <TagDialog {...dialog} onClose={() => setOpen(false)} />}
    </>
  );
}
