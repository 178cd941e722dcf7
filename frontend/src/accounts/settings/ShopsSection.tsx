import { EditOutlined, PlusOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Shop } from '../../api/types';
import { DataTable, type Column } from '../../ui/DataTable';
import { region } from '../../ui/format';
import { Day, Text } from '../../ui/Numbers';
import { useCan, useSession } from '../../ui/session';
import { EmptyState, Loaded } from '../../ui/States';
import { useShops } from '../session';
import { ShopDialog } from './ShopDialog';
import { Standing } from './Standing';

/** Columns that online shops and stores share. */
export function useShopColumns(onEdit: ((shop: Shop) => void) | null): Column<Shop>[] {
  const { t } = useTranslation();
  return [
    { key: 'name', title: t('settings.shops.name'), always: true, render: (shop) => <span className="ht-set-two"><strong>{shop.name}</strong><small className="ht-set-mono">{shop.code}</small></span> },
    { key: 'platform', title: t('settings.shops.platform'), render: (shop) => shop.platform_label },
    { key: 'place', title: t('settings.shops.place'), render: (shop) => <Text value={region(shop.province, shop.city)} /> },
    { key: 'opened', title: t('settings.shops.opened'), render: (shop) => <Day value={shop.opened_on} /> },
    { key: 'state', title: t('settings.state'), cardFigure: true, render: (shop) => <Standing on={shop.is_active} words={[t('settings.shops.on'), t('settings.shops.off')]} /> },
    ...(onEdit ? [{ key: 'verbs', title: '', name: t('settings.verbs'), render: (shop: Shop) => <Button size="small" type="text" icon={<EditOutlined />} onClick={() => onEdit(shop)}>{t('ui.edit')}</Button> }] : []),
  ];
}

/** Whether a person may add shops: only who works on all of them. */
export function useMayAddShops(): boolean {
  const can = useCan();
  const { me } = useSession();
  return can('settings.manage') && me.all_shops;
}

/** Online shops. */
export function ShopsSection() {
  const { t } = useTranslation();
  const can = useCan();
  const shops = useShops(true);
  const mayAdd = useMayAddShops();
  const [editing, setEditing] = useState<Shop | 'new' | null>(null);
  const columns = useShopColumns(can('settings.manage') ? setEditing : null);
  const add = mayAdd && <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing('new')}>{t('settings.shops.new')}</Button>;
  return (
    <>
      <Loaded query={shops} rows={6}>
        {(list) => {
          const online = list.filter((shop) => shop.kind === 'online');
          return (
            <DataTable<Shop>
              label={t('settings.section.shops')}
              columns={columns}
              rows={online}
              rowKey={(shop) => String(shop.id)}
              tools={online.length > 0 && add}
              empty={<EmptyState title={t('settings.shops.emptyTitle')} example={t('settings.shops.emptyExample')} action={add}>{t('settings.shops.empty')}</EmptyState>}
            />
          );
        }}
      </Loaded>
      {editing && <ShopDialog kind="online" shop={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
    </>
  );
}
