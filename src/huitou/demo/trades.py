"""Orders, lines and refunds as the canonical record sets, personal columns plain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa

from huitou.demo.baskets import Bills, Lines
from huitou.demo.brand import BRAND_NAME, JD, SHOPS, STORES, TMALL, YOUZAN
from huitou.demo.catalogue import catalogue
from huitou.demo.columns import (
    choose,
    day_texts,
    digits,
    instants,
    join,
    money,
    numbers,
    only,
    pick,
    quantity,
)
from huitou.demo.delivery import Destinations, label
from huitou.demo.dice import Bools, Dice, Ints, cumulative, scattered
from huitou.demo.fate import (
    DECLINED,
    NEVER,
    NO_REFUND,
    ON_THE_ROAD,
    RETURN,
    Fate,
    Seen,
)
from huitou.demo.orders import Orders
from huitou.demo.people import Identities, People
from huitou.demo.places import places
from huitou.demo.remarks import (
    BUYER_MESSAGES,
    FESTIVE_MESSAGES,
    GIFT_MESSAGES,
    REFUND_REASONS,
    SELLER_MEMOS,
)
from huitou.demo.season import World
from huitou.intake.canonical import table_of
from huitou.warehouse.schema import REFUND_STATES, STATUSES

QUALITY: Final = 8
"""Source quality in ``version_rank``: as good as a full order report."""
LINE_RANK: Final = 10

SOURCES: Final = pa.array([shop.source for shop in SHOPS])
_STATUSES: Final = pa.array(STATUSES)
_CHANNELS: Final = pa.array(["app", "web", "live", "mini_program", "store"])
_STEPS: Final = pa.array(["deposit_unpaid", "final_unpaid", "final_paid", "deposit_forfeited"])


@dataclass(frozen=True)
class Sale:
    """All about one chunk's orders."""

    world: World
    people: People
    identities: Identities
    orders: Orders
    lines: Lines
    bills: Bills
    to: Destinations
    fate: Fate
    seen: Seen
    trade_ids: pa.Array
    shop_numbers: Ints  # by position in SHOPS


def trade_ids(orders: Orders) -> pa.Array:
    """Order numbers as each platform forms them; distinct within a source."""
    stamp = np.maximum(orders.created, 0)
    epoch_days = stamp // 86_400 - 17_000
    tmall = join(digits(epoch_days, 4), digits(scattered(orders.ids, 10**15, 1), 15))
    jd = join(pa.scalar("3"), digits(scattered(orders.ids, 10**11, 2), 11))
    mall = join(
        pa.scalar("E"),
        day_texts(stamp, "%Y%m%d%H%M%S"),
        digits(scattered(orders.ids, 10**11, 3), 11),
    )
    tickets = pick(pa.array([shop.ticket for shop in SHOPS]), orders.shop)
    store = join(
        tickets,
        day_texts(stamp, "%y%m%d"),
        pa.scalar("-"),
        digits(scattered(orders.ids, 10**11, 4), 11),
    )
    result = choose(orders.shop == TMALL, tmall, store)
    result = choose(orders.shop == JD, jd, result)
    return choose(orders.shop == YOUZAN, mall, result)


def _when(at: Ints, present: int) -> pa.Array:
    """An instant, NULL while it lies in the future."""
    happened = at <= present
    return instants(np.where(happened, at, 0), happened)


