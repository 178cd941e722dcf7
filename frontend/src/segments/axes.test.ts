import { describe, expect, it } from 'vitest';
import { catalogue } from './sampleCatalogue';
import { gridParts, readParts, segmentPart, withParts, writeParts } from './axes';

describe('rows and columns of cross groups', () => {
  const parts = gridParts(catalogue.grids[0]!);
  it('come from a grid', () => expect(parts.map((one) => one.label)).toEqual(['新客', '沉睡']));
  it('go through the address', () => expect(readParts(writeParts(parts))).toEqual(parts));
  it('survive a broken address', () => {
    expect(readParts('{')).toEqual([]);
    expect(readParts('[1,{"label":"x"}]')).toEqual([]);
    expect(readParts(null)).toEqual([]);
  });
  it('stand there once', () => expect(withParts(parts, [...parts, segmentPart({ id: '3', name: 'x' })])).toHaveLength(3));
  it('leave no trace when empty', () => expect(writeParts([])).toBeNull());
});
