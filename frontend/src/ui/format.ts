/** Pure formatting of numbers and times. Money stays a decimal string throughout: no float ever touches it. */

export type Language = 'zh' | 'en';

export const UNKNOWN = '–';
const SIGNS: Record<string, string> = { CNY: '¥', USD: '$', EUR: '€', GBP: '£', HKD: 'HK$', JPY: '¥' };

/** The sign a currency is written with; its code and a space when it has none. */
export function currencySign(currency: string): string {
  return SIGNS[currency] ?? `${currency} `;
}

const DECIMAL = /^([-+]?)(\d+)(?:\.(\d*))?$/;

interface Decimal {
  negative: boolean;
  whole: string;
  fraction: string;
}

function parse(value: string): Decimal | null {
  const match = DECIMAL.exec(value.trim());
  if (!match) return null;
  return { negative: match[1] === '-', whole: match[2]!.replace(/^0+(?=\d)/, ''), fraction: match[3] ?? '' };
}

/** Round a decimal to `places` digits, half away from zero, without leaving decimal. */
function rounded(value: Decimal, places: number): Decimal {
  const kept = value.fraction.slice(0, places).padEnd(places, '0');
  const digits = value.whole + kept;
  const up = Number(value.fraction[places] ?? '0') >= 5;
  const sum = (up ? BigInt(digits) + 1n : BigInt(digits)).toString().padStart(places + 1, '0');
  const cut = sum.length - places;
  return { negative: value.negative && /[1-9]/.test(sum), whole: sum.slice(0, cut), fraction: sum.slice(cut) };
}

function grouped(whole: string): string {
  return whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

function written(value: Decimal, sign = ''): string {
  const minus = value.negative ? '−' : '';
  return `${minus}${sign}${grouped(value.whole)}${value.fraction ? `.${value.fraction}` : ''}`;
}

type Quantity = string | number | null | undefined;

function decimalOf(value: Quantity): Decimal | null {
  if (value === null || value === undefined || value === '') return null;
  if (typeof value === 'string') return parse(value);
  if (!Number.isFinite(value)) return null;
  return parse(Number.isInteger(value) ? value.toFixed(0) : value.toFixed(6));
}

/** `¥289,655.94`; `–` when not known. */
export function money(value: Quantity, currency = 'CNY'): string {
  const decimal = decimalOf(value);
  return decimal ? written(rounded(decimal, 2), currencySign(currency)) : UNKNOWN;
}

/** `3,411`; a quantity with a fraction keeps up to three digits of it. */
export function count(value: Quantity): string {
  const decimal = decimalOf(value);
  if (!decimal) return UNKNOWN;
  const cut = rounded(decimal, 3);
  return written({ ...cut, fraction: cut.fraction.replace(/0+$/, '') });
}

/** A ratio as a percentage with one decimal: `9.4%`. */
export function share(value: Quantity): string {
  if (value === null || value === undefined || value === '') return UNKNOWN;
  const ratio = Number(value);
  if (!Number.isFinite(ratio)) return UNKNOWN;
  const percent = (ratio * 100).toFixed(1);
  return `${percent === '-0.0' ? '0.0' : percent.replace('-', '−')}%`;
}

/** Units that a long figure is cut to, by the habit of the language. */
const STEPS: Record<Language, [digits: number, unit: string][]> = {
  zh: [[8, '亿'], [4, '万']],
  en: [[9, 'B'], [6, 'M'], [3, 'K']],
};
/** A figure is cut only when it has at least this many whole digits. */
const CUT_FROM: Record<Language, number> = { zh: 5, en: 6 };

/** `28.97万` / `289.7K`: three or four significant digits, or null when the figure is short enough as it is. */
export function short(value: Quantity, language: Language): string | null {
  const decimal = decimalOf(value);
  if (!decimal || decimal.whole.length < CUT_FROM[language]) return null;
  for (const [digits, unit] of STEPS[language]) {
    if (decimal.whole.length <= digits) continue;
    const split = decimal.whole.length - digits;
    const places = split >= 3 ? 1 : 2;
    const scaled = rounded({ ...decimal, whole: decimal.whole.slice(0, split), fraction: decimal.whole.slice(split) + decimal.fraction }, places);
    return written(scaled) + unit;
  }
  return null;
}

/** Money cut short where space is; `¥28.97万`. */
export function shortMoney(value: Quantity, language: Language, currency = 'CNY'): string {
  const cut = short(value, language);
  if (cut === null) return money(value, currency);
  return cut.startsWith('−') ? `−${currencySign(currency)}${cut.slice(1)}` : currencySign(currency) + cut;
}

export type Direction = 'up' | 'down' | 'same';

/** A change with its sign: `+12.3%`, and which way it went. Null when there is nothing to compare with. */
export function delta(change: number | null | undefined): { text: string; direction: Direction } | null {
  if (change === null || change === undefined || !Number.isFinite(change)) return null;
  const percent = Math.round(change * 1000) / 10;
  if (percent === 0) return { text: '0.0%', direction: 'same' };
  return { text: `${percent > 0 ? '+' : '−'}${Math.abs(percent).toFixed(1)}%`, direction: percent > 0 ? 'up' : 'down' };
}

/** The difference of two shares in percentage points: `+4.2`. Null when there is nothing to compare with. */
export function points(value: string | null, previous: string | null): { text: string; direction: Direction } | null {
  if (value === null || previous === null) return null;
  const found = delta(Number(value) - Number(previous));
  return found && { ...found, text: found.text.slice(0, -1) };
}

/** Province and city in one; a municipality's name once. */
export function region(province: string | null | undefined, city: string | null | undefined): string {
  return [...new Set([province, city])].filter(Boolean).join(' ');
}

/** Bytes for people: `3.1 MB`. */
export function bytes(value: number): string {
  if (value < 1000) return `${value} B`;
  const units = ['KB', 'MB', 'GB', 'TB'];
  let scaled = value / 1000;
  let unit = 0;
  while (scaled >= 1000 && unit < units.length - 1) {
    scaled /= 1000;
    unit += 1;
  }
  return `${scaled.toFixed(scaled < 10 ? 1 : 0)} ${units[unit]}`;
}

const parts = new Map<string, Intl.DateTimeFormat>();
function formatter(zone: string): Intl.DateTimeFormat {
  let made = parts.get(zone);
  if (!made) {
    made = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23',
    });
    parts.set(zone, made);
  }
  return made;
}

