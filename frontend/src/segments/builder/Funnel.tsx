import { useTranslation } from 'react-i18next';
import { NumberLink } from '../../ui/NumberLink';
import { Count, Share } from '../../ui/Numbers';
import type { RuleDocument } from '../types';
import { useBuilder } from './context';

/** How many are left after each condition of the root group. */
export function Funnel() {
  const { t } = useTranslation();
  const { rule, figures } = useBuilder();
  const { answer, byId, stale } = figures;
  const { root } = rule;
  const counted = rule.written.document.rule;
  const kept = 'children' in counted ? counted.children : [];
  const written = new Set(rule.written.ids.values());
  const shown = root.children.filter((child) => written.has(child.id));
  const most = answer?.universe ?? 0;
  const width = (count: number) => (most > 0 ? `${Math.max(count > 0 ? 0.5 : 0, (100 * count) / most)}%` : 0);
  /** The rule up to and with the n-th condition. */
  const upTo = (index: number): RuleDocument => ({ version: 1, rule: { kind: root.kind, children: kept.slice(0, index + 1) } });
  return (
    <div className={`ht-sg-funnel ${stale ? 'ht-sg-stale' : ''}`} aria-live="polite">
      <p className="ht-sg-total">
        {answer ? <NumberLink rule={rule.written.document} title={t('segments.funnel.result')} empty={answer.count === 0}><Count value={answer.count} /></NumberLink> : '–'}
        <span>{t('segments.people', { count: answer?.count ?? 0 })}</span>
      </p>
      <p className="ht-muted">{answer ? <>{t('segments.funnel.of')} <Count value={answer.universe} /> · <Share value={answer.share} /></> : ' '}</p>
      <ol>
        <li>
          <div><span>{t('segments.funnel.everyone')}</span><strong><Count value={answer?.universe} /></strong></div>
          <i className="ht-sg-bar"><b style={{ width: width(most) }} /></i>
        </li>
        {shown.map((child, index) => {
          const node = byId.get(child.id);
          return (
            <li key={child.id}>
              <div>
                <span title={node?.sentence}>{index === 0 && root.kind !== 'none' ? '' : `${t(`segments.kind.${root.kind}.word`)} `}{node?.sentence ?? '…'}</span>
                <strong>{node ? <NumberLink rule={upTo(index)} title={t('segments.funnel.after', { n: index + 1 })} empty={node.remaining === 0}><Count value={node.remaining} /></NumberLink> : '–'}</strong>
              </div>
              <i className="ht-sg-bar"><b style={{ width: width(node?.remaining ?? 0) }} /></i>
            </li>
          );
        })}
      </ol>
      {answer && <p className="ht-sg-foot"><span className="ht-num">{t('segments.funnel.asOf', { day: answer.as_of.slice(0, 10) })}</span> <span className="ht-num">{t('segments.funnel.took', { ms: Math.round(answer.took_ms) })}</span></p>}
    </div>
  );
}
