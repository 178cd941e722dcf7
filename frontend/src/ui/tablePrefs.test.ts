import { describe, expect, it } from 'vitest';
import { viewSearch, visibleColumns, withView } from './tablePrefs';

const columns = [{ key: 'name', always: true }, { key: 'paid' }, { key: 'city', hidden: true }];

describe('columns', () => {
  it('show the defaults until chosen', () => expect(visibleColumns(columns, null).map((c) => c.key)).toEqual(['name', 'paid']));
  it('keep their order and what must stay, and drop what is gone', () => {
    expect(visibleColumns(columns, ['city', 'gone']).map((c) => c.key)).toEqual(['name', 'city']);
    expect(visibleColumns(columns, []).map((c) => c.key)).toEqual(['name']);
  });
});

describe('views', () => {
  it('remember filters and sort, not the page', () => expect(viewSearch(new URLSearchParams('page=3&q=a&sort=-paid'))).toBe('q=a&sort=-paid'));
  it('of one name replace each other', () => {
    const first = { name: 'a', search: 'q=1', columns: [] };
    const second = { name: 'a', search: 'q=2', columns: [] };
    expect(withView([first, { ...first, name: 'b' }], second)).toEqual([{ ...first, name: 'b' }, second]);
  });
});
