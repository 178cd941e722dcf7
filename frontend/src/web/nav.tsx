import { DatabaseOutlined, FilterOutlined, HomeOutlined, SettingOutlined, TeamOutlined } from '@ant-design/icons';
import type { ReactNode } from 'react';

interface NavLeaf {
  to: string;
  label: 'web.nav2.list' | 'web.nav2.identity' | 'web.nav2.segments' | 'web.nav2.tags' | 'web.nav2.batches' | 'web.nav2.mappings';
  permission: string;
}

export interface NavEntry {
  to: string;
  label: 'web.nav.home' | 'web.nav.members' | 'web.nav.segments' | 'web.nav.data' | 'web.nav.settings';
  icon: ReactNode;
  /** Any of these opens it; none = everybody. */
  permissions: string[];
  /** Analytical screens keep the scope of the address bar. */
  keepsScope?: boolean;
  children?: NavLeaf[];
}

/** The map of the app. A part that has not been built has no entry. */
export const NAV: NavEntry[] = [
  { to: '/', label: 'web.nav.home', icon: <HomeOutlined />, permissions: ['overview.view'], keepsScope: true },
  {
    to: '/members',
    label: 'web.nav.members',
    icon: <TeamOutlined />,
    permissions: ['members.view', 'identity.review'],
    children: [
      { to: '/members', label: 'web.nav2.list', permission: 'members.view' },
      { to: '/members/identity', label: 'web.nav2.identity', permission: 'identity.review' },
    ],
  },
  {
    to: '/segments',
    label: 'web.nav.segments',
    icon: <FilterOutlined />,
    permissions: ['segments.view'],
    children: [
      { to: '/segments', label: 'web.nav2.segments', permission: 'segments.view' },
      { to: '/tags', label: 'web.nav2.tags', permission: 'segments.view' },
    ],
  },
  {
    to: '/data',
    label: 'web.nav.data',
    icon: <DatabaseOutlined />,
    permissions: ['intake.view'],
    children: [
      { to: '/data', label: 'web.nav2.batches', permission: 'intake.view' },
      { to: '/data/mappings', label: 'web.nav2.mappings', permission: 'intake.view' },
    ],
  },
  { to: '/settings', label: 'web.nav.settings', icon: <SettingOutlined />, permissions: [] },
];

/** The entries a person may open. */
export function navFor(can: (permission: string) => boolean): NavEntry[] {
  return NAV.filter((entry) => entry.permissions.length === 0 || entry.permissions.some(can)).map((entry) => {
    const children = entry.children?.filter((leaf) => can(leaf.permission));
    // An entry whose own page is not permitted leads to the first child that is.
    const first = children?.[0];
    return { ...entry, to: first ? first.to : entry.to, children };
  });
}