/** An ISO instant without an offset is UTC: that is how the server stores it. */
function instantOf(iso: string): Date {
  return new Date(/[Zz]|[+-]\d\d:?\d\d$/.test(iso) ? iso : `${iso}Z`);
}

/** `2026-11-22 14:05` in the brand's zone; seconds on demand. */
export function instant(iso: string | null | undefined, zone = 'Asia/Shanghai', seconds = false): string {
  if (!iso) return UNKNOWN;
  const date = instantOf(iso);
  if (Number.isNaN(date.getTime())) return UNKNOWN;
  const found: Record<string, string> = {};
  for (const part of formatter(zone).formatToParts(date)) found[part.type] = part.value;
  return `${found.year}-${found.month}-${found.day} ${found.hour}:${found.minute}${seconds ? `:${found.second}` : ''}`;
}

/** The brand's calendar day of an instant: `2026-11-22`. A plain day passes through. */
export function day(iso: string | null | undefined, zone = 'Asia/Shanghai'): string {
  if (!iso) return UNKNOWN;
  return /^\d{4}-\d\d-\d\d$/.test(iso) ? iso : instant(iso, zone).slice(0, 10);
}

/** `11-22`, for axes. */
export function monthDay(isoDay: string): string {
  return isoDay.slice(5);
}

const WEEKDAYS: Record<Language, string[]> = {
  zh: ['周日', '周一', '周二', '周三', '周四', '周五', '周六'],
  en: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'],
};

/** The weekday of a calendar day. */
export function weekday(isoDay: string, language: Language): string {
  return WEEKDAYS[language][new Date(`${isoDay}T00:00:00Z`).getUTCDay()] ?? '';
}

/** How long ago, or how long still, in one unit: `3 分钟` / `3 min`. */
export function duration(seconds: number, language: Language): string {
  const units: [size: number, zh: string, en: string][] = [[86400, '天', 'd'], [3600, '小时', 'h'], [60, '分钟', 'min'], [1, '秒', 's']];
  const whole = Math.max(0, Math.round(seconds));
  for (const [size, zh, en] of units) {
    if (whole >= size) return `${Math.floor(whole / size)} ${language === 'zh' ? zh : en}`;
  }
  return language === 'zh' ? '0 秒' : '0 s';
}

/** Days between two calendar days, both counted: 1 for the same day. */
export function daysInclusive(start: string, end: string): number {
  return Math.round((Date.parse(`${end}T00:00:00Z`) - Date.parse(`${start}T00:00:00Z`)) / 86_400_000) + 1;
}

/** A calendar day moved by `days`. */
export function addDays(isoDay: string, days: number): string {
  return new Date(Date.parse(`${isoDay}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** The first instant (ISO, UTC) of a calendar day in a zone. */
export function dayStart(isoDay: string, zone: string): string {
  const guess = Date.parse(`${isoDay}T00:00:00Z`);
  const wall = (at: number) => Date.parse(`${instant(new Date(at).toISOString(), zone, true).replace(' ', 'T')}Z`);
  // Twice: the offset at the guess may differ from the one at the day's start where clocks change.
  const once = guess - (wall(guess) - guess);
  return new Date(once - (wall(once) - guess)).toISOString();
}
