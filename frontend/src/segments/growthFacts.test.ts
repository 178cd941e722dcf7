import { describe, expect, it } from 'vitest';
import { growthFacts } from './growthFacts';

const day = (size: number, entered: number, left: number) => ({ day: '2026-11-01', size, entered, left });

describe('the sentence above a growth chart', () => {
  it('counts who came and went after the first day', () => {
    expect(growthFacts([day(100, 100, 0), day(110, 15, 5), day(107, 2, 5)])).toEqual({ from: 100, to: 107, entered: 17, left: 10, direction: 'grew' });
  });
  it('knows the direction', () => {
    expect(growthFacts([day(5, 0, 0), day(3, 0, 2)]).direction).toBe('shrank');
    expect(growthFacts([day(5, 0, 0), day(5, 1, 1)]).direction).toBe('stayed');
  });
});
