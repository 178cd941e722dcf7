import { Button, Select } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import { Page, useIsPhone } from '../ui/Page';
import { useCan } from '../ui/session';
import { EmptyState } from '../ui/States';
import { AccountSection } from './settings/AccountSection';
import { AuditSection } from './settings/AuditSection';
import { BrandSection } from './settings/BrandSection';
import { KeysSection } from './settings/KeysSection';
import { RolesSection } from './settings/RolesSection';
import { sectionOf, sectionsFor, type Section } from './settings/sections';
import './settings/settings.css';
import { ShopsSection } from './settings/ShopsSection';
import { StoresSection } from './settings/StoresSection';
import { UsersSection } from './settings/UsersSection';

const PARTS: Record<Section, ReactNode> = {
  account: <AccountSection />,
  brand: <BrandSection />,
  shops: <ShopsSection />,
  stores: <StoresSection />,
  users: <UsersSection />,
  roles: <RolesSection />,
  keys: <KeysSection />,
  audit: <AuditSection />,
};

/** The settings: a section per address, only those that the person may open. */
export default function Settings() {
  const { t } = useTranslation();
  const can = useCan();
  const phone = useIsPhone();
  const navigate = useNavigate();
  const { section: asked } = useParams();
  const open = sectionsFor(can);
  const section = sectionOf(asked, open);
  return (
    <Page title={section ? t(`settings.section.${section}`) : t('settings.title')} lead={section ? t(`settings.lead.${section}`) : undefined}>
      <div className="ht-set">
        {phone ? (
          <Select className="ht-set-pick" aria-label={t('settings.title')} value={section ?? undefined} placeholder={t('settings.title')} onChange={(next: Section) => void navigate(`/settings/${next}`)} options={open.map((one) => ({ value: one, label: t(`settings.section.${one}`) }))} />
        ) : (
          <nav className="ht-set-nav" aria-label={t('settings.title')}>
            <ul>{open.map((one) => <li key={one}><Link to={`/settings/${one}`} aria-current={one === section ? 'page' : undefined}>{t(`settings.section.${one}`)}</Link></li>)}</ul>
          </nav>
        )}
        <div className="ht-set-main">
          {section ? PARTS[section] : <EmptyState title={t('settings.noSection')} action={<Link to="/settings/account"><Button type="primary">{t('settings.section.account')}</Button></Link>}>{t('settings.noSectionHelp')}</EmptyState>}
        </div>
      </div>
    </Page>
  );
}
