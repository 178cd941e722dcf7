import { EditOutlined, KeyOutlined, PlusOutlined, StopOutlined, UndoOutlined } from '@ant-design/icons';
import { Button, Form, Input, Radio, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Role, User } from '../../api/types';
import { CheckDialog } from '../../ui/CheckDialog';
import { DataTable, type Column } from '../../ui/DataTable';
import { Instant } from '../../ui/Numbers';
import { useSession } from '../../ui/session';
import { Loaded } from '../../ui/States';
import { useChangeUser, useCreateUser, useResetPassword, useRoles, useUsers } from './api';
import { FormDialog } from './FormDialog';
import { changesOf, EVERY_SHOP_ROLES } from './logic';
import { ScopeFields, ScopeText, type ScopeValues } from './ScopeFields';
import { SecretDialog } from './SecretDialog';
import { Standing } from './Standing';

type Act = { kind: 'new' } | { kind: 'edit' | 'disable' | 'enable' | 'reset'; user: User };

/** Who may log in, as what, on which shops. */
export function UsersSection() {
  const { t } = useTranslation();
  const { me } = useSession();
  const users = useUsers();
  const roles = useRoles();
  const [act, setAct] = useState<Act | null>(null);
  const [secret, setSecret] = useState<{ username: string; password: string; fresh: boolean } | null>(null);
  const close = () => setAct(null);

  const columns: Column<User>[] = [
    { key: 'name', title: t('settings.users.name'), always: true, render: (user) => <span className="ht-set-two"><span><strong>{user.display_name || user.username}</strong> {user.id === me.id && <Tag>{t('settings.users.you')}</Tag>}</span><small className="ht-set-mono">{user.username}</small></span> },
    { key: 'role', title: t('settings.users.role'), render: (user) => user.role_label },
    { key: 'scope', title: t('settings.users.scope'), render: (user) => <ScopeText all={user.all_shops} shops={user.shops} /> },
    { key: 'login', title: t('settings.users.lastLogin'), render: (user) => (user.last_login ? <Instant value={user.last_login} /> : <span className="ht-muted">{t('settings.users.never')}</span>) },
    { key: 'state', title: t('settings.state'), cardFigure: true, render: (user) => <Standing on={user.is_active} words={[t('settings.users.on'), t('settings.users.off')]} /> },
    {
      key: 'verbs',
      title: '',
      name: t('settings.verbs'),
      render: (user) => (
        <span className="ht-set-verbs">
          <Button size="small" type="text" icon={<EditOutlined />} onClick={() => setAct({ kind: 'edit', user })}>{t('ui.edit')}</Button>
          {user.id !== me.id && <Button size="small" type="text" icon={<KeyOutlined />} onClick={() => setAct({ kind: 'reset', user })}>{t('settings.users.reset')}</Button>}
          {user.id !== me.id && (user.is_active
            ? <Button size="small" type="text" icon={<StopOutlined />} onClick={() => setAct({ kind: 'disable', user })}>{t('settings.users.disable')}</Button>
            : <Button size="small" type="text" icon={<UndoOutlined />} onClick={() => setAct({ kind: 'enable', user })}>{t('settings.users.enable')}</Button>)}
        </span>
      ),
    },
  ];
  return (
    <>
      <Loaded query={users} rows={6}>
        {(list) => (
          <DataTable<User>
            label={t('settings.section.users')}
            columns={columns}
            rows={list}
            rowKey={(user) => user.id}
            head={<span className="ht-muted">{t('settings.users.count', { count: list.length })}</span>}
            tools={<Button type="primary" icon={<PlusOutlined />} onClick={() => setAct({ kind: 'new' })}>{t('settings.users.new')}</Button>}
          />
        )}
      </Loaded>
      {act?.kind === 'new' && (
        <NewUser
          roles={roles.data ?? []}
          onClose={close}
          onMade={(username, password) => {
            close();
            setSecret({ username, password, fresh: true });
          }}
        />
      )}
      {act?.kind === 'edit' && <EditUser user={act.user} roles={roles.data ?? []} onClose={close} />}
      {(act?.kind === 'disable' || act?.kind === 'enable') && <Switching user={act.user} on={act.kind === 'enable'} onClose={close} />}
      {act?.kind === 'reset' && (
        <Reset
          user={act.user}
          onClose={close}
          onDone={(password) => {
            close();
            setSecret({ username: act.user.username, password, fresh: false });
          }}
        />
      )}
      {secret && (
        <SecretDialog
          title={secret.fresh ? t('settings.users.madeTitle', { name: secret.username }) : t('settings.users.resetDone', { name: secret.username })}
          lead={t('settings.users.passwordLead', { name: secret.username })}
          label={t('settings.users.password')}
          secret={secret.password}
          onClose={() => setSecret(null)}
        />
      )}
    </>
  );
}

