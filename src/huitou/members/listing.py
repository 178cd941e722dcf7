"""The list of members: filter, search, sort and page in the warehouse, names for one page only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from ibis import _

from huitou.accounts import shops
from huitou.accounts.scopes import Scope
from huitou.kernel.clock import aware, naive_utc
from huitou.kernel.crypto import KeyRing
from huitou.kernel.errors import InvalidInput
from huitou.kernel.i18n import Text
from huitou.kernel.money import ZERO, shown
from huitou.members.keys import ACCOUNT_KINDS
from huitou.members.lookup import SearchBy, matching
from huitou.members.people import Person, people
from huitou.warehouse import figures
from huitou.warehouse.scoping import known_members, scoped
from huitou.warehouse.store import Warehouse, table
from huitou.warehouse.trades import UNPAID

SORTABLE: Final = (
    "last_paid_at",
    "first_paid_at",
    "first_seen_at",
    "paid_trades",
    "paid_amount",
    "net_amount",
    "average_order_value",
    "refund_trades",
    "unpaid_trades",
    "member",
)
_COUNTS: Final = ("paid_trades", "refund_trades", "unpaid_trades")
_AMOUNTS: Final = ("paid_amount", "net_amount")
_FEW: Final = 500
"""Up to so many numbers stand in the query itself; more are joined."""


@dataclass(frozen=True)
class MemberFilter:
    """What the list is narrowed to; None means no condition."""

    q: str = ""
    search_by: SearchBy = "auto"
    shops: Sequence[int] | None = None
    province: str | None = None
    min_trades: int | None = None
    max_trades: int | None = None
    min_paid: Decimal | None = None
    max_paid: Decimal | None = None
    last_paid_after: datetime | None = None
    last_paid_before: datetime | None = None
    has_phone: bool | None = None
    gender: str | None = None
    state: Literal["all", "buyers", "prospects"] = "all"
    bought_after: datetime | None = None  # has a paid trade in this time
    bought_before: datetime | None = None
    bought_province: str | None = None  # that was sent there
    min_bought_days: int | None = None  # on so many different days of it
    as_of: date | None = None  # the day as of which that is asked
    first_paid_after: datetime | None = None  # the first paid trade with the brand, in any shop
    first_paid_before: datetime | None = None
    known_before: datetime | None = None  # undated members count as known
    members: Sequence[int] | npt.NDArray[np.int64] | None = None

    @property
    def buys_in_a_window(self) -> bool:
        return any((self.bought_after, self.bought_before, self.min_bought_days))


@dataclass(frozen=True)
class _Extra:
    """What the rows of one page need beside their numbers."""

    persons: Mapping[int, Person] = field(default_factory=dict)
    accounts: Mapping[int, int] = field(default_factory=dict)
    platforms: Mapping[int, list[str]] = field(default_factory=dict)
    shops: Mapping[int, str] = field(default_factory=dict)


def page(
    warehouse: Warehouse,
    wanted: MemberFilter,
    *,
    sort: str = "-last_paid_at",
    offset: int = 0,
    size: int = 50,
    scope: Scope,
    ring: KeyRing,
) -> tuple[list[dict[str, Any]], int]:
    """(rows as ``MemberRow``, how many there are in all)."""
    found = filtered(warehouse, wanted, scope, ring)
    with warehouse.snapshot():
        total = int(warehouse.scalar(found.count()))
        rows = warehouse.rows(found.order_by(*_order(sort)).limit(size, offset=offset))
        return described(warehouse, rows, ring), total


def rows_of(
    warehouse: Warehouse, members: Iterable[int], *, scope: Scope, ring: KeyRing
) -> dict[int, dict[str, Any]]:
    """``MemberRow`` by number, of those of these members that the scope holds."""
    numbers = sorted(set(members))
    if not numbers:
        return {}
    found = filtered(warehouse, MemberFilter(members=numbers), scope, ring)
    rows = described(warehouse, warehouse.rows(found), ring)
    return {int(row["member"]): row for row in rows}


def in_chunks(
    warehouse: Warehouse, wanted: MemberFilter, *, scope: Scope, ring: KeyRing, size: int = 2_000
) -> Iterator[list[dict[str, Any]]]:
    """Every row in the order of numbers, for exports; in bounded memory."""
    found = filtered(warehouse, wanted, scope, ring)
    last = 0
    while True:
        part = found.filter(found.member > last).order_by("member").limit(size)
        rows = warehouse.rows(part)
        if not rows:
            return
        last = rows[-1]["member"]
        yield described(warehouse, rows, ring)


def filtered(warehouse: Warehouse, wanted: MemberFilter, scope: Scope, ring: KeyRing) -> ibis.Table:
    """The members that a filter keeps, with their figures, as an expression."""
    narrowed = scope.narrowed(wanted.shops)
    rows = _with_figures(narrowed)
    if wanted.q.strip():
        found = matching(warehouse, wanted.q, wanted.search_by, ring)
        rows = rows.semi_join(found, "member")
    if wanted.members is not None:
        rows = _among(rows, wanted.members)
    if wanted.buys_in_a_window:
        rows = rows.semi_join(_buyers_in_window(wanted, narrowed), "member")
    if wanted.province:
        rows = rows.filter(rows.province == wanted.province)
    if wanted.gender:
        rows = rows.filter(rows.gender == wanted.gender)
    if wanted.has_phone is not None:
        rows = rows.filter(rows.has_phone.fill_null(False) == wanted.has_phone)
    if wanted.known_before is not None:
        seen = rows.first_seen_at
        rows = rows.filter(seen.isnull() | (seen < naive_utc(wanted.known_before)))
    if wanted.first_paid_after is not None or wanted.first_paid_before is not None:
        rows = rows.semi_join(_first_paid(wanted), "member")
    conditions = _conditions(rows, wanted)
    return rows.filter(*conditions) if conditions else rows


def _among(rows: ibis.Table, members: Sequence[int] | npt.NDArray[np.int64]) -> ibis.Table:
    """The rows of these members, be they three or a million."""
    if len(members) <= _FEW:
        return rows.filter(rows.member.isin([int(one) for one in members]))
    picked = pa.table({"member": pa.array(np.asarray(members, np.int64))})
    return rows.semi_join(ibis.memtable(picked), "member")


def _first_paid(wanted: MemberFilter) -> ibis.Table:
    """(member): whose first paid trade with the brand, whichever shop it was in, is in the window."""
    totals = table("member_totals")
    kept = totals.filter(totals.first_paid_at.notnull())
    if wanted.first_paid_after is not None:
        kept = kept.filter(kept.first_paid_at >= naive_utc(wanted.first_paid_after))
    if wanted.first_paid_before is not None:
        kept = kept.filter(kept.first_paid_at < naive_utc(wanted.first_paid_before))
    return kept.select("member")


def _buyers_in_window(wanted: MemberFilter, scope: Scope) -> ibis.Table:
    """(member): who paid in the window, counted as the overview counts."""
    trades = figures.settled_between(
        wanted.bought_after, wanted.bought_before, wanted.as_of, scope, shops.zone()
    )
    paid = trades.filter(trades.was_paid, trades.member.notnull())
    if wanted.bought_province:
        paid = paid.filter(paid.province == wanted.bought_province)
    buyers = paid.group_by("member").aggregate(days=paid.paid_day.nunique())
    return buyers.filter(buyers.days >= (wanted.min_bought_days or 1)).select("member")


def described(
    warehouse: Warehouse, rows: Sequence[dict[str, Any]], ring: KeyRing
) -> list[dict[str, Any]]:
    """Rows of ``filtered`` as ``MemberRow``: masked names, accounts, platforms."""
    extra = _extra(warehouse, [row["member"] for row in rows], ring)
    return [_member_row(row, extra) for row in rows]


def _with_figures(scope: Scope) -> ibis.Table:
    held = table("member").filter(_.merged_into.isnull())
    if scope.is_everything:
        sums = table("member_totals").select(
            "member",
            *_COUNTS,
            *_AMOUNTS,
            "first_paid_at",
            "last_paid_at",
            "first_shop",
        )
    else:
        held = held.semi_join(known_members(scope), "member")
        sums = _scoped_figures(scope)
    rows = held.left_join(sums, "member").drop("member_right")
    filled = rows.mutate(
        **{name: rows[name].fill_null(0) for name in _COUNTS},
        **{name: rows[name].fill_null(ZERO) for name in _AMOUNTS},
    )
    average = ibis.ifelse(filled.paid_trades > 0, filled.paid_amount / filled.paid_trades, None)
    return filled.mutate(average_order_value=average)


def _scoped_figures(scope: Scope) -> ibis.Table:
    """``member_totals`` of the trades of some shops only."""
    trades = scoped(table("trade"), scope).filter(_.member.notnull())
    unpaid = trades.status.isin(UNPAID)
    paid = trades.is_paid
    return trades.group_by("member").aggregate(
        paid_trades=trades.count(where=paid),
        refund_trades=trades.count(where=trades.refunded_amount > 0),
        unpaid_trades=trades.count(where=unpaid),
        paid_amount=trades.paid_amount.sum(where=paid),
        net_amount=(trades.paid_amount - trades.refunded_amount.fill_null(ZERO)).sum(where=paid),
        first_paid_at=trades.paid_at.min(where=paid),
        last_paid_at=trades.paid_at.max(where=paid),
        first_shop=trades.shop.argmin(trades.paid_at, where=paid),
    )


def _conditions(rows: ibis.Table, wanted: MemberFilter) -> list[ibis.Value]:
    found: list[ibis.Value] = []
    if wanted.state == "buyers":
        found.append(rows.paid_trades > 0)
    elif wanted.state == "prospects":
        found.append(rows.paid_trades == 0)
    if wanted.min_trades is not None:
        found.append(rows.paid_trades >= wanted.min_trades)
    if wanted.max_trades is not None:
        found.append(rows.paid_trades <= wanted.max_trades)
    if wanted.min_paid is not None:
        found.append(rows.paid_amount >= wanted.min_paid)
    if wanted.max_paid is not None:
        found.append(rows.paid_amount <= wanted.max_paid)
    if wanted.last_paid_after is not None:
        found.append(rows.last_paid_at >= naive_utc(wanted.last_paid_after))
    if wanted.last_paid_before is not None:
        found.append(rows.last_paid_at < naive_utc(wanted.last_paid_before))
    return found


def _order(sort: str) -> list[Any]:
    name = sort.removeprefix("-")
    if name not in SORTABLE:
        raise InvalidInput(
            Text(f"不能按 {name} 排序", f"Members cannot be sorted by {name}"),
            remedy=Text(f"可用：{'、'.join(SORTABLE)}", f"Use one of: {', '.join(SORTABLE)}"),
            where={"field": "sort"},
        )
    column = _[name].desc(nulls_first=False) if sort.startswith("-") else _[name].asc()
    return [column] if name == "member" else [column, "member"]


def _extra(warehouse: Warehouse, members: list[int], ring: KeyRing) -> _Extra:
    if not members:
        return _Extra()
    keys = warehouse.table("identity_key")
    shop = warehouse.table("shop").select("shop", "platform", shop_name="name")
    strong = keys.filter(keys.strength == "strong", keys.member.isin(members))
    seen = strong.left_join(shop, "shop").select("member", "kind", "platform")
    accounts: dict[int, int] = {}
    platforms: dict[int, list[str]] = {}
    for row in warehouse.rows(seen.order_by("member", "platform")):
        member = row["member"]
        if row["kind"] in ACCOUNT_KINDS:
            accounts[member] = accounts.get(member, 0) + 1
        known = platforms.setdefault(member, [])
        if row["platform"] and row["platform"] not in known:
            known.append(row["platform"])
    return _Extra(
        persons=people(warehouse, members, ring),
        accounts=accounts,
        platforms=platforms,
        shops={row["shop"]: row["shop_name"] for row in warehouse.rows(shop)},
    )


def _member_row(row: Mapping[str, Any], extra: _Extra) -> dict[str, Any]:
    member = row["member"]
    person = extra.persons[member]
    return {
        "member": str(member),
        "display_name": person.display_name,
        "nick": person.masked("nick"),
        "phone": person.masked("phone"),
        "accounts": extra.accounts.get(member, 0),
        "platforms": extra.platforms.get(member, []),
        "gender": row["gender"],
        "province": row["province"],
        "city": row["city"],
        "city_tier": row["city_tier"],
        "paid_trades": row["paid_trades"],
        "paid_amount": money(row["paid_amount"]),
        "net_amount": money(row["net_amount"]),
        "average_order_value": money(row["average_order_value"]),
        "first_paid_at": instant(row["first_paid_at"]),
        "last_paid_at": instant(row["last_paid_at"]),
        "first_seen_at": instant(row["first_seen_at"]),
        "refund_trades": row["refund_trades"],
        "unpaid_trades": row["unpaid_trades"],
        "first_shop_name": extra.shops.get(row["first_shop"]),
        "level": row["level"],
    }


def money(amount: Any) -> str | None:
    """An amount as the API gives it: two decimals, or None where it is not known."""
    return None if amount is None else str(shown(Decimal(str(amount))))


def instant(stored: datetime | None) -> datetime | None:
    """A warehouse time as an aware instant."""
    return None if stored is None else aware(stored)
