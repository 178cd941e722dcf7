import { createContext, useContext } from 'react';

/** The members list's filter, as it stands in the address bar; every value is text. */
export type MemberFilter = Record<string, string>;

export interface People {
  filter: MemberFilter;
  /** What the number that was clicked said. */
  title: string;
}

/** Opens the drawer with the people behind a number; null where the person may not see members. */
export const PeopleContext = createContext<((people: People) => void) | null>(null);

export function usePeople(): ((people: People) => void) | null {
  return useContext(PeopleContext);
}
