import { DownOutlined, WarningOutlined } from '@ant-design/icons';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Account, MemberDetail } from '../api/types';
import { Count, Day } from '../ui/Numbers';
import { Section } from '../ui/Page';

function AccountItem({ account }: { account: Account }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const where = account.shop_name ?? (account.platform ? t(`ui.platform.${account.platform as 'taobao'}`, { defaultValue: account.platform }) : null);
  return (
    <li className="ht-account">
      <div className="ht-account-top">
        <span><small>{account.kind_label}</small><strong className="ht-num">{account.display}</strong></span>
        {account.trades > 0 && <span className="ht-muted"><Count value={account.trades} /> {t('members.people.orders', { count: account.trades })}</span>}
      </div>
      <div className="ht-account-foot">
        <span className="ht-muted">{[where].filter(Boolean).join(' · ')} <Day value={account.first_seen_at} /></span>
        {account.strength === 'weak' && <em>{t('members.accounts.weak')}</em>}
        {account.why.length > 0 && (
          <button type="button" className="ht-why" aria-expanded={open} onClick={() => setOpen(!open)}>
            {t('members.accounts.why')} <DownOutlined rotate={open ? 180 : 0} />
          </button>
        )}
      </div>
      {account.contested && <p className="ht-contested"><WarningOutlined /> {t('members.accounts.contested')}</p>}
      {open && <ul className="ht-why-list">{account.why.map((why, index) => <li key={index}>{why.text} <span className="ht-muted"><Day value={why.at} /></span></li>)}</ul>}
    </li>
  );
}

/** The accounts that make the member, each with why it is theirs. */
export function Accounts({ detail }: { detail: MemberDetail }) {
  const { t } = useTranslation();
  const strong = detail.accounts.filter((account) => account.strength === 'strong');
  const weak = detail.accounts.filter((account) => account.strength !== 'strong');
  return (
    <Section title={t('members.accounts.title', { count: strong.length })} sentence={strong.length > 1 ? t('members.accounts.merged', { count: strong.length }) : t('members.accounts.single')}>
      <ul className="ht-accounts">{[...strong, ...weak].map((account) => <AccountItem key={account.key} account={account} />)}</ul>
    </Section>
  );
}

/** Where the member can be reached, masked. */
export function Contacts({ detail }: { detail: MemberDetail }) {
  const { t } = useTranslation();
  const { contacts } = detail;
  const groups = [[t('members.contacts.phones'), contacts.phones], [t('members.contacts.emails'), contacts.emails], [t('members.contacts.addresses'), contacts.addresses]] as const;
  const known = groups.filter(([, values]) => values.length > 0);
  return (
    <Section title={t('members.contacts.title')} sentence={detail.can_reveal ? undefined : t('members.contacts.masked')}>
      {known.length === 0 ? <p className="ht-muted">{t('members.contacts.none')}</p> : (
        <dl className="ht-facts ht-facts-stacked">
          {known.map(([label, values]) => <div key={label}><dt>{label}</dt><dd>{values.map((value) => <div key={value} className="ht-num">{value}</div>)}</dd></div>)}
        </dl>
      )}
    </Section>
  );
}

/** Fields of member lists that Huitou has no column for. */
export function Attributes({ detail }: { detail: MemberDetail }) {
  const { t } = useTranslation();
  if (detail.attributes.length === 0) return null;
  return (
    <Section title={t('members.attributes')}>
      <dl className="ht-facts">{detail.attributes.map(({ name, value }) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
    </Section>
  );
}
