import { App, AutoComplete, Button, Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Brand } from '../../api/types';
import { useCan } from '../../ui/session';
import { ErrorNote, Loaded } from '../../ui/States';
import { useBrand, useSaveBrand } from './api';
import { useFieldFault } from './FormDialog';
import { changesOf } from './logic';

const ZONES = ['Asia/Shanghai', 'Asia/Hong_Kong', 'Asia/Macau', 'Asia/Taipei', 'Asia/Singapore', 'Asia/Tokyo', 'Europe/London', 'Europe/Berlin', 'America/New_York', 'America/Los_Angeles', 'UTC'];
const CURRENCIES = ['CNY', 'HKD', 'USD', 'EUR', 'GBP', 'JPY'];
const FIELDS = ['name', 'zone', 'currency'] as const;

/** The brand: its name, the zone its days are counted in, its currency. */
export function BrandSection() {
  const brand = useBrand();
  return <Loaded query={brand}>{(found) => <BrandForm brand={found} />}</Loaded>;
}

function BrandForm({ brand }: { brand: Brand }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const can = useCan();
  const save = useSaveBrand();
  const [form] = Form.useForm<Brand>();
  const told = useFieldFault(form, save.error, FIELDS);
  const may = can('settings.manage');
  const run = (values: Brand) => {
    const changes = changesOf(brand, values);
    if (Object.keys(changes).length > 0) save.mutate(changes, { onSuccess: () => void message.success(t('ui.saved')) });
  };
  return (
    <Form<Brand> className="ht-set-form" form={form} layout="vertical" requiredMark={false} initialValues={brand} disabled={!may} onFinish={run}>
      <Form.Item name="name" label={t('settings.brand.name')} rules={[{ required: true, whitespace: true, message: t('ui.required') }]}><Input maxLength={80} /></Form.Item>
      <Form.Item name="zone" label={t('settings.brand.zone')} extra={t('settings.brand.zoneHelp')} rules={[{ required: true, message: t('ui.required') }]}>
        <AutoComplete options={ZONES.map((value) => ({ value }))} showSearch={{ filterOption: (text, option) => String(option?.value ?? '').toLowerCase().includes(text.toLowerCase()) }} />
      </Form.Item>
      <Form.Item name="currency" label={t('settings.brand.currency')} extra={t('settings.brand.currencyHelp')}>
        <Select options={[...new Set([...CURRENCIES, brand.currency])].map((value) => ({ value }))} />
      </Form.Item>
      {!told && <ErrorNote error={save.error} />}
      {may ? <Button type="primary" htmlType="submit" loading={save.isPending}>{t('ui.save')}</Button> : <p className="ht-muted">{t('settings.readOnly')}</p>}
    </Form>
  );
}
