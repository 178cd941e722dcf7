import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { share } from '../ui/format';
import { NumberLink } from '../ui/NumberLink';
import { Count } from '../ui/Numbers';
import { Page } from '../ui/Page';
import { EmptyState, Loaded } from '../ui/States';
import { useUrl } from '../ui/url';
import { useOverlap, type Overlap } from './api';
import { SegmentSelect } from './Combine';
import './segments.css';
import type { RuleDocument } from './types';

const MOST = 12;

/** How many members each two segments share. */
export default function OverlapMatrix() {
  const { t } = useTranslation();
  const [params, set] = useUrl();
  const ids = (params.get('ids') ?? '').split(',').filter((id) => /^\d+$/.test(id)).slice(0, MOST);
  const overlap = useOverlap(ids);
  return (
    <Page title={t('segments.overlap.title')} lead={t('segments.overlap.lead')} back={<Link to="/segments" className="ht-back">{t('segments.page.back')}</Link>}>
      <div className="ht-sg-choose"><SegmentSelect label={t('segments.overlap.upTo')} most={MOST} value={ids} onChange={(next) => set({ ids: next.join(',') || null })} /></div>
      {ids.length < 2 ? <EmptyState title={t('segments.overlap.upTo')}>{t('segments.overlap.example')}</EmptyState> : (
        <div className={overlap.isPlaceholderData ? 'ht-stale' : ''}><Loaded query={overlap} rows={6}>{(found) => <Matrix found={found} />}</Loaded></div>
      )}
    </Page>
  );
}

const both = (a: string, b: string): RuleDocument => ({ version: 1, rule: { kind: 'all', children: [{ kind: 'segment', segment: a }, { kind: 'segment', segment: b }] } });

function Matrix({ found }: { found: Overlap }) {
  const { t } = useTranslation();
  const { segments, cells } = found;
  return (
    <>
      <p className="ht-muted">{t('segments.overlap.read')}</p>
      <div className="ht-scroll">
        <table className="ht-sg-matrix">
          <thead><tr><td />{segments.map((one, index) => <th key={one.id} scope="col"><span>{index + 1}</span> {one.name}</th>)}</tr></thead>
          <tbody>
            {segments.map((row, at) => (
              <tr key={row.id}>
                <th scope="row"><span>{at + 1}</span> <Link to={`/segments/${row.id}`}>{row.name}</Link></th>
                {segments.map((column, index) => {
                  const count = cells[at]?.[index] ?? 0;
                  const part = row.size > 0 ? count / row.size : 0;
                  const own = at === index;
                  return (
                    <td key={column.id} className={own ? 'ht-sg-own' : ''} style={own ? undefined : { background: `color-mix(in srgb, var(--ht-info) ${Math.round(part * 45)}%, transparent)` }}>
                      {own
                        ? <NumberLink segment={row.id} title={row.name} empty={count === 0}><Count value={count} /></NumberLink>
                        : <NumberLink rule={both(row.id, column.id)} title={t('segments.overlap.of', { a: row.name, b: column.name })} empty={count === 0}><Count value={count} /></NumberLink>}
                      {!own && <small className="ht-num">{share(row.size > 0 ? part : null)}</small>}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
