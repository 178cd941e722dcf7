/** What the settings screens decide without asking the server. Pure. */

import { ApiError } from '../../api/client';

/** Roles whose scope is always every shop. */
export const EVERY_SHOP_ROLES: readonly string[] = ['owner', 'administrator'];

export interface FieldFault {
  name: string;
  errors: string[];
}

/** The field that a refused form is at fault in, with the server's words; null when it is none of these. */
export function faultOf(error: unknown, fields: readonly string[]): FieldFault | null {
  if (!(error instanceof ApiError)) return null;
  const named = error.where.field;
  if (typeof named === 'string' && fields.includes(named)) return { name: named, errors: [[error.message, error.remedy].filter(Boolean).join(' ')] };
  const list = error.where.fields;
  if (!Array.isArray(list)) return null;
  for (const item of list as unknown[]) {
    const path = (item as { field?: unknown } | null)?.field;
    if (typeof path !== 'string') continue;
    const name = path.split('.').find((part) => fields.includes(part));
    if (name) return { name, errors: [[error.message, error.remedy].filter(Boolean).join(' ')] };
  }
  return null;
}

/** Only what differs, so that an untouched form writes nothing. */
export function changesOf<T extends object>(before: T, after: Partial<T>): Partial<T> {
  return Object.fromEntries(Object.entries(after).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(before[key as keyof T]))) as Partial<T>;
}

/** A code that is free: `tmall`, `tmall2` …; small letters and digits only. */
export function freeCode(wish: string, taken: readonly string[]): string {
  const base = wish.toLowerCase().replace(/[^a-z0-9_-]/g, '') || 'shop';
  if (!taken.includes(base)) return base;
  let number = 2;
  while (taken.includes(`${base}${number}`)) number += 1;
  return `${base}${number}`;
}

export const CODE = /^[a-z0-9][a-z0-9_-]{0,39}$/;

export type KeyState = 'active' | 'expired' | 'revoked';

/** An inactive key whose last day has passed has expired; any other was revoked. */
export function keyState(key: { is_active: boolean; expires_on: string | null }, today: string): KeyState {
  if (key.is_active) return 'active';
  return key.expires_on !== null && key.expires_on < today ? 'expired' : 'revoked';
}
