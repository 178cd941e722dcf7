import { EyeOutlined, WarningOutlined } from '@ant-design/icons';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Button, Pagination, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, client } from '../api/client';
import type { Parcel, Review, Trade } from '../api/types';
import { Count, Instant, Money, Text } from '../ui/Numbers';
import { EmptyState, Loaded } from '../ui/States';
import { numberParam, useUrl } from '../ui/url';
import { Reveal } from './Reveal';

const SIZE = 20;
const CLOSED = new Set(['closed_unpaid', 'closed_refunded']);

function Lines({ trade }: { trade: Trade }) {
  const { t } = useTranslation();
  if (trade.lines.length === 0) return <p className="ht-muted">{t('members.trades.noLines')}</p>;
  return (
    <div className="ht-scroll">
      <table className="ht-lines">
        <thead><tr><th scope="col">{t('members.trades.item')}</th><th scope="col">{t('members.trades.price')}</th><th scope="col">{t('members.trades.qty')}</th><th scope="col">{t('members.trades.amount')}</th><th scope="col">{t('members.trades.refund')}</th></tr></thead>
        <tbody>
          {trade.lines.map((line, index) => (
            <tr key={index}>
              <td>{line.title}{line.sku && <small>{line.sku}</small>}</td>
              <td><Money value={line.price} /></td>
              <td><Count value={line.qty} /></td>
              <td><Money value={line.paid_amount ?? line.line_amount} /></td>
              <td>{line.refunded_amount && Number(line.refunded_amount) !== 0 ? <Money value={line.refunded_amount} /> : <Text value={line.refund_state_label} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function ParcelCard({ parcel }: { parcel: Parcel }) {
  const { t } = useTranslation();
  return (
    <div className="ht-parcel">
      <p>
        <strong>{parcel.carrier}</strong> <span className="ht-num">{parcel.waybill}</span> {parcel.state_label && <Tag>{parcel.state_label}</Tag>}
        {parcel.trouble && <Tag color="warning" icon={<WarningOutlined />}>{parcel.trouble}</Tag>}
      </p>
      {parcel.events.length === 0 ? <p className="ht-muted">{t('members.parcels.noEvents')}</p> : (
        <ol className="ht-trace">{parcel.events.map((event, index) => <li key={index}><Instant value={event.at} /> <strong><Text value={event.state_label} /></strong> {event.text ?? event.place}</li>)}</ol>
      )}
    </div>
  );
}

function ReviewCard({ review }: { review: Review }) {
  const { t } = useTranslation();
  return (
    <div className={`ht-review ht-review-${review.rating ?? 'none'}`}>
      <p className="ht-review-head">
        {review.rating_label && <Tag color={review.rating === 'bad' ? 'error' : undefined}>{review.rating_label}</Tag>}
        {review.stars !== null && <span className="ht-num">{t('members.reviews.stars', { count: review.stars })}</span>}
        <span>{review.item_title}</span>
        <span className="ht-muted"><Instant value={review.created_at} /></span>
      </p>
      <p>{review.text || <span className="ht-muted">{t('members.reviews.noText')}</span>}</p>
      {review.append_text && <p><small>{t('members.reviews.append')}</small> {review.append_text}</p>}
      {review.reply_text && <p className="ht-muted"><small>{t('members.reviews.reply')}</small> {review.reply_text}</p>}
    </div>
  );
}

function TradeCard({ trade, member, canReveal }: { trade: Trade; member: string; canReveal: boolean }) {
  const { t } = useTranslation();
  const [revealing, setRevealing] = useState(false);
  const refunded = Number(trade.refunded_amount ?? 0) !== 0;
  return (
    <article className="ht-trade">
      <header>
        <div>
          <Tag color={CLOSED.has(trade.status) ? undefined : trade.status === 'finished' ? 'success' : 'processing'}>{trade.status_label}</Tag>
          <strong className="ht-num">{trade.trade_id}</strong> <span className="ht-muted">{trade.shop_name}</span>
        </div>
        <div className="ht-trade-sum"><Money value={trade.paid_amount} />{refunded && <small>{t('members.trades.refunded')} <Money value={trade.refunded_amount} /></small>}</div>
      </header>
      <dl className="ht-facts ht-facts-row">
        <div><dt>{t('members.trades.created')}</dt><dd><Instant value={trade.created_at} /></dd></div>
        <div><dt>{t('members.trades.paidAt')}</dt><dd><Instant value={trade.paid_at} /></dd></div>
        {trade.finished_at && <div><dt>{t('members.trades.finished')}</dt><dd><Instant value={trade.finished_at} /></dd></div>}
        <div><dt>{t('members.trades.goods')}</dt><dd><Money value={trade.goods_amount} /></dd></div>
        <div><dt>{t('members.trades.discount')}</dt><dd><Money value={trade.discount_amount} /></dd></div>
        <div><dt>{t('members.trades.postage')}</dt><dd><Money value={trade.postage_amount} /></dd></div>
        <div>
          <dt>{t('members.trades.receiver')}</dt>
          <dd>
            <Text value={[trade.receiver, trade.region].filter(Boolean).join(' · ')} />
            {canReveal && trade.receiver && <Button type="link" size="small" icon={<EyeOutlined />} onClick={() => setRevealing(true)}>{t('members.reveal.short')}</Button>}
          </dd>
        </div>
      </dl>
      <Lines trade={trade} />
      {trade.parcels.map((parcel) => <ParcelCard key={parcel.waybill} parcel={parcel} />)}
      {trade.reviews.map((review) => <ReviewCard key={review.id} review={review} />)}
      {revealing && <Reveal member={member} name={trade.trade_id} trade={trade.trade} onClose={() => setRevealing(false)} />}
    </article>
  );
}

/** The member's orders with their lines, parcels and reviews. */
export function Trades({ member, canReveal }: { member: string; canReveal: boolean }) {
  const { t } = useTranslation();
  const [params, set] = useUrl();
  const page = numberParam(params, 'page', 1);
  const trades = useQuery({
    queryKey: ['member', member, 'trades', page],
    queryFn: () => call(client.GET('/api/v1/members/{member}/trades', { params: { path: { member }, query: { page, size: SIZE } } })),
    placeholderData: keepPreviousData,
  });
  return (
    <Loaded query={trades} rows={8}>
      {(found) => found.items.length === 0 ? <EmptyState title={t('members.trades.empty')}>{t('members.trades.emptyText')}</EmptyState> : (
        <>
          {found.items.map((trade) => <TradeCard key={trade.trade} trade={trade} member={member} canReveal={canReveal} />)}
          {found.total > SIZE && <Pagination align="end" size="small" current={page} pageSize={SIZE} total={found.total} showSizeChanger={false} onChange={(next) => set({ page: next > 1 ? next : null })} />}
        </>
      )}
    </Loaded>
  );
}

export function Parcels({ member }: { member: string }) {
  const { t } = useTranslation();
  const parcels = useQuery({ queryKey: ['member', member, 'parcels'], queryFn: () => call(client.GET('/api/v1/members/{member}/parcels', { params: { path: { member } } })) });
  return (
    <Loaded query={parcels}>
      {(found) => found.items.length === 0 ? <EmptyState title={t('members.parcels.empty')}>{t('members.parcels.emptyText')}</EmptyState> : found.items.map((parcel) => <ParcelCard key={`${parcel.carrier}-${parcel.waybill}`} parcel={parcel} />)}
    </Loaded>
  );
}

export function Reviews({ member }: { member: string }) {
  const { t } = useTranslation();
  const reviews = useQuery({ queryKey: ['member', member, 'reviews'], queryFn: () => call(client.GET('/api/v1/members/{member}/reviews', { params: { path: { member } } })) });
  return (
    <Loaded query={reviews}>
      {(found) => found.items.length === 0 ? <EmptyState title={t('members.reviews.empty')}>{t('members.reviews.emptyText')}</EmptyState> : found.items.map((review) => <ReviewCard key={review.id} review={review} />)}
    </Loaded>
  );
}
