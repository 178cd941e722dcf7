"""Small random warehouses for rules to be asked of.

A world is made by its seed alone: hypothesis would need thousands of draws for one, and its own draws
are better spent on the trees. Everything nullable is NULL somewhere; times lie on, just before and just
after the edges of days, months, leap days and windows; copies of columns are as intake writes them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

import pyarrow as pa
from hypothesis import strategies as st

from huitou.segments.moments import Moment
from huitou.warehouse import totals
from huitou.warehouse.schema import PARCEL_STATES, REFUND_STATES, STATUSES, TABLES
from huitou.warehouse.store import Warehouse

Row = dict[str, Any]
SHANGHAI: Final = "Asia/Shanghai"
ZONES: Final = (SHANGHAI, "America/New_York", "Asia/Shanghai", "UTC")
MEMBERS: Final = 40
LAST_DAY: Final = date(2024, 7, 1)
"""No fact is later than this day."""
EDGES: Final = tuple(
    map(
        date.fromisoformat,
        (
            *("2022-06-18", "2022-12-31", "2023-01-01", "2023-02-04", "2023-02-28", "2023-06-18"),
            *("2023-11-11", "2023-12-31", "2024-01-01", "2024-01-31", "2024-02-10", "2024-02-28"),
            *("2024-02-29", "2024-03-01", "2024-03-10", "2024-03-31", "2024-04-01", "2024-05-31"),
            *("2024-06-01", "2024-06-18", "2024-06-30", "2024-07-01"),
        ),
    )
)
MICROSECOND: Final = timedelta(microseconds=1)
SHOPS: Final = (
    (1, "tb1", "taobao", "online"),
    (2, "jd1", "jd", "online"),
    (3, "st1", "pos", "store"),
    (4, "xx1", None, None),
)
CATEGORIES: Final = ("黄酒", "黄酒 > 花雕", "黄酒 > 花雕 > 十年", "黄酒礼盒", "Tea", "Tea > Green")
PROVINCES: Final = ("浙江", "上海", "Zhejiang", "北京")
TITLES: Final = ("花雕 10年", "Green TEA 100%", "ÉCLAIR_x", "礼盒")
AMOUNTS: Final = tuple(
    Decimal(amount) / 10_000
    for amount in (0, 1, 99_900, 100_000, 100_000, 333_333, 500_000, 999_000, 10**6, 10**6, 10**7)
)
CLOSED: Final = ("closed_unpaid", "closed_refunded")
UNPAID: Final = ("unpaid", "pay_pending", "deposit_paid", "closed_unpaid")


@dataclass(repr=False)
class World:
    """Rows by table, the zone of the brand, the members of two saved segments."""

    zone: str = SHANGHAI
    tables: dict[str, list[Row]] = field(default_factory=dict)
    saved: dict[int, frozenset[int]] = field(default_factory=dict)

    def arrow(self, name: str) -> pa.Table:
        """A table's rows, with every column of its schema."""
        schema = TABLES[name]
        rows = self.tables.get(name, [])
        unknown = {column for row in rows for column in row} - set(schema.names)
        assert not unknown, f"{name} has no {unknown}"
        return pa.Table.from_pylist(rows, schema=schema.to_pyarrow())

    @contextmanager
    def warehouse(self) -> Iterator[Warehouse]:
        """The world as a warehouse in memory, with ``member_totals`` counted."""
        opened = Warehouse.in_memory()
        try:
            with opened.writing() as writer:
                for name in self.tables:
                    writer.insert(name, self.arrow(name))
                totals.refresh(writer, writer.table("member").select("member"))
            yield opened
        finally:
            opened.close()

    @cached_property
    def instants(self) -> list[datetime]:
        """Every instant that anything happened at (naive UTC)."""
        found = {
            value
            for rows in self.tables.values()
            for row in rows
            for value in row.values()
            if isinstance(value, datetime)
        }
        return sorted(found)

    def day_start(self, day: date) -> datetime:
        """The first instant (naive UTC) of a day of the brand's zone."""
        start = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(self.zone))
        return start.astimezone(UTC).replace(tzinfo=None)


