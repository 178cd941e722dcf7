import { fromText, toText, type Twig } from '../tree';

/** A condition or group that was copied; kept in this browser, so that it can go to another rule. */
const KEY = 'ht.rule.copied';

export function writeCopied(twig: Twig): void {
  try {
    localStorage.setItem(KEY, toText(twig));
  } catch {
    // Storage is full or forbidden: there is nothing to paste then.
  }
}

export function readCopied(): Twig | null {
  try {
    return fromText(localStorage.getItem(KEY) ?? '');
  } catch {
    return null;
  }
}
