import { DatePicker, Form, Input, Select, Switch } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useTranslation } from 'react-i18next';
import type { Shop } from '../../api/types';
import { useSession } from '../../ui/session';
import { useSaveShop } from './api';
import { FormDialog } from './FormDialog';
import { changesOf, CODE, freeCode } from './logic';

const PLATFORMS = ['taobao', 'tmall', 'jd', 'pdd', 'douyin', 'youzan', 'xhs', 'ali1688', 'own', 'pos', 'other'] as const;
const FIELDS = ['name', 'code', 'platform', 'province', 'city', 'opened_on', 'closed_on', 'is_active'] as const;

interface Values {
  name: string;
  code: string;
  platform: Shop['platform'];
  province: string;
  city: string;
  opened_on: Dayjs | null;
  closed_on: Dayjs | null;
  is_active: boolean;
}

const dayOf = (value: Dayjs | null) => value?.format('YYYY-MM-DD') ?? null;
const pickerOf = (value: string | null) => (value ? dayjs(value) : null);

/** Add or change an online shop or a store. The code is chosen once. */
export function ShopDialog({ shop, kind, onClose }: { shop: Shop | null; kind: Shop['kind']; onClose: () => void }) {
  const { t } = useTranslation();
  const { shops } = useSession();
  const save = useSaveShop();
  const codes = shops.map((one) => one.code);
  const store = kind === 'store';
  const initial: Values = shop
    ? { ...shop, opened_on: pickerOf(shop.opened_on), closed_on: pickerOf(shop.closed_on) }
    : { name: '', code: freeCode(store ? 'store' : 'taobao', codes), platform: store ? 'pos' : 'taobao', province: '', city: '', opened_on: null, closed_on: null, is_active: true };

  const run = (values: Values) => {
    const plain = { name: values.name.trim(), platform: values.platform ?? initial.platform, kind, province: values.province?.trim() ?? '', city: values.city?.trim() ?? '', opened_on: dayOf(values.opened_on) };
    if (!shop) return save.mutate({ id: null, shop: { ...plain, code: values.code.trim() } }, { onSuccess: onClose });
    const changes = changesOf(shop, { ...plain, closed_on: dayOf(values.closed_on), is_active: values.is_active });
    if (Object.keys(changes).length === 0) return onClose();
    save.mutate({ id: shop.id, changes }, { onSuccess: onClose });
  };
  const title = shop ? t('settings.shops.edit', { name: shop.name }) : store ? t('settings.stores.new') : t('settings.shops.new');
  return (
    <FormDialog<Values> title={title} act={shop ? t('ui.save') : store ? t('settings.stores.create') : t('settings.shops.create')} initial={initial} fields={FIELDS} busy={save.isPending} error={save.error} onSave={run} onClose={onClose}>
      {(form) => (
        <>
          <Form.Item name="name" label={t('settings.shops.name')} rules={[{ required: true, whitespace: true, message: t('ui.required') }]}><Input autoFocus maxLength={80} placeholder={store ? t('settings.stores.example') : t('settings.shops.example')} /></Form.Item>
          {!store && (
            <Form.Item name="platform" label={t('settings.shops.platform')}>
              <Select
                options={PLATFORMS.filter((one) => one !== 'pos').map((one) => ({ value: one, label: t(`ui.platform.${one}`) }))}
                onChange={(next: string) => {
                  if (!shop && !form.isFieldTouched('code')) form.setFieldsValue({ code: freeCode(next, codes) });
                }}
              />
            </Form.Item>
          )}
          <Form.Item name="code" label={t('settings.shops.code')} extra={shop ? t('settings.shops.codeFixed') : t('settings.shops.codeHelp')} rules={shop ? [] : [{ required: true, pattern: CODE, message: t('settings.shops.codeRule') }]}><Input disabled={Boolean(shop)} maxLength={40} spellCheck={false} /></Form.Item>
          <div className="ht-set-pair">
            <Form.Item name="province" label={t('settings.shops.province')}><Input maxLength={32} /></Form.Item>
            <Form.Item name="city" label={t('settings.shops.city')}><Input maxLength={32} /></Form.Item>
          </div>
          <div className="ht-set-pair">
            <Form.Item name="opened_on" label={t('settings.shops.opened')}><DatePicker /></Form.Item>
            {shop && <Form.Item name="closed_on" label={t('settings.shops.closed')}><DatePicker /></Form.Item>}
          </div>
          {shop && <Form.Item name="is_active" valuePropName="checked" label={t('settings.shops.active')} extra={t('settings.shops.activeHelp')}><Switch checkedChildren={t('settings.shops.on')} unCheckedChildren={t('settings.shops.off')} /></Form.Item>}
        </>
      )}
    </FormDialog>
  );
}
