import { Segmented, Skeleton } from 'antd';
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { count, monthDay, short, weekday } from '../ui/format';
import { Count } from '../ui/Numbers';
import { Section } from '../ui/Page';
import { useLocale } from '../ui/session';
import { EmptyState, Loaded } from '../ui/States';
import { numberParam, useUrl } from '../ui/url';
import { useHistory, type HistoryDay } from './api';
import { growthFacts } from './growthFacts';
import type { Segment } from './types';

const Chart = lazy(() => import('../ui/Chart'));
const SPANS = [30, 90, 365] as const;

function ink(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--ht-${name}`).trim();
}

/** The size of a segment day by day, and how many entered and left. */
export function Growth({ segment }: { segment: Segment }) {
  const { t } = useTranslation();
  const [params, set] = useUrl();
  const asked = numberParam(params, 'days', 90);
  const days = SPANS.find((one) => one === asked) ?? 90;
  const history = useHistory(segment.id, days);
  return (
    <Loaded query={history} rows={8}>
      {(items) => items.length < 2 ? <EmptyState title={t('segments.growth.empty')}>{segment.kind === 'dynamic' ? t('segments.growth.emptyText') : t('segments.growth.fixedText')}</EmptyState> : (
        <Drawn items={items} stale={history.isPlaceholderData} controls={<Segmented<number> size="small" aria-label={t('segments.growth.span')} value={days} options={SPANS.map((value) => ({ value, label: t('segments.growth.days', { count: value }) }))} onChange={(value) => set({ days: value === 90 ? null : value })} />} />
      )}
    </Loaded>
  );
}

function Drawn({ items, stale, controls }: { items: HistoryDay[]; stale: boolean; controls: React.ReactNode }) {
  const { t } = useTranslation();
  const { language } = useLocale();
  const theme = document.documentElement.dataset.theme;
  const facts = growthFacts(items);
  const sentence = t(`segments.growth.sentence.${facts.direction}`, { days: items.length, from: count(facts.from), to: count(facts.to), change: count(Math.abs(facts.to - facts.from)), entered: count(facts.entered), left: count(facts.left) });
  const option = useMemo(() => {
    const [accent, grey, line, info] = [ink('accent'), ink('ink3'), ink('lineSoft'), ink('info')];
    const bars = { type: 'bar', yAxisIndex: 1, stack: 'changes', barMaxWidth: 8 };
    return {
      aria: { enabled: true, label: { description: sentence } },
      grid: [{ left: 8, right: 16, top: 12, height: 150, containLabel: true }, { left: 8, right: 16, top: 188, height: 74, containLabel: true }],
      axisPointer: { link: [{ xAxisIndex: 'all' }] },
      tooltip: { trigger: 'axis', backgroundColor: ink('raised'), borderColor: ink('line'), textStyle: { color: ink('ink'), fontSize: 13 }, valueFormatter: (value: number) => count(Math.abs(value)) },
      xAxis: [0, 1].map((gridIndex) => ({ type: 'category', gridIndex, data: items.map((one) => one.day), axisLabel: { show: gridIndex === 1, color: grey, formatter: monthDay, hideOverlap: true }, axisLine: { lineStyle: { color: line }, onZero: true }, axisTick: { show: false } })),
      yAxis: [
        { type: 'value', gridIndex: 0, min: 0, minInterval: 1, splitNumber: 3, axisLabel: { color: grey, formatter: (value: number) => short(value, language) ?? count(value) }, splitLine: { lineStyle: { color: line } } },
        { type: 'value', gridIndex: 1, minInterval: 1, splitNumber: 2, axisLabel: { color: grey, formatter: (value: number) => short(Math.abs(value), language) ?? count(Math.abs(value)) }, splitLine: { lineStyle: { color: line } } },
      ],
      series: [
        { name: t('segments.column.size'), type: 'line', xAxisIndex: 0, yAxisIndex: 0, data: items.map((one) => one.size), showSymbol: items.length < 8, lineStyle: { width: 2, color: accent }, itemStyle: { color: accent }, areaStyle: { color: accent, opacity: 0.06 } },
        { ...bars, xAxisIndex: 1, name: t('segments.column.entered'), data: items.map((one) => one.entered), itemStyle: { color: info } },
        { ...bars, xAxisIndex: 1, name: t('segments.column.left'), data: items.map((one) => -one.left), itemStyle: { color: grey } },
      ],
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- colours follow the theme, words the language
  }, [items, language, theme, sentence]);
  const table = (
    <table className="ht-lines">
      <thead><tr><th scope="col">{t('segments.growth.day')}</th><th scope="col">{t('segments.column.size')}</th><th scope="col">{t('segments.column.entered')}</th><th scope="col">{t('segments.column.left')}</th></tr></thead>
      <tbody>{[...items].reverse().map((one) => <tr key={one.day}><td className="ht-num">{one.day} {weekday(one.day, language)}</td><td><Count value={one.size} /></td><td><Count value={one.entered} /></td><td><Count value={one.left} /></td></tr>)}</tbody>
    </table>
  );
  const legend = <span className="ht-legend"><span><i />{t('segments.column.size')}</span><span><i className="ht-sg-in" />{t('segments.column.entered')}</span><span><i className="ht-sg-out" />{t('segments.column.left')}</span></span>;
  return (
    <div className={stale ? 'ht-stale' : ''}>
      <Section title={t('segments.growth.title')} sentence={sentence}>
        <Suspense fallback={<Skeleton active title={false} paragraph={{ rows: 7 }} />}>
          <Chart option={option} height={290} table={table} label={sentence} controls={<>{legend}{controls}</>} />
        </Suspense>
      </Section>
    </div>
  );
}
