"""Uploaded lists: phones, nicks, card, order or member numbers, found again among the members.

The file passes through sealed, as every upload does, and is gone when the answer is given; what stays is
the set of members. A value that fits several members is ambiguous and brings none of them.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import ibis
import numpy as np
import pyarrow as pa

from huitou.accounts.guard import Principal
from huitou.accounts.scopes import Scope
from huitou.intake import archive
from huitou.intake.archive import ArchiveWriter
from huitou.intake.readers import RawTable, open_source
from huitou.intake.readers.headers import same_header
from huitou.kernel.crypto import KeyRing
from huitou.kernel.errors import InvalidInput
from huitou.kernel.home import Home
from huitou.kernel.i18n import Text
from huitou.members import normal
from huitou.members.keys import BRAND_SCOPE
from huitou.segments import actions, asking
from huitou.segments.models import LIST, Segment
from huitou.segments.saved import renumbered
from huitou.segments.sets import MemberSet
from huitou.warehouse.store import Warehouse, table

MOST_ROWS: Final = 500_000
PREFIX: Final = "segment-list-"
_SAMPLE: Final = 300

KINDS: Final[dict[str, Text]] = {
    "phone": Text("手机号", "mobile number"),
    "member": Text("会员编号", "member number"),
    "trade": Text("订单号", "order number"),
    "card": Text("会员卡号", "member card"),
    "nick": Text("昵称", "nick"),
}
"""What a list may hold, in the order in which a column is tried."""

_HEADERS: Final[dict[str, tuple[str, ...]]] = {
    "phone": ("手机", "手机号", "手机号码", "联系手机", "联系电话", "电话", "收货人手机",
              "mobile", "phone", "tel"),
    "member": ("会员编号", "会员号", "会员id", "member", "member_id", "id"),
    "trade": ("订单号", "订单编号", "主订单编号", "交易号", "order", "order_no", "order_id", "trade", "tid"),
    "card": ("卡号", "会员卡号", "card", "card_no", "customer", "客户编号"),
    "nick": ("昵称", "买家昵称", "买家会员名", "买家账号", "账号", "会员名", "旺旺",
             "nick", "nickname", "username"),
}  # fmt: skip
_KIND_OF_HEADER: Final = {
    same_header(name): kind for kind, names in _HEADERS.items() for name in names
}


@dataclass(frozen=True)
class Matched:
    """What became of a list's rows: ``members`` are those of the matched ones, each once."""

    members: MemberSet
    rows: int
    matched: int
    unmatched: int
    ambiguous: int
    kind: str

    def as_dict(self) -> dict[str, int]:
        return {
            "rows": self.rows,
            "matched": self.matched,
            "unmatched": self.unmatched,
            "ambiguous": self.ambiguous,
        }


def upload(
    warehouse: Warehouse,
    writer: ArchiveWriter,
    file_name: str,
    *,
    name: str,
    column: str | None,
    kind: str | None,
    scope: Scope,
    ring: KeyRing,
    actor: Principal | None,
    now: datetime,
) -> tuple[Segment, Matched]:
    """Read an upload, find its members, save them as a segment.

    Raises ``UnreadableFile``, ``InvalidInput``, ``Conflict`` for a name in use.
    """
    texts = actions.checked_texts({"name": name, "description": "", "folder": ""})
    files = Home.from_environment().files
    kept = f"{PREFIX}{secrets.token_hex(8)}"
    writer.finish(kept)
    try:
        with archive.open_archived(files, kept, ring) as stream:
            values, meant = read(
                open_source(stream, file_name).tables(), column, kind, warehouse, ring
            )
    finally:
        archive.remove(files, kept)
    found = match(warehouse, values, meant, scope=scope, ring=ring, now=now)
    if not found.matched:
        raise InvalidInput(
            Text(
                f"{found.rows:,} 行中没有一行对得上会员（按{KINDS[meant].zh}）",
                f"None of {found.rows:,} rows is a member (by {KINDS[meant].en})",
            ),
            remedy=Text(
                "检查选的列与类型；没有导入过的顾客对不上",
                "Check column and kind; customers who were never imported cannot be found",
            ),
            code="nothing_matched",
            where={"rows": found.rows, "kind": meant},
        )
    row = actions.store(
        texts,
        LIST,
        None,
        found.members,
        actor=actor,
        now=now,
        detail={**found.as_dict(), "by": meant},
    )
    return row, found


def discard_left_behind(home: Home) -> None:
    """Remove uploads that a stopped process left. Only at start."""
    for name in archive.names(home.files):
        if name.startswith(PREFIX):
            archive.remove(home.files, name)


