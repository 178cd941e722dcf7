/** A rule while it is drawn: groups and conditions with a lasting identity. Pure; every edit gives a new tree. */

import { isGroup, type GroupKind, type LeafNode, type RuleDocument, type RuleNode } from './types';

export interface Branch {
  id: string;
  kind: GroupKind;
  children: Twig[];
  /** Kept on the screen, left out of the rule. */
  off: boolean;
}

export interface Leaf {
  id: string;
  kind: 'leaf';
  node: LeafNode;
  off: boolean;
}

export type Twig = Branch | Leaf;

let lastId = 0;
const newId = () => {
  lastId += 1;
  return `n${lastId}`;
};

export function isBranch(twig: Twig): twig is Branch {
  return twig.kind !== 'leaf';
}

export function leaf(node: LeafNode): Leaf {
  return { id: newId(), kind: 'leaf', node, off: false };
}

export function branch(kind: GroupKind, children: Twig[] = []): Branch {
  return { id: newId(), kind, children, off: false };
}

export function fromNode(node: RuleNode): Twig {
  return isGroup(node) ? branch(node.kind, node.children.map(fromNode)) : leaf(node);
}

/** The tree of a document; a rule of one condition gets a group around it. */
export function fromDocument(document: RuleDocument | null): Branch {
  if (!document) return branch('all');
  const twig = fromNode(document.rule);
  return isBranch(twig) ? twig : branch('all', [twig]);
}

export interface Written {
  document: RuleDocument;
  /** Which twig stands at which path of the document. */
  ids: Map<string, string>;
}

/**
 * The document of a tree. What is switched off, what `isWhole` refuses (values still missing) and groups with
 * nothing in them are left out, so that the rest can be counted meanwhile.
 */
export function toDocument(root: Branch, isWhole: (node: LeafNode) => boolean = () => true): Written {
  const ids = new Map<string, string>();
  const counts = (twig: Twig): boolean => !twig.off && (isBranch(twig) ? twig.children.some(counts) : isWhole(twig.node));
  const write = (twig: Twig, path: string): RuleNode => {
    ids.set(path, twig.id);
    if (!isBranch(twig)) return twig.node;
    return { kind: twig.kind, children: twig.children.filter(counts).map((child, index) => write(child, `${path}/children/${index}`)) };
  };
  return { document: { version: 1, rule: write(root, '/rule') }, ids };
}

/** The twig that an error's path speaks of: the deepest node that contains it. */
export function idAt(ids: Map<string, string>, path: string): string | null {
  for (let at = path; at.length > 0; at = at.slice(0, at.lastIndexOf('/'))) {
    const found = ids.get(at);
    if (found) return found;
  }
  return ids.get('/rule') ?? null;
}

export function find(root: Twig, id: string): Twig | null {
  if (root.id === id) return root;
  if (!isBranch(root)) return null;
  for (const child of root.children) {
    const found = find(child, id);
    if (found) return found;
  }
  return null;
}

export interface Place {
  parent: Branch;
  index: number;
}

/** Where a twig stands; null for the root. */
export function placeOf(root: Branch, id: string): Place | null {
  const index = root.children.findIndex((child) => child.id === id);
  if (index >= 0) return { parent: root, index };
  for (const child of root.children) {
    const found = isBranch(child) ? placeOf(child, id) : null;
    if (found) return found;
  }
  return null;
}

/** The tree with one twig changed; the same tree when nothing changed. */
export function update(root: Branch, id: string, change: (twig: Twig) => Twig): Branch {
  const walk = (twig: Twig): Twig => {
    if (twig.id === id) return change(twig);
    if (!isBranch(twig)) return twig;
    const children = twig.children.map(walk);
    return children.every((child, index) => child === twig.children[index]) ? twig : { ...twig, children };
  };
  return walk(root) as Branch;
}

export function setNode(root: Branch, id: string, node: LeafNode): Branch {
  return update(root, id, (twig) => (isBranch(twig) ? twig : { ...twig, node }));
}

export function setKind(root: Branch, id: string, kind: GroupKind): Branch {
  return update(root, id, (twig) => (isBranch(twig) ? { ...twig, kind } : twig));
}

export function toggle(root: Branch, id: string): Branch {
  return id === root.id ? root : update(root, id, (twig) => ({ ...twig, off: !twig.off }));
}

export function insert(root: Branch, parent: string, index: number, twig: Twig): Branch {
  return update(root, parent, (found) => (isBranch(found) ? { ...found, children: found.children.toSpliced(index, 0, twig) } : found));
}

export function remove(root: Branch, id: string): Branch {
  const place = placeOf(root, id);
  return place ? update(root, place.parent.id, (found) => (isBranch(found) ? { ...found, children: found.children.toSpliced(place.index, 1) } : found)) : root;
}

/** Who gets the focus when a twig goes: the next in its group, else the one before, else the group. */
export function heirOf(root: Branch, id: string): string | null {
  const place = placeOf(root, id);
  if (!place) return null;
  const { parent, index } = place;
  return (parent.children[index + 1] ?? parent.children[index - 1] ?? parent).id;
}

