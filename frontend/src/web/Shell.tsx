import { BulbOutlined, GlobalOutlined, LogoutOutlined, MenuOutlined, SearchOutlined, UserOutlined } from '@ant-design/icons';
import { Button, Drawer, Dropdown } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, Outlet, useLocation, useNavigate, useSearchParams } from 'react-router';
import { useIsPhone } from '../ui/Page';
import { scopeSearch } from '../ui/scope';
import { useCan, useSession } from '../ui/session';
import { useLogout, useSetting } from '../accounts/session';
import { PeopleProvider } from '../members/PeopleDrawer';
import { MemberPartsContext } from '../ui/memberParts';
import { memberParts, OtherPeople, peopleVerbs } from './people';
import { Brandmark } from './Brandmark';
import { navFor } from './nav';
import { Search } from './Search';
import { TaskTray } from './TaskTray';

function NavList({ onGo }: { onGo?: () => void }) {
  const { t } = useTranslation();
  const can = useCan();
  const { pathname } = useLocation();
  const [params] = useSearchParams();
  const within = (to: string) => (to === '/' ? pathname === '/' : pathname === to || pathname.startsWith(`${to}/`));
  const root = (to: string) => `/${to.split('/')[1] ?? ''}`;
  const entries = navFor(can);
  // The deepest entry that contains the page is the current one.
  const leaves = entries.flatMap((entry) => entry.children?.map((leaf) => leaf.to) ?? []).filter(within);
  const current = leaves.sort((a, b) => b.length - a.length)[0];
  return (
    <nav aria-label={t('web.nav.label')} className="ht-nav">
      <ul>
        {entries.map((entry) => {
          const here = within(root(entry.to)) || Boolean(entry.children?.some((leaf) => within(leaf.to)));
          return (
            <li key={entry.label}>
              <Link
                to={entry.to + (entry.keepsScope ? scopeSearch(params) : '')}
                className={here ? 'ht-here' : ''}
                aria-current={here && !current ? 'page' : undefined}
                onClick={onGo}
              >
                <span aria-hidden="true">{entry.icon}</span><span>{t(entry.label)}</span>
              </Link>
              {here && entry.children && entry.children.length > 1 && (
                <ul>
                  {entry.children.map((leaf) => (
                    <li key={leaf.to}>
                      <Link to={leaf.to} aria-current={leaf.to === current ? 'page' : undefined} onClick={onGo}>{t(leaf.label)}</Link>
                    </li>
                  ))}
                </ul>
              )}
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

function UserMenu() {
  const { t, i18n } = useTranslation();
  const { me } = useSession();
  const set = useSetting();
  const logout = useLogout();
  const navigate = useNavigate();
  const other = i18n.language === 'zh' ? 'en' : 'zh';
  return (
    <Dropdown
      trigger={['click']}
      placement="bottomRight"
      menu={{
        items: [
          { key: 'who', type: 'group', label: <span>{me.display_name || me.username}<br /><small>{me.role_label}</small></span> },
          { key: 'account', icon: <UserOutlined />, label: t('web.user.account'), onClick: () => void navigate('/settings/account') },
          { key: 'language', icon: <GlobalOutlined />, label: <span lang={other === 'zh' ? 'zh-CN' : 'en'}>{t('web.user.language')}</span>, onClick: () => set.mutate({ language: other }) },
          {
            key: 'theme',
            icon: <BulbOutlined />,
            label: t(`web.user.theme.${me.theme}`),
            children: (['light', 'dark', 'auto'] as const).map((theme) => ({ key: theme, label: t(`web.user.theme.${theme}`), onClick: () => set.mutate({ theme }) })),
          },
          { type: 'divider' },
          { key: 'logout', icon: <LogoutOutlined />, label: t('web.user.logout'), onClick: () => logout.mutate() },
        ],
      }}
    >
      <Button type="text" icon={<UserOutlined />} aria-label={t('web.user.menu')}><span className="ht-wide">{me.display_name || me.username}</span></Button>
    </Dropdown>
  );
}

/** What surrounds every screen: navigation, search, tasks and the person's menu. */
export default function Shell() {
  const { t } = useTranslation();
  const phone = useIsPhone();
  const can = useCan();
  const { me } = useSession();
  const [menu, setMenu] = useState(false);
  const [searching, setSearching] = useState(false);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement && (event.target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName));
      if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey && can('search.use')) {
        event.preventDefault();
        setSearching(true);
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  });

  return (
    <div className="ht-shell">
      <a className="ht-skip" href="#main">{t('web.nav.skip')}</a>
      {!phone && (
        <div className="ht-side">
          <Link to="/" className="ht-brand-link"><Brandmark /></Link>
          <NavList />
          {me.brand.name && <p className="ht-side-brand">{me.brand.name}</p>}
        </div>
      )}
      <div className="ht-body">
        <header className="ht-top">
          {phone && <Button type="text" icon={<MenuOutlined />} aria-label={t('web.nav.open')} onClick={() => setMenu(true)} />}
          {phone && <Link to="/" className="ht-brand-link"><Brandmark /></Link>}
          {can('search.use') && (
            <button type="button" className="ht-search-open" onClick={() => setSearching(true)} aria-label={t('web.search.open')}>
              <SearchOutlined /><span className="ht-wide">{t('web.search.hint')}</span>
            </button>
          )}
          <span className="ht-spring" />
          {can('jobs.view') && <TaskTray />}
          <UserMenu />
        </header>
        <main id="main" tabIndex={-1}>
          <PeopleProvider others={(people, close) => <OtherPeople people={people} onGo={close} />} verbs={peopleVerbs}>
            <MemberPartsContext value={memberParts}><Outlet /></MemberPartsContext>
          </PeopleProvider>
        </main>
      </div>
      <Drawer open={phone && menu} placement="left" size={260} onClose={() => setMenu(false)} title={<Brandmark />}>
        <NavList onGo={() => setMenu(false)} />
      </Drawer>
      {searching && <Search onClose={() => setSearching(false)} />}
    </div>
  );
}
