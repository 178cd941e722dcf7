"""The facts that rules ask about: their tables, their time, the fields a condition may name.

Everything is an Ibis expression over the warehouse's unbound tables, so that the same source runs on
DuckDB and on ClickHouse. A fact row always has ``member`` (never NULL), ``moment`` (its time, naive
UTC) and ``moment_day`` (the brand's day).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Final, Literal

import ibis

from huitou.accounts.scopes import Scope
from huitou.kernel.i18n import Text
from huitou.kernel.money import ZERO
from huitou.segments.moments import Moment
from huitou.segments.operators import ValueType
from huitou.segments.slots import CUT, DAY, AnyMoment, Slot, constant
from huitou.warehouse import asof
from huitou.warehouse.days import local_day, local_time
from huitou.warehouse.schema import MONEY
from huitou.warehouse.scoping import scoped
from huitou.warehouse.store import table
from huitou.warehouse.trades import UNPAID

NOTHING: Final = ibis.literal(ZERO, MONEY)
Need = Literal["line", "trade", "item", "shop"]
Needs = frozenset[Need]


@dataclass(frozen=True)
class View:
    """What a rule may see: facts before the moment, of the scope's shops.

    ``latest``: whether the moment is later than every fact, so that the tables stand as they are.
    """

    moment: Moment  # or AnyMoment, which does not tell
    scope: Scope
    latest: bool = True

    def table(self, name: str) -> ibis.Table:
        """The rows of a table that the view holds (times later than the moment are cut off)."""
        if name == "trade":
            rows = table("trade") if self.latest else asof.trades_at(self.moment.cut)
        elif name == "trade_line":
            rows = table("trade_line") if self.latest else asof.lines_at(self.moment.cut)
        else:
            rows = table(name)
        return scoped(rows, self.scope) if "shop" in rows.columns else rows

    @property
    def zone(self) -> str:
        return self.moment.zone

    @property
    def cut(self) -> ibis.Value:
        """The moment as a timestamp: facts from it on are not known."""
        return constant(CUT if isinstance(self.moment, AnyMoment) else self.moment.cut)

    @property
    def day(self) -> ibis.Value:
        """The last brand day of which something is known."""
        return constant(DAY if isinstance(self.moment, AnyMoment) else self.moment.day)

    @property
    def may_use_totals(self) -> bool:
        """Whether ``member_totals`` says what counting the facts of this view would say."""
        return self.latest and self.scope.is_everything


@dataclass(frozen=True)
class Values:
    """A value per member as an expression.

    ``table``: (member, value), one row per member whose value is known; for a set one row per member and
    element; for a birthday (member, month, day, lunar). ``zero``: the value of members without a row:
    0 for counts and sums, False for flags, None where it is not known.
    """

    table: ibis.Table
    zero: int | None = None


Of = Callable[[ibis.Table, View], ibis.Value]
"""A value of a fact row, or an aggregate of rows."""


@dataclass(frozen=True)
class Field:
    """Something a condition on a fact may name.

    ``of(rows)`` is its value; ``needs`` what has to be joined for it. ``values`` names where a
    pick-list's values come from: "fixed" (``choices``) or "search" (``pick.py``). With
    ``is_path`` a value also stands for everything below it (``黄酒`` for ``黄酒 > 花雕``).
    """

    code: str
    label: Text
    type: ValueType
    of: Of
    needs: Needs = frozenset()
    unit: str = ""
    choices: Mapping[str, Text] | None = None
    is_searchable: bool = False
    is_path: bool = False
    help: Text = Text("", "")
    number: Of | None = None
    """The whole number that ``of`` writes as text: what a scan compares without writing anything."""


@dataclass(frozen=True)
class Measure:
    """A value worked out of a member's matching facts.

    ``of(rows, view)`` aggregates rows grouped by member. ``zero`` is what a member without such facts
    has: 0 for counts and sums, None (not known) for the rest. ``level``: the rows it can be worked out
    of — an order's amount cannot be summed over its lines. With ``of_share`` the measure is a share: the
    first of the pair over matching rows, the second over all rows of the window.
    """

    code: str
    label: Text
    type: ValueType
    of: Of
    zero: int | None = None
    unit: str = ""
    help: Text = Text("", "")
    of_lines: Of | None = None
    needs_lines: bool = False
    is_share: bool = False
    numeric_field: str = ""


@dataclass(frozen=True, eq=False)  # one of each: told apart by identity, and quickly
class Fact:
    """One kind of thing that happens to members."""

    code: str
    label: Text
    phrase: Text  # as it stands in a sequence: "买过" / "bought"
    table: str
    at: str  # the column of its time
    fields: Mapping[str, Field]
    measures: Mapping[str, Measure]
    bases: Mapping[str, Text] = field(default_factory=dict)

    @property
    def is_trades(self) -> bool:
        return self.code == "trade"


BASES: Final[dict[str, Text]] = {
    "paid": Text("已付款", "paid"),
    "unpaid": Text("未付款", "not paid"),
    "refunded": Text("有退款", "refunded"),
    "all": Text("全部", "all"),
}


def column(name: str) -> Of:
    """A field that is a column of the fact's own row."""
    return lambda rows, _view: rows[name]


