import { Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import * as format from './format';
import { useLocale } from './session';

type Value = string | number | null | undefined;

function Exact({ shown, exact }: { shown: string; exact: string }) {
  if (shown === exact) return <span className="ht-num">{shown}</span>;
  return (
    <Tooltip title={<span className="ht-num">{exact}</span>}>
      <span className="ht-num" tabIndex={0} aria-label={exact}>{shown}</span>
    </Tooltip>
  );
}

/** Money with its sign and two decimals; `cut` shortens it to 万/亿 (K/M) with the exact figure on hover. */
export function Money({ value, cut = false }: { value: Value; cut?: boolean }) {
  const { language, currency } = useLocale();
  const exact = format.money(value, currency);
  return <Exact shown={cut ? format.shortMoney(value, language, currency) : exact} exact={exact} />;
}

/** A count with thousands separators; `cut` as for money. */
export function Count({ value, cut = false }: { value: Value; cut?: boolean }) {
  const { language } = useLocale();
  const exact = format.count(value);
  return <Exact shown={(cut ? format.short(value, language) : null) ?? exact} exact={exact} />;
}

/** A ratio as a percentage with one decimal. */
export function Share({ value }: { value: Value }) {
  return <span className="ht-num">{format.share(value)}</span>;
}

const ARROWS = { up: '↑', down: '↓', same: '→' } as const;

/** A change against the compared period: arrow, sign and word, so that colour is never needed. */
export function Delta({ change, shares, goodWhen = 'up' }: { change: number | null | undefined; /** Shares differ by points. */ shares?: [value: string | null, previous: string | null]; goodWhen?: 'up' | 'down' }) {
  const { t } = useTranslation();
  const found = shares ? format.points(...shares) : format.delta(change);
  if (!found) return <span className="ht-delta ht-muted">{t('ui.delta.unknown')}</span>;
  return (
    <span className={`ht-delta ${found.direction === 'same' ? '' : found.direction === goodWhen ? 'ht-good' : 'ht-danger'}`}>
      <span aria-hidden="true">{ARROWS[found.direction]}</span> <span className="ht-num">{shares ? t('ui.delta.points', { n: found.text }) : found.text}</span> {t(`ui.delta.${found.direction}`)}
    </span>
  );
}

/** An instant in the brand's zone, to the minute; seconds on hover. */
export function Instant({ value, className }: { value: string | null | undefined; className?: string }) {
  const { zone } = useLocale();
  return (
    <time className={`ht-num ${className ?? ''}`} dateTime={value ?? undefined} title={format.instant(value, zone, true)}>
      {format.instant(value, zone)}
    </time>
  );
}

/** A calendar day of the brand's zone; with its weekday where that helps. */
export function Day({ value, withWeekday = false }: { value: string | null | undefined; withWeekday?: boolean }) {
  const { zone, language } = useLocale();
  const found = format.day(value, zone);
  const known = withWeekday && found !== format.UNKNOWN;
  return <time className="ht-num" dateTime={found}>{found}{known && ` ${format.weekday(found, language)}`}</time>;
}

/** Text, or the dash that means "not known". */
export function Text({ value }: { value: string | null | undefined }) {
  return <>{value || format.UNKNOWN}</>;
}
