import { Segmented, Skeleton } from 'antd';
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Overview } from '../api/types';
import { count, delta, money, monthDay, short, shortMoney, weekday } from '../ui/format';
import { Count, Money } from '../ui/Numbers';
import { Section } from '../ui/Page';
import { useLocale } from '../ui/session';
import { useUrl } from '../ui/url';
import { METRICS, trendFacts, type Metric } from './sentence';

const Chart = lazy(() => import('../ui/Chart'));

/** Colours of the active theme; read when drawing, so that charts follow the tokens. */
function ink(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--ht-${name}`).trim();
}

export function Trend({ data }: { data: Overview }) {
  const { t } = useTranslation();
  const { language, currency } = useLocale();
  const [params, set] = useUrl();
  const asked = params.get('metric') as Metric | null;
  const metric: Metric = asked && METRICS.includes(asked) ? asked : 'paid_amount';
  const { trend, trend_previous: previous } = data;
  const facts = trendFacts(trend, previous, metric);
  const theme = document.documentElement.dataset.theme;

  const exact = (value: number | string) => (metric === 'paid_amount' ? money(value, currency) : count(value));
  const sentence = facts
    ? t(`warehouse.trend.sentence.${facts.change === null ? 'alone' : 'compared'}`, {
        what: t(`warehouse.metric.${metric}`),
        total: metric === 'paid_amount' ? shortMoney(facts.total, language, currency) : count(facts.total),
        day: `${facts.peakDay} ${weekday(facts.peakDay, language)}`,
        peak: metric === 'paid_amount' ? shortMoney(facts.peak, language, currency) : count(facts.peak),
        change: delta(facts.change)?.text ?? '',
        word: t(`ui.delta.${delta(facts.change)?.direction ?? 'same'}`),
      })
    : t('warehouse.trend.sentence.nothing');

  const option = useMemo(() => {
    const accent = ink('accent');
    const grey = ink('ink3');
    const line = ink('lineSoft');
    const names = [t('warehouse.trend.this'), t('warehouse.trend.before')];
    return {
      aria: { enabled: true, label: { description: sentence } },
      grid: { left: 8, right: 16, top: 16, bottom: 4, containLabel: true },
      tooltip: {
        trigger: 'axis',
        backgroundColor: ink('raised'),
        borderColor: ink('line'),
        textStyle: { color: ink('ink'), fontSize: 13 },
        axisPointer: { lineStyle: { color: grey } },
        valueFormatter: (value: number | string) => exact(value),
      },
      xAxis: { type: 'category', data: trend.map((point) => point.day), axisLabel: { color: grey, formatter: monthDay, hideOverlap: true }, axisLine: { lineStyle: { color: line } }, axisTick: { show: false }, boundaryGap: trend.length < 3 },
      yAxis: { type: 'value', min: 0, splitNumber: 4, minInterval: metric === 'paid_amount' ? undefined : 1, axisLabel: { color: grey, formatter: (value: number) => short(value, language) ?? count(value) }, splitLine: { lineStyle: { color: line } } },
      series: [
        { name: names[0], type: 'line', data: trend.map((point) => Number(point[metric])), showSymbol: trend.length < 8, symbolSize: 6, lineStyle: { width: 2, color: accent }, itemStyle: { color: accent }, areaStyle: { color: accent, opacity: 0.06 }, z: 3 },
        ...(previous ? [{ name: names[1], type: 'line', data: trend.map((_point, index) => { const value = previous[index]?.[metric]; return value === undefined ? null : Number(value); }), showSymbol: false, lineStyle: { width: 1.5, type: 'dashed', color: grey }, itemStyle: { color: grey } }] : []),
      ],
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- colours follow the theme, words the language
  }, [trend, previous, metric, language, theme, sentence]);

  const value = (point: (typeof trend)[number]) => (metric === 'paid_amount' ? <Money value={point.paid_amount} /> : <Count value={point[metric]} />);
  const table = (
    <table className="ht-lines">
      <thead><tr><th scope="col">{t('warehouse.trend.day')}</th><th scope="col">{t('warehouse.trend.this')}</th>{previous && <><th scope="col">{t('warehouse.trend.beforeDay')}</th><th scope="col">{t('warehouse.trend.before')}</th></>}</tr></thead>
      <tbody>
        {trend.map((point, index) => (
          <tr key={point.day}><td className="ht-num">{point.day} {weekday(point.day, language)}</td><td>{value(point)}</td>{previous && <><td className="ht-num">{previous[index]?.day ?? '–'}</td><td>{previous[index] ? value(previous[index]) : '–'}</td></>}</tr>
        ))}
      </tbody>
    </table>
  );
  const controls = (
    <>
      <span className="ht-legend"><span><i />{t('warehouse.trend.this')}</span>{data.previous && <span><i className="ht-dashed" />{t('warehouse.trend.before')} <span className="ht-num">{data.previous.start} – {data.previous.end}</span></span>}</span>
      <Segmented<Metric> size="small" aria-label={t('warehouse.trend.metric')} value={metric} options={METRICS.map((key) => ({ value: key, label: t(`warehouse.metric.${key}`) }))} onChange={(next) => set({ metric: next === 'paid_amount' ? null : next })} />
    </>
  );
  return (
    <Section title={t('warehouse.trend.title')} sentence={sentence}>
      <Suspense fallback={<Skeleton active title={false} paragraph={{ rows: 7 }} />}>
        <Chart option={option} height={268} table={table} label={sentence} controls={controls} />
      </Suspense>
    </Section>
  );
}
