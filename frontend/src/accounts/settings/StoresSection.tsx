import { EditOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Form, Input, Select, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Guide, Shop } from '../../api/types';
import { DataTable, type Column } from '../../ui/DataTable';
import { Text } from '../../ui/Numbers';
import { Section } from '../../ui/Page';
import { useCan } from '../../ui/session';
import { EmptyState, Loaded } from '../../ui/States';
import { useShops } from '../session';
import { useGuides, useSaveGuide, useUsers } from './api';
import { FormDialog } from './FormDialog';
import { changesOf } from './logic';
import { ShopDialog } from './ShopDialog';
import { useMayAddShops, useShopColumns } from './ShopsSection';
import { Standing } from './Standing';

/** Stores and the guides who work in them. */
export function StoresSection() {
  const { t } = useTranslation();
  const can = useCan();
  const mayAdd = useMayAddShops();
  const shops = useShops(true);
  const [editing, setEditing] = useState<Shop | 'new' | null>(null);
  const columns = useShopColumns(can('settings.manage') ? setEditing : null).filter((column) => column.key !== 'platform');
  const add = mayAdd && <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing('new')}>{t('settings.stores.new')}</Button>;
  return (
    <Loaded query={shops} rows={6}>
      {(list) => {
        const stores = list.filter((shop) => shop.kind === 'store');
        return (
          <>
            <DataTable<Shop>
              label={t('settings.stores.title')}
              columns={columns}
              rows={stores}
              rowKey={(shop) => String(shop.id)}
              tools={stores.length > 0 && add}
              empty={<EmptyState title={t('settings.stores.emptyTitle')} example={t('settings.stores.emptyExample')} action={add}>{t('settings.stores.empty')}</EmptyState>}
            />
            {stores.length > 0 && <Guides stores={stores} />}
            {editing && <ShopDialog kind="store" shop={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
          </>
        );
      }}
    </Loaded>
  );
}

function Guides({ stores }: { stores: Shop[] }) {
  const { t } = useTranslation();
  const can = useCan();
  const guides = useGuides();
  const [store, setStore] = useState<number | null>(null);
  const [editing, setEditing] = useState<Guide | 'new' | null>(null);
  const may = can('settings.manage');
  const columns: Column<Guide>[] = [
    { key: 'name', title: t('settings.guides.name'), always: true, render: (guide) => <span className="ht-set-two"><strong>{guide.name}</strong><small className="ht-set-mono">{guide.code}</small></span> },
    { key: 'store', title: t('settings.guides.store'), render: (guide) => guide.shop_name },
    { key: 'login', title: t('settings.guides.login'), render: (guide) => <span className="ht-set-mono"><Text value={guide.username} /></span> },
    { key: 'state', title: t('settings.state'), cardFigure: true, render: (guide) => <Standing on={guide.is_active} words={[t('settings.guides.on'), t('settings.guides.off')]} /> },
    ...(may ? [{ key: 'verbs', title: '', name: t('settings.verbs'), render: (guide: Guide) => <Button size="small" type="text" icon={<EditOutlined />} onClick={() => setEditing(guide)}>{t('ui.edit')}</Button> }] : []),
  ];
  const add = may && <Button icon={<PlusOutlined />} onClick={() => setEditing('new')}>{t('settings.guides.new')}</Button>;
  return (
    <Section title={t('settings.guides.title')} sentence={t('settings.guides.lead')}>
      <Loaded query={guides}>
        {(list) => (
          <DataTable<Guide>
            label={t('settings.guides.title')}
            columns={columns}
            rows={list.filter((guide) => store === null || guide.shop === store)}
            rowKey={(guide) => guide.id}
            head={list.length > 0 ? <Select aria-label={t('settings.guides.store')} value={store} onChange={setStore} popupMatchSelectWidth={false} options={[{ value: null as number | null, label: t('settings.guides.allStores') }, ...stores.map((one) => ({ value: one.id, label: one.name }))]} /> : undefined}
            tools={add}
            empty={<p className="ht-muted ht-pad">{list.length ? t('settings.guides.noneHere') : t('settings.guides.empty')}</p>}
          />
        )}
      </Loaded>
      {editing && <GuideDialog guide={editing === 'new' ? null : editing} stores={stores} first={store ?? stores[0]?.id} onClose={() => setEditing(null)} />}
    </Section>
  );
}

interface GuideValues {
  code: string;
  name: string;
  shop: number;
  is_active: boolean;
  user: string | null;
}

function GuideDialog({ guide, stores, first, onClose }: { guide: Guide | null; stores: Shop[]; first: number | undefined; onClose: () => void }) {
  const { t } = useTranslation();
  const can = useCan();
  const save = useSaveGuide();
  const users = useUsers(Boolean(guide) && can('users.manage'));
  const logins = users.data?.filter((user) => user.role === 'guide' || user.id === guide?.user);
  const run = ({ code, name, shop, is_active, user }: GuideValues) => {
    if (!guide) return save.mutate({ id: null, guide: { code: code.trim(), name: name.trim(), shop } }, { onSuccess: onClose });
    const changes = changesOf(guide, { name: name.trim(), shop, is_active, ...(logins ? { user: user ?? null } : {}) });
    if (Object.keys(changes).length === 0) return onClose();
    save.mutate({ id: guide.id, changes }, { onSuccess: onClose });
  };
  return (
    <FormDialog<GuideValues>
      title={guide ? t('settings.guides.edit', { name: guide.name }) : t('settings.guides.new')}
      act={guide ? t('ui.save') : t('settings.guides.create')}
      initial={guide ?? { code: '', name: '', shop: first, is_active: true, user: null }}
      fields={['code', 'name', 'shop', 'user', 'is_active']}
      busy={save.isPending}
      error={save.error}
      onSave={run}
      onClose={onClose}
    >
      <Form.Item name="name" label={t('settings.guides.name')} rules={[{ required: true, whitespace: true, message: t('ui.required') }]}><Input autoFocus maxLength={64} /></Form.Item>
      <Form.Item name="code" label={t('settings.guides.code')} extra={guide ? t('settings.shops.codeFixed') : t('settings.guides.codeHelp')} rules={guide ? [] : [{ required: true, whitespace: true, message: t('ui.required') }]}><Input disabled={Boolean(guide)} maxLength={40} spellCheck={false} /></Form.Item>
      <Form.Item name="shop" label={t('settings.guides.store')} rules={[{ required: true, message: t('ui.required') }]}><Select options={stores.map((store) => ({ value: store.id, label: store.name }))} /></Form.Item>
      {guide && logins && <Form.Item name="user" label={t('settings.guides.login')} extra={t('settings.guides.loginHelp')}><Select allowClear placeholder={t('settings.guides.noLogin')} options={logins.map((user) => ({ value: user.id, label: `${user.display_name} (${user.username})` }))} /></Form.Item>}
      {guide && <Form.Item name="is_active" valuePropName="checked" label={t('settings.state')} extra={t('settings.guides.activeHelp')}><Switch checkedChildren={t('settings.guides.on')} unCheckedChildren={t('settings.guides.off')} /></Form.Item>}
    </FormDialog>
  );
}
