/** Which shop a file may be of. Pure. */

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
  return likely.length === 1 ? likely[0]! : null;
}
