"""Saved segments and rules beside one another: combined, compared, overlapped, crossed into cells."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np

from huitou.accounts import shops
from huitou.accounts.scopes import Scope
from huitou.kernel.clock import naive_utc
from huitou.kernel.crypto import KeyRing
from huitou.kernel.errors import InvalidInput
from huitou.kernel.i18n import Text, translate
from huitou.members import listing
from huitou.segments import asking, reads
from huitou.segments.asking import Asked
from huitou.segments.moments import Moment
from huitou.segments.nodes import Group, Node, Saved
from huitou.segments.parsing import document
from huitou.segments.sets import MemberSet
from huitou.warehouse.store import Warehouse

Json = dict[str, Any]
MOST_CELLS: Final = 400


def combined(operator: str, segments: Sequence[int]) -> Node:
    """The rule for a union, an intersection, or the first less all others."""
    nodes = tuple(Saved(reads.get(segment).pk) for segment in dict.fromkeys(segments))
    if operator == "union":
        return Group("any", nodes)
    if operator == "intersection":
        return Group("all", nodes)
    return Group("all", (nodes[0], Group("none", nodes[1:])))


def counted(warehouse: Warehouse, rule: Node, *, scope: Scope, now: datetime) -> Json:
    """``{count, rule}``."""
    asked = asking.ask(warehouse, document(rule), scope=scope, now=now)
    return {"count": len(asked.members()), "rule": document(rule)}


def compared(
    warehouse: Warehouse, a: int, b: int, *, scope: Scope, ring: KeyRing, now: datetime
) -> Json:
    """Two segments: how they overlap, the rules of the parts, and the same figures of each."""
    first, second = reads.get(a), reads.get(b)
    in_a = reads.members(warehouse, first, scope=scope, now=now)
    in_b = reads.members(warehouse, second, scope=scope, now=now)
    rules = {
        "a_only": combined("difference", [a, b]),
        "both": combined("intersection", [a, b]),
        "b_only": combined("difference", [b, a]),
    }
    return {
        "a_only": len(in_a - in_b),
        "both": len(in_a & in_b),
        "b_only": len(in_b - in_a),
        "a": len(in_a),
        "b": len(in_b),
        "rules": {name: document(rule) for name, rule in rules.items()},
        "measures": measures(
            warehouse, {"a": in_a, "b": in_b, "both": in_a & in_b}, scope=scope, ring=ring, now=now
        ),
    }


def measures(
    warehouse: Warehouse,
    sets: dict[str, MemberSet],
    *,
    scope: Scope,
    ring: KeyRing,
    now: datetime,
) -> list[Json]:
    """The same figures of several sets, by their names; None where nobody has a value."""
    everybody = MemberSet.empty()
    for members in sets.values():
        everybody = everybody | members
    wanted = listing.MemberFilter(members=everybody.numbers())
    rows = listing.filtered(warehouse, wanted, scope, ring)
    held = warehouse.fetch(
        rows.select(
            "member",
            orders=rows.paid_trades,
            amount=rows.paid_amount.cast("float64"),
            refunds=rows.refund_trades,
            last=rows.last_paid_at,
            phone=rows.has_phone.fill_null(False),
            female=rows.gender == "f",
        )
    )
    figures = _Figures(held, naive_utc(Moment.today(now, shops.zone()).at))
    found = {name: figures.of(members) for name, members in sets.items()}
    return [
        {
            "code": code,
            "label": translate(label),
            "unit": unit,
            **{name: values[code] for name, values in found.items()},
        }
        for code, (label, unit) in _MEASURES.items()
    ]


_MEASURES: Final[dict[str, tuple[Text, str]]] = {
    "members": (Text("会员数", "Members"), ""),
    "buyers": (Text("买过的占比", "Share of buyers"), "percent"),
    "orders": (Text("人均付款订单", "Paid orders per member"), ""),
    "amount": (Text("人均实付", "Paid per member"), "yuan"),
    "order_value": (Text("笔单价", "Average order value"), "yuan"),
    "repeat": (Text("复购率（买过的人中）", "Bought again, of buyers"), "percent"),
    "refund": (Text("有退款的占比（买过的人中）", "Had a refund, of buyers"), "percent"),
    "recency": (Text("距最近付款平均天数", "Days since the last payment"), "day"),
    "phone": (Text("有手机号的占比", "With a mobile number"), "percent"),
    "female": (Text("女性占比（性别已知者中）", "Women, where known"), "percent"),
}


class _Figures:
    def __init__(self, held: Any, at: datetime) -> None:
        self._member = np.asarray(held["member"].to_numpy(), np.int64)
        self._orders = np.asarray(held["orders"].to_numpy(), np.float64)
        self._amount = np.asarray(held["amount"].to_numpy(), np.float64)
        self._refunds = np.asarray(held["refunds"].to_numpy(), np.float64)
        self._phone = np.asarray(held["phone"].to_numpy(zero_copy_only=False), np.bool_)
        female = held["female"].to_pylist()
        self._female = np.array([one is True for one in female], np.bool_)
        self._has_gender = np.array([one is not None for one in female], np.bool_)
        last = held["last"].to_numpy().astype("datetime64[us]")
        self._days = (np.datetime64(at, "us") - last) / np.timedelta64(1, "D")

    def of(self, members: MemberSet) -> dict[str, float | None]:
        """Every measure of the members of a set."""
        inside = np.zeros(max(members.size, int(self._member.max(initial=0)) + 1), np.bool_)
        inside[members.numbers()] = True
        mine = inside[self._member]
        buyers = mine & (self._orders > 0)
        days = self._days[buyers]
        return {
            "members": float(mine.sum()),
            "buyers": _ratio(buyers.sum(), mine.sum()),
            "orders": _ratio(self._orders[mine].sum(), mine.sum()),
            "amount": _ratio(self._amount[mine].sum(), mine.sum()),
            "order_value": _ratio(self._amount[mine].sum(), self._orders[mine].sum()),
            "repeat": _ratio((self._orders[buyers] > 1).sum(), buyers.sum()),
            "refund": _ratio((self._refunds[buyers] > 0).sum(), buyers.sum()),
            "recency": _ratio(np.floor(days[~np.isnan(days)]).sum(), buyers.sum()),
            "phone": _ratio(self._phone[mine].sum(), mine.sum()),
            "female": _ratio((mine & self._female).sum(), (mine & self._has_gender).sum()),
        }


def _ratio(part: Any, whole: Any) -> float | None:
    return round(float(part) / float(whole), 4) if whole else None


def overlapped(
    warehouse: Warehouse, segments: Sequence[int], *, scope: Scope, now: datetime
) -> Json:
    """How many every pair of segments has in common; on the diagonal their sizes."""
    rows = [reads.get(segment) for segment in dict.fromkeys(segments)]
    sets = [reads.members(warehouse, row, scope=scope, now=now) for row in rows]
    cells = np.zeros((len(sets), len(sets)), np.int64)
    for at, mine in enumerate(sets):
        for other in range(at, len(sets)):
            cells[at, other] = cells[other, at] = len(mine & sets[other])
    return {
        "segments": [
            {"id": str(row.pk), "name": row.name, "size": len(members)}
            for row, members in zip(rows, sets, strict=True)
        ],
        "cells": cells.tolist(),
    }


def crossed(rows: Sequence[Asked], columns: Sequence[Asked]) -> Json:
    """Every row rule with every column rule, as disjoint cells.

    A member who fits several cells is in the first, row by row. Having an earlier cell means fitting an
    earlier row, or an earlier column of the same row; so cell (i, j) is row i and column j and none of
    the rows before i and the columns before j.
    """
    if len(rows) * len(columns) > MOST_CELLS:
        raise InvalidInput(
            Text(f"最多 {MOST_CELLS} 格", f"There can be {MOST_CELLS} cells at most"),
            remedy=Text("减少行或列", "Use fewer rows or columns"),
            where={"field": "columns"},
        )
    down = [one.members() for one in rows]
    across = [one.members() for one in columns]
    cells, union = [], MemberSet.empty()
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            members = down[i] & across[j]
            for earlier in (*down[:i], *across[:j]):
                members = members - earlier
            union = union | members
            before = tuple(one.rule for one in (*rows[:i], *columns[:j]))
            parts = (row.rule, column.rule, *((Group("none", before),) if before else ()))
            cells.append(
                {
                    "row": i,
                    "column": j,
                    "count": len(members),
                    "rule": document(Group("all", parts)),
                }
            )
    either = Group(
        "all",
        (
            Group("any", tuple(one.rule for one in rows)),
            Group("any", tuple(one.rule for one in columns)),
        ),
    )
    return {"cells": cells, "union": {"count": len(union), "rule": document(either)}}
