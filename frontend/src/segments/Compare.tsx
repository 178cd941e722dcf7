import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { NumberLink } from '../ui/NumberLink';
import { Count, Money, Share } from '../ui/Numbers';
import { Page, Section } from '../ui/Page';
import { EmptyState, Loaded } from '../ui/States';
import { useUrl } from '../ui/url';
import { useCompared, useSegments, type Compared } from './api';
import { SegmentSelect } from './Combine';
import { SaveRule } from './People';
import './segments.css';

const PARTS = ['a_only', 'both', 'b_only'] as const;

/** Two segments side by side: whom they share, and in what they differ. */
export default function Compare() {
  const { t } = useTranslation();
  const [params, set] = useUrl();
  const [a, b] = [params.get('a') ?? '', params.get('b') ?? ''];
  const names = useSegments({ size: 200, sort: 'name' });
  const nameOf = (id: string) => names.data?.items.find((one) => one.id === id)?.name ?? `#${id}`;
  const compared = useCompared(a, b);
  return (
    <Page title={t('segments.compare.title')} lead={t('segments.compare.lead')} back={<Link to="/segments" className="ht-back">{t('segments.page.back')}</Link>}>
      <div className="ht-sg-two">
        <label><span>A</span><SegmentSelect single label="A" value={a ? [a] : []} onChange={([id]) => set({ a: id })} /></label>
        <label><span>B</span><SegmentSelect single label="B" value={b ? [b] : []} onChange={([id]) => set({ b: id })} /></label>
      </div>
      {!a || !b || a === b
        ? <EmptyState title={a && a === b ? t('segments.compare.same') : t('segments.compare.two')}>{t('segments.compare.example')}</EmptyState>
        : <Loaded query={compared} rows={8}>{(found) => <Result found={found} a={nameOf(a)} b={nameOf(b)} />}</Loaded>}
    </Page>
  );
}

function Result({ found, a, b }: { found: Compared; a: string; b: string }) {
  const { t } = useTranslation();
  const union = found.a_only + found.both + found.b_only;
  const title = { a_only: t('segments.compare.onlyA', { a }), both: t('segments.compare.both'), b_only: t('segments.compare.onlyB', { b }) };
  const width = (count: number) => (union > 0 ? `${(100 * count) / union}%` : 0);
  return (
    <>
      <Section title={t('segments.compare.shared')} sentence={t('segments.compare.sentence', { a, b, share: union > 0 ? `${((100 * found.both) / union).toFixed(1)}%` : '–' })}>
        <div className="ht-sg-venn" aria-hidden="true">{PARTS.map((part) => <i key={part} className={`ht-sg-${part}`} style={{ width: width(found[part]) }} />)}</div>
        <dl className="ht-sg-parts">
          {PARTS.map((part) => (
            <div key={part} className={`ht-sg-part-${part}`}>
              <dt>{title[part]}</dt>
              <dd>
                <strong><NumberLink rule={found.rules[part]} title={title[part]} empty={found[part] === 0}><Count value={found[part]} /></NumberLink></strong>
                <small><Share value={union > 0 ? found[part] / union : null} /></small>
                {found[part] > 0 && <SaveRule rule={found.rules[part]} name={title[part]} />}
              </dd>
            </div>
          ))}
        </dl>
      </Section>
      <Section title={t('segments.compare.measures')}>
        <div className="ht-scroll">
          <table className="ht-lines ht-sg-measures">
            <thead><tr><th scope="col">{t('segments.compare.measure')}</th><th scope="col">A · {a}</th><th scope="col">{t('segments.compare.both')}</th><th scope="col">B · {b}</th></tr></thead>
            <tbody>{found.measures.map((one) => <tr key={one.code}><th scope="row">{one.label}</th>{([one.a, one.both, one.b] as const).map((value, index) => <td key={index}><Amount unit={one.unit} value={value} /></td>)}</tr>)}</tbody>
          </table>
        </div>
      </Section>
    </>
  );
}

function Amount({ unit, value }: { unit: string; value: number | string | null }) {
  if (unit === 'yuan') return <Money value={value} />;
  if (unit === 'percent') return <Share value={value} />;
  return <Count value={value === null ? null : Number(value).toFixed(2)} />;
}
