import { useCallback } from 'react';
import { useSearchParams } from 'react-router';

export type Patch = Record<string, string | number | boolean | null | undefined>;

/** A copy of the parameters with a patch applied; empty values disappear. */
export function patched(params: URLSearchParams, patch: Patch): URLSearchParams {
  const next = new URLSearchParams(params);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null || value === undefined || value === '' || value === false) next.delete(key);
    else next.set(key, String(value));
  }
  return next;
}

/** The address's parameters and a way to change some of them; a changed filter goes back to page 1. */
export function useUrl(): [params: URLSearchParams, set: (patch: Patch) => void] {
  const [params, setParams] = useSearchParams();
  const set = useCallback(
    (patch: Patch) => setParams((now) => patched(now, 'page' in patch ? patch : { page: null, ...patch }), { replace: true }),
    [setParams],
  );
  return [params, set];
}

/** A positive integer of the address, or the fallback. */
export function numberParam(params: URLSearchParams, key: string, fallback: number): number {
  const value = Number(params.get(key));
  return Number.isInteger(value) && value > 0 ? value : fallback;
}