/** Move a twig before the `index`-th child (as they stand now) of a group; never into itself. */
export function move(root: Branch, id: string, parent: string, index: number): Branch {
  const place = placeOf(root, id);
  const twig = find(root, id);
  if (!place || !twig || find(twig, parent)) return root;
  const same = place.parent.id === parent;
  if (same && (index === place.index || index === place.index + 1)) return root;
  return insert(remove(root, id), parent, same && index > place.index ? index - 1 : index, twig);
}

/** One up; at the top of its group, out of it. */
export function moveUp(root: Branch, id: string): Branch {
  const place = placeOf(root, id);
  if (!place) return root;
  if (place.index > 0) return move(root, id, place.parent.id, place.index - 1);
  const outer = placeOf(root, place.parent.id);
  return outer ? move(root, id, outer.parent.id, outer.index) : root;
}

/** One down; at the end of its group, out of it. */
export function moveDown(root: Branch, id: string): Branch {
  const place = placeOf(root, id);
  if (!place) return root;
  if (place.index < place.parent.children.length - 1) return move(root, id, place.parent.id, place.index + 2);
  const outer = placeOf(root, place.parent.id);
  return outer ? move(root, id, outer.parent.id, outer.index + 1) : root;
}

/** The group beside a twig that it can be moved into: the one above, else the one below. */
export function neighbour(root: Branch, id: string): Branch | null {
  const place = placeOf(root, id);
  const beside = place && [place.parent.children[place.index - 1], place.parent.children[place.index + 1]];
  return beside?.find((twig): twig is Branch => twig !== undefined && isBranch(twig)) ?? null;
}

export function moveIn(root: Branch, id: string): Branch {
  const place = placeOf(root, id);
  const group = neighbour(root, id);
  if (!place || !group) return root;
  const above = place.parent.children[place.index - 1]?.id === group.id;
  return move(root, id, group.id, above ? group.children.length : 0);
}

/** Out of its group, to stand right after it. */
export function moveOut(root: Branch, id: string): Branch {
  const place = placeOf(root, id);
  const outer = place && placeOf(root, place.parent.id);
  return outer ? move(root, id, outer.parent.id, outer.index + 1) : root;
}

/** The same again under new identities. */
export function copyOf(twig: Twig): Twig {
  return isBranch(twig) ? { ...twig, id: newId(), children: twig.children.map(copyOf) } : { ...twig, id: newId() };
}

export function duplicate(root: Branch, id: string): Branch {
  const place = placeOf(root, id);
  const twig = find(root, id);
  return place && twig ? insert(root, place.parent.id, place.index + 1, copyOf(twig)) : root;
}

/** A group made around one twig. */
export function wrap(root: Branch, id: string, kind: GroupKind): Branch {
  const place = placeOf(root, id);
  const twig = find(root, id);
  if (!place || !twig) return root;
  return insert(remove(root, id), place.parent.id, place.index, branch(kind, [twig]));
}

/** A group's members in its place. */
export function unwrap(root: Branch, id: string): Branch {
  const place = placeOf(root, id);
  const twig = find(root, id);
  if (!place || !twig || !isBranch(twig)) return root;
  return update(root, place.parent.id, (found) => (isBranch(found) ? { ...found, children: found.children.toSpliced(place.index, 1, ...twig.children) } : found));
}

/** Whether taking a group's frame away keeps the meaning. */
export function canUnwrap(root: Branch, id: string): boolean {
  const place = placeOf(root, id);
  const twig = find(root, id);
  if (!place || !twig || !isBranch(twig)) return false;
  const outer = place.parent.kind;
  if (twig.kind === 'none' || twig.children.length === 0) return false;
  return twig.kind === outer || twig.children.length === 1 || (outer === 'none' && twig.kind === 'any');
}

/** All twigs, the root first. */
export function twigs(root: Twig): Twig[] {
  return isBranch(root) ? [root, ...root.children.flatMap(twigs)] : [root];
}

export function leaves(root: Twig): Leaf[] {
  return twigs(root).filter((twig): twig is Leaf => !isBranch(twig));
}

export function depth(root: Twig): number {
  return isBranch(root) ? 1 + Math.max(0, ...root.children.map(depth)) : 1;
}

/** How deep a twig stands; the root's children are at 1. */
export function levelOf(root: Branch, id: string): number {
  const place = placeOf(root, id);
  return place ? 1 + levelOf(root, place.parent.id) : 0;
}

/** A twig as text for the clipboard, and back; null when the text is no part of a rule. */
export function toText(twig: Twig): string {
  const node = isBranch(twig) ? toDocument(twig).document.rule : twig.node;
  return JSON.stringify({ version: 1, rule: node });
}

const KINDS = new Set(['all', 'any', 'none', 'profile', 'trades', 'events', 'sequence', 'interval', 'rank', 'cell', 'tag', 'sample', 'segment']);

function isNode(value: unknown): value is RuleNode {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, children } = value as { kind?: unknown; children?: unknown };
  if (typeof kind !== 'string' || !KINDS.has(kind)) return false;
  return !['all', 'any', 'none'].includes(kind) || (Array.isArray(children) && children.every(isNode));
}

export function fromText(text: string): Twig | null {
  try {
    const found = JSON.parse(text) as { version?: unknown; rule?: unknown };
    return found.version === 1 && isNode(found.rule) ? fromNode(found.rule) : null;
  } catch {
    return null;
  }
}
