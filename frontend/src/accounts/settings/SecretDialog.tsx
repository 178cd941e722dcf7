import { CheckOutlined, CopyOutlined } from '@ant-design/icons';
import { Alert, Button, Checkbox, Input, Modal } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { copyText } from './copy';

interface SecretDialogProps {
  title: string;
  /** What it is for and what happens next. */
  lead: string;
  label: string;
  secret: string;
  onClose: () => void;
}

/** A password or secret that is shown this once: it closes only when it is said to be kept. */
export function SecretDialog({ title, lead, label, secret, onClose }: SecretDialogProps) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState<boolean | null>(null);
  const [kept, setKept] = useState(false);
  const field = useRef<HTMLDivElement>(null);
  const copy = async () => setCopied(await copyText(secret, field.current?.querySelector('input') ?? null));
  return (
    <Modal open title={title} closable={false} mask={{ closable: false }} keyboard={false} footer={<Button type="primary" disabled={!kept} onClick={onClose}>{t('settings.secret.done')}</Button>}>
      <p>{lead}</p>
      <label className="ht-set-secret-label" htmlFor="ht-secret">{label}</label>
      <div className="ht-set-secret" ref={field}>
        <Input id="ht-secret" readOnly value={secret} className="ht-set-mono" onFocus={(event) => event.target.select()} />
        <Button type={copied ? 'default' : 'primary'} icon={copied ? <CheckOutlined /> : <CopyOutlined />} onClick={() => void copy()}>{copied ? t('ui.copied') : t('ui.copy')}</Button>
      </div>
      {copied === false && <p className="ht-set-hint" role="status">{t('settings.secret.copyByHand')}</p>}
      <Alert className="ht-gap" type="warning" showIcon title={t('settings.secret.once')} />
      <Checkbox className="ht-gap" checked={kept} onChange={(event) => setKept(event.target.checked)}>{t('settings.secret.kept')}</Checkbox>
    </Modal>
  );
}
