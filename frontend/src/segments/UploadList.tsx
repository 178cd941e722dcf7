import { App, Button, Input, Modal, Select, Upload } from 'antd';
import { InboxOutlined } from '@ant-design/icons';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { bytes } from '../ui/format';
import { NumberLink } from '../ui/NumberLink';
import { Count } from '../ui/Numbers';
import { ErrorNote } from '../ui/States';
import { useUploadList, type Uploaded } from './api';

const KINDS = ['phone', 'nick', 'member', 'card', 'trade'] as const;

/** A segment out of a file of phones, nicks, member, card or order numbers. */
export function UploadList({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const upload = useUploadList();
  const [file, setFile] = useState<File | null>(null);
  const [name, setName] = useState('');
  const [kind, setKind] = useState<string | null>(null);
  const [column, setColumn] = useState('');
  if (upload.data) return <UploadResult result={upload.data} onClose={onClose} />;
  return (
    <Modal
      open
      title={t('segments.upload.title')}
      okText={t('segments.upload.act')}
      cancelText={t('ui.back')}
      okButtonProps={{ disabled: file === null || name.trim() === '', loading: upload.isPending }}
      onCancel={onClose}
      onOk={() => file && upload.mutate({ name: name.trim(), file, kind, column: column.trim() || null }, { onSuccess: () => void message.success(t('ui.saved')) })}
    >
      <p className="ht-muted">{t('segments.upload.lead')}</p>
      <Upload.Dragger
        className="ht-sg-drop-file"
        accept=".csv,.txt,.tsv,.xlsx,.xls"
        maxCount={1}
        showUploadList={false}
        beforeUpload={(chosen) => {
          setFile(chosen);
          if (name === '') setName(chosen.name.replace(/\.[^.]+$/, ''));
          return false;
        }}
      >
        <p className="ht-sg-drop-words"><InboxOutlined /> {file ? <><strong>{file.name}</strong> <small className="ht-num">{bytes(file.size)}</small></> : t('segments.upload.drop')}</p>
      </Upload.Dragger>
      <label className="ht-field"><span>{t('segments.save.name')}</span><Input value={name} maxLength={80} onChange={(event) => setName(event.target.value)} /></label>
      <label className="ht-field">
        <span>{t('segments.upload.kind')}</span>
        <Select<string> className="ht-sg-wide" value={kind ?? 'auto'} options={[{ value: 'auto', label: t('segments.upload.kinds.auto') }, ...KINDS.map((value) => ({ value, label: t(`segments.upload.kinds.${value}`) }))]} onChange={(value) => setKind(value === 'auto' ? null : value)} />
      </label>
      <label className="ht-field"><span>{t('segments.upload.column')}<em>{t('ui.optional')}</em></span><Input value={column} maxLength={80} placeholder={t('segments.upload.columnHint')} onChange={(event) => setColumn(event.target.value)} /></label>
      <ErrorNote error={upload.error} />
    </Modal>
  );
}

function UploadResult({ result, onClose }: { result: Uploaded; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { segment } = result;
  return (
    <Modal
      open
      title={t('segments.upload.done', { name: segment.name })}
      onCancel={onClose}
      footer={[<Button key="no" onClick={onClose}>{t('ui.close')}</Button>, <Button key="yes" type="primary" onClick={() => { onClose(); void navigate(`/segments/${segment.id}`); }}>{t('segments.upload.open')}</Button>]}
    >
      <dl className="ht-facts">
        <div><dt>{t('segments.upload.rows')}</dt><dd><Count value={result.rows} /></dd></div>
        <div><dt>{t('segments.upload.matched')}</dt><dd><NumberLink segment={segment.id} title={segment.name} empty={result.matched === 0}><Count value={result.matched} /></NumberLink></dd></div>
        <div><dt>{t('segments.upload.unmatched')}</dt><dd><Count value={result.unmatched} /></dd></div>
        <div><dt>{t('segments.upload.ambiguous')}</dt><dd><Count value={result.ambiguous} /></dd></div>
      </dl>
    </Modal>
  );
}
