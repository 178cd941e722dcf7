import { Checkbox, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorNote } from '../ui/States';
import { useSaveGroup, type TagGroup } from './api';

/** Make or rename a group of the brand's own. */
export function GroupDialog({ group, onClose, onSaved }: { group: TagGroup | null; onClose: () => void; onSaved: (id: string) => void }) {
  const { t } = useTranslation();
  const save = useSaveGroup();
  const [label, setLabel] = useState(group?.label ?? '');
  const [exclusive, setExclusive] = useState(group?.exclusive ?? false);
  const act = () => label.trim() && save.mutate({ id: group?.id ?? null, label: label.trim(), exclusive }, { onSuccess: (made) => onSaved(made.id) });
  return (
    <Modal open title={group ? t('tags.group.edit', { label: group.label }) : t('tags.group.new')} okText={group ? t('ui.save') : t('tags.group.create')} cancelText={t('ui.back')} okButtonProps={{ disabled: label.trim() === '', loading: save.isPending }} onOk={act} onCancel={onClose}>
      <label className="ht-field"><span>{t('tags.group.label')}</span><Input autoFocus value={label} maxLength={40} placeholder={t('tags.group.hint')} onChange={(event) => setLabel(event.target.value)} onPressEnter={act} /></label>
      <Checkbox checked={exclusive} onChange={(event) => setExclusive(event.target.checked)}>{t('tags.group.exclusive')}</Checkbox>
      <p className="ht-muted">{t('tags.group.exclusiveHelp')}</p>
      <ErrorNote error={save.error} />
    </Modal>
  );
}
