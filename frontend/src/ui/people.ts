import { createContext, useContext } from 'react';

/** The members list's filter, as it stands in the address bar; every value is text. */
export type MemberFilter = Record<string, string>;

/** A rule document; what is in it is the business of the segments part. */
export interface RuleJson {
  version: 1;
  rule: { kind: string };
}

/** Whose people a number stands for: those of a filter, of a rule, or of a saved segment. */
export type Whose = { filter: MemberFilter } | { rule: RuleJson; asOf?: string | null; shops?: number[] } | { segment: string };

/** What a number opens; the title says what the number that was clicked said. */
export type People = Whose & { title: string };

/** Opens the drawer with the people behind a number; null where the person may not see members. */
export const PeopleContext = createContext<((people: People) => void) | null>(null);

export function usePeople(): ((people: People) => void) | null {
  return useContext(PeopleContext);
}
