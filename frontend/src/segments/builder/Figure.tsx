import { NumberLink } from '../../ui/NumberLink';
import { Count, Share } from '../../ui/Numbers';
import { isBranch, toDocument, type Twig } from '../tree';
import type { RuleDocument } from '../types';
import { useBuilder } from './context';
import { isWhole } from '../defaults';

/** How many a node finds by itself, and its share of all members. */
export function Figure({ twig }: { twig: Twig }) {
  const { figures, catalogue } = useBuilder();
  const node = figures.byId.get(twig.id);
  const document: RuleDocument = isBranch(twig) ? toDocument(twig, (leaf) => isWhole(catalogue, leaf)).document : { version: 1, rule: twig.node };
  const muted = twig.off || (figures.wrong !== null && figures.wrong.id === twig.id);
  return (
    <span className={`ht-sg-figure ${figures.stale ? 'ht-sg-stale' : ''}`}>
      {node && !muted ? (
        <>
          <span className="ht-sg-figure-top">
            <NumberLink rule={document} title={node.sentence} empty={node.count === 0}><Count value={node.count} /></NumberLink>
            <small><Share value={node.share} /></small>
          </span>
          <i className="ht-sg-bar"><b style={{ width: `${Math.max(node.count > 0 ? 0.5 : 0, 100 * (node.share ?? 0))}%` }} /></i>
        </>
      ) : <span className="ht-sg-figure-top ht-muted">–</span>}
    </span>
  );
}
