import { describe, expect, it } from 'vitest';
import type { Tag, TagGroup } from './api';
import { findTag, fits, hasTag, tagChoices } from './choices';

const tag = (id: string, label: string, archived = false) => ({ id, label, archived, kind: 'manual' }) as Tag;
const groups = [
  { id: '1', label: '口味', tags: [tag('7', '偏甜'), tag('8', '偏干', true)] },
  { id: '2', label: '职业', tags: [] as Tag[] },
] as unknown as TagGroup[];

describe('choices of tags', () => {
  it('leave out archived tags and empty groups', () => {
    expect(tagChoices(groups)).toEqual([{ label: '口味', title: '口味', options: [{ value: '7', label: '偏甜', title: '口味 偏甜' }] }]);
    expect(tagChoices(groups, () => false)).toEqual([]);
  });
  it('are found by their own words and by their group’s', () => {
    expect(fits('口味 甜', { title: '口味 偏甜' })).toBe(true);
    expect(fits('职业', { title: '口味 偏甜' })).toBe(false);
    expect(fits('x', undefined)).toBe(false);
  });
  it('lead to a tag and its people', () => {
    expect(findTag(groups, '8')?.group.id).toBe('1');
    expect(findTag(groups, null)).toBeNull();
    expect(hasTag('7').rule).toEqual({ kind: 'tag', operator: 'any_of', tags: ['7'] });
  });
});
