import { Alert, Button, Input, Modal, Skeleton } from 'antd';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorNote, ErrorState } from './States';

interface CheckProps {
  title: string;
  /** The consequences, one sentence each. Undefined while they are being computed. */
  sentences: string[] | undefined;
  warnings?: string[];
  loadError?: unknown;
  onRetry?: () => void;
  /** The act by its name: "把 2 位会员合并为 1 位". */
  act: string;
  danger?: boolean;
  disabled?: boolean;
  note?: 'required' | 'optional' | 'none';
  noteLabel?: string;
  notePlaceholder?: string;
  busy: boolean;
  error?: unknown;
  onConfirm: (note: string) => void;
  onClose: () => void;
  children?: ReactNode;
}

/** The check before anything irreversible: sentences and numbers, then one button that names the act. */
export function CheckDialog(props: CheckProps) {
  const { t } = useTranslation();
  const [note, setNote] = useState('');
  const { note: noteRule = 'optional', sentences } = props;
  const missing = noteRule === 'required' && !note.trim();
  return (
    <Modal
      open
      title={props.title}
      onCancel={props.onClose}
      width={640}
      footer={[
        <Button key="no" onClick={props.onClose}>{t('ui.back')}</Button>,
        <Button
          key="yes"
          type="primary"
          danger={props.danger}
          loading={props.busy}
          disabled={sentences === undefined || missing || props.disabled}
          onClick={() => props.onConfirm(note.trim())}
        >
          {props.act}
        </Button>,
      ]}
    >
      {props.loadError ? <ErrorState error={props.loadError} onRetry={props.onRetry} /> : null}
      {sentences === undefined && !props.loadError && <Skeleton active title={false} paragraph={{ rows: 3 }} />}
      {sentences && <ul className="ht-sentences">{sentences.map((sentence) => <li key={sentence}>{sentence}</li>)}</ul>}
      {props.warnings?.map((warning) => <Alert key={warning} className="ht-gap" type="warning" showIcon title={warning} />)}
      {props.children}
      {noteRule !== 'none' && sentences && (
        <label className="ht-field">
          <span>{props.noteLabel ?? t('ui.note')}{noteRule === 'optional' && <em>{t('ui.optional')}</em>}</span>
          <Input.TextArea value={note} rows={2} maxLength={500} placeholder={props.notePlaceholder} onChange={(event) => setNote(event.target.value)} />
        </label>
      )}
      <ErrorNote error={props.error} />
    </Modal>
  );
}