def read(
    tables: Iterable[RawTable],
    column: str | None,
    kind: str | None,
    warehouse: Warehouse,
    ring: KeyRing,
) -> tuple[list[str], str]:
    """(the values of the column that names members, what they are). Raises ``InvalidInput``."""
    if kind is not None and kind not in KINDS:
        raise InvalidInput(
            Text(f"没有名单类型 {kind}", f"There is no kind of list {kind}"),
            remedy=Text(f"可用：{'、'.join(KINDS)}", f"Use one of: {', '.join(KINDS)}"),
            where={"field": "kind"},
        )
    source = _first_with_rows(tables)
    known = [_KIND_OF_HEADER.get(same_header(name)) for name in source.header]
    if column is not None:
        wanted = same_header(column)
        at = next((i for i, name in enumerate(source.header) if same_header(name) == wanted), None)
        if at is None:
            raise InvalidInput(
                Text(f"文件里没有列“{column}”", f"The file has no column “{column}”"),
                remedy=Text(
                    f"文件的列：{'、'.join(source.header)}",
                    f"Its columns are: {', '.join(source.header)}",
                ),
                where={"field": "column"},
            )
        meant = kind or known[at]
    elif any(known):
        named = [i for i, found in enumerate(known) if found is not None]
        at = next((i for i in named if known[i] == kind), named[0])
        meant = kind or known[at]
    else:
        source = source.with_header(0)  # no header that means anything: the first row is a value
        at, meant = _likeliest(source, kind, warehouse, ring)
    values = _column(source, at)
    if meant is None:
        meant = _kind_of(values[:_SAMPLE], warehouse, ring)
    return values, meant


def match(
    warehouse: Warehouse,
    values: Sequence[str],
    kind: str,
    *,
    scope: Scope,
    ring: KeyRing,
    now: datetime,
) -> Matched:
    """Find the members of some values; who is outside the scope is not found."""
    row, member = _MATCHERS[kind](warehouse, values, ring)
    visible = asking.everybody(warehouse, scope=scope, now=now)
    pairs = np.unique(np.stack([row, member], axis=1), axis=0) if len(row) else _NO_PAIRS
    mask = visible.mask()
    inside = (pairs[:, 1] < mask.size) & mask[np.minimum(pairs[:, 1], max(mask.size - 1, 0))]
    pairs = pairs[inside] if mask.size else _NO_PAIRS
    rows, times = np.unique(pairs[:, 0], return_counts=True)
    single = pairs[np.isin(pairs[:, 0], rows[times == 1])]
    ambiguous = int((times > 1).sum())
    return Matched(
        MemberSet.of(single[:, 1], visible.size),
        len(values),
        len(single),
        len(values) - len(single) - ambiguous,
        ambiguous,
        kind,
    )


_NO_PAIRS: Final = np.empty((0, 2), np.int64)
_Pairs = tuple[Any, Any]


def _first_with_rows(tables: Iterable[RawTable]) -> RawTable:
    for source in tables:
        if source.sample(1) or source.header:
            return source
    raise InvalidInput(
        Text("文件里没有数据", "There are no rows in the file"), where={"field": "file"}
    )


def _column(source: RawTable, at: int) -> list[str]:
    values: list[str] = []
    for batch in source.batches([at]):
        cells = (normal.clean(cell) for cell in batch.column(at).to_pylist())
        values += [cell for cell in cells if cell]
        if len(values) > MOST_ROWS:
            raise InvalidInput(
                Text(f"名单超过 {MOST_ROWS:,} 行", f"The list has over {MOST_ROWS:,} rows"),
                remedy=Text("拆成几个名单再合并", "Split it into lists and combine these"),
                where={"field": "file"},
            )
    if not values:
        raise InvalidInput(
            Text("这一列没有值", "There are no values in this column"), where={"field": "column"}
        )
    return values


def _likeliest(
    source: RawTable, kind: str | None, warehouse: Warehouse, ring: KeyRing
) -> tuple[int, str]:
    """(column, kind) that finds the most members in the first rows."""
    sample = source.sample(_SAMPLE)
    best = (-1, 0, kind or "phone")
    for at in range(len(source.header)):
        values = [normal.clean(cells[at]) for cells in sample if at < len(cells)]
        for meant in (kind,) if kind else KINDS:
            found = len(np.unique(_MATCHERS[meant](warehouse, values, ring)[0]))
            if found > best[0]:
                best = (found, at, meant)
    return best[1], best[2]


def _kind_of(values: Sequence[str], warehouse: Warehouse, ring: KeyRing) -> str:
    hits = {
        kind: len(np.unique(find(warehouse, values, ring)[0])) for kind, find in _MATCHERS.items()
    }
    return max(KINDS, key=lambda kind: hits[kind])


