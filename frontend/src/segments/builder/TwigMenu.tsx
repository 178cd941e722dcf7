import { EllipsisOutlined } from '@ant-design/icons';
import { Button, Dropdown, type MenuProps } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import * as tree from '../tree';
import { GROUP_KINDS } from '../types';
import { readCopied, writeCopied } from './clipboard';
import { useBuilder } from './context';

/** Every verb of a condition or group, for those who do not drag. */
export function TwigMenu({ twig, label }: { twig: tree.Twig; label: string }) {
  const { t } = useTranslation();
  const { rule, catalogue, focus } = useBuilder();
  const [copied, setCopied] = useState<tree.Twig | null>(null);
  const { root } = rule;
  const place = tree.placeOf(root, twig.id);
  const level = tree.levelOf(root, twig.id);
  const deepest = catalogue.limits.depth - tree.depth(twig) - 1;
  const move = (change: (root: tree.Branch, id: string) => tree.Branch) => () => {
    rule.edit((now) => change(now, twig.id));
    focus(twig.id);
  };
  const inGroup = place !== null && place.parent.id !== root.id;
  const first = place === null || (place.index === 0 && !inGroup);
  const last = place === null || (place.index === place.parent.children.length - 1 && !inGroup);
  const paste = () => {
    if (!copied) return;
    const made = tree.copyOf(copied);
    rule.edit((now) => (place ? tree.insert(now, place.parent.id, place.index + 1, made) : tree.insert(now, now.id, now.children.length, made)));
    focus(made.id);
  };
  const own: MenuProps['items'] = place ? [
    { key: 'duplicate', label: t('segments.menu.duplicate'), extra: 'Ctrl D', onClick: move(tree.duplicate) },
    { key: 'copy', label: t('segments.menu.copy'), extra: 'Ctrl C', onClick: () => writeCopied(twig) },
    { key: 'paste', label: t('segments.menu.paste'), extra: 'Ctrl V', disabled: !copied, onClick: paste },
    { key: 'off', label: twig.off ? t('segments.menu.on') : t('segments.menu.off'), onClick: move(tree.toggle) },
    { type: 'divider' },
    { key: 'up', label: t('segments.menu.up'), extra: 'Alt ↑', disabled: first, onClick: move(tree.moveUp) },
    { key: 'down', label: t('segments.menu.down'), extra: 'Alt ↓', disabled: last, onClick: move(tree.moveDown) },
    { key: 'in', label: t('segments.menu.in'), extra: 'Alt →', disabled: !tree.neighbour(root, twig.id), onClick: move(tree.moveIn) },
    { key: 'out', label: t('segments.menu.out'), extra: 'Alt ←', disabled: !inGroup, onClick: move(tree.moveOut) },
    {
      key: 'wrap',
      label: t('segments.menu.wrap'),
      disabled: level > deepest,
      children: GROUP_KINDS.map((kind) => ({ key: `wrap-${kind}`, label: t(`segments.kind.${kind}.long`), onClick: move((now, id) => tree.wrap(now, id, kind)) })),
    },
    ...(tree.isBranch(twig) ? [{ key: 'unwrap', label: t('segments.menu.unwrap'), disabled: !tree.canUnwrap(root, twig.id), onClick: () => rule.edit((now) => tree.unwrap(now, twig.id)) }] : []),
    { type: 'divider' },
    { key: 'remove', danger: true, label: t('segments.menu.remove'), extra: 'Del', onClick: () => rule.edit((now) => tree.remove(now, twig.id)) },
  ] : [
    { key: 'copy', label: t('segments.menu.copyAll'), onClick: () => writeCopied(twig) },
    { key: 'paste', label: t('segments.menu.pasteInto'), disabled: !copied, onClick: paste },
    { type: 'divider' },
    { key: 'clear', danger: true, label: t('segments.menu.clear'), disabled: root.children.length === 0, onClick: () => rule.edit((now) => ({ ...now, children: [] })) },
  ];
  return (
    <Dropdown trigger={['click']} placement="bottomRight" menu={{ items: own }} onOpenChange={(open) => open && setCopied(readCopied())}>
      <Button type="text" size="small" className="ht-sg-more" icon={<EllipsisOutlined />} aria-label={t('segments.menu.open', { name: label })} />
    </Dropdown>
  );
}
