"""The warehouse's tables, as Ibis schemas: one source for DuckDB and ClickHouse.

Conventions: money DECIMAL(18,4); quantities DECIMAL(18,3); instants are naive UTC timestamps
(microseconds); ``*_day`` is the calendar day of that instant in the brand's zone; ``*_ref`` are
16-byte keyed hashes that name a record in the vault; ``member`` is NULL where the buyer is unknown.
"""

from __future__ import annotations

from typing import Final

import ibis

MONEY: Final = "decimal(18, 4)"
QTY: Final = "decimal(18, 3)"
TIME: Final = "timestamp(6)"
REF: Final = "binary"

TABLES: Final[dict[str, ibis.Schema]] = {
    # Shops and stores, mirrored from the app database so that expressions can join them.
    "shop": ibis.schema(
        {
            "shop": "int32",
            "code": "string",
            "name": "string",
            "platform": "string",
            "kind": "string",  # online | store
            "brand": "string",
        }
    ),
    # One row per sellable thing. `item_key` = item id, merchant code or title hash within `source`.
    "item": ibis.schema(
        {
            "item": "int64",
            "source": "string",
            "item_key": "string",
            "title": "string",
            "category": "string",  # path, levels joined by " > "
            "brand": "string",
            "merchant_code": "string",
            "season": "string",
            "phase": "string",
            "list_price": MONEY,
            "cost": MONEY,
            "attributes": "string",  # JSON object of text values
            "version_at": TIME,  # of the catalogue row; NULL while it is known from lines only
            "fingerprint": "uint64",  # of all of the above
        }
    ),
    # What an item is made of: the newest catalogue row, and the newest line that described it. The
    # item has the catalogue's value of each column, else the line's.
    "item_version": ibis.schema(
        {
            "source": "string",
            "item_key": "string",
            "origin": "string",  # catalogue | line
            "title": "string",
            "category": "string",
            "brand": "string",
            "merchant_code": "string",
            "season": "string",
            "phase": "string",
            "list_price": MONEY,
            "cost": MONEY,
            "attributes": "string",
            "version_at": TIME,
            "seen_in": "string",  # greatest order number of a line that described it, zero-padded
            "fingerprint": "uint64",
        }
    ),
    "member": ibis.schema(
        {
            "member": "int64",
            "merged_into": "int64",  # NULL while the number is in use
            "first_seen_at": TIME,
            "source": "string",
            "source_shop": "int32",
            "gender": "string",  # f | m | NULL
            "birth_year": "int16",
            "birth_month": "int8",
            "birth_day": "int8",
            "birth_lunar": "boolean",
            "province": "string",
            "city": "string",
            "district": "string",
            "city_tier": "int8",  # 1..5 (cities.py), NULL for a city without one
            "joined_at": TIME,  # became a card-holding member
            "level": "string",
            "has_phone": "boolean",
            "has_email": "boolean",
            "has_wecom": "boolean",
            "profile_version_at": TIME,
            "profile_fingerprint": "uint64",
        }
    ),
    # One row per identity and list that described it; the member's columns are made of all of them.
    "profile": ibis.schema(
        {
            "key_no": "int64",
            "source": "string",
            "shop": "int32",
            "member": "int64",
            "profile_ref": REF,
            "gender": "string",
            "birth_year": "int16",
            "birth_month": "int8",
            "birth_day": "int8",
            "birth_lunar": "boolean",
            "province": "string",
            "city": "string",
            "district": "string",
            "joined_at": TIME,
            "level": "string",
            "has_phone": "boolean",
            "has_email": "boolean",
            "has_wecom": "boolean",
            "version_at": TIME,
            "fingerprint": "uint64",
            "batch": "int64",
        }
    ),
    # Custom fields of member lists; values as text.
    "member_attribute": ibis.schema(
        {
            "member": "int64",
            "key_no": "int64",
            "name": "string",
            "value": "string",
            "version_at": TIME,
            "fingerprint": "uint64",
        }
    ),
    # One row per identity. `home` is the number it was born with, `member` whose it is today.
    "identity_key": ibis.schema(
        {
            "key_no": "int64",
            "kind": "string",
            "scope": "string",
            "hash": REF,
            "strength": "string",  # strong | weak
            "home": "int64",  # NULL for weak keys
            "member": "int64",  # NULL for weak keys
            "contested": "boolean",  # joins too many accounts: it no longer merges
            "first_seen_at": TIME,
            "shop": "int32",
            "batch": "int64",
        }
    ),
    # Two identities seen in one source row, or joined by a person.
    "identity_link": ibis.schema(
        {
            "a": "int64",
            "b": "int64",
            "origin": "string",  # row | person
            "evidence": "string",  # e.g. "trade:taobao:123", "list:…", "decision:7"
            "first_seen_at": TIME,
            "batch": "int64",
        }
    ),
    "trade": ibis.schema(
        {
            "trade": "int64",
            "source": "string",  # platform, or the shop's code for tills and own malls
            "trade_id": "string",
            "shop": "int32",
            "member": "int64",
            "buyer_key": "int64",  # identity_key.key_no
            "buyer_rank": "int16",
            "status": "string",
            "created_at": TIME,
            "created_day": "date",
            "paid_at": TIME,
            "paid_day": "date",
            "shipped_at": TIME,
            "signed_at": TIME,
            "finished_at": TIME,
            "closed_at": TIME,
            "goods_amount": MONEY,
            "discount_amount": MONEY,
            "postage_amount": MONEY,
            "paid_amount": MONEY,
            "refunded_amount": MONEY,  # the greater of `reported_refund` and the refunds' sum
            "reported_refund": MONEY,  # what the order's own report says
            "is_paid": "boolean",  # has paid_at and was not closed by a full refund
            "units": QTY,
            "province": "string",
            "city": "string",
            "district": "string",
            "presale_step": "string",
            "channel": "string",
            "store": "int32",
            "guide": "string",
            "close_reason": "string",
            "buyer_ref": REF,
            "receiver_ref": REF,
            "note_ref": REF,
            "version_at": TIME,
            "version_rank": "int32",
            "fingerprint": "uint64",
            "contact_version_at": TIME,
            "contact_version_rank": "int32",
            "contact_fingerprint": "uint64",
            "is_stub": "boolean",  # known from its lines only, so far
            "batch": "int64",
        }
    ),
    "trade_line": ibis.schema(
        {
            "trade": "int64",
            "line_key": "string",
            "line_rank": "int16",  # how good the source of the lines is; the best one holds
            "member": "int64",
            "shop": "int32",
            "item": "int64",
            "sku": "string",
            "sku_code": "string",
            "title": "string",
            "category": "string",  # the item's, else the line's own
            "qty": QTY,
            "price": MONEY,
            "line_amount": MONEY,  # price × qty before the trade's discounts
            "paid_amount": MONEY,  # this line's share of what was paid, NULL if not known
            "status": "string",
            "refund_state": "string",
            "refunded_amount": MONEY,
            "is_paid": "boolean",  # the trade is, and the line itself is not closed
            "created_at": TIME,
            "paid_at": TIME,
            "paid_day": "date",
            "version_rank": "int32",
            "fingerprint": "uint64",
            "batch": "int64",
        }
    ),
    "refund": ibis.schema(
        {
            "refund": "int64",
            "source": "string",
            "refund_id": "string",
            "trade": "int64",
            "trade_id": "string",
            "member": "int64",
            "shop": "int32",
            "state": "string",
            "applied_at": TIME,
            "finished_at": TIME,
            "amount": MONEY,
            "reason": "string",
            "is_return": "boolean",
            "version_at": TIME,
            "fingerprint": "uint64",
            "batch": "int64",
        }
    ),
    "parcel": ibis.schema(
        {
            "parcel": "int64",
            "carrier": "string",
            "waybill": "string",
            "source": "string",
            "trade_id": "string",  # the smallest order number that named this waybill
            "trade": "int64",
            "member": "int64",
            "shop": "int32",
            "state": "string",
            "sign_kind": "string",
            "trouble": "string",  # what its trace says; for what only time tells see parcels.py
            "shipped_at": TIME,
            "picked_up_at": TIME,  # first trace row that is a movement
            "last_event_at": TIME,
            "signed_at": TIME,
            "reported_state": "string",  # what order and logistics files say, apart from the trace
            "reported_signed_at": TIME,
            "batch": "int64",
        }
    ),
    "parcel_event": ibis.schema(
        {
            "parcel": "int64",
            "state": "string",
            "occurred_at": TIME,
            "province": "string",
            "city": "string",
            "text": "string",
        }
    ),
    "review": ibis.schema(
        {
            "review": "int64",
            "source": "string",
            "review_key": "string",
            "trade": "int64",
            "trade_id": "string",
            "member": "int64",  # of its own identity, else of its trade
            "buyer_key": "int64",
            "buyer_rank": "int16",
            "shop": "int32",
            "item": "int64",
            "item_title": "string",
            "rating": "string",  # good | neutral | bad
            "stars": "int8",
            "text": "string",  # phone numbers and e-mail addresses masked
            "append_text": "string",
            "reply_text": "string",
            "image_count": "int16",
            "category": "string",
            "topics": "string",
            "created_at": TIME,
            "version_at": TIME,
            "fingerprint": "uint64",
            "batch": "int64",
        }
    ),
    "visit": ibis.schema(
        {
            "visit": "int64",
            "member": "int64",
            "buyer_key": "int64",
            "shop": "int32",
            "kind": "string",  # browse | cart | favourite | store
            "item": "int64",
            "source": "string",
            "session": "string",
            "occurred_at": TIME,
            "fingerprint": "uint64",
            "batch": "int64",
        }
    ),
    # What was sent to whom and what came of it; appended by messaging.
    "message_event": ibis.schema(
        {
            "message": "int64",  # the delivery's number; one delivery has several events
            "member": "int64",
            "home": "int64",  # the number the member had then: it finds its owner after a merge
            # planned | sent | delivered | failed | opened | clicked | replied | unsubscribed | skipped
            "kind": "string",
            "purpose": "string",  # marketing | care | service
            "channel": "string",
            "campaign": "string",
            "step": "string",
            "reason": "string",  # of a skip or a failure
            "cost": MONEY,
            "is_machine": "boolean",
            "occurred_at": TIME,
        }
    ),
    "points_entry": ibis.schema(
        {
            "entry": "int64",
            "member": "int64",
            "home": "int64",
            "kind": "string",  # earn | burn | expire | clawback | adjust
            "points": "int64",  # signed
            "shop": "int32",
            "reason": "string",
            "occurred_at": TIME,
            "expires_at": TIME,
        }
    ),
    "coupon_event": ibis.schema(
        {
            "coupon": "int64",  # one coupon in one hand
            "member": "int64",
            "home": "int64",
            "kind": "string",  # issued | claimed | used | expired | void
            "offer": "string",
            "face_value": MONEY,
            "shop": "int32",
            "occurred_at": TIME,
            "expires_at": TIME,
        }
    ),
    "task_event": ibis.schema(
        {
            "task": "int64",
            "member": "int64",
            "home": "int64",
            "kind": "string",  # assigned | contacted | done | converted | overdue
            "shop": "int32",
            "guide": "string",
            "occurred_at": TIME,
        }
    ),
    # Tags that hold now, and every change of one.
    "member_tag": ibis.schema(
        {
            "tag": "int64",
            "member": "int64",
            "home": "int64",
            "source": "string",  # manual | rule | import | live
            "set_by": "int64",  # user id; NULL where a rule set it
            "set_at": TIME,
            "effective_at": TIME,
            "expires_at": TIME,
        }
    ),
    "tag_event": ibis.schema(
        {
            "tag": "int64",
            "member": "int64",
            "home": "int64",
            "kind": "string",  # added | removed
            "source": "string",
            "set_by": "int64",
            "occurred_at": TIME,
        }
    ),
    # Counters of the warehouse itself: data_version.
    "meta": ibis.schema({"name": "string", "value": "int64"}),
    # One row per committed batch, written in the batch's own transaction: proof that it is all in.
    "batch": ibis.schema({"batch": "int64", "committed_at": TIME, "summary": "string"}),
    "feed": ibis.schema(
        {
            "seq": "int64",
            # trade | trade_line | refund | parcel | review | visit | member | identity | item (no member) |
            # tag | segment
            "kind": "string",
            "change": "string",  # new | changed | merged | unmerged | entered | left
            "member": "int64",
            "subject": "int64",  # number of the changed row in the table that `kind` names
            "before": "string",  # status before, for trades, refunds, parcels
            "after": "string",
            "occurred_at": TIME,
            "recorded_at": TIME,
            "batch": "int64",
        }
    ),
    "member_totals": ibis.schema(
        {
            "member": "int64",
            "trades": "int64",  # every trade, whatever its state
            "unpaid_trades": "int64",  # waiting for payment, or closed before it
            "paid_trades": "int64",  # is_paid
            "paid_days": "int64",  # distinct paid_day
            "first_created_at": TIME,
            "last_created_at": TIME,
            "first_paid_at": TIME,
            "last_paid_at": TIME,
            "first_paid_day": "date",
            "last_paid_day": "date",
            "paid_amount": MONEY,  # Σ paid_amount of paid trades
            "refunded_amount": MONEY,  # Σ refunded_amount of all trades
            "net_amount": MONEY,  # paid − refunded, of paid trades
            "max_paid_amount": MONEY,
            "last_paid_amount": MONEY,  # of the last paid trade; the greater of two of one instant
            "discount_amount": MONEY,  # of paid trades, as the next one
            "discounted_trades": "int64",
            "refund_trades": "int64",  # trades with a refunded amount
            "units": QTY,  # of paid trades
            "lines": "int64",  # paid lines
            "items": "int64",  # distinct items in paid lines
            "categories": "int64",  # distinct categories in paid lines
            "shops": "int64",  # distinct shops of paid trades
            "first_shop": "int32",  # of the first paid trade; the smaller number of two
            "last_shop": "int32",  # of the last paid trade; the greater number of two
            "reviews": "int64",
            "bad_reviews": "int64",
            "visits": "int64",
            "last_visit_at": TIME,
        }
    ),
}

