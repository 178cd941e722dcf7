import { PlusOutlined } from '@ant-design/icons';
import { Button, Divider, Form, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Shop } from '../api/types';
import { useCan, useSession } from '../ui/session';
import { ErrorNote } from '../ui/States';
import { useSaveShop } from '../accounts/settings/api';
import { CODE, freeCode } from '../accounts/settings/logic';
import { PLATFORMS, shopsFor, type Platform } from './shops';

interface ShopPickerProps {
  value: number | null;
  onChange: (shop: number) => void;
  /** The platform of the report; its shops stand first. */
  platform: string | null;
  /** What the file calls its shop, for a new one. */
  named?: string;
  id?: string;
  invalid?: boolean;
}

/** Whose file it is. A new shop can be added on the spot by those who may. */
export function ShopPicker({ value, onChange, platform, named = '', id, invalid }: ShopPickerProps) {
  const { t } = useTranslation();
  const can = useCan();
  const { me, shops } = useSession();
  const [adding, setAdding] = useState(false);
  const [open, setOpen] = useState(false);
  const { likely, others } = shopsFor(shops, platform);
  const option = (shop: Shop) => ({ value: shop.id, label: `${shop.name}（${shop.platform_label}）` });
  const mayAdd = can('settings.manage') && me.all_shops;
  const none = likely.length + others.length === 0;
  return (
    <>
      {none && mayAdd && <Button icon={<PlusOutlined />} onClick={() => setAdding(true)}>{t('intake.shop.first')}</Button>}
      {none && !mayAdd && <span className="ht-muted">{t('intake.shop.noneAsk')}</span>}
      {!none && <Select
        id={id}
        className="ht-in-shop"
        open={open}
        onOpenChange={setOpen}
        value={value ?? undefined}
        status={invalid ? 'error' : undefined}
        placeholder={t('intake.shop.choose')}
        showSearch={{ optionFilterProp: 'label' }}
        onChange={onChange}
        popupMatchSelectWidth={false}
        options={[
          ...(likely.length ? [{ label: others.length ? t('intake.shop.likely') : t('intake.shop.all'), options: likely.map(option) }] : []),
          ...(others.length ? [{ label: likely.length ? t('intake.shop.others') : t('intake.shop.all'), options: others.map(option) }] : []),
        ]}
        notFoundContent={<span className="ht-muted">{t('intake.shop.none')}</span>}
        popupRender={(menu) => (
          <>
            {menu}
            {mayAdd && (
              <>
                <Divider size="small" />
                <Button type="text" block icon={<PlusOutlined />} onClick={() => { setOpen(false); setAdding(true); }}>{t('intake.shop.add')}</Button>
              </>
            )}
          </>
        )}
      />}
      {adding && (
        <NewShop
          platform={platform}
          named={named}
          onClose={() => setAdding(false)}
          onMade={(shop) => {
            setAdding(false);
            onChange(shop.id);
          }}
        />
      )}
    </>
  );
}

interface NewShopValues {
  name: string;
  code: string;
  platform: Platform;
}

function NewShop({ platform, named, onMade, onClose }: { platform: string | null; named: string; onMade: (shop: Shop) => void; onClose: () => void }) {
  const { t } = useTranslation();
  const { shops } = useSession();
  const create = useSaveShop();
  const [form] = Form.useForm<NewShopValues>();
  const first = PLATFORMS.find((one) => one === platform) ?? 'other';
  const save = (values: NewShopValues) =>
    create.mutate({ id: null, shop: { ...values, kind: values.platform === 'pos' ? 'store' : 'online' } }, { onSuccess: onMade });
  return (
    <Modal open title={t('intake.shop.newTitle')} okText={t('intake.shop.create')} cancelText={t('ui.back')} confirmLoading={create.isPending} onOk={() => form.submit()} onCancel={onClose}>
      <Form<NewShopValues> form={form} layout="vertical" requiredMark={false} initialValues={{ platform: first, code: freeCode(first, shops.map((shop) => shop.code)), name: named }} onFinish={save}>
        <Form.Item name="name" label={t('intake.shop.name')} rules={[{ required: true, whitespace: true, message: t('ui.required') }]}><Input autoFocus maxLength={80} placeholder={t('intake.shop.nameExample')} /></Form.Item>
        <Form.Item name="platform" label={t('intake.shop.platform')}>
          <Select options={PLATFORMS.map((one) => ({ value: one, label: t(`ui.platform.${one}`) }))} onChange={(next: Platform) => form.setFieldsValue({ code: freeCode(next, shops.map((shop) => shop.code)) })} />
        </Form.Item>
        <Form.Item name="code" label={t('intake.shop.code')} extra={t('intake.shop.codeHelp')} rules={[{ required: true, pattern: CODE, message: t('intake.shop.codeRule') }]}><Input maxLength={40} spellCheck={false} /></Form.Item>
        <ErrorNote error={create.error} />
      </Form>
    </Modal>
  );
}
