import { Form, Radio, Select, type FormInstance } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Role } from '../../api/types';
import { useSession } from '../../ui/session';
import { EVERY_SHOP_ROLES } from './logic';

export interface ScopeValues {
  role: string;
  all_shops: boolean;
  shops: number[];
}

/** What a person or key may do, and on which shops. Nobody gives more than they hold. */
export function ScopeFields<T extends ScopeValues>({ form, roles }: { form: FormInstance<T>; roles: Role[] }) {
  const { t } = useTranslation();
  const { me, shops } = useSession();
  const role = Form.useWatch('role', form) as string | undefined;
  const all = Form.useWatch('all_shops', form) as boolean | undefined;
  const every = role !== undefined && EVERY_SHOP_ROLES.includes(role);
  const chosen = roles.find((one) => one.code === role);
  const open = shops.filter((shop) => me.all_shops || me.shops.includes(shop.id));
  return (
    <>
      <Form.Item name="role" label={t('settings.users.role')} extra={chosen?.description} rules={[{ required: true, message: t('ui.required') }]}>
        <Select
          onChange={(code: string) => EVERY_SHOP_ROLES.includes(code) && form.setFieldsValue({ all_shops: true } as never)}
          options={roles.map((one) => ({ value: one.code, label: one.grantable ? one.label : t('settings.users.notGrantable', { role: one.label }), disabled: !one.grantable }))}
        />
      </Form.Item>
      <Form.Item name="all_shops" label={t('settings.users.scope')} extra={every ? t('settings.users.everyShop') : undefined}>
        <Radio.Group disabled={every}>
          <Radio value disabled={!me.all_shops}>{t('settings.users.allShops')}</Radio>
          <Radio value={false}>{t('settings.users.someShops')}</Radio>
        </Radio.Group>
      </Form.Item>
      {all === false && !every && (
        <Form.Item name="shops" label={t('settings.users.shops')} rules={[{ required: true, type: 'array', min: 1, message: t('settings.users.noShop') }]}>
          <Select mode="multiple" showSearch={{ optionFilterProp: 'label' }} options={open.map((shop) => ({ value: shop.id, label: shop.is_active ? shop.name : t('settings.shops.closedName', { name: shop.name }) }))} />
        </Form.Item>
      )}
    </>
  );
}

/** The scope in words: all shops, or their names. */
export function ScopeText({ all, shops }: { all: boolean; shops: number[] }) {
  const { t } = useTranslation();
  const session = useSession();
  if (all) return <>{t('settings.users.allShops')}</>;
  const names = shops.map((id) => session.shops.find((shop) => shop.id === id)?.name ?? String(id));
  if (names.length === 0) return <>{t('settings.users.noneShops')}</>;
  return <span className="ht-set-scope" title={names.join(t('settings.comma'))}>{names.length > 2 ? t('settings.users.moreShops', { first: names.slice(0, 2).join(t('settings.comma')), count: names.length }) : names.join(t('settings.comma'))}</span>;
}
