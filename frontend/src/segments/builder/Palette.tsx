import { SearchOutlined } from '@ant-design/icons';
import { Input, Modal, Spin } from 'antd';
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFoundValues, useOtherWords, useSegments } from '../api';
import { entriesOf, fixedHits, namesWholly, parentPaths, readQuery, search, sourcesToAsk, valueHit, valueSources, valueWords, type Entry, type Query, type SearchWords, type ValueHit } from '../search';
import { useBuilder, type Picking } from './context';
import { useSettled } from './ValueEditor';
import { windowText } from './words';

function useSearchWords(): SearchWords {
  const { t } = useTranslation();
  return {
    facts: t('segments.palette.facts'),
    special: t('segments.palette.special'),
    grid: t('segments.palette.grid'),
    tag: t('segments.special.tag'),
    segment: t('segments.special.segment'),
    template: t('segments.palette.template'),
    sequence: [t('segments.special.sequence'), t('segments.special.sequenceHelp')],
    interval: [t('segments.special.interval'), t('segments.special.intervalHelp')],
    rank: [t('segments.special.rank'), t('segments.special.rankHelp')],
    sample: [t('segments.special.sample'), t('segments.special.sampleHelp')],
  };
}

interface Line {
  key: string;
  heading: string | null;
  title: ReactNode;
  help: string;
  aside: string;
  pick: () => void;
}

const EMPTY: Query = { words: [], window: null, amount: null, negative: false };

