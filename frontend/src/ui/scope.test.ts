import { describe, expect, it } from 'vitest';
import { DEFAULT_SCOPE, parseScope, scopeSearch, writeScope, type Scope } from './scope';

const scope = (over: Partial<Scope>): Scope => ({ ...DEFAULT_SCOPE, ...over });

describe('scope in the address bar', () => {
  it.each([
    scope({}),
    scope({ shops: [1, 2] }),
    scope({ start: '2026-01-01', end: '2026-01-31' }),
    scope({ compare: 'none', asOf: '2026-11-22' }),
    scope({ shops: [7], start: '2026-01-01', end: '2026-01-01', compare: 'year', asOf: '2026-02-01' }),
  ])('comes back as it went: %j', (value) => expect(parseScope(writeScope(value))).toEqual(value));

  it('leaves no trace of defaults and keeps what is not its own', () => {
    expect(writeScope(DEFAULT_SCOPE, new URLSearchParams('q=abc&shops=3')).toString()).toBe('q=abc');
  });

  it('does not break on malformed addresses', () => {
    expect(parseScope(new URLSearchParams('shops=x,2,,2,-1&start=2026-13-01&end=2026-01-01&compare=never&as_of=today'))).toEqual(scope({ shops: [2] }));
    expect(parseScope(new URLSearchParams('start=2026-02-01'))).toEqual(scope({}));
    expect(parseScope(new URLSearchParams('start=2026-02-02&end=2026-02-01'))).toEqual(scope({ start: '2026-02-01', end: '2026-02-02' }));
  });

  it('carries only itself to the next screen', () => {
    expect(scopeSearch(new URLSearchParams('q=abc&shops=3&page=2'))).toBe('?shops=3');
    expect(scopeSearch(new URLSearchParams('q=abc'))).toBe('');
  });
});
