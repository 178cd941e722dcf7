/** Which shop a file may be of. Pure. */

import type { FileTable } from './types';

export const PLATFORMS = ['taobao', 'tmall', 'jd', 'pdd', 'douyin', 'youzan', 'xhs', 'ali1688', 'own', 'pos', 'other'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** Platforms whose reports look alike. */
const FAMILIES: readonly (readonly string[])[] = [['taobao', 'tmall'], ['own', 'pos', 'other']];
/** Record sets that belong to no shop. */
const SHOPLESS = new Set(['items', 'parcel_events']);

interface ShopLike {
  platform: string;
  is_active: boolean;
}

/** Active shops: those of the report's platform, and the rest. All are likely when the platform is not known. */
export function shopsFor<T extends ShopLike>(shops: readonly T[], platform: string | null): { likely: T[]; others: T[] } {
  const open = shops.filter((shop) => shop.is_active);
  if (!platform || !PLATFORMS.some((one) => one === platform)) return { likely: open, others: [] };
  const family = FAMILIES.find((one) => one.includes(platform)) ?? [platform];
  return { likely: open.filter((shop) => family.includes(shop.platform)), others: open.filter((shop) => !family.includes(shop.platform)) };
}

/** Whether any record of the report belongs to a shop. */
export function needsShop(produces: readonly string[]): boolean {
  return produces.some((set) => !SHOPLESS.has(set));
}

/** The only shop it can be, if there is just one. */
export function onlyShop<T extends ShopLike>(shops: readonly T[], platform: string | null): T | null {
  const { likely } = shopsFor(shops, platform);
  // Of a file nobody recognised, even the only shop is a guess.
  return platform !== null && likely.length === 1 ? likely[0]! : null;
}

const NAME_COLUMN = '店铺名称';
const NO_NAME = new Set(['', '0', '-', '--', 'null']);

/** What the file calls its shop, where all sampled rows agree; '' where it does not say. */
export function namedShop(tables: readonly Pick<FileTable, 'header' | 'rows_sampled'>[]): string {
  const names = new Set(
    tables.flatMap(({ header, rows_sampled }) => {
      const column = header.findIndex((name) => name.trim() === NAME_COLUMN);
      return column < 0 ? [] : rows_sampled.map((row) => (row[column] ?? '').trim()).filter((name) => !NO_NAME.has(name) && !name.includes('*'));
    }),
  );
  return names.size === 1 ? [...names][0]! : '';
}
