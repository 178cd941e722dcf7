/** What an analytical screen looks at, and its form in the address bar. */

export type Compare = 'none' | 'previous' | 'year';
export const COMPARES: readonly Compare[] = ['none', 'previous', 'year'];

export interface Scope {
  /** Shop numbers; empty = all that the person may see. */
  shops: number[];
  /** Calendar days, both inclusive; null = the server's default period. */
  start: string | null;
  end: string | null;
  compare: Compare;
  /** The day the question is asked as of; null = the latest. */
  asOf: string | null;
}

export const DEFAULT_SCOPE: Scope = { shops: [], start: null, end: null, compare: 'previous', asOf: null };
export const SCOPE_KEYS: readonly string[] = ['shops', 'start', 'end', 'compare', 'as_of'];

const DAY = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

function dayOf(text: string | null): string | null {
  return text !== null && DAY.test(text) ? text : null;
}

/** Read the scope; what is malformed falls back to the default rather than break the screen. */
export function parseScope(params: URLSearchParams): Scope {
  const shops = (params.get('shops') ?? '').split(',').filter((part) => /^\d+$/.test(part)).map(Number);
  let start = dayOf(params.get('start'));
  let end = dayOf(params.get('end'));
  if (start === null || end === null) start = end = null;
  else if (start > end) [start, end] = [end, start];
  const compare = params.get('compare') as Compare | null;
  return {
    shops: [...new Set(shops)].sort((a, b) => a - b),
    start,
    end,
    compare: compare !== null && COMPARES.includes(compare) ? compare : DEFAULT_SCOPE.compare,
    asOf: dayOf(params.get('as_of')),
  };
}

/** Write the scope into (a copy of) the given parameters; defaults leave no trace. */
export function writeScope(scope: Scope, into = new URLSearchParams()): URLSearchParams {
  const params = new URLSearchParams(into);
  const put = (key: string, value: string | null) => (value ? params.set(key, value) : params.delete(key));
  put('shops', scope.shops.join(',') || null);
  put('start', scope.start);
  put('end', scope.end);
  put('compare', scope.compare === DEFAULT_SCOPE.compare ? null : scope.compare);
  put('as_of', scope.asOf);
  return params;
}

/** The scope's part of an address, with its `?`, to carry to another screen; '' when it is the default. */
export function scopeSearch(params: URLSearchParams): string {
  const text = writeScope(parseScope(params)).toString();
  return text && `?${text}`;
}
