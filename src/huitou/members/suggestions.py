"""What a person should look at: members that weak evidence joins, and identities in conflict.

A suggestion is worked out from what the warehouse holds at the moment, for the members that were
touched, so the order in which files came plays no part. It is remembered by an identity of either
member: members may change their numbers, a dismissed pair stays dismissed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import ibis
import numpy as np
import pyarrow as pa
from django.db import connection, transaction
from ibis import _

from huitou.kernel.i18n import Text, translate
from huitou.members.components import Ints
from huitou.members.keys import KINDS
from huitou.members.models import Suggestion
from huitou.members.regroup import HINT, ROW
from huitou.warehouse.store import Warehouse, table

WEIGHTS: Final = {
    "alipay": 0.8,
    "email": 0.8,
    "receiver": 0.6,
    "receiver_phone": 0.5,
    "phone_mask": 0.3,
}
"""How far one shared weak identity speaks for two members being one; they combine as chances do."""

MOST_MEMBERS: Final = 5
"""A weak identity that fits more members than this says nothing about any two of them."""

_MANY: Final = 50_000
_INSERT: Final = (
    'INSERT INTO members_suggestion (kind, "left", "right", members, a, b, score, reasons, created_at,'
    " state, decided_by_name, note) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'open', '', '')"
    " ON CONFLICT DO NOTHING"
)
_Row = tuple[str, str, str, list[int], float, list[dict[str, Any]]]
"""kind, left, right, members, score, reasons of a ``Suggestion``."""

SENTENCES: Final[dict[str, Text]] = {
    "alipay": Text("同一个支付宝账号", "the same Alipay account"),
    "email": Text("同一个邮箱", "the same e-mail address"),
    "receiver": Text("收货人和地址相同", "the same receiver at the same address"),
    "receiver_phone": Text("收货手机相同", "the same receiver's phone"),
    "phone_mask": Text("姓名和手机尾号相同", "the same name and last four digits"),
}
CONFLICT: Final = Text(
    "一个{kind}连着 {count} 个账号，已停止自动合并",
    "one {kind} joins {count} accounts, so it merges no longer",
)


@dataclass(frozen=True)
class _Pair:
    left: str
    right: str
    a: int
    b: int
    score: float
    reasons: list[dict[str, Any]]


def refresh(warehouse: Warehouse, members: Iterable[int] | Ints, now: datetime) -> int:
    """Work out the suggestions about these members again. Returns how many are open about them."""
    touched = np.unique(np.asarray(list(members), np.int64))
    if not len(touched):
        return 0
    with warehouse.snapshot():
        touched = np.union1d(touched, _crowded_out(warehouse, touched))
        pairs = _pairs(warehouse, touched)
        conflicts = _conflicts(warehouse, touched)
        dismissed = _dismissed_pairs(warehouse)
    rows = [
        ("suggestion", pair.left, pair.right, [pair.a, pair.b], pair.score, pair.reasons)
        for pair in pairs
        if (pair.a, pair.b) not in dismissed
    ] + [
        ("conflict", one["hash"], "", one["members"], 1.0,
         [{"kind": one["kind"], "count": one["count"]}])
        for one in conflicts
    ]  # fmt: skip
    _replace_open(touched, [one["hash"] for one in conflicts], rows, now)
    return len(rows)


def refresh_all(warehouse: Warehouse, now: datetime) -> int:
    """Work out every suggestion again (after a crash between a commit and its refresh)."""
    held = warehouse.table("member").filter(_.merged_into.isnull()).select("member")
    return refresh(warehouse, warehouse.fetch(held)["member"].to_numpy(), now)


def sentence(kind: str, reason: dict[str, Any]) -> dict[str, str]:
    """A reason in the active language: {kind, label, sentence}."""
    code = reason["kind"]
    label = translate(KINDS[code].label)
    count = reason["count"]
    if kind == "conflict":
        said = translate(CONFLICT).format(kind=label, count=count)
    elif count > 1:
        several = Text("{what}（{count} 个）", "{what} ({count} of them)")
        said = translate(several).format(what=translate(SENTENCES[code]), count=count)
    else:
        said = translate(SENTENCES[code])
    return {"kind": code, "label": label, "sentence": said}


def score_of(reasons: Iterable[dict[str, Any]]) -> float:
    """1 − Π (1 − weight)^count, rounded to three digits."""
    doubt = math.prod((1 - WEIGHTS[one["kind"]]) ** one["count"] for one in reasons)
    return float(round(1 - doubt, 3))


def _pairs(warehouse: Warehouse, touched: Ints) -> list[_Pair]:
    shared = _shared(touched)
    few = (
        shared.group_by("weak")
        .aggregate(members=_.count())
        .filter(_.members.between(2, MOST_MEMBERS))
    )
    mine = shared.semi_join(few, "weak")
    other = mine.view()
    both = mine.join(other, [mine.weak == other.weak, mine.member < other.member]).select(
        a=mine.member, b=other.member, kind=mine.kind
    )
    concerned = _memtable(touched)
    near = both.filter(both.a.isin(concerned.member) | both.b.isin(concerned.member))
    counted = near.group_by("a", "b", "kind").aggregate(count=_.count())
    found: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for row in warehouse.rows(counted.order_by("a", "b", "kind")):
        reason = {"kind": row["kind"], "count": row["count"]}
        found.setdefault((row["a"], row["b"]), []).append(reason)
    names = _representatives(warehouse, {member for pair in found for member in pair})
    pairs = []
    for (a, b), reasons in found.items():
        left, right = sorted((names[a], names[b]))
        pairs.append(_Pair(left, right, a, b, score_of(reasons), reasons))
    return pairs


def _shared(touched: Ints | None) -> ibis.Table:
    """Which weak identities stand beside which members: weak, kind, member.

    Of ``touched`` members only the weak identities that are beside one of them, with everybody else
    who is; None, or a good part of all members (a first import): of all.
    """
    keys = table("identity_key")
    link = table("identity_link").filter(_.origin == HINT).select(weak="a", key_no="b")
    strong = keys.filter(keys.strength == "strong").select("key_no", "member")
    if touched is not None and len(touched) < _MANY:
        mine = strong.semi_join(_memtable(touched), "member")
        link = link.semi_join(link.semi_join(mine, "key_no").select("weak"), "weak")
    weak = keys.filter(keys.kind.isin(list(WEIGHTS))).select(weak="key_no", kind="kind")
    beside = link.join(weak, "weak").join(strong, "key_no")
    return beside.select("weak", "kind", "member").distinct()


def _crowded_out(warehouse: Warehouse, touched: Ints) -> Ints:
    """Members of open suggestions beside a weak identity of a touched one: it may fit too many now."""
    queued = Suggestion.objects.filter(state="open", kind="suggestion").values_list("a", "b")
    members = np.array(sorted({one for pair in queued for one in pair if one}), np.int64)
    if not len(members):
        return members
    shared = _shared(touched)
    near = shared.semi_join(_memtable(members), "member").select("member").distinct()
    return np.asarray(warehouse.fetch(near)["member"].to_numpy(), np.int64)


def _memtable(members: Ints) -> ibis.Table:
    return ibis.memtable(pa.table({"member": pa.array(members, pa.int64())}))


def _representatives(warehouse: Warehouse, members: Iterable[int]) -> dict[int, str]:
    """Per member the hash (hexadecimal) of its least strong identity, whatever its number is."""
    wanted = _memtable(np.array(sorted(members), np.int64))
    keys = warehouse.table("identity_key")
    strong = keys.filter(keys.strength == "strong").semi_join(wanted, "member")
    least = strong.group_by("member").aggregate(hash=_.hash.min())
    return {row["member"]: row["hash"].hex() for row in warehouse.rows(least)}


def _conflicts(warehouse: Warehouse, touched: Ints) -> list[dict[str, Any]]:
    """Contested identities next to these members, with the members they would join."""
    keys = warehouse.table("identity_key")
    contested = keys.filter(keys.contested).select(
        contested="key_no", kind="kind", hash="hash", own="member"
    )
    link = warehouse.table("identity_link").filter(_.origin == ROW)
    ends = ibis.union(link.select(x=link.a, y=link.b), link.select(x=link.b, y=link.a))
    strong = keys.filter(keys.strength == "strong").select("key_no", "member")
    near = (
        ends.join(contested, ends.x == contested.contested)
        .join(strong, ends.y == strong.key_no)
        .select("contested", "kind", "hash", "own", "member")
    )
    rows = warehouse.rows(near.distinct().order_by("contested", "member"))
    found: dict[int, dict[str, Any]] = {}
    for row in rows:
        entry = found.setdefault(
            row["contested"],
            {"kind": row["kind"], "hash": row["hash"].hex(), "own": row["own"], "members": []},
        )
        entry["members"].append(row["member"])
    concerned = set(touched.tolist())
    conflicts = []
    for entry in found.values():
        members = entry["members"]
        if len(members) >= 2 and (concerned & {*members, entry["own"]}):
            conflicts.append({**entry, "count": len(members), "members": members[:MOST_MEMBERS]})
    return conflicts


def _replace_open(touched: Ints, conflicts: list[str], rows: Sequence[_Row], now: datetime) -> None:
    """Put the queue of these members right, in one short transaction: others wait to write meanwhile.

    (The ORM takes 50 µs a row; a first import can bring a hundred thousand.)
    """
    at = connection.ops.adapt_datetimefield_value(now)
    values = [
        (kind, left, right, json.dumps(members), *members[:2], score, json.dumps(reasons), at)
        for kind, left, right, members, score, reasons in rows
    ]
    with transaction.atomic():
        _drop_open(touched, conflicts)
        with connection.cursor() as cursor:
            cursor.executemany(_INSERT, values)


def _drop_open(touched: Ints, conflicts: list[str]) -> None:
    """Open suggestions about these members, and open conflicts of these identities, go."""
    held = set(touched.tolist())
    stale = set(conflicts)
    rows = Suggestion.objects.filter(state="open").values_list("id", "a", "b", "left")
    gone = [pk for pk, a, b, left in rows if a in held or b in held or left in stale]
    for start in range(0, len(gone), 500):
        Suggestion.objects.filter(id__in=gone[start : start + 500]).delete()


def _dismissed_pairs(warehouse: Warehouse) -> set[tuple[int, int]]:
    """Pairs a person has dismissed, by the numbers that their identities have now."""
    rows = Suggestion.objects.filter(state="dismissed", kind="suggestion")
    pairs = list(rows.values_list("left", "right"))
    if not pairs:
        return set()
    hashes = sorted({bytes.fromhex(one) for pair in pairs for one in pair})
    wanted = ibis.memtable(pa.table({"hash": pa.array(hashes, pa.binary())}))
    keys = warehouse.table("identity_key").semi_join(wanted, "hash")
    member = {row["hash"].hex(): row["member"] for row in warehouse.rows(keys)}
    found = set()
    for left, right in pairs:
        if left in member and right in member:
            a, b = sorted((member[left], member[right]))
            found.add((a, b))
    return found
