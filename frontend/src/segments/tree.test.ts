import { describe, expect, it } from 'vitest';
import { branch, canUnwrap, copyOf, depth, duplicate, fromDocument, fromText, heirOf, idAt, insert, leaf, leaves, move, moveDown, moveIn, moveOut, moveUp, remove, setKind, toDocument, toggle, toText, unwrap, wrap, type Branch, type Twig } from './tree';
import type { LeafNode, RuleDocument } from './types';

const tag = (id: string): LeafNode => ({ kind: 'tag', operator: 'any_of', tags: [id] });

/** A tree by letters: `a (any b c) d`. */
function shape(twig: Twig): string {
  if (twig.kind === 'leaf') return (twig.node as { tags: string[] }).tags.join();
  return `(${[twig.kind, ...twig.children.map(shape)].join(' ')})`;
}
const inside = (root: Branch) => shape(root).slice(1, -1);
const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((one) => leaf(tag(one))) as [Twig, Twig, Twig, Twig];
const group = branch('any', [b, c]);
const root = branch('all', [a, group, d]);

describe('a document and its tree', () => {
  const document: RuleDocument = { version: 1, rule: { kind: 'all', children: [tag('a'), { kind: 'none', children: [tag('b')] }] } };
  it('goes there and back', () => expect(toDocument(fromDocument(document)).document).toEqual(document));
  it('puts a group around a single condition', () => expect(shape(fromDocument({ version: 1, rule: tag('a') }))).toBe('(all a)'));
  it('knows which twig stands at a path', () => {
    const { ids } = toDocument(root);
    expect(ids.get('/rule/children/1/children/0')).toBe(b.id);
    expect(idAt(ids, '/rule/children/1/children/0/value')).toBe(b.id);
    expect(idAt(ids, '/elsewhere')).toBe(root.id);
  });
  it('leaves out what is off, not whole, or empty by that, and numbers the rest', () => {
    const tree = toggle(root, a.id);
    const { document: written, ids } = toDocument(tree, (node) => node.kind === 'tag' && !['b', 'c'].includes(node.tags[0]!));
    expect(written.rule).toEqual({ kind: 'all', children: [tag('d')] });
    expect(ids.get('/rule/children/0')).toBe(d.id);
  });
  it('goes through the clipboard', () => {
    expect(shape(fromText(toText(group))!)).toBe('(any b c)');
    expect(fromText('hello')).toBeNull();
    expect(fromText('{"version":1,"rule":{"kind":"all","children":[{"kind":"nothing"}]}}')).toBeNull();
  });
});

describe('moving', () => {
  it('up and down inside a group', () => {
    expect(inside(moveUp(root, d.id))).toBe('all a d (any b c)');
    expect(inside(moveDown(root, a.id))).toBe('all (any b c) a d');
  });
  it('out of a group at its ends', () => {
    expect(inside(moveUp(root, b.id))).toBe('all a b (any c) d');
    expect(inside(moveDown(root, c.id))).toBe('all a (any b) c d');
  });
  it('stays at the ends of the root', () => {
    expect(moveUp(root, a.id)).toBe(root);
    expect(moveDown(root, d.id)).toBe(root);
  });
  it('into the group beside and out again', () => {
    expect(inside(moveIn(root, a.id))).toBe('all (any a b c) d');
    expect(inside(moveIn(root, d.id))).toBe('all a (any b c d)');
    expect(inside(moveOut(root, b.id))).toBe('all a (any c) b d');
  });
  it('to any place, but never into itself', () => {
    expect(inside(move(root, d.id, group.id, 1))).toBe('all a (any b d c)');
    expect(inside(move(root, a.id, root.id, 3))).toBe('all (any b c) d a');
    expect(move(root, group.id, group.id, 0)).toBe(root);
    expect(move(root, a.id, root.id, 1)).toBe(root);
  });
});

describe('editing', () => {
  it('removes, inserts, duplicates', () => {
    expect(inside(remove(root, group.id))).toBe('all a d');
    expect(inside(insert(root, group.id, 0, leaf(tag('x'))))).toBe('all a (any x b c) d');
    const twice = duplicate(root, group.id);
    expect(inside(twice)).toBe('all a (any b c) (any b c) d');
    expect(new Set(leaves(twice).map((one) => one.id)).size).toBe(6);
  });
  it('passes the focus on when one goes', () => {
    expect([a, group, d, b, c].map((one) => heirOf(root, one.id))).toEqual([group.id, d.id, group.id, c.id, b.id]);
    expect(heirOf(remove(root, c.id), b.id)).toBe(group.id);
    expect(heirOf(root, root.id)).toBeNull();
  });
  it('keeps what did not change', () => {
    const changed = setKind(root, group.id, 'none');
    expect(changed.children[0]).toBe(a);
    expect(setKind(root, 'nobody', 'any')).toBe(root);
  });
  it('wraps and unwraps', () => {
    const wrapped = wrap(root, a.id, 'none');
    expect(inside(wrapped)).toBe('all (none a) (any b c) d');
    expect(inside(unwrap(root, group.id))).toBe('all a b c d');
  });
  it('offers to unwrap only where the meaning stays', () => {
    expect(canUnwrap(root, group.id)).toBe(false);
    expect(canUnwrap(setKind(root, group.id, 'all'), group.id)).toBe(true);
    expect(canUnwrap(setKind(root, root.id, 'none'), group.id)).toBe(true);
    expect(canUnwrap(setKind(setKind(root, root.id, 'none'), group.id, 'none'), group.id)).toBe(false);
    expect(canUnwrap(remove(root, c.id), group.id)).toBe(true);
  });
  it('gives copies new identities', () => expect(copyOf(group).id).not.toBe(group.id));
  it('measures depth', () => expect(depth(root)).toBe(3));
});
