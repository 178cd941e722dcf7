/** The rows and columns of cross groups, as they stand in the address bar. Pure. */

import type { Labelled } from './api';
import type { Grid, RuleNode, Segment, TagLabel } from './types';

export const MOST_PARTS = 50;

export const of = (label: string, rule: RuleNode): Labelled => ({ label, rule: { version: 1, rule } });

export function gridParts(grid: Grid): Labelled[] {
  return grid.cells.map((cell) => of(cell.label, { kind: 'cell', grid: grid.code, cells: [cell.code] }));
}

export function tagParts(tags: TagLabel[]): Labelled[] {
  return tags.map((tag) => of(tag.label, { kind: 'tag', operator: 'any_of', tags: [tag.id] }));
}

export function segmentPart(segment: Pick<Segment, 'id' | 'name'>): Labelled {
  return of(segment.name, { kind: 'segment', segment: segment.id });
}

function isPart(value: unknown): value is Labelled {
  if (typeof value !== 'object' || value === null) return false;
  const { label, rule } = value as { label?: unknown; rule?: { version?: unknown; rule?: { kind?: unknown } } };
  return typeof label === 'string' && rule?.version === 1 && typeof rule.rule?.kind === 'string';
}

/** The parts of an address; what is malformed is no part. */
export function readParts(text: string | null): Labelled[] {
  try {
    const found: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(found) ? found.filter(isPart).slice(0, MOST_PARTS) : [];
  } catch {
    return [];
  }
}

export function writeParts(parts: Labelled[]): string | null {
  return parts.length > 0 ? JSON.stringify(parts.slice(0, MOST_PARTS)) : null;
}

/** The parts with some added; the same rule stands there once. */
export function withParts(parts: Labelled[], added: Labelled[]): Labelled[] {
  const seen = new Set(parts.map((one) => JSON.stringify(one.rule)));
  return [...parts, ...added.filter((one) => !seen.has(JSON.stringify(one.rule)))].slice(0, MOST_PARTS);
}
