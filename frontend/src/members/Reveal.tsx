import { useMutation } from '@tanstack/react-query';
import { Alert, Button, Checkbox, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, client } from '../api/client';
import { ErrorNote } from '../ui/States';

const FIELDS = ['phone', 'name', 'nick', 'email', 'address', 'receiver'] as const;
type Field = (typeof FIELDS)[number];
const SHORTEST_REASON = 4;

/** Personal data in plain: which, why, and a row in the audit log. The values live only in this dialog. */
export function Reveal({ member, name, trade, onClose }: { member: string; name: string; trade?: string; onClose: () => void }) {
  const { t } = useTranslation();
  const [fields, setFields] = useState<Field[]>(trade ? ['receiver'] : ['phone']);
  const [reason, setReason] = useState('');
  const reveal = useMutation({
    mutationFn: () => call(client.POST('/api/v1/members/{member}/reveal', { params: { path: { member } }, body: { fields, reason: reason.trim(), trade } })),
    gcTime: 0,
  });
  const ready = fields.length > 0 && reason.trim().length >= SHORTEST_REASON;
  return (
    <Modal
      open
      destroyOnHidden
      title={t(trade ? 'members.reveal.titleTrade' : 'members.reveal.title', { name })}
      onCancel={onClose}
      footer={reveal.data
        ? [<Button key="close" type="primary" onClick={onClose}>{t('members.reveal.hide')}</Button>]
        : [
          <Button key="no" onClick={onClose}>{t('ui.back')}</Button>,
          <Button key="yes" type="primary" disabled={!ready} loading={reveal.isPending} onClick={() => reveal.mutate()}>{t('members.reveal.act', { count: fields.length })}</Button>,
        ]}
    >
      {reveal.data ? (
        <dl className="ht-facts ht-facts-stacked">
          {Object.entries(reveal.data.values).map(([field, values]) => (
            <div key={field}><dt>{t(`members.reveal.field.${field as Field}`)}</dt><dd>{values.length ? values.map((value) => <div key={value} className="ht-num ht-plain">{value}</div>) : t('members.reveal.none')}</dd></div>
          ))}
        </dl>
      ) : (
        <>
          <Alert type="info" showIcon title={t('members.reveal.audited')} />
          {!trade && (
            <div className="ht-field">
              <span>{t('members.reveal.what')}</span>
              <Checkbox.Group value={fields} onChange={(next) => setFields(next)} options={FIELDS.map((value) => ({ value, label: t(`members.reveal.field.${value}`) }))} />
            </div>
          )}
          <label className="ht-field">
            <span>{t('members.reveal.why')}</span>
            <Input.TextArea autoFocus rows={2} maxLength={200} value={reason} placeholder={t('members.reveal.whyHint')} onChange={(event) => setReason(event.target.value)} />
          </label>
          <ErrorNote error={reveal.error} />
        </>
      )}
    </Modal>
  );
}
