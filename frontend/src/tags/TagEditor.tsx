import { Input, InputNumber, Modal, Radio, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { BuilderSkeleton, RuleBuilder } from '../segments/builder/RuleBuilder';
import { useRule } from '../segments/builder/useRule';
import { useCatalogue } from '../segments/api';
import type { Catalogue, RuleDocument } from '../segments/types';
import { ErrorNote, Loaded } from '../ui/States';
import { useSaveTag, type Tag, type TagGroup, type TagKind, type TagPatch } from './api';
import './tags.css';

const KINDS = ['manual', 'rule', 'live'] as const;

interface EditorProps {
  /** None: a new tag. */
  tag: Tag | null;
  group: TagGroup;
  groups: TagGroup[];
  onClose: () => void;
  onSaved: (tag: Tag) => void;
}

/** Make or change a tag: its name, how members come by it, for how long, and its rule. */
export function TagEditor(props: EditorProps) {
  const catalogue = useCatalogue();
  const { t } = useTranslation();
  if (catalogue.data) return <Editor key={props.tag?.id ?? 'new'} {...props} catalogue={catalogue.data} />;
  return (
    <Modal open title={props.tag ? t('tags.edit.title', { label: props.tag.label }) : t('tags.edit.new')} footer={null} onCancel={props.onClose} width={1120}>
      <Loaded query={catalogue} skeleton={<BuilderSkeleton />}>{() => null}</Loaded>
    </Modal>
  );
}

function Editor({ tag, group, groups, catalogue, onClose, onSaved }: EditorProps & { catalogue: Catalogue }) {
  const { t } = useTranslation();
  const save = useSaveTag();
  const [label, setLabel] = useState(tag?.label ?? '');
  const [home, setHome] = useState(group.id);
  const [kind, setKind] = useState<TagKind>(tag?.kind ?? 'manual');
  const [days, setDays] = useState<number | null>(tag?.days ?? null);
  const rule = useRule((tag?.rule as RuleDocument | null | undefined) ?? null, catalogue);
  const ruled = kind !== 'manual';
  const fixed = tag?.builtin ?? false;
  const ready = label.trim() !== '' && (!ruled || (rule.conditions > 0 && rule.unfinished === 0));
  const document = rule.written.document as unknown as Record<string, unknown>;
  const done = { onSuccess: (made: Tag) => onSaved(made) };
  const act = () => {
    if (!ready) return;
    if (!tag) return save.mutate({ id: null, draft: { group: home, label: label.trim(), kind, days, rule: ruled ? document : null } }, done);
    const patch: TagPatch = {
      ...(fixed ? {} : { label: label.trim(), ...(home === group.id ? {} : { group: home }) }),
      kind,
      days,
      ...(ruled && (rule.changed || tag.kind === 'manual') ? { rule: document } : {}),
    };
    save.mutate({ id: tag.id, patch }, done);
  };
  return (
    <Modal
      open
      title={tag ? t('tags.edit.title', { label: tag.label }) : t('tags.edit.new')}
      okText={tag ? t('ui.save') : t('tags.edit.create')}
      cancelText={t('ui.back')}
      okButtonProps={{ disabled: !ready, loading: save.isPending, title: ruled && !ready ? t('tags.edit.needsRule') : undefined }}
      onOk={act}
      onCancel={onClose}
      mask={{ closable: false }}
      width={ruled ? 1120 : 560}
      className="ht-tg-editor"
    >
      <div className="ht-tg-form">
        <label className="ht-field"><span>{t('tags.edit.label')}</span><Input autoFocus={!fixed} disabled={fixed} value={label} maxLength={40} onChange={(event) => setLabel(event.target.value)} /></label>
        <label className="ht-field"><span>{t('tags.edit.group')}</span><Select disabled={fixed} value={home} onChange={setHome} options={groups.filter((one) => !one.archived).map((one) => ({ value: one.id, label: one.label }))} /></label>
        <label className="ht-field">
          <span>{t(ruled ? 'tags.edit.grace' : 'tags.edit.days')}<em>{t('ui.optional')}</em></span>
          <InputNumber value={days} onChange={setDays} min={1} max={3650} precision={0} suffix={t('tags.edit.day')} placeholder={t(ruled ? 'tags.edit.atOnce' : 'tags.days.ever')} style={{ width: '100%' }} />
        </label>
      </div>
      <div className="ht-field">
        <span>{t('tags.edit.kind')}</span>
        <Radio.Group className="ht-stack" value={kind} onChange={(event) => setKind(event.target.value as TagKind)} options={KINDS.map((value) => ({ value, label: <span><strong>{t(`tags.kind.${value}`)}</strong> <span className="ht-muted">{t(`tags.kindHelp.${value}`)}</span></span> }))} />
      </div>
      {ruled && <RuleBuilder rule={rule} catalogue={catalogue} />}
      <ErrorNote error={save.error} />
    </Modal>
  );
}
