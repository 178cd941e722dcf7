import { useMutation } from '@tanstack/react-query';
import { App, Checkbox } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, client } from '../api/client';
import type { Account } from '../api/types';
import { CheckDialog } from '../ui/CheckDialog';
import { useIdentityChanged } from './Merge';

/** Un-merge: say which accounts belong to someone else. */
export function Separate({ member, accounts, onClose }: { member: string; accounts: Account[]; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const changed = useIdentityChanged();
  const [keys, setKeys] = useState<string[]>([]);
  const separate = useMutation({
    mutationFn: (note: string) => call(client.POST('/api/v1/identity/separate', { body: { member, keys, note } })),
    onSuccess: (made) => {
      void message.success(t('members.separate.done', { member: made.member }));
      changed();
      onClose();
    },
  });
  const valid = keys.length > 0 && keys.length < accounts.length;
  const trades = accounts.filter((account) => keys.includes(account.key)).reduce((sum, account) => sum + account.trades, 0);
  return (
    <CheckDialog
      title={t('members.separate.title', { member })}
      sentences={valid ? [t('members.separate.moves', { count: keys.length, trades }), t('members.separate.stays', { count: accounts.length - keys.length, member }), t('members.separate.undo')] : [t('members.separate.choose')]}
      act={t('members.separate.act', { count: keys.length })}
      disabled={!valid}
      busy={separate.isPending}
      error={separate.error}
      onConfirm={(note) => separate.mutate(note)}
      onClose={onClose}
    >
      <Checkbox.Group
        className="ht-stack"
        value={keys}
        onChange={(next) => setKeys(next)}
        options={accounts.map((account) => ({ value: account.key, label: <span>{account.kind_label} <strong className="ht-num">{account.display}</strong> {account.shop_name && <span className="ht-muted">{account.shop_name}</span>}</span> }))}
      />
    </CheckDialog>
  );
}