interface NewValues extends ScopeValues {
  username: string;
  display_name: string;
  language: 'zh' | 'en';
}

function LanguageField() {
  const { t } = useTranslation();
  return <Form.Item name="language" label={t('settings.account.language')}><Radio.Group options={[{ value: 'zh', label: '中文' }, { value: 'en', label: 'English' }]} /></Form.Item>;
}

function NewUser({ roles, onMade, onClose }: { roles: Role[]; onMade: (username: string, password: string) => void; onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const create = useCreateUser();
  const first = roles.find((role) => role.code === 'operator' && role.grantable) ?? roles.find((role) => role.grantable);
  return (
    <FormDialog<NewValues>
      title={t('settings.users.new')}
      act={t('settings.users.create')}
      initial={{ username: '', display_name: '', role: first?.code, all_shops: false, shops: [], language: i18n.language === 'en' ? 'en' : 'zh' }}
      fields={['username', 'display_name', 'role', 'all_shops', 'shops', 'language']}
      busy={create.isPending}
      error={create.error}
      onSave={(values) => create.mutate({ ...values, username: values.username.trim(), display_name: values.display_name.trim(), shops: values.all_shops ? [] : (values.shops ?? []) }, { onSuccess: (made) => onMade(made.user.username, made.password) })}
      onClose={onClose}
    >
      {(form) => (
        <>
          <Form.Item name="username" label={t('settings.users.username')} extra={t('settings.users.usernameHelp')} rules={[{ required: true, pattern: /^\S{2,64}$/, message: t('settings.users.usernameRule') }]}><Input autoFocus autoComplete="off" autoCapitalize="none" spellCheck={false} maxLength={64} /></Form.Item>
          <Form.Item name="display_name" label={t('settings.users.displayName')}><Input maxLength={64} autoComplete="off" /></Form.Item>
          <ScopeFields form={form} roles={roles} />
          <LanguageField />
        </>
      )}
    </FormDialog>
  );
}

interface EditValues extends ScopeValues {
  display_name: string;
  language: 'zh' | 'en';
}

function EditUser({ user, roles, onClose }: { user: User; roles: Role[]; onClose: () => void }) {
  const { t } = useTranslation();
  const change = useChangeUser();
  const run = (values: EditValues) => {
    const all = values.all_shops || EVERY_SHOP_ROLES.includes(values.role);
    const wanted = { ...values, display_name: values.display_name.trim(), all_shops: all, shops: all ? [] : (values.shops ?? user.shops) };
    const changes = changesOf(user, all === user.all_shops && all ? { ...wanted, shops: user.shops } : wanted);
    if (Object.keys(changes).length === 0) return onClose();
    change.mutate({ id: user.id, changes }, { onSuccess: onClose });
  };
  return (
    <FormDialog<EditValues>
      title={t('settings.users.edit', { name: user.display_name || user.username })}
      act={t('ui.save')}
      initial={{ display_name: user.display_name, role: user.role, all_shops: user.all_shops, shops: user.shops, language: user.language }}
      fields={['display_name', 'role', 'all_shops', 'shops', 'language']}
      busy={change.isPending}
      error={change.error}
      onSave={run}
      onClose={onClose}
    >
      {(form) => (
        <>
          <Form.Item name="display_name" label={t('settings.users.displayName')}><Input autoFocus maxLength={64} /></Form.Item>
          <ScopeFields form={form} roles={roles} />
          <LanguageField />
        </>
      )}
    </FormDialog>
  );
}

function Switching({ user, on, onClose }: { user: User; on: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const change = useChangeUser();
  const name = user.display_name || user.username;
  return (
    <CheckDialog
      title={on ? t('settings.users.enableTitle', { name }) : t('settings.users.disableTitle', { name })}
      sentences={on ? [t('settings.users.enableWhat', { role: user.role_label })] : [t('settings.users.disableWhat'), t('settings.users.disableKept')]}
      act={on ? t('settings.users.enableAct') : t('settings.users.disableAct')}
      danger={!on}
      note="none"
      busy={change.isPending}
      error={change.error}
      onConfirm={() => change.mutate({ id: user.id, changes: { is_active: on } }, { onSuccess: onClose })}
      onClose={onClose}
    />
  );
}

function Reset({ user, onDone, onClose }: { user: User; onDone: (password: string) => void; onClose: () => void }) {
  const { t } = useTranslation();
  const reset = useResetPassword();
  return (
    <CheckDialog
      title={t('settings.users.resetTitle', { name: user.display_name || user.username })}
      sentences={[t('settings.users.resetWhat'), t('settings.users.resetSessions'), t('settings.users.resetNext')]}
      act={t('settings.users.resetAct')}
      danger
      note="none"
      busy={reset.isPending}
      error={reset.error}
      onConfirm={() => reset.mutate(user.id, { onSuccess: onDone })}
      onClose={onClose}
    />
  );
}
