import { RedoOutlined, UndoOutlined } from '@ant-design/icons';
import { Button, Skeleton } from 'antd';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorState } from '../../ui/States';
import { useTagLabels, type Scoped } from '../api';
import * as tree from '../tree';
import type { Catalogue } from '../types';
import '../segments.css';
import { BuilderContext, type Builder, type Picking } from './context';
import { Funnel } from './Funnel';
import { Palette } from './Palette';
import { Starters } from './Starters';
import { Group } from './Twigs';
import { useDrag } from './useDrag';
import { useFigures } from './useFigures';
import type { Rule } from './useRule';

interface RuleBuilderProps {
  rule: Rule;
  catalogue: Catalogue;
  /** What the question is asked of; kept stable by the caller. */
  scope?: Scoped;
  /** The saved segment that is edited: it must not name itself. */
  self?: string | null;
}

const NOWHERE: Scoped = {};

/**
 * Builds a rule: the plain sentence on top, groups as cards, each condition one line with its own count, the funnel at
 * the right. The screen holds the rule (`useRule`) and saves `rule.written.document`.
 */
export function RuleBuilder({ rule, catalogue, scope = NOWHERE, self = null }: RuleBuilderProps) {
  const { t } = useTranslation();
  const tags = useTagLabels();
  const figures = useFigures(rule.written, scope);
  const box = useRef<HTMLDivElement>(null);
  const [picking, setPicking] = useState<Picking | null>(null);
  const [wanted, setWanted] = useState<string | null>(null);
  const { edit } = rule;
  const drag = useDrag(box, (id, drop) => {
    edit((root) => tree.move(root, id, drop.parent, drop.index));
    setWanted(id);
  });

  // Focus follows a twig that was moved or made, once it stands at its new place.
  useEffect(() => {
    if (wanted === null) return undefined;
    const frame = requestAnimationFrame(() => {
      const grip = box.current?.querySelector<HTMLElement>(`[data-twig="${wanted}"] .ht-sg-grip`);
      (grip ?? box.current?.querySelector<HTMLElement>('.ht-sg-add button'))?.focus();
      setWanted(null);
    });
    return () => cancelAnimationFrame(frame);
  }, [wanted]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== 'z') return;
      const { target } = event;
      // While a text is being typed, undo is the field's own.
      if (target instanceof HTMLElement && /^(INPUT|TEXTAREA)$/.test(target.tagName) && (target as HTMLInputElement).value !== '') return;
      if (target instanceof HTMLElement && target.closest('.ant-modal')) return;
      const act = event.shiftKey ? rule.redo : rule.undo;
      if (!act) return;
      event.preventDefault();
      act();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [rule.undo, rule.redo]);

  const focus = useCallback((id: string) => setWanted(id), []);
  const builder: Builder = { rule, catalogue, tags: tags.data ?? [], figures, self, pick: setPicking, focus, startDrag: drag.start, dragged: drag.dragging?.id ?? null, drop: drag.dragging?.drop ?? null };
  const empty = rule.conditions === 0 && rule.root.children.length === 0;
  return (
    <BuilderContext value={builder}>
      <div className="ht-sg-builder" ref={box}>
        <div className="ht-sg-top">
          <p className={`ht-sg-sentence ${figures.stale ? 'ht-sg-stale' : ''}`} aria-live="polite">{empty ? t('segments.builder.everyone') : (figures.answer?.sentence ?? '…')}</p>
          <div className="ht-sg-tools">
            <Button size="small" type="text" icon={<UndoOutlined />} disabled={!rule.undo} title="Ctrl Z" onClick={() => rule.undo?.()}>{t('ui.undo')}</Button>
            <Button size="small" type="text" icon={<RedoOutlined />} disabled={!rule.redo} title="Ctrl Shift Z" onClick={() => rule.redo?.()}>{t('segments.builder.redo')}</Button>
          </div>
        </div>
        <div className="ht-sg-main">
          <div className="ht-sg-rule">
            {figures.error ? <ErrorState error={figures.error} onRetry={figures.retry} /> : null}
            {figures.wrong && figures.wrong.id === null && <ErrorState error={new Error(figures.wrong.message)} />}
            <Group twig={rule.root} root />
            {empty && <Starters />}
            {(rule.unfinished > 0 || rule.off > 0) && (
              <p className="ht-sg-left-out">
                {[rule.unfinished > 0 ? t('segments.builder.leftUnfinished', { count: rule.unfinished }) : '', rule.off > 0 ? t('segments.builder.leftOff', { count: rule.off }) : ''].filter(Boolean).join(' ')}
              </p>
            )}
          </div>
          <aside className="ht-sg-side"><Funnel /></aside>
        </div>
        {drag.dragging && <div className="ht-sg-ghost" style={{ transform: `translate(${drag.dragging.x + 12}px, ${drag.dragging.y + 8}px)` }}>{figures.byId.get(drag.dragging.id)?.sentence ?? t('segments.builder.condition')}</div>}
        {picking && <Palette picking={picking} onClose={() => setPicking(null)} />}
      </div>
    </BuilderContext>
  );
}

/** While the catalogue is on its way. */
export function BuilderSkeleton() {
  return <Skeleton active title={false} paragraph={{ rows: 8 }} />;
}
