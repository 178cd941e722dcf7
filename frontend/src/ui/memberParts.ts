import { createContext, useContext, type ReactNode } from 'react';
import type { MemberRow } from '../api/types';
import type { MemberFilter } from './people';

/** What parts above add to the screens of members. */
export interface MemberParts {
  /** Verbs for the members that are ticked in a list. */
  ticked: (members: MemberRow[], done: () => void) => ReactNode;
  /** Verbs for all members of a filter. */
  matching: (filter: MemberFilter, total: number | undefined) => ReactNode;
  /** Beside one member: what hangs on them. */
  beside: (member: string) => ReactNode;
}

export const MemberPartsContext = createContext<MemberParts>({ ticked: () => null, matching: () => null, beside: () => null });

export function useMemberParts(): MemberParts {
  return useContext(MemberPartsContext);
}
