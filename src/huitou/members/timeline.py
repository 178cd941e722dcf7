"""One timeline of everything about a member, newest first, paged by key.

Every source is asked for the newest ``limit`` rows at or before the cursor; the answers are merged.
A cursor is ``<microseconds>.<kind>.<subject>`` of the last item shown, so rows of one instant are
neither lost nor repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

import ibis
from ibis import _

from huitou.accounts.scopes import Scope
from huitou.kernel.clock import naive_utc
from huitou.kernel.errors import InvalidInput
from huitou.kernel.i18n import Text, translate
from huitou.members.listing import instant, money
from huitou.members.orders import shop_rows
from huitou.warehouse import labels
from huitou.warehouse.scoping import scoped
from huitou.warehouse.store import Warehouse, table

KINDS: Final = (
    "trade",
    "payment",
    "shipment",
    "parcel",
    "refund",
    "review",
    "visit",
    "identity",
    "import",
)
_VISITS: Final[dict[str, Text]] = {
    "browse": Text("浏览", "Looked at"),
    "cart": Text("加入购物车", "Put into the cart"),
    "favourite": Text("收藏", "Marked as favourite"),
    "store": Text("到店", "Came to the store"),
}


class Cursor(NamedTuple):
    """A place in the timeline."""

    at: datetime  # naive UTC
    kind: str
    subject: str

    def __str__(self) -> str:
        micros = (self.at - datetime(1970, 1, 1)) // timedelta(microseconds=1)  # noqa: DTZ001
        return f"{micros}.{self.kind}.{self.subject}"

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Raises ``InvalidInput`` for anything ``str`` did not make."""
        micros, _dot, rest = text.partition(".")
        kind, _dot, subject = rest.partition(".")
        if not micros.lstrip("-").isdecimal() or len(micros) > 18 or kind not in KINDS:
            raise InvalidInput(
                Text("时间线的翻页位置无效", "The timeline's cursor is not valid"),
                remedy=Text("从头打开时间线", "Open the timeline from its start"),
                where={"field": "before"},
            )
        at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(micros))
        return cls(naive_utc(at), kind, subject)


class _Event(NamedTuple):
    cursor: Cursor
    title: Text
    text: str | None = None
    amount: Any = None
    shop: int | None = None


class _Source(NamedTuple):
    kinds: tuple[str, ...]
    events: Callable[[_Asked], Iterable[_Event]]


class _Asked(NamedTuple):
    warehouse: Warehouse
    member: int
    scope: Scope
    upto: datetime | None  # naive UTC
    limit: int

    def newest(self, rows: ibis.Table, time: str) -> list[dict[str, Any]]:
        """The newest rows that have this time, at or before the cursor, instants whole.

        Rows of one instant are never cut apart: the cursor orders them, not the warehouse.
        """
        dated = rows.filter(rows[time].notnull())
        older = dated if self.upto is None else dated.filter(dated[time] < self.upto)
        times = self.warehouse.rows(
            older.select(at=time).order_by(ibis.desc("at")).limit(self.limit)
        )
        if times:
            dated = dated.filter(dated[time] >= times[-1]["at"])
        if self.upto is not None:
            dated = dated.filter(dated[time] <= self.upto)
        return self.warehouse.rows(dated)

    def facts(self, name: str) -> ibis.Table:
        return scoped(table(name), self.scope).filter(_.member == self.member)


def timeline(
    warehouse: Warehouse,
    member: int,
    *,
    kinds: Sequence[str] | None = None,
    before: str | None = None,
    limit: int = 50,
    scope: Scope,
) -> dict[str, Any]:
    """``Timeline``: items, and the cursor of the next page (None at the end)."""
    wanted = set(kinds or KINDS)
    cursor = Cursor.parse(before) if before else None
    asked = _Asked(warehouse, member, scope, cursor.at if cursor else None, limit + 1)
    with warehouse.snapshot():
        events = [
            event
            for source in _SOURCES
            if wanted & set(source.kinds)
            for event in source.events(asked)
            if event.cursor.kind in wanted
        ]
        shops = shop_rows(warehouse)
    events.sort(key=lambda event: _order(event.cursor))
    if cursor is not None:
        events = [event for event in events if _order(event.cursor) > _order(cursor)]
    shown_now = events[:limit]
    more = len(events) > limit
    return {
        "items": [
            {
                "at": instant(event.cursor.at),
                "kind": event.cursor.kind,
                "title": translate(event.title),
                "text": event.text,
                "amount": money(event.amount),
                "shop_name": shops.get(event.shop, {}).get("name") if event.shop else None,
                "subject": event.cursor.subject,
                "url": None,
            }
            for event in shown_now
        ],
        "next_before": str(shown_now[-1].cursor) if more else None,
    }


def _order(cursor: Cursor) -> tuple[float, int, str]:
    """Newest first; within an instant what follows from it comes before it."""
    return (-_micros(cursor.at), -KINDS.index(cursor.kind), cursor.subject)