def trades(dice: Dice, sale: Sale, with_contacts: bool) -> pa.Table:
    """The ``trades`` record set."""
    orders, fate, seen, bills, present = (
        sale.orders,
        sale.fate,
        sale.seen,
        sale.bills,
        sale.world.present,
    )
    size = len(orders)
    sent = orders.shop < STORES
    where = places()
    city = where.district_city[sale.to.district]
    guide, has_guide = _guides(dice, sale)
    columns: dict[str, pa.Array | pa.Scalar | None] = {
        "source": pick(SOURCES, orders.shop),
        "trade_id": sale.trade_ids,
        "shop": numbers(sale.shop_numbers[orders.shop], pa.int32()),
        "status": pick(_STATUSES, seen.status),
        "created_at": instants(orders.created),
        "paid_at": _when(fate.paid, present),
        "shipped_at": _when(fate.shipped, present),
        "signed_at": _when(fate.signed, present),
        "finished_at": _when(fate.finished, present),
        "closed_at": _when(fate.closed, present),
        "goods_amount": money(bills.goods),
        "discount_amount": money(bills.discount),
        "postage_amount": money(bills.postage),
        "paid_amount": money(seen.paid_amount),
        "refunded_amount": money(seen.refunded),
        "units": quantity(bills.units),
        "province": pick(pa.array(where.provinces), sale.to.province, sent),
        "city": pick(pa.array(where.cities), city, sent),
        "district": pick(pa.array(where.districts), sale.to.district, sent),
        "presale_step": _presale_step(sale),
        "channel": _channel(dice, orders),
        "store": numbers(sale.shop_numbers[orders.shop], pa.int32(), ~sent),
        "guide": only(guide, has_guide),
        "close_reason": _close_reason(dice, sale),
        "version_at": instants(seen.version),
        "version_rank": numbers(seen.status * 16 + QUALITY, pa.int32()),
        "is_stub": pa.scalar(False),
        **_buyer(dice, sale),
    }
    if with_contacts:
        labels = label(dice, orders, sale.to)
        columns |= {
            "receiver_name": labels.name,
            "receiver_phone": labels.phone,
            "receiver_address": labels.address,
            **_notes(dice, sale),
        }
    return table_of("trades", columns, size)


def _buyer(dice: Dice, sale: Sale) -> dict[str, pa.Array | pa.Scalar | None]:
    """What each platform tells of the buyer."""
    orders, people, known = sale.orders, sale.people, sale.identities
    person, ids = orders.person, orders.ids
    tmall, jd, mall, store = (
        orders.shop == TMALL,
        orders.shop == JD,
        orders.shop == YOUZAN,
        orders.shop >= STORES,
    )
    nick = choose(tmall, pick(known.tmall_nick, person), pick(known.jd_pin, person, jd))
    nick = choose(mall, pick(known.wechat_nick, person), nick)
    card = people.has_card[person]
    shows_card = store & card & dice.chance("till/card", ids, 0.86)
    # Without a card some give their phone for a receipt or a raffle; the others stay unknown.
    gives_phone = dice.chance("till/phone", people.ids[person], np.where(card, 0.75, 0.5))
    tells = store & ~people.walk_in[person] & gives_phone
    verified = mall & dice.chance("mall/phone", people.ids[person], 0.96)
    phone = choose(
        mall, pick(known.phone["mall"], person, verified), pick(known.phone["store"], person, tells)
    )
    return {
        "buyer_nick": nick,
        "ouid": pick(known.ouid, person, tmall),
        "omid": pick(known.omid, person, tmall),
        "open_id": pick(known.open_id, person, mall),
        "unionid": pick(known.unionid, person, mall),
        "card_no": pick(known.card_no, person, shows_card),
        "buyer_phone": phone,
    }


def _notes(dice: Dice, sale: Sale) -> dict[str, pa.Array | pa.Scalar | None]:
    ids = sale.orders.ids
    sent = sale.orders.shop < STORES
    gift = sale.to.is_gift
    says = sent & dice.chance("message", ids, np.where(gift, 0.30, 0.055))
    # A gift's message is about the festival that is near, or about the person it goes to.
    groups = (BUYER_MESSAGES, GIFT_MESSAGES, *FESTIVE_MESSAGES)
    count = np.array([len(group) for group in groups])
    near = sale.world.festival_near[sale.orders.day]
    kind = np.where(
        gift & dice.chance("message/gift", ids, 0.8), np.where(near > 0, 1 + near, 1), 0
    )
    words = pa.array([message for group in groups for message in group])
    index = (np.cumsum(count) - count)[kind] + dice.below("message/which", ids, count[kind])
    notes = dice.chance("memo", ids, np.where(says, 0.5, 0.05)) & sent
    return {
        "buyer_message": pick(words, index, says),
        "seller_memo": pick(
            pa.array(SELLER_MEMOS), dice.below("memo/which", ids, len(SELLER_MEMOS)), notes
        ),
    }


