/** The road of a batch: which step a state stands at, and what a person may do there. Pure. */

import type { BatchState } from './types';

export type Step = 'detect' | 'map' | 'preview' | 'write' | 'result';
export const STEPS: readonly Step[] = ['detect', 'map', 'preview', 'write', 'result'];

const WORKING: readonly BatchState[] = ['received', 'staging', 'committing'];
const CONFIGURABLE: readonly BatchState[] = ['needs_setup', 'ready', 'failed', 'cancelled', 'empty'];
const DISCARDABLE: readonly BatchState[] = CONFIGURABLE;

/** A job is at it: look again soon. */
export function isWorking(state: BatchState): boolean {
  return WORKING.includes(state);
}

/** The way it is read may still be changed. */
export function isConfigurable(state: BatchState): boolean {
  return CONFIGURABLE.includes(state);
}

/** It may be removed together with its original. */
export function isDiscardable(state: BatchState): boolean {
  return DISCARDABLE.includes(state);
}

/** Something waits for a person. */
export function needsPerson(state: BatchState): boolean {
  return state === 'needs_setup' || state === 'ready' || state === 'failed';
}

/** Where a batch stands by itself. A failed one stands where it can be put right: at how it is read. */
export function homeStep(state: BatchState, jobKind?: string | null): Step {
  switch (state) {
    case 'received':
    case 'needs_setup':
    case 'cancelled':
      return 'detect';
    case 'staging':
    case 'ready':
    case 'empty':
      return 'preview';
    case 'committing':
      return 'write';
    case 'committed':
      return 'result';
    case 'failed':
      return jobKind === 'intake.commit' ? 'write' : 'detect';
  }
}

/** The step to show: the asked one where a person may go back to it, else where the batch stands. */
export function shownStep(state: BatchState, asked: string | null, mayRun: boolean, jobKind?: string | null): Step {
  const home = homeStep(state, jobKind);
  if ((asked === 'detect' || asked === 'map') && mayRun && isConfigurable(state)) return asked;
  return home;
}

export type StepState = 'done' | 'here' | 'ahead' | 'skipped';

/** How each step is drawn. The mapping is skipped unless the file is read through one. */
export function stepStates(shown: Step, home: Step, mapped: boolean): Record<Step, StepState> {
  const reached = STEPS.indexOf(home);
  return Object.fromEntries(
    STEPS.map((step, index): [Step, StepState] => {
      if (step === shown) return [step, 'here'];
      if (step === 'map' && !mapped && reached > index) return [step, 'skipped'];
      return [step, index < reached || (step === home && shown !== home) ? 'done' : 'ahead'];
    }),
  ) as Record<Step, StepState>;
}

export interface SetCount {
  name: string;
  label: string;
  new: number;
  changed: number;
  unchanged: number;
}

/** What the button writes: the first set with something to write, and how many rows of it. */
export function whatIsWritten(sets: SetCount[]): { name: string; label: string; count: number } | null {
  const found = sets.find((set) => set.new + set.changed > 0);
  return found ? { name: found.name, label: found.label, count: found.new + found.changed } : null;
}

/** The lines of a set are told only beside what they belong to; empty sets are left out. */
export function tellingSets(sets: SetCount[]): SetCount[] {
  return sets.filter((set) => set.new + set.changed + set.unchanged > 0);
}
