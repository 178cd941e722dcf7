/** What the mapping screen knows about fields besides their labels: what is needed, what converts, what words mean. Pure. */

import type { Grain } from './types';

/** Of each group at least one field must be filled (the server checks the same). */
const NEEDED: Record<Grain, readonly (readonly string[])[]> = {
  trade: [['created_at', 'paid_at']],
  line: [['line.title', 'line.item_key', 'line.merchant_code'], ['line.qty', 'line.line_amount', 'line.paid_amount']],
  refund: [['refund_id'], ['trade_id'], ['amount']],
  profile: [['phone', 'nick', 'card_no', 'customer_no', 'ouid', 'omid', 'unionid', 'open_id', 'wecom_id', 'email']],
  item: [['item_key', 'title', 'merchant_code']],
  review: [['text', 'rating', 'stars']],
  visit: [['occurred_at']],
  parcel: [['trade_id'], ['parcel.waybill', 'parcel.joined']],
  trace: [['carrier'], ['waybill'], ['occurred_at'], ['text', 'state']],
};

/** The groups of a grain; an order number is needed unless it is made from other fields. */
export function neededGroups(grain: Grain, madeIds: boolean): readonly (readonly string[])[] {
  const groups = NEEDED[grain];
  return (grain === 'trade' || grain === 'line') && !madeIds ? [['trade_id'], ...groups] : groups;
}

/** Converters that suit a type, the usual one first. The empty string stands for the usual one. */
export function convertersOf(type: string): readonly string[] {
  switch (type) {
    case 'money':
      return ['', 'cents'];
    case 'qty':
      return ['', 'int'];
    default:
      return [''];
  }
}

/** Types whose values may come in an unusual pattern. */
export function hasFormat(type: string): boolean {
  return type === 'time' || type === 'date';
}

export const TIME_FORMATS: readonly string[] = ['%Y%m%d', '%Y%m%d%H%M%S', '%d/%m/%Y %H:%M', '%m/%d/%Y %H:%M', '%d.%m.%Y', '%Y年%m月%d日'];

export const TRADE_STATUSES = ['unpaid', 'pay_pending', 'deposit_paid', 'paid', 'part_shipped', 'shipped', 'signed', 'finished', 'closed_unpaid', 'closed_refunded', 'closed'] as const;
export const REFUND_STATES = ['none', 'applied', 'agreed', 'returned', 'refused', 'closed', 'success'] as const;
export const RATINGS = ['good', 'neutral', 'bad'] as const;
export const VISIT_KINDS = ['browse', 'cart', 'favourite', 'store'] as const;
export const GENDERS = ['f', 'm'] as const;

export type WordKind = 'status' | 'refund' | 'rating' | 'visit' | 'gender';
export const WORDS: Record<WordKind, readonly string[]> = {
  status: TRADE_STATUSES,
  refund: REFUND_STATES,
  rating: RATINGS,
  visit: VISIT_KINDS,
  gender: GENDERS,
};

/** Fields whose values are one of few words, and which words. Null for all others. */
export function wordsOf(grain: Grain, field: string): WordKind | null {
  if (field === 'status' || field === 'line.status') return 'status';
  if (field === 'refund_state' || field === 'line.refund_state') return 'refund';
  if (field === 'state' && grain === 'refund') return 'refund';
  if (field === 'rating' && grain === 'review') return 'rating';
  if (field === 'kind' && grain === 'visit') return 'visit';
  if (field === 'gender' && grain === 'profile') return 'gender';
  return null;
}

export type FieldGroup = 'trade' | 'buyer' | 'receiver' | 'line' | 'parcel' | 'main';

const RECEIVER = /^(receiver_|full_address$|province$|city$|district$|street$)/;
const BUYER = /^(buyer_(?!message)|card_no$|customer_no$|ouid$|omid$|unionid$|open_id$)/;

/** Under which heading a field stands in the list of choices. */
export function groupOf(grain: Grain, field: string): FieldGroup {
  if (field.startsWith('line.')) return 'line';
  if (field.startsWith('parcel.')) return 'parcel';
  if (grain !== 'trade' && grain !== 'line') return 'main';
  if (RECEIVER.test(field)) return 'receiver';
  return BUYER.test(field) ? 'buyer' : 'trade';
}