def _guides(dice: Dice, sale: Sale) -> tuple[pa.Array, Bools]:
    """A store's customers mostly come back to the same guide; so do the mall's members of a store."""
    codes = [guide.code for shop in SHOPS for guide in shop.guides]
    first = np.cumsum([0] + [len(shop.guides) for shop in SHOPS])[:-1]
    count = np.array([len(shop.guides) for shop in SHOPS])
    orders, people = sale.orders, sale.people
    buyer = people.ids[orders.person]
    from_store = np.where(people.first_shop >= STORES, people.first_shop, people.other_shop)[
        orders.person
    ]
    shop = np.where(orders.shop >= STORES, orders.shop, from_store)
    shop = np.where(shop >= STORES, shop, STORES)
    own = dice.below("guide/own", buyer, count[shop])
    any_ = dice.below("guide/any", orders.ids, count[shop])
    which = np.where(dice.chance("guide/loyal", orders.ids, 0.75), own, any_)
    served = dice.chance("guide/named", orders.ids, 0.88)
    named = (orders.shop >= STORES) & served | (orders.shop == YOUZAN) & (from_store >= STORES)
    return pick(pa.array(codes), first[shop] + which), named


def _channel(dice: Dice, orders: Orders) -> pa.Array:
    table = cumulative([[82, 7, 11, 0, 0], [78, 9, 3, 10, 0], [0, 0, 4, 96, 0], [0, 0, 0, 0, 1]])
    return pick(
        _CHANNELS, dice.pick_by_row("channel", orders.ids, table, np.minimum(orders.shop, 3))
    )


def _presale_step(sale: Sale) -> pa.Array:
    fate, present = sale.fate, sale.world.present
    step = np.where(fate.deposit <= present, 1, 0)
    step = np.where((step == 1) & (fate.paid <= present), 2, step)
    step = np.where((step == 1) & (fate.closed <= present) & (fate.paid == NEVER), 3, step)
    return pick(_STEPS, step, fate.presale)


def _close_reason(dice: Dice, sale: Sale) -> pa.Array:
    fate, present = sale.fate, sale.world.present
    unpaid = np.array(
        [
            "买家未付款",
            "不想要了",
            "信息填写错误，重新拍",
            "拍错了",
            "超时未付款",
            "尾款超时未付",
            "退款",
        ]
    )
    which = np.array([0, 1, 2, 3])[
        dice.pick("close", sale.orders.ids, cumulative([0.66, 0.16, 0.09, 0.09]))
    ]
    which = np.where(sale.orders.shop == YOUZAN, 4, which)
    which = np.where(fate.presale & (fate.deposit < NEVER), 5, which)
    which = np.where(fate.paid < NEVER, 6, which)
    return pick(pa.array(unpaid), which, fate.closed <= present)


def lines(sale: Sale) -> pa.Table:
    """The ``lines`` record set."""
    goods, rows, orders = catalogue(), sale.lines, sale.orders
    order = rows.order
    shop = orders.shop[order]
    item = goods.sku_item[rows.sku]
    shops = len(SHOPS)
    keys = pa.array([goods.item_key(i, s) for i in range(len(goods.items)) for s in range(shops)])
    titles = pa.array([goods.title(i, s) for i in range(len(goods.items)) for s in range(shops)])
    state = _refund_state(sale)
    full = (sale.fate.refund_amount >= sale.bills.due) & (sale.fate.refund != DECLINED)
    is_first = np.zeros(len(rows), dtype=np.bool_)
    is_first[sale.bills.first_line] = True
    touched = (state[order] >= 0) & (full[order] | is_first)
    done = sale.seen.refunded[order] > 0
    refunded = np.where(
        done & full[order], rows.due, np.where(done & is_first, sale.seen.refunded[order], 0)
    )
    deposit = (sale.seen.paid_amount > 0) & (sale.fate.paid > sale.world.present)
    return table_of(
        "lines",
        {
            "source": pick(SOURCES, shop),
            "trade_id": sale.trade_ids.take(pa.array(order)),
            "shop": numbers(sale.shop_numbers[shop], pa.int32()),
            "line_key": digits(scattered(rows.ids, 10**15, 7), 15),
            "line_rank": pa.scalar(LINE_RANK),
            "item_key": pick(keys, item * shops + shop),
            "title": pick(titles, item * shops + shop),
            "sku": pick(pa.array(goods.sku_spec), rows.sku),
            "sku_code": pick(pa.array(goods.sku_code), rows.sku),
            "merchant_code": pick(pa.array([i.code for i in goods.items]), item),
            "category": pick(pa.array([i.category for i in goods.items]), item),
            "brand": pa.scalar(BRAND_NAME),
            "qty": quantity(rows.qty),
            "price": money(rows.price),
            "line_amount": money(rows.amount),
            "paid_amount": money(
                np.where(deposit[order], _deposit_shares(sale), _paid_shares(sale))
            ),
            "status": pick(_STATUSES, sale.seen.status[order]),
            "refund_state": pick(pa.array(REFUND_STATES), np.maximum(state[order], 0), touched),
            "refunded_amount": money(refunded),
            "version_rank": numbers(sale.seen.status[order] * 16 + QUALITY, pa.int32()),
        },
        len(rows),
    )