def trade(world: World, **given: Any) -> Row:
    """A trade with the columns that intake works out; lines are added by ``line``."""
    row: Row = {"shop": 1, "status": "finished", "source": "taobao", "batch": 1, **given}
    row.setdefault("trade_id", str(row["trade"]))
    refunds = [
        one["amount"]
        for one in world.tables.get("refund", [])
        if one["trade"] == row["trade"] and one["state"] == "success" and one["amount"] is not None
    ]
    amounts = [sum(refunds)] * bool(refunds) + [row.get("reported_refund")]
    known = [one for one in amounts if one is not None]
    row["refunded_amount"] = max(known, default=None)
    row["created_day"] = day_of(row.get("created_at"), world.zone)
    row["paid_day"] = day_of(row.get("paid_at"), world.zone)
    given_back = (row["refunded_amount"] or 0) >= (row.get("paid_amount") or 0)
    row["is_paid"] = (
        row.get("paid_at") is not None
        and row["status"] not in UNPAID
        and not (row["status"] == "closed_refunded" and given_back)
    )
    world.tables.setdefault("trade", []).append(row)
    return row


def line(world: World, of: Row, **given: Any) -> Row:
    """A line of a trade, with the columns that are copies."""
    items = {one["item"]: one for one in world.tables.get("item", [])}
    row: Row = {"status": of["status"], "line_rank": 1, "batch": 1, **given, "trade": of["trade"]}
    row.setdefault("line_key", str(len(world.tables.get("trade_line", []))))
    for name in ("member", "shop", "created_at", "paid_at", "paid_day"):
        row[name] = of.get(name)
    if row.get("item") is not None:
        row["category"] = items[row["item"]]["category"]
    row["is_paid"] = of["is_paid"] and row["status"] not in CLOSED
    world.tables.setdefault("trade_line", []).append(row)
    return row


def day_of(instant: datetime | None, zone: str) -> date | None:
    """The day of a naive UTC instant in a zone."""
    if instant is None:
        return None
    return instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()


def world_of(seed: int) -> World:
    """The world of a seed."""
    return _Maker(seed).world


