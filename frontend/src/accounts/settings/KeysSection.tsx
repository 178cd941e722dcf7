import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, DatePicker, Form, Input } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ApiKey, Role } from '../../api/types';
import { CheckDialog } from '../../ui/CheckDialog';
import { DataTable, type Column } from '../../ui/DataTable';
import { day } from '../../ui/format';
import { Day, Instant } from '../../ui/Numbers';
import { useLocale } from '../../ui/session';
import { EmptyState, Loaded } from '../../ui/States';
import { useCreateKey, useKeys, useRevokeKey, useRoles } from './api';
import { FormDialog } from './FormDialog';
import { keyState } from './logic';
import { ScopeFields, ScopeText, type ScopeValues } from './ScopeFields';
import { SecretDialog } from './SecretDialog';
import { Standing } from './Standing';

/** Keys by which other programs use the API. */
export function KeysSection() {
  const { t } = useTranslation();
  const { zone } = useLocale();
  const keys = useKeys();
  const roles = useRoles();
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const [secret, setSecret] = useState<{ name: string; secret: string } | null>(null);
  const today = day(new Date(keys.dataUpdatedAt).toISOString(), zone);

  const columns: Column<ApiKey>[] = [
    { key: 'name', title: t('settings.keys.name'), always: true, render: (key) => <span className="ht-set-two"><strong>{key.name}</strong><small className="ht-set-mono">{key.prefix}…</small></span> },
    { key: 'role', title: t('settings.users.role'), render: (key) => key.role_label },
    { key: 'scope', title: t('settings.users.scope'), render: (key) => <ScopeText all={key.all_shops} shops={key.shops} /> },
    { key: 'used', title: t('settings.keys.used'), render: (key) => (key.last_used_at ? <Instant value={key.last_used_at} /> : <span className="ht-muted">{t('settings.keys.never')}</span>) },
    { key: 'expires', title: t('settings.keys.expires'), render: (key) => (key.expires_on ? <Day value={key.expires_on} /> : t('settings.keys.noExpiry')) },
    { key: 'made', title: t('settings.keys.made'), render: (key) => <span className="ht-set-two"><Instant value={key.created_at} /><small>{key.created_by}</small></span> },
    { key: 'state', title: t('settings.state'), cardFigure: true, render: (key) => { const state = keyState(key, today); return <Standing on={state === 'active'} words={[t('settings.keys.active'), t(`settings.keys.${state}`)]} />; } },
    { key: 'verbs', title: '', name: t('settings.verbs'), render: (key) => (key.is_active ? <Button size="small" type="text" icon={<DeleteOutlined />} onClick={() => setRevoking(key)}>{t('settings.keys.revoke')}</Button> : null) },
  ];
  const add = <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>{t('settings.keys.new')}</Button>;
  return (
    <>
      <Loaded query={keys} rows={6}>
        {(list) => (
          <DataTable<ApiKey>
            label={t('settings.section.keys')}
            columns={columns}
            rows={list}
            rowKey={(key) => key.id}
            tools={list.length > 0 && add}
            empty={<EmptyState title={t('settings.keys.emptyTitle')} example={<code className="ht-set-mono">curl -H &quot;Authorization: Bearer ht_…&quot; {window.location.origin}/api/v1/shops</code>} action={add}>{t('settings.keys.empty')}</EmptyState>}
          />
        )}
      </Loaded>
      {making && (
        <NewKey
          roles={roles.data ?? []}
          onClose={() => setMaking(false)}
          onMade={(name, made) => {
            setMaking(false);
            setSecret({ name, secret: made });
          }}
        />
      )}
      {revoking && <Revoke apiKey={revoking} onClose={() => setRevoking(null)} />}
      {secret && <SecretDialog title={t('settings.keys.madeTitle', { name: secret.name })} lead={t('settings.keys.secretLead')} label={t('settings.keys.secret')} secret={secret.secret} onClose={() => setSecret(null)} />}
    </>
  );
}

interface KeyValues extends ScopeValues {
  name: string;
  expires_on: Dayjs | null;
}

function NewKey({ roles, onMade, onClose }: { roles: Role[]; onMade: (name: string, secret: string) => void; onClose: () => void }) {
  const { t } = useTranslation();
  const create = useCreateKey();
  const first = roles.find((role) => role.code === 'analyst' && role.grantable) ?? roles.find((role) => role.grantable);
  const run = (values: KeyValues) =>
    create.mutate(
      { name: values.name.trim(), role: values.role, all_shops: values.all_shops, shops: values.all_shops ? [] : (values.shops ?? []), expires_on: values.expires_on?.format('YYYY-MM-DD') ?? null },
      { onSuccess: (made) => onMade(made.key.name, made.secret) },
    );
  return (
    <FormDialog<KeyValues> title={t('settings.keys.new')} act={t('settings.keys.create')} initial={{ name: '', role: first?.code, all_shops: false, shops: [], expires_on: null }} fields={['name', 'role', 'all_shops', 'shops', 'expires_on']} busy={create.isPending} error={create.error} onSave={run} onClose={onClose}>
      {(form) => (
        <>
          <Form.Item name="name" label={t('settings.keys.name')} extra={t('settings.keys.nameHelp')} rules={[{ required: true, whitespace: true, message: t('ui.required') }]}><Input autoFocus maxLength={80} autoComplete="off" /></Form.Item>
          <ScopeFields form={form} roles={roles} />
          <Form.Item name="expires_on" label={t('settings.keys.expires')} extra={t('settings.keys.expiresHelp')}><DatePicker minDate={dayjs()} placeholder={t('settings.keys.noExpiry')} /></Form.Item>
        </>
      )}
    </FormDialog>
  );
}

function Revoke({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const { t } = useTranslation();
  const revoke = useRevokeKey();
  return (
    <CheckDialog
      title={t('settings.keys.revokeTitle', { name: apiKey.name })}
      sentences={[t('settings.keys.revokeWhat'), t('settings.keys.revokeFinal')]}
      act={t('settings.keys.revokeAct')}
      danger
      note="none"
      busy={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate(apiKey.id, { onSuccess: onClose })}
      onClose={onClose}
    />
  );
}