def _paid_shares(sale: Sale) -> Ints:
    return np.where((sale.fate.paid <= sale.world.present)[sale.lines.order], sale.lines.due, 0)


def _deposit_shares(sale: Sale) -> Ints:
    """A deposit is paid on the first line."""
    shares = np.zeros(len(sale.lines), dtype=np.int64)
    shares[sale.bills.first_line] = sale.seen.paid_amount
    return shares


def _refund_state(sale: Sale) -> Ints:
    """Position in REFUND_STATES per order; −1 where nothing was asked for yet."""
    fate, present = sale.fate, sale.world.present
    state = {name: number for number, name in enumerate(REFUND_STATES)}
    span = np.where(fate.refund == NO_REFUND, 1, fate.refund_done - fate.refund_applied)
    asked = np.where(fate.refund == NO_REFUND, NEVER, fate.refund_applied)
    result = np.where(asked <= present, state["applied"], -1)
    back = fate.refund == RETURN
    result = np.where(back & (asked + span // 8 <= present), state["agreed"], result)
    result = np.where(back & (asked + span // 5 * 4 <= present), state["returned"], result)
    ended = fate.refund_done <= present
    result = np.where(ended, state["success"], result)
    return np.where(ended & (fate.refund == DECLINED), state["refused"], result)


def refunds(dice: Dice, sale: Sale) -> tuple[pa.Table, Ints]:
    """The ``refunds`` record set, and the order row of each."""
    state = _refund_state(sale)
    rows = np.flatnonzero(state >= 0)
    fate, orders, present = sale.fate, sale.orders, sale.world.present
    kind = fate.refund[rows]
    reasons = pa.array([reason for group in REFUND_REASONS for reason in group])
    first = np.cumsum([0] + [len(group) for group in REFUND_REASONS])[:-1]
    count = np.array([max(len(group), 1) for group in REFUND_REASONS])
    ids = orders.ids[rows]
    applied, done = fate.refund_applied[rows], fate.refund_done[rows]
    # The instant of the last step that shows: a later look must be a newer version.
    span = done - applied
    seen_at = np.maximum(applied, np.minimum(done, present))
    seen_at = np.where(
        (kind == RETURN) & (done > present),
        np.maximum(
            applied,
            np.where(
                applied + span // 5 * 4 <= present,
                applied + span // 5 * 4,
                np.where(applied + span // 8 <= present, applied + span // 8, applied),
            ),
        ),
        seen_at,
    )
    seen_at = np.where((kind != RETURN) & (done > present), applied, seen_at)
    return table_of(
        "refunds",
        {
            "source": pick(SOURCES, orders.shop[rows]),
            "refund_id": digits(scattered(ids, 10**15, 9), 15),
            "trade_id": sale.trade_ids.take(pa.array(rows)),
            "shop": numbers(sale.shop_numbers[orders.shop[rows]], pa.int32()),
            "state": pick(pa.array(REFUND_STATES), state[rows]),
            "applied_at": instants(applied),
            "finished_at": _when(done, present),
            "amount": money(fate.refund_amount[rows]),
            "reason": pick(reasons, first[kind] + dice.below("refund/reason", ids, count[kind])),
            "is_return": pa.array(np.isin(kind, [RETURN, ON_THE_ROAD])),
            "version_at": instants(seen_at),
        },
        len(rows),
    ), rows


def opening_day(world: World, shop: int) -> int:
    """Days since 1970 on which a shop opened."""
    return world.month_start(SHOPS[shop].opened_month)
