import { ApartmentOutlined, HolderOutlined, PlusOutlined, WarningOutlined } from '@ant-design/icons';
import { Button, Segmented } from 'antd';
import type { ClipboardEvent, KeyboardEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { isWhole } from '../defaults';
import * as tree from '../tree';
import { GROUP_KINDS, isGroup, type GroupKind } from '../types';
import { readCopied, writeCopied } from './clipboard';
import { useBuilder } from './context';
import { LeafEditor } from './Editors';
import { Figure } from './Figure';
import { TwigMenu } from './TwigMenu';

const MOVES: Record<string, (root: tree.Branch, id: string) => tree.Branch> = { ArrowUp: tree.moveUp, ArrowDown: tree.moveDown, ArrowRight: tree.moveIn, ArrowLeft: tree.moveOut };

/** Where a twig is held: drag it, or move it by keys. */
function Grip({ twig, label }: { twig: tree.Twig; label: string }) {
  const { t } = useTranslation();
  const { rule, startDrag, focus } = useBuilder();
  const onKeyDown = (event: KeyboardEvent) => {
    const move = event.altKey ? MOVES[event.key] : undefined;
    if (move) {
      rule.edit((root) => move(root, twig.id));
      focus(twig.id);
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      const heir = tree.heirOf(rule.root, twig.id);
      rule.edit((root) => tree.remove(root, twig.id));
      if (heir) focus(heir);
    } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'd') {
      rule.edit((root) => tree.duplicate(root, twig.id));
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onCopy = (event: ClipboardEvent) => {
    writeCopied(twig);
    event.clipboardData.setData('text/plain', tree.toText(twig));
    event.preventDefault();
    event.stopPropagation();
  };
  const onPaste = (event: ClipboardEvent) => {
    const found = tree.fromText(event.clipboardData.getData('text/plain')) ?? readCopied();
    if (!found) return;
    event.preventDefault();
    event.stopPropagation();
    rule.edit((root) => {
      const place = tree.placeOf(root, twig.id);
      return place ? tree.insert(root, place.parent.id, place.index + 1, found) : root;
    });
    focus(found.id);
  };
  return (
    <button type="button" className="ht-sg-grip" aria-label={t('segments.builder.grip', { name: label })} aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown Alt+ArrowLeft Alt+ArrowRight Delete" title={t('segments.builder.gripHelp')} onPointerDown={(event) => startDrag(event, twig.id)} onKeyDown={onKeyDown} onCopy={onCopy} onPaste={onPaste}>
      <HolderOutlined />
    </button>
  );
}

/** What the server said about a node, where it stands. */
function Wrong({ twig }: { twig: tree.Twig }) {
  const { figures } = useBuilder();
  if (!figures.wrong || figures.wrong.id !== twig.id) return null;
  return <p className="ht-sg-wrong" role="alert"><WarningOutlined /> <b>{figures.wrong.message}</b> {figures.wrong.remedy}</p>;
}

function DropLine() {
  return <li className="ht-sg-drop" aria-hidden="true" />;
}

function classes(...names: (string | false)[]): string {
  return names.filter(Boolean).join(' ');
}

function Condition({ twig }: { twig: tree.Leaf }) {
  const { t } = useTranslation();
  const { rule, catalogue, figures, dragged, pick } = useBuilder();
  const label = figures.byId.get(twig.id)?.sentence ?? t('segments.builder.condition');
  const whole = isWhole(catalogue, twig.node);
  const replace = () =>
    pick({
      onPick: (node) => rule.edit((root) => tree.update(root, twig.id, (found) => (isGroup(node) ? { ...tree.fromNode(node), id: found.id } : { id: found.id, kind: 'leaf', node, off: found.off }))),
    });
  return (
    <li data-twig={twig.id} className={classes('ht-sg-line', twig.off && 'ht-sg-off', dragged === twig.id && 'ht-sg-lifted', figures.wrong?.id === twig.id && 'ht-sg-bad')}>
      <Grip twig={twig} label={label} />
      <div className="ht-sg-what">
        <LeafEditor node={twig.node} onChange={(node) => rule.edit((root) => tree.setNode(root, twig.id, node), `node:${twig.id}`)} onReplace={replace} />
        {twig.off && <button type="button" className="ht-sg-note" onClick={() => rule.edit((root) => tree.toggle(root, twig.id))}>{t('segments.builder.isOff')}</button>}
        {!twig.off && !whole && <span className="ht-sg-note">{t('segments.builder.unfinished')}</span>}
        <Wrong twig={twig} />
      </div>
      <Figure twig={twig} />
      <TwigMenu twig={twig} label={label} />
    </li>
  );
}

/** A group as a card: how its members are joined, then one line each, then what can be added. */
export function Group({ twig, root = false }: { twig: tree.Branch; root?: boolean }) {
  const { t } = useTranslation();
  const { rule, catalogue, figures, dragged, drop, pick, focus } = useBuilder();
  const add = (at: number) =>
    pick({
      onPick: (node) => {
        const made = tree.fromNode(node);
        // A template of "all of …" joins a group of the same kind without a frame of its own.
        const parts = tree.isBranch(made) && made.kind === twig.kind && made.kind !== 'none' ? made.children : [made];
        rule.edit((now) => parts.reduce<tree.Branch>((sum, part, index) => tree.insert(sum, twig.id, at + index, part), now));
        if (parts[0]) focus(parts[0].id);
      },
    });
  const addGroup = () => {
    const made = tree.branch(twig.kind === 'any' ? 'all' : 'any');
    rule.edit((now) => tree.insert(now, twig.id, twig.children.length, made));
    pick({
      onPick: (node) => {
        const first = tree.fromNode(node);
        rule.edit((now) => tree.insert(now, made.id, 0, first));
        focus(first.id);
      },
    });
  };
  const full = tree.twigs(rule.root).length >= catalogue.limits.nodes;
  const deep = tree.levelOf(rule.root, twig.id) + 2 >= catalogue.limits.depth;
  const label = figures.byId.get(twig.id)?.sentence ?? t(`segments.kind.${twig.kind}.long`);
  const here = drop?.parent === twig.id ? drop.index : null;
  const items: ReactNode[] = twig.children.flatMap((child, index) => [
    ...(here === index ? [<DropLine key="drop" />] : []),
    tree.isBranch(child) ? <li key={child.id} data-twig={child.id} className={classes('ht-sg-nested', dragged === child.id && 'ht-sg-lifted')}><Group twig={child} /></li> : <Condition key={child.id} twig={child} />,
  ]);
  if (here === twig.children.length) items.push(<DropLine key="drop" />);
  return (
    <section data-group={twig.id} className={classes('ht-sg-group', `ht-sg-${twig.kind}`, root && 'ht-sg-root', twig.off && 'ht-sg-off', here !== null && 'ht-sg-over')} aria-label={label}>
      <header className="ht-sg-group-head">
        {!root && <Grip twig={twig} label={label} />}
        <Segmented<GroupKind>
          size="small"
          aria-label={t('segments.builder.join')}
          value={twig.kind}
          options={GROUP_KINDS.map((kind) => ({ value: kind, label: <span title={t(`segments.kind.${kind}.long`)}>{t(`segments.kind.${kind}.short`)}</span> }))}
          onChange={(kind) => rule.edit((now) => tree.setKind(now, twig.id, kind))}
        />
        <span className="ht-sg-group-long">{t(`segments.kind.${twig.kind}.long`)}</span>
        {twig.off && <button type="button" className="ht-sg-note" onClick={() => rule.edit((now) => tree.toggle(now, twig.id))}>{t('segments.builder.isOff')}</button>}
        <Figure twig={twig} />
        <TwigMenu twig={twig} label={label} />
      </header>
      <Wrong twig={twig} />
      <ul data-children="" className="ht-sg-children">{items}</ul>
      {!root && twig.children.length === 0 && <p className="ht-sg-hollow">{t('segments.builder.emptyGroup')}</p>}
      <footer className="ht-sg-add">
        <Button size="small" type={root && twig.children.length === 0 ? 'primary' : 'text'} icon={<PlusOutlined />} disabled={full} onClick={() => add(twig.children.length)}>{t('segments.builder.add')}</Button>
        <Button size="small" type="text" icon={<ApartmentOutlined />} disabled={full || deep} onClick={addGroup}>{t('segments.builder.addGroup')}</Button>
      </footer>
    </section>
  );
}