# By kind: (positions in the list, members) of everything that fits


def _by_number(warehouse: Warehouse, values: Sequence[str], _ring: KeyRing) -> _Pairs:
    asked = [
        (at, int(value))
        for at, value in enumerate(values)
        if value.isascii() and value.isdecimal() and len(value) <= 15
    ]
    members = table("member").select("member")
    picked = _memtable([at for at, _ in asked], pa.array([n for _, n in asked], pa.int64()))
    found = warehouse.fetch(picked.inner_join(members, picked.value == members.member))
    return _now(warehouse, found)


def _by_trade(warehouse: Warehouse, values: Sequence[str], _ring: KeyRing) -> _Pairs:
    trades = table("trade")
    known = trades.filter(trades.member.notnull()).select("trade_id", "member")
    picked = _memtable(range(len(values)), pa.array(values, pa.string()))
    found = warehouse.fetch(picked.inner_join(known, picked.value == known.trade_id))
    return _now(warehouse, found)


def _by_phone(warehouse: Warehouse, values: Sequence[str], ring: KeyRing) -> _Pairs:
    """By the member's own number; where nobody has it, by that of what was sent to them."""
    numbers = [normal.mobile(value) for value in values]
    own = _by_hashes(warehouse, numbers, [("phone", BRAND_SCOPE)], ring, strength="strong")
    missing = set(range(len(values))) - set(own[0].tolist())
    rest = [number if at in missing else None for at, number in enumerate(numbers)]
    sent = _by_hashes(warehouse, rest, [("receiver_phone", BRAND_SCOPE)], ring, strength="weak")
    return np.concatenate([own[0], sent[0]]), np.concatenate([own[1], sent[1]])


def _by_card(warehouse: Warehouse, values: Sequence[str], ring: KeyRing) -> _Pairs:
    scopes = [("card_no", BRAND_SCOPE), *_scopes(warehouse, ("customer",))]
    cards = [normal.card_no(value) for value in values]
    return _by_hashes(warehouse, cards, scopes, ring, strength="strong")


def _by_nick(warehouse: Warehouse, values: Sequence[str], ring: KeyRing) -> _Pairs:
    scopes = _scopes(warehouse, ("nick",))
    nicks = [normal.nick(value) for value in values]
    return _by_hashes(warehouse, nicks, scopes, ring, strength="strong")


_MATCHERS: Final[dict[str, Callable[[Warehouse, Sequence[str], KeyRing], _Pairs]]] = {
    "phone": _by_phone,
    "member": _by_number,
    "trade": _by_trade,
    "card": _by_card,
    "nick": _by_nick,
}


def _scopes(warehouse: Warehouse, kinds: tuple[str, ...]) -> list[tuple[str, str]]:
    """Every (kind, namespace) in which there are identities of these kinds."""
    keys = table("identity_key")
    rows = warehouse.rows(keys.filter(keys.kind.isin(kinds)).select("kind", "scope").distinct())
    return [(row["kind"], row["scope"]) for row in rows]


def _by_hashes(
    warehouse: Warehouse,
    values: Sequence[str | None],
    scopes: Sequence[tuple[str, str]],
    ring: KeyRing,
    *,
    strength: str,
) -> _Pairs:
    hashes = [
        (at, ring.blind(kind, scope, value))
        for kind, scope in scopes
        for at, value in enumerate(values)
        if value
    ]
    keys = table("identity_key")
    picked = _memtable([at for at, _ in hashes], pa.array([one for _, one in hashes], pa.binary()))
    if strength == "strong":
        strong = keys.filter(keys.strength == "strong").select("hash", "member")
        return _now(
            warehouse, warehouse.fetch(picked.inner_join(strong, picked.value == strong.hash))
        )
    weak = keys.filter(keys.strength == "weak").select("hash", weak="key_no")
    hit = picked.inner_join(weak, picked.value == weak.hash)
    link = table("identity_link")
    beside = hit.inner_join(link, link.a == hit.weak).select("row", "b")
    owners = keys.filter(keys.member.notnull()).select("key_no", "member")
    found = beside.inner_join(owners, beside.b == owners.key_no).select("row", "member")
    return _now(warehouse, warehouse.fetch(found))


def _memtable(rows: Iterable[int], values: pa.Array) -> ibis.Table:
    return ibis.memtable(pa.table({"row": pa.array(list(rows), pa.int64()), "value": values}))


def _now(warehouse: Warehouse, found: pa.Table) -> _Pairs:
    """Rows and members, the members under today's numbers."""
    row = np.asarray(found["row"].to_numpy(), np.int64)
    return row, renumbered(warehouse, np.asarray(found["member"].to_numpy(), np.int64))
