import { App, AutoComplete, Input, Modal, Radio } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { ErrorNote } from '../ui/States';
import { useCreateSegment, useSegments } from './api';
import type { RuleDocument, Segment } from './types';

interface SaveDialogProps {
  rule: RuleDocument;
  name?: string;
  folder?: string;
  description?: string;
  onClose: () => void;
  /** Otherwise a notice with the way to the new segment. */
  onSaved?: (segment: Segment) => void;
}

/** The folders in use, to choose from. */
export function useFolders(): string[] {
  return useSegments({ size: 1 }).data?.folders ?? [];
}

export function FolderInput({ value, onChange }: { value: string; onChange: (folder: string) => void }) {
  const { t } = useTranslation();
  const folders = useFolders();
  return <AutoComplete className="ht-sg-wide" value={value} options={folders.map((folder) => ({ value: folder }))} onChange={onChange} placeholder={t('segments.save.folderHint')} aria-label={t('segments.save.folder')} />;
}

/** Name a rule and keep it: true at every moment, or the people of today. */
export function SaveDialog({ rule, name: proposed = '', folder: proposedFolder = '', description: proposedText = '', onClose, onSaved }: SaveDialogProps) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const create = useCreateSegment();
  const [name, setName] = useState(proposed);
  const [folder, setFolder] = useState(proposedFolder);
  const [description, setDescription] = useState(proposedText);
  const [kind, setKind] = useState<'dynamic' | 'static'>('dynamic');
  const save = () =>
    create.mutate(
      { name: name.trim(), description: description.trim(), folder: folder.trim(), kind, rule },
      {
        onSuccess: (segment) => {
          onClose();
          if (onSaved) return onSaved(segment);
          void message.success(<span>{t('segments.save.done', { name: segment.name })} <a href={`/segments/${segment.id}`} onClick={(event) => { event.preventDefault(); void navigate(`/segments/${segment.id}`); }}>{t('segments.save.see')}</a></span>);
        },
      },
    );
  return (
    <Modal open title={t('segments.save.title')} okText={t('segments.save.act')} cancelText={t('ui.back')} okButtonProps={{ disabled: name.trim() === '', loading: create.isPending }} onOk={save} onCancel={onClose}>
      <label className="ht-field"><span>{t('segments.save.name')}</span><Input autoFocus value={name} maxLength={80} onChange={(event) => setName(event.target.value)} onPressEnter={() => name.trim() && save()} /></label>
      <div className="ht-field">
        <Radio.Group className="ht-stack" value={kind} onChange={(event) => setKind(event.target.value as typeof kind)} options={(['dynamic', 'static'] as const).map((value) => ({ value, label: <span><strong>{t(`segments.kindOf.${value}`)}</strong> <span className="ht-muted">{t(`segments.save.${value}`)}</span></span> }))} />
      </div>
      <label className="ht-field"><span>{t('segments.save.folder')}<em>{t('ui.optional')}</em></span><FolderInput value={folder} onChange={setFolder} /></label>
      <label className="ht-field"><span>{t('segments.save.description')}<em>{t('ui.optional')}</em></span><Input.TextArea rows={2} maxLength={500} value={description} onChange={(event) => setDescription(event.target.value)} /></label>
      <ErrorNote error={create.error} />
    </Modal>
  );
}
