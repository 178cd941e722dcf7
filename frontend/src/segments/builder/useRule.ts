import { useCallback, useMemo, useState } from 'react';
import { isWhole } from '../defaults';
import { redone, started, stepped, undone, type History } from '../history';
import { fromDocument, isBranch, leaves, toDocument, twigs, type Branch, type Written } from '../tree';
import type { Catalogue, RuleDocument } from '../types';

/** A rule under construction, with its undo; what a screen needs to show, save and send it. */
export interface Rule {
  root: Branch;
  /** The rule as it is counted and saved: without what is switched off or not yet said. */
  written: Written;
  /** Conditions, and how many of them do not count, for want of a value or because they are switched off. */
  conditions: number;
  unfinished: number;
  off: number;
  /** Whether anything differs from what it began with. */
  changed: boolean;
  edit: (change: (root: Branch) => Branch, topic?: string) => void;
  undo: (() => void) | null;
  redo: (() => void) | null;
}

/** Holds a rule while it is edited. Mount it anew (`key`) to begin with another. */
export function useRule(initial: RuleDocument | null, catalogue: Catalogue | undefined): Rule {
  const [history, setHistory] = useState<History<Branch>>(() => started(fromDocument(initial)));
  const root = history.present;
  const edit = useCallback((change: (root: Branch) => Branch, topic?: string) => setHistory((now) => stepped(now, change(now.present), Date.now(), topic ?? null)), []);
  const facts = useMemo(() => {
    const whole = catalogue ? (node: Parameters<typeof isWhole>[1]) => isWhole(catalogue, node) : undefined;
    const all = leaves(root);
    return {
      written: toDocument(root, whole),
      conditions: all.length,
      unfinished: whole ? all.filter((one) => !one.off && !whole(one.node)).length : 0,
      off: twigs(root).filter((one) => one.off && (!isBranch(one) || one.children.length > 0)).length,
    };
  }, [root, catalogue]);
  return {
    root,
    ...facts,
    changed: history.past.length > 0,
    edit,
    undo: history.past.length > 0 ? () => setHistory(undone) : null,
    redo: history.future.length > 0 ? () => setHistory(redone) : null,
  };
}
