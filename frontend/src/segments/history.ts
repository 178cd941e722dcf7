/** Undo and redo. Pure. */

export interface History<T> {
  past: readonly T[];
  present: T;
  future: readonly T[];
  /** What the last step changed: the same thing again within a moment is one step. */
  topic: string | null;
  at: number;
}

const MOST = 200;
const TOGETHER_MS = 900;

export function started<T>(present: T): History<T> {
  return { past: [], present, future: [], topic: null, at: 0 };
}

/** A step forward; with the topic of the step before, shortly after it, they are undone together. */
export function stepped<T>(history: History<T>, present: T, at: number, topic: string | null = null): History<T> {
  if (Object.is(present, history.present)) return history;
  const together = topic !== null && topic === history.topic && at - history.at < TOGETHER_MS;
  return { past: together ? history.past : [...history.past, history.present].slice(-MOST), present, future: [], topic, at };
}

export function undone<T>(history: History<T>): History<T> {
  const before = history.past.at(-1);
  if (before === undefined) return history;
  return { past: history.past.slice(0, -1), present: before, future: [history.present, ...history.future], topic: null, at: 0 };
}

export function redone<T>(history: History<T>): History<T> {
  const [next, ...rest] = history.future;
  if (next === undefined) return history;
  return { past: [...history.past, history.present], present: next, future: rest, topic: null, at: 0 };
}
