import { CheckOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import type { Role } from '../../api/types';
import { useIsPhone } from '../../ui/Page';
import { Loaded } from '../../ui/States';
import { useRoles } from './api';

/** What each role may do: permissions down, roles across. Roles come with the program. */
export function RolesSection() {
  const roles = useRoles();
  const phone = useIsPhone();
  return <Loaded query={roles} rows={10}>{(list) => (phone ? <RoleCards roles={list} /> : <RoleTable roles={list} />)}</Loaded>;
}

function permissionsOf(roles: Role[]): { code: string; label: string }[] {
  const found = new Map<string, string>();
  for (const role of [...roles].sort((a, b) => b.permissions.length - a.permissions.length)) for (const permission of role.permissions) if (!found.has(permission.code)) found.set(permission.code, permission.label);
  return [...found].map(([code, label]) => ({ code, label }));
}

function RoleTable({ roles }: { roles: Role[] }) {
  const { t } = useTranslation();
  return (
    <div className="ht-set-roles" role="region" tabIndex={0} aria-label={t('settings.section.roles')}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('settings.roles.permission')}</th>
            {roles.map((role) => <th key={role.code} scope="col" title={role.description}>{role.label}</th>)}
          </tr>
        </thead>
        <tbody>
          {permissionsOf(roles).map((permission) => (
            <tr key={permission.code}>
              <th scope="row">{permission.label}</th>
              {roles.map((role) => {
                const may = role.permissions.some((one) => one.code === permission.code);
                return <td key={role.code} aria-label={may ? t('settings.roles.may') : t('settings.roles.mayNot')}>{may ? <CheckOutlined aria-hidden="true" /> : <span aria-hidden="true" className="ht-muted">·</span>}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <dl className="ht-set-role-words">{roles.map((role) => <div key={role.code}><dt>{role.label}</dt><dd>{role.description}</dd></div>)}</dl>
    </div>
  );
}

function RoleCards({ roles }: { roles: Role[] }) {
  return (
    <ul className="ht-set-role-cards">
      {roles.map((role) => (
        <li key={role.code}>
          <h2>{role.label}</h2>
          <p>{role.description}</p>
          <ul>{role.permissions.map((permission) => <li key={permission.code}><CheckOutlined aria-hidden="true" /> {permission.label}</li>)}</ul>
        </li>
      ))}
    </ul>
  );
}
