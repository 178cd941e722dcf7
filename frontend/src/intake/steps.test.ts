import { describe, expect, it } from 'vitest';
import { homeStep, isConfigurable, isWorking, shownStep, stepStates, tellingSets, whatIsWritten } from './steps';
import type { BatchState } from './types';

const STATES: BatchState[] = ['received', 'needs_setup', 'staging', 'ready', 'committing', 'committed', 'failed', 'cancelled', 'empty'];

describe('steps', () => {
  it('are never both under way and open to change', () => {
    for (const state of STATES) expect(isWorking(state) && isConfigurable(state)).toBe(false);
  });

  it('go back only where the batch may still be set up, and only for those who may', () => {
    expect(shownStep('ready', 'map', true)).toBe('map');
    expect(shownStep('ready', 'map', false)).toBe('preview');
    expect(shownStep('ready', 'result', true)).toBe('preview');
    expect(shownStep('committing', 'detect', true)).toBe('write');
    expect(shownStep('committed', 'map', true)).toBe('result');
  });

  it('of a failure are those where it happened', () => {
    expect(homeStep('failed', 'intake.commit')).toBe('write');
    expect(homeStep('failed', 'intake.stage')).toBe('detect');
  });

  it('say what lies behind, and that an unneeded mapping was skipped', () => {
    expect(stepStates('preview', 'preview', false)).toEqual({ detect: 'done', map: 'skipped', preview: 'here', write: 'ahead', result: 'ahead' });
    expect(stepStates('map', 'preview', true)).toEqual({ detect: 'done', map: 'here', preview: 'done', write: 'ahead', result: 'ahead' });
    expect(stepStates('detect', 'detect', false)).toMatchObject({ detect: 'here', map: 'ahead' });
  });
});

const set = (name: string, fresh: number, changed: number, unchanged = 0) => ({ name, label: name, new: fresh, changed, unchanged });

describe('the act', () => {
  it('names the first set with something to write', () => {
    expect(whatIsWritten([set('trades', 0, 0, 9), set('lines', 3, 2)])).toEqual({ name: 'lines', label: 'lines', count: 5 });
    expect(whatIsWritten([set('trades', 0, 0, 9)])).toBeNull();
  });
  it('leaves empty sets out', () => expect(tellingSets([set('a', 0, 0), set('b', 0, 0, 1)]).map((one) => one.name)).toEqual(['b']));
});
