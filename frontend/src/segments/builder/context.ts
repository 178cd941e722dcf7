import { createContext, useContext } from 'react';
import type { Entry, Query } from '../search';
import type { Branch } from '../tree';
import type { Catalogue, RuleNode, TagLabel } from '../types';
import type { Figures } from './useFigures';
import type { Rule } from './useRule';

/** What the palette was opened for. */
export interface Picking {
  /** Only what can be ranked by. */
  numeric?: boolean;
  onPick: (node: RuleNode, entry: Entry, query: Query) => void;
}

export interface Builder {
  rule: Rule;
  catalogue: Catalogue;
  tags: TagLabel[];
  figures: Figures;
  /** The rule inside which this one is edited must not be named by it. */
  self: string | null;
  pick: (picking: Picking) => void;
  /** Put the focus on a twig once it is drawn. */
  focus: (id: string) => void;
  startDrag: (event: React.PointerEvent, id: string) => void;
  dragged: string | null;
  /** Where the dragged twig would come to stand. */
  drop: { parent: string; index: number } | null;
}

export const BuilderContext = createContext<Builder | null>(null);

export function useBuilder(): Builder {
  const builder = useContext(BuilderContext);
  if (!builder) throw new Error('useBuilder is called outside a rule builder');
  return builder;
}

export type Edit = (change: (root: Branch) => Branch, topic?: string) => void;