def joined(prefix: str, name: str) -> Of:
    """A field of a joined table."""
    return lambda rows, _view: rows[f"{prefix}_{name}"]


def rows_of(fact: Fact, basis: str, view: View, needs: Needs) -> ibis.Table:
    """The rows of a fact that the view holds, with what is needed joined; not yet limited in time."""
    return _rows_of(fact, basis, view, needs)


@lru_cache(maxsize=1_024)
def _rows_of(fact: Fact, basis: str, view: View, needs: Needs) -> ibis.Table:
    if fact.is_trades:
        return _trade_rows(basis, view, needs)
    rows = view.table(fact.table)
    rows = rows.filter(rows.member.notnull())
    rows = rows.mutate(moment=rows[fact.at])
    rows = rows.filter(rows.moment.notnull())
    if not view.latest:
        rows = rows.filter(rows.moment < view.cut)
    if "item" in needs:
        rows = _with_item(rows)
    if "shop" in needs:
        rows = _with_shop(rows)
    return rows


def _trade_rows(basis: str, view: View, needs: Needs) -> ibis.Table:
    by_line = bool(needs & {"line", "item"})
    rows = view.table("trade_line" if by_line else "trade")
    rows = rows.filter(rows.member.notnull())
    if by_line and (basis in {"unpaid", "refunded"} or "trade" in needs):
        trade = view.table("trade")
        order = trade.select(
            order_trade=trade.trade, **{f"order_{name}": trade[name] for name in _ORDER_COLUMNS}
        )
        rows = rows.inner_join(order, rows.trade == order.order_trade)
    status = "order_status" if by_line else "status"
    refunded = "order_refunded_amount" if by_line else "refunded_amount"
    if basis == "paid":
        rows = rows.filter(rows.is_paid)
        rows = rows.mutate(moment=rows.paid_at)
    elif basis == "unpaid":
        rows = rows.filter(rows[status].isin(UNPAID))
        rows = rows.mutate(moment=rows.created_at)
    elif basis == "refunded":
        rows = rows.filter(rows[refunded] > 0)
        rows = rows.mutate(moment=rows.paid_at)
    else:
        rows = rows.mutate(moment=rows.created_at.coalesce(rows.paid_at))
    if "item" in needs:
        rows = _with_item(rows)
    if "shop" in needs:
        rows = _with_shop(rows)
    return rows


_ORDER_COLUMNS: Final = (
    "status",
    "goods_amount",
    "discount_amount",
    "postage_amount",
    "paid_amount",
    "refunded_amount",
    "province",
    "city",
    "presale_step",
    "channel",
    "store",
    "guide",
    "units",
)


def _with_item(rows: ibis.Table) -> ibis.Table:
    items = table("item")
    held = items.select(
        item_number=items.item,
        **{
            f"item_{name}": items[name]
            for name in (
                "title",
                "category",
                "brand",
                "merchant_code",
                "season",
                "phase",
                "list_price",
                "attributes",
            )
        },
    )
    found = rows.left_join(held, rows.item == held.item_number)
    if "item_title" in rows.columns:
        # A review has the title it was written under; the item's own counts, where it has one.
        found = found.mutate(item_title=found.item_title_right.coalesce(found.item_title))
    return found


def _with_shop(rows: ibis.Table) -> ibis.Table:
    shops = table("shop")
    held = shops.select(shop_number=shops.shop, shop_platform=shops.platform, shop_kind=shops.kind)
    return rows.left_join(held, rows.shop == held.shop_number)


def moment_day(rows: ibis.Table, view: View) -> ibis.Value:
    """The brand day of a fact."""
    return local_day(rows.moment, view.zone)


def hour(rows: ibis.Table, view: View) -> ibis.Value:
    return local_time(rows.moment, view.zone).hour()


def weekday(rows: ibis.Table, view: View) -> ibis.Value:
    """1 (Monday) to 7."""
    return moment_day(rows, view).day_of_week.index() + 1


def month(rows: ibis.Table, view: View) -> ibis.Value:
    return moment_day(rows, view).month()


def in_window(
    rows: ibis.Table, first: datetime | Slot | None, end: datetime | Slot | None
) -> ibis.Table:
    """The rows of [first, end)."""
    sides = []
    if first is not None:
        sides.append(rows.moment >= constant(first))
    if end is not None:
        sides.append(rows.moment < constant(end))
    return rows.filter(*sides) if sides else rows


def days_since(day: ibis.Value, view: View) -> ibis.Value:
    """Whole brand days from a day to the day of the question."""
    return view.day.delta(day, unit="day")