/** Adding a condition: one search box over everything that can be asked; without a word, everything by headings. */
export function Palette({ picking, onClose }: { picking: Picking; onClose: () => void }) {
  const { t } = useTranslation();
  const { catalogue, tags, self } = useBuilder();
  const words = useSearchWords();
  const other = useOtherWords();
  const saved = useSegments({ size: 200 }, !picking.numeric);
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const list = useRef<HTMLUListElement>(null);

  const entries = useMemo(
    () =>
      entriesOf(catalogue, tags, (saved.data?.items ?? []).filter((one) => one.id !== self), words)
        .filter((one) => !picking.numeric || one.numeric)
        .map((one) => ({ ...one, words: [...one.words, other.get(one.key) ?? ''] })),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the words follow the catalogue's language
    [catalogue, tags, saved.data, self, picking.numeric, other],
  );
  const sources = useMemo(() => (picking.numeric ? [] : valueSources(catalogue, entries)), [catalogue, entries, picking.numeric]);
  const headings = useMemo(() => headingsOf(entries, new Map(catalogue.groups.map((one) => [one.code, one.label])), new Map(catalogue.facts.map((one) => [`fact:${one.code}`, one.label])), words), [entries, catalogue, words]);
  const [heading, setHeading] = useState<string | null>(null);
  const shownHeading = headings.find((one) => one.code === heading) ?? headings[0];

  const query = useMemo(() => readQuery(text), [text]);
  const settled = useSettled(text);
  const settledQuery = useMemo(() => readQuery(settled), [settled]);
  const asked = useMemo(() => valueWords(entries, settledQuery), [entries, settledQuery]);
  const askedSources = useMemo(() => sourcesToAsk(sources, settledQuery, asked), [sources, settledQuery, asked]);
  const found = useFoundValues(askedSources.map((one) => one.source!), asked);

  const finish = (node: ReturnType<Entry['make']>, entry: Entry, of: Query) => {
    onClose();
    if (node) picking.onPick(node, entry, of);
  };
  const entryLine = (entry: Entry, of: Query, title: string | null): Line => ({
    key: entry.key,
    heading: title,
    title: entry.label,
    help: entry.help,
    aside: [entry.hasData ? '' : t('segments.palette.noData'), of.window && entry.windowed ? windowText(of.window, t, catalogue) : ''].filter(Boolean).join(' · '),
    pick: () => finish(entry.make(of), entry, of),
  });
  const valueLine = (hit: ValueHit, title: string | null): Line => ({
    key: `${hit.source.key}=${hit.value}`,
    heading: title,
    title: <>{hit.source.label} <b>{query.negative ? t('segments.palette.isNot') : t('segments.palette.is')}</b> {hit.label}</>,
    help: hit.count === null ? '' : t('segments.palette.seen', { n: hit.count.toLocaleString('en-US') }),
    aside: query.window && hit.source.entry.windowed ? windowText(query.window, t, catalogue) : '',
    pick: () => finish(hit.source.make(hit.value, query), hit.source.entry, query),
  });

  const searching = text.trim() !== '';
  const values = useMemo(() => {
    if (!searching) return [];
    const bySource = new Map(sources.map((one) => [one.source, one]));
    const asked = (found.data ?? []).flatMap(({ source, word, items }) => {
      const known = bySource.get(source);
      if (!known) return [];
      const fitting = items.filter((item) => item.label.toLowerCase().includes(word));
      return [
        ...parentPaths(fitting.map((item) => item.label), word).slice(0, 2).map((path) => valueHit(known, path, path, null, word, query)),
        ...fitting.slice(0, 4).map((item) => valueHit(known, item.value, item.label, item.count, word, query)),
      ];
    });
    return [...fixedHits(sources, query, query.words), ...asked].sort((a, b) => b.score - a.score).slice(0, 8);
  }, [searching, sources, found.data, query]);

  const hits = useMemo(() => (searching ? search(entries, query) : []), [searching, entries, query]);
  const valueLines = values.map((hit, index) => valueLine(hit, index === 0 ? t('segments.palette.prefilled') : null));
  const entryLines = hits.map((hit, index) => entryLine(hit.entry, query, index === 0 && values.length > 0 ? t('segments.palette.conditions') : null));
  // Words that name a condition wholly are meant as its name rather than as a value.
  const named = hits[0] !== undefined && namesWholly(hits[0], query);
  const lines: Line[] = searching
    ? named ? [...entryLines.slice(0, 5), ...valueLines, ...entryLines.slice(5)] : [...valueLines, ...entryLines]
    : (shownHeading?.entries ?? []).map((entry) => entryLine(entry, EMPTY, null));
  const chosen = Math.min(at, Math.max(0, lines.length - 1));

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen, text]);

  return (
    <Modal open onCancel={onClose} footer={null} closable={false} width={820} className="ht-sg-palette" aria-label={t('segments.palette.title')} destroyOnHidden>
      <Input
        autoFocus
        size="large"
        variant="borderless"
        prefix={<SearchOutlined />}
        suffix={found.isFetching ? <Spin size="small" /> : <kbd>Esc</kbd>}
        value={text}
        placeholder={picking.numeric ? t('segments.palette.findNumber') : t('segments.palette.find')}
        aria-label={t('segments.palette.find')}
        role="combobox"
        aria-expanded
        aria-controls="ht-sg-found"
        aria-activedescendant={lines[chosen] ? `ht-sg-found-${chosen}` : undefined}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === 'ArrowDown') setAt(Math.min(lines.length - 1, chosen + 1));
          else if (event.key === 'ArrowUp') setAt(Math.max(0, chosen - 1));
          else if (event.key === 'Enter') lines[chosen]?.pick();
          else return;
          event.preventDefault();
        }}
      />
      <div className="ht-sg-palette-body">
        {!searching && (
          <ul className="ht-sg-headings">
            {headings.map((one) => (
              <li key={one.code}>
                <button type="button" aria-pressed={one === shownHeading} onClick={() => { setHeading(one.code); setAt(0); }}>
                  <span>{one.label}</span><small className="ht-num">{one.entries.length}</small>
                </button>
              </li>
            ))}
          </ul>
        )}
        <ul id="ht-sg-found" ref={list} role="listbox" aria-label={t('segments.palette.title')} className="ht-sg-found">
          {lines.map((line, index) => (
            <li key={line.key} id={`ht-sg-found-${index}`} role="option" aria-selected={index === chosen} onMouseMove={() => setAt(index)} onClick={line.pick}>
              {line.heading && <em role="presentation" onClick={(event) => event.stopPropagation()}>{line.heading}</em>}
              <span className="ht-sg-found-line"><span className="ht-sg-found-title">{line.title}</span>{line.aside && <span className="ht-sg-found-aside">{line.aside}</span>}</span>
              {line.help && <small>{line.help}</small>}
            </li>
          ))}
          {searching && lines.length === 0 && !found.isFetching && <li className="ht-sg-found-none" role="presentation">{t('segments.palette.none', { q: text.trim() })}</li>}
        </ul>
      </div>
      <p className="ht-search-help">{t('segments.palette.help')}</p>
    </Modal>
  );
}

interface Heading {
  code: string;
  label: string;
  entries: Entry[];
}

/** Entries under the headings an operator thinks in. */
function headingsOf(entries: Entry[], groups: Map<string, string>, facts: Map<string, string>, words: SearchWords): Heading[] {
  const label = (entry: Entry): string => {
    if (entry.kind === 'attribute') return groups.get(entry.group) ?? entry.group;
    if (entry.kind === 'fact') return `${words.facts} · ${facts.get(entry.group) ?? ''}`;
    return words[entry.kind];
  };
  const found: Heading[] = [];
  for (const entry of entries) {
    const same = found.find((one) => one.code === entry.group);
    if (same) same.entries.push(entry);
    else found.push({ code: entry.group, label: label(entry), entries: [entry] });
  }
  return found;
}
