/** The sections of the settings, as they stand in the address. */
export const SECTIONS = ['brand', 'shops', 'stores', 'users', 'roles', 'keys', 'audit', 'account'] as const;
export type Section = (typeof SECTIONS)[number];

const PERMISSION: Record<Section, string | null> = {
  account: null,
  brand: 'settings.view',
  shops: 'settings.view',
  stores: 'settings.view',
  users: 'users.manage',
  roles: 'settings.view',
  keys: 'keys.manage',
  audit: 'audit.view',
};

/** The sections a person may open; one's own account always. */
export function sectionsFor(can: (permission: string) => boolean): Section[] {
  return SECTIONS.filter((section) => {
    const permission = PERMISSION[section];
    return permission === null || can(permission);
  });
}

/** The section to show for an address: null when it may not be opened or does not exist. */
export function sectionOf(asked: string | undefined, open: readonly Section[]): Section | null {
  if (asked === undefined) return open.includes('brand') ? 'brand' : (open[0] ?? null);
  return open.find((section) => section === asked) ?? null;
}