STATUSES: Final[tuple[str, ...]] = (
    # In the order a trade goes through them; the index is the progress part of `version_rank`.
    "unpaid",
    "pay_pending",
    "deposit_paid",
    "paid",
    "part_shipped",
    "shipped",
    "signed",
    "finished",
    "closed_unpaid",
    "closed_refunded",
)
"""待付款, 付款确认中, 已付定金, 待发货, 部分发货, 已发货, 已签收, 交易成功, 未付款关闭, 退款关闭.
"""

REFUND_STATES: Final[tuple[str, ...]] = (
    # In the order a refund goes through them; a NULL state of a line means no refund was asked for.
    "applied",
    "agreed",
    "returned",
    "refused",
    "closed",
    "success",
)
"""待卖家同意, 待买家退货, 待卖家确认收货, 卖家拒绝, 退款关闭, 退款成功.

Only ``success`` is money given back.
"""

PARCEL_STATES: Final[tuple[str, ...]] = (
    # Progress, then what goes wrong; of two events of one instant the later in this list stands.
    "created",
    "pickup_pending",
    "picked_up",
    "in_transit",
    "arrived_city",
    "out_for_delivery",
    "at_locker",
    "problem",
    "unreachable",
    "out_of_range",
    "stalled",
    "damaged",
    "refused",
    "cancelled",
    "signed",
    "returning",
    "returned",
)
"""已下单, 待揽收, 已揽收, 运输中, 到达派件城市, 派件中, 待取件, 疑难, 无法联系, 超区, 滞留, 破损,
拒收, 已取消, 已签收, 退回中, 已退回.
"""

SIGN_KINDS: Final[tuple[str, ...]] = ("self", "proxy", "locker", "after_exception")
"""How a parcel was signed: a ``signed`` event may name it after a colon, as in ``signed:proxy``."""
