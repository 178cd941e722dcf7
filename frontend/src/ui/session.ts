import { createContext, useContext } from 'react';
import type { Me, Shop } from '../api/types';
import type { Language } from './format';

/** Who is logged in, and what every screen needs to know about them. */
export interface Session {
  me: Me;
  /** Shops inside the person's scope. */
  shops: Shop[];
}

export const SessionContext = createContext<Session | null>(null);

/** The session; only below the login. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('useSession is called above the login');
  return session;
}

/** Whether the person holds a permission. */
export function useCan(): (permission: string) => boolean {
  const { me } = useSession();
  return (permission) => me.permissions.includes(permission);
}

/** Language, zone and currency that numbers and times are written in. */
export interface Locale {
  language: Language;
  zone: string;
  currency: string;
}

export const LocaleContext = createContext<Locale>({ language: 'zh', zone: 'Asia/Shanghai', currency: 'CNY' });

export function useLocale(): Locale {
  return useContext(LocaleContext);
}