def _micros(at: datetime) -> int:
    return (at - datetime(1970, 1, 1)) // timedelta(microseconds=1)  # noqa: DTZ001


def _trades(asked: _Asked) -> Iterable[_Event]:
    trade = asked.facts("trade")
    for row in asked.newest(trade, "created_at"):
        status = labels.label(labels.STATUS, row["status"])
        yield _Event(
            Cursor(row["created_at"], "trade", row["trade_id"]),
            Text("下单", "Ordered"),
            f"{row['trade_id']} · {status}",
            row["paid_amount"],
            row["shop"],
        )
    for row in asked.newest(trade, "paid_at"):
        yield _Event(
            Cursor(row["paid_at"], "payment", row["trade_id"]),
            Text("付款", "Paid"),
            row["trade_id"],
            row["paid_amount"],
            row["shop"],
        )
    for row in asked.newest(trade, "shipped_at"):
        yield _Event(
            Cursor(row["shipped_at"], "shipment", row["trade_id"]),
            Text("发货", "Shipped"),
            row["trade_id"],
            None,
            row["shop"],
        )


def _parcels(asked: _Asked) -> Iterable[_Event]:
    """One item per parcel, at its latest event."""
    for row in asked.newest(asked.facts("parcel"), "last_event_at"):
        state = labels.label(labels.PARCEL_STATE, row["state"]) or ""
        said = [f"{row['carrier'] or ''} {row['waybill']}".strip(), state]
        yield _Event(
            Cursor(row["last_event_at"], "parcel", row["waybill"]),
            Text("包裹", "Parcel"),
            " · ".join(part for part in said if part),
            None,
            row["shop"],
        )


def _refunds(asked: _Asked) -> Iterable[_Event]:
    refund = asked.facts("refund")
    for time, title in (
        ("applied_at", Text("申请退款", "Refund requested")),
        ("finished_at", Text("退款结束", "Refund settled")),
    ):
        for row in asked.newest(refund, time):
            state = labels.label(labels.REFUND_STATE, row["state"])
            reason = f" · {row['reason']}" if row["reason"] else ""
            yield _Event(
                Cursor(row[time], "refund", f"{row['refund_id']}:{time}"),
                title,
                f"{row['trade_id'] or ''} · {state or ''}{reason}".strip(" ·"),
                row["amount"],
                row["shop"],
            )


def _reviews(asked: _Asked) -> Iterable[_Event]:
    for row in asked.newest(asked.facts("review"), "created_at"):
        rating = labels.label(labels.RATING, row["rating"])
        said = " · ".join(part for part in (rating, row["item_title"], row["text"]) if part)
        yield _Event(
            Cursor(row["created_at"], "review", str(row["review"])),
            Text("评价", "Reviewed"),
            said or None,
            None,
            row["shop"],
        )


def _visits(asked: _Asked) -> Iterable[_Event]:
    visit = asked.facts("visit")
    item = table("item").select("item", "title")
    titled = visit.left_join(item, "item").drop("item_right")
    for row in asked.newest(titled, "occurred_at"):
        yield _Event(
            Cursor(row["occurred_at"], "visit", str(row["visit"])),
            _VISITS.get(row["kind"], Text("访问", "Visited")),
            row["title"],
            None,
            row["shop"],
        )


def _identity(asked: _Asked) -> Iterable[_Event]:
    """Merged and un-merged, from the feed; and when the member was first seen."""
    feed = table("feed")
    mine = feed.filter(
        feed.kind == "identity",
        (feed.member == asked.member)
        | (feed.subject == asked.member)
        | (feed.before == str(asked.member)),
    )
    for row in asked.newest(mine, "recorded_at"):
        if row["change"] == "merged":
            title = Text(
                f"会员 {row['before']} 并入会员 {row['after']}",
                f"Member {row['before']} was merged into {row['after']}",
            )
        else:
            title = Text(
                f"会员 {row['after']} 从会员 {row['before']} 分出",
                f"Member {row['after']} was parted from {row['before']}",
            )
        by_batch = Text("依据导入的数据", "from imported data")
        by_hand = Text("人工决定", "a person's decision")
        yield _Event(
            Cursor(row["recorded_at"], "identity", str(row["seq"])),
            title,
            translate(by_hand if row["batch"] is None else by_batch),
        )


def _first_seen(asked: _Asked) -> Iterable[_Event]:
    mine = table("member").filter(_.member == asked.member)
    for row in asked.newest(mine, "first_seen_at"):
        visible = row["source_shop"] is None or asked.scope.allows(row["source_shop"])
        yield _Event(
            Cursor(row["first_seen_at"], "import", str(asked.member)),
            Text("首次出现", "First seen"),
            None,
            None,
            row["source_shop"] if visible else None,
        )


_SOURCES: Final = (
    _Source(("trade", "payment", "shipment"), _trades),
    _Source(("parcel",), _parcels),
    _Source(("refund",), _refunds),
    _Source(("review",), _reviews),
    _Source(("visit",), _visits),
    _Source(("identity",), _identity),
    _Source(("import",), _first_seen),
)