class _Maker:
    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.world = World(ZONES[seed % len(ZONES)])
        self._shops_and_items()
        self._members()
        for number in range(1, 60):
            self._order(number)
        for table, count, make in (
            ("review", 40, self._review),
            ("visit", 50, self._visit),
            ("message_event", 50, self._message),
            ("points_entry", 40, self._points),
            ("coupon_event", 40, self._coupon),
            ("task_event", 30, self._task),
        ):
            self.world.tables[table] = [make(number) for number in range(1, count)]
        self._tags()
        self._identities()
        self._traces()
        people = range(1, MEMBERS + 1)
        self.world.saved = {
            7: frozenset(self.random.sample(people, 12)),
            8: frozenset(self.random.sample(people, 3)),
        }

    # Draws

    def maybe(self, make: Callable[[], Any], share: float = 0.8) -> Any:
        return make() if self.random.random() < share else None

    def pick(self, *values: Any) -> Any:
        return self.random.choice(values)

    def member(self) -> int | None:
        """A live member, few of them often, sometimes nobody; the last numbers never do anything."""
        number = self.pick(None, *range(1, 9), *range(1, 9), *range(9, MEMBERS - 6))
        return None if number in self.merged else number

    def instant(self) -> datetime:
        """Some time, mostly at an edge."""
        if self.random.random() < 0.5:
            start = self.world.day_start(self.pick(*EDGES[:-1]))
            step: timedelta = self.pick(-MICROSECOND, timedelta(), MICROSECOND, timedelta(hours=12))
            return start + step
        seconds = self.random.randrange(0, 900 * 86_400)
        return self.world.day_start(LAST_DAY) - timedelta(seconds=seconds)

    def after(self, start: datetime | None) -> datetime | None:
        """Nothing, or some time at or after another."""
        steps = (
            timedelta(),
            MICROSECOND,
            timedelta(hours=1),
            timedelta(days=1),
            timedelta(days=30),
        )
        if start is None or self.random.random() < 0.3:
            return None
        found: datetime = start + self.pick(*steps) * self.pick(1, 1, 2)
        return min(found, self.world.day_start(LAST_DAY))

    def money(self) -> Decimal:
        return Decimal(self.pick(*AMOUNTS))

    # Rows

    def _shops_and_items(self) -> None:
        self.world.tables["shop"] = [
            {"shop": shop, "code": code, "name": code, "platform": platform, "kind": kind}
            for shop, code, platform, kind in SHOPS
        ]
        self.world.tables["item"] = [
            {
                "item": number,
                "source": "taobao",
                "item_key": str(number),
                "title": self.maybe(lambda: self.pick(*TITLES)),
                "category": self.maybe(lambda: self.pick(*CATEGORIES)),
                "brand": self.maybe(lambda: self.pick("古越", "Brand B")),
                "merchant_code": self.maybe(lambda: self.pick("M1", "m1", "M2")),
                "season": self.maybe(lambda: self.pick("spring", "winter")),
                "phase": self.maybe(lambda: self.pick("new", "clearance")),
                "list_price": self.maybe(self.money),
                "attributes": self.maybe(lambda: self.pick('{"颜色": "红"}', '{"size": "XL"}')),
            }
            for number in range(1, 11)
        ]

    def _members(self) -> None:
        self.merged = {6, 17, 30}
        rows = []
        for number in range(1, MEMBERS + 1):
            lunar = self.pick(None, False, False, True)
            month = self.maybe(lambda: self.pick(1, 2, 4, 6, 7, 12))
            day = self.maybe(lambda: self.pick(1, 3, 10, 15, 28, 29, 30))
            rows.append(
                {
                    "member": number,
                    "merged_into": self.pick(1, 2) if number in self.merged else None,
                    "first_seen_at": self.maybe(self.instant, 0.9),
                    "gender": self.pick("f", "m", None),
                    "birth_year": self.maybe(lambda: self.pick(1950, 1990, 2004)),
                    "birth_month": month,
                    "birth_day": min(day, 29) if day and month == 2 and not lunar else day,
                    "birth_lunar": lunar,
                    "province": self.maybe(lambda: self.pick(*PROVINCES)),
                    "city": self.maybe(lambda: self.pick("杭州", "绍兴")),
                    "city_tier": self.maybe(lambda: self.pick(1, 2, 5)),
                    "joined_at": self.maybe(self.instant, 0.5),
                    "level": self.maybe(lambda: self.pick("gold", "silver"), 0.5),
                    "source": self.maybe(lambda: self.pick("taobao", "jd")),
                    "source_shop": self.maybe(lambda: self.pick(1, 2)),
                    "has_phone": self.pick(True, False, None),
                    "has_email": self.pick(True, False, None),
                    "has_wecom": self.pick(True, False, None),
                }
            )
        self.world.tables["member"] = rows

    def _order(self, number: int) -> None:
        created = self.maybe(self.instant, 0.9)
        paid = self.after(created) if self.random.random() < 0.8 else self.maybe(self.instant)
        shipped, signed, finished, closed = (self.after(paid or created) for _ in range(4))
        member, shop = self.member(), self.pick(1, 1, 2, 3, 4, None)
        status = self.pick(*STATUSES, "finished", "finished", "shipped", None)
        for _ in range(self.pick(0, 0, 0, 1, 2)):
            self._refund(number, member, shop, paid or created)
        made = trade(
            self.world,
            trade=number,
            shop=shop,
            member=member,
            status=status,
            created_at=created,
            paid_at=paid,
            shipped_at=shipped,
            signed_at=signed,
            finished_at=finished,
            closed_at=closed if status in CLOSED else None,
            goods_amount=self.maybe(self.money),
            discount_amount=self.maybe(self.money, 0.6),
            postage_amount=self.maybe(self.money, 0.6),
            paid_amount=self.maybe(self.money, 0.9),
            reported_refund=self.maybe(self.money, 0.2),
            units=self.maybe(lambda: Decimal(self.pick("0", "1", "2", "1.500"))),
            province=self.maybe(lambda: self.pick(*PROVINCES)),
            city=self.maybe(lambda: self.pick("杭州", "绍兴")),
            presale_step=self.maybe(lambda: self.pick("deposit", "balance"), 0.3),
            channel=self.maybe(lambda: self.pick("live", "search"), 0.6),
            store=self.maybe(lambda: 3, 0.3),
            guide=self.maybe(lambda: self.pick("g1", "g2"), 0.4),
        )
        for _ in range(self.pick(0, 1, 1, 2, 3)):
            self._line(made)
        if self.random.random() < 0.5:
            self._parcel(number, made)

    def _line(self, of: Row) -> None:
        line(
            self.world,
            of,
            status=self.pick(of["status"], of["status"], "closed_refunded", "finished"),
            item=self.maybe(lambda: self.pick(*range(1, 11))),
            category=self.maybe(lambda: self.pick(*CATEGORIES)),
            sku=self.maybe(lambda: self.pick("红 L", "Red l", "")),
            title=self.maybe(lambda: self.pick(*TITLES)),
            qty=self.maybe(lambda: Decimal(self.pick("0", "1", "2", "0.5"))),
            price=self.maybe(self.money),
            line_amount=self.maybe(self.money),
            paid_amount=self.maybe(self.money, 0.7),
            refund_state=self.maybe(lambda: self.pick(*REFUND_STATES), 0.4),
            refunded_amount=self.maybe(self.money, 0.3),
        )

    def _refund(self, of: int, member: int | None, shop: int | None, near: Any) -> None:
        rows = self.world.tables.setdefault("refund", [])
        applied = self.after(near)
        rows.append(
            {
                "refund": len(rows) + 1,
                "trade": of,
                "trade_id": str(of),
                "source": "taobao",
                "refund_id": str(len(rows)),
                "member": member,
                "shop": shop,
                "state": self.pick(*REFUND_STATES, "success", "success", None),
                "applied_at": applied,
                "finished_at": self.after(applied or near),
                "amount": self.maybe(self.money, 0.9),
                "reason": self.maybe(lambda: self.pick("破损", "No Reason", "不想要了")),
                "is_return": self.pick(True, False, None),
                "batch": 1,
            }
        )

    def _parcel(self, number: int, of: Row) -> None:
        shipped = self.maybe(self.instant) or of["shipped_at"]
        rows = self.world.tables.setdefault("parcel", [])
        rows.append(
            {
                "parcel": number,
                "trade": of["trade"],
                "member": of["member"],
                "shop": of["shop"],
                "carrier": self.pick("yto", "sf"),
                "waybill": str(number),
                "state": self.pick(*PARCEL_STATES, None),
                "trouble": self.maybe(lambda: self.pick("problem", "stalled"), 0.3),
                "shipped_at": shipped,
                "signed_at": self.after(shipped),
                "last_event_at": self.after(shipped),
                "batch": 1,
            }
        )

    def _review(self, number: int) -> Row:
        return {
            "review": number,
            "source": "taobao",
            "review_key": str(number),
            "member": self.member(),
            "shop": self.pick(1, 2, None),
            "item": self.maybe(lambda: self.pick(*range(1, 11))),
            "item_title": self.maybe(lambda: self.pick(*TITLES), 0.5),
            "rating": self.pick("good", "good", "neutral", "bad", None),
            "stars": self.maybe(lambda: self.pick(1, 2, 3, 4, 5, 5)),
            "text": self.maybe(lambda: self.pick("好喝", "Very GOOD ÉTÉ", "差评！", "")),
            "append_text": self.maybe(lambda: self.pick("", "追评"), 0.4),
            "reply_text": self.maybe(lambda: self.pick("", "谢谢"), 0.4),
            "image_count": self.maybe(lambda: self.pick(0, 1, 9)),
            "topics": self.maybe(lambda: self.pick("物流", "包装,味道"), 0.5),
            "created_at": self.maybe(self.instant, 0.95),
            "batch": 1,
        }

    def _visit(self, number: int) -> Row:
        return {
            "visit": number,
            "member": self.member(),
            "shop": self.pick(1, 2, 3, None),
            "kind": self.pick("browse", "cart", "favourite", "store"),
            "item": self.maybe(lambda: self.pick(*range(1, 11))),
            "source": self.maybe(lambda: self.pick("search", "ad")),
            "session": self.maybe(lambda: self.pick("s1", "s2", "s3")),
            "occurred_at": self.maybe(self.instant, 0.95),
            "batch": 1,
        }

    def _of_member(self) -> Row:
        member = self.pick(*(one for one in range(1, MEMBERS - 5) if one not in self.merged))
        return {"member": member, "home": member, "occurred_at": self.instant()}

    def _message(self, number: int) -> Row:
        kinds = ("planned", "sent", "delivered", "failed", "opened", "clicked", "replied",
                 "unsubscribed", "skipped")  # fmt: skip
        return {
            **self._of_member(),
            "message": number,
            "kind": self.pick(*kinds),
            "purpose": self.pick("marketing", "care", None),
            "channel": self.pick("sms", "email", "wecom"),
            "campaign": self.maybe(lambda: self.pick("c1", "c2")),
            "reason": self.maybe(lambda: self.pick("quiet_hours", "no_consent"), 0.2),
            "cost": self.maybe(lambda: Decimal(self.pick("0.05", "0.0450", "0")), 0.7),
            "is_machine": self.pick(True, False, None),
        }

    def _points(self, number: int) -> Row:
        return {
            **self._of_member(),
            "entry": number,
            "kind": self.pick("earn", "burn", "expire", "clawback", "adjust"),
            "points": self.pick(-100, -1, 0, 1, 50, 100),
            "shop": self.pick(1, 2, None),
            "reason": self.maybe(lambda: self.pick("order", "gift")),
            "expires_at": self.maybe(self.instant, 0.3),
        }

    def _coupon(self, number: int) -> Row:
        return {
            **self._of_member(),
            "coupon": number // 2,
            "kind": self.pick("issued", "claimed", "used", "expired", "void"),
            "offer": self.maybe(lambda: self.pick("o1", "o2")),
            "face_value": self.maybe(self.money),
            "shop": self.pick(1, 2, None),
            "expires_at": self.maybe(self.instant, 0.3),
        }

    def _task(self, number: int) -> Row:
        return {
            **self._of_member(),
            "task": number // 2,
            "kind": self.pick("assigned", "contacted", "done", "converted", "overdue"),
            "shop": self.pick(1, 3, None),
            "guide": self.maybe(lambda: self.pick("g1", "g2")),
        }

    def _tags(self) -> None:
        """Changes of tags, and the tags that hold after them (some not yet or no more in force)."""
        events: list[Row] = []
        held: list[Row] = []
        for tag in (1, 2, 3):
            for member in range(1, MEMBERS - 5):
                if member in self.merged or self.random.random() < 0.5:
                    continue
                count = self.pick(1, 1, 2, 3)
                times = sorted({self.instant() for _ in range(count)})
                kinds = [("added", "removed")[at % 2] for at in range(len(times))]
                base = {"tag": tag, "member": member, "home": member, "source": "manual"}
                events += [
                    {**base, "kind": kind, "occurred_at": at, "set_by": 1}
                    for kind, at in zip(kinds, times, strict=True)
                ]
                if kinds[-1] == "added":
                    held.append(
                        {
                            **base,
                            "set_at": times[-1],
                            "effective_at": self.maybe(self.instant, 0.3),
                            "expires_at": self.maybe(self.instant, 0.3),
                        }
                    )
        self.world.tables["tag_event"] = events
        self.world.tables["member_tag"] = held

    def _identities(self) -> None:
        """Accounts of the live members, and what their lists say besides."""
        keys = self.world.tables["identity_key"] = []
        fields = self.world.tables["member_attribute"] = []
        for member in range(1, MEMBERS - 5):
            if member in self.merged:
                continue
            for _ in range(self.pick(1, 1, 2, 3)):
                number = len(keys) + 1
                keys.append(
                    {
                        "key_no": number,
                        "kind": self.pick("phone", "nick", "ouid", "card"),
                        "scope": "",
                        "strength": self.pick("strong", "strong", "weak"),
                        "home": member,
                        "member": member,
                        "contested": False,
                        "first_seen_at": self.maybe(self.instant),
                        "shop": self.pick(1, 2, 3, None),
                    }
                )
                fields.append(
                    {
                        "member": member,
                        "key_no": number,
                        "name": self.pick("size", "taste"),
                        "value": self.pick("L", "甜", "", None),
                        "version_at": self.maybe(self.instant),
                    }
                )

    def _traces(self) -> None:
        self.world.tables["parcel_event"] = [
            {
                "parcel": parcel["parcel"],
                "state": self.pick("picked_up", "in_transit", "signed:proxy", "signed", "problem"),
                "occurred_at": self.instant(),
                "text": "",
            }
            for parcel in self.world.tables["parcel"]
            for _ in range(self.pick(0, 1, 2))
        ]


def moments(world: World) -> st.SearchStrategy[Moment]:
    """Ends of days, the instant of some fact, the microseconds around it, and after everything."""
    ends = st.sampled_from(EDGES).map(lambda day: Moment.end_of(day, world.zone))
    exact = st.builds(
        lambda at, step: Moment((at + step).replace(tzinfo=UTC), world.zone),
        st.sampled_from([one for one in world.instants if one.year >= 2022]),
        st.sampled_from([-MICROSECOND, timedelta(), MICROSECOND, timedelta(hours=3)]),
    )
    late = st.sampled_from([LAST_DAY + timedelta(days=days) for days in (1, 2, 29, 30, 366)]).map(
        lambda day: Moment.end_of(day, world.zone)
    )
    return late | late | ends | exact


def subsets(numbers: Iterable[int]) -> st.SearchStrategy[list[int]]:
    """Some of the members, and a number that is nobody's."""
    return st.lists(st.sampled_from([*numbers, 999]), max_size=8, unique=True)
