"""Who has which tag, in the warehouse: every change of ``member_tag`` goes through here, set-wise.

A change is two sets of rows, those taken away and those put in; from them follow the log
(``tag_event``, per row) and the feed (a member who entered or left a tag, whichever row did it), in the
same transaction. Rows of one tag and member are told apart by ``home`` and ``source``: what a person
set and what a rule decides do not touch each other, and after a merge both members' rows stand side by
side until it is undone.

Instants of changes ascend strictly, so the log has one order. Between changes time passes: ``advance``
lets tags begin and end that were set for a time, at their own instants.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import ibis
import numpy as np
import pyarrow as pa
from ibis import _

from huitou.kernel.clock import naive_utc
from huitou.segments.sets import MemberSet
from huitou.segments.tag_rules import AUTOMATIC, BY_HAND, Transition
from huitou.warehouse import feed
from huitou.warehouse.schema import TABLES
from huitou.warehouse.store import Warehouse, Writer, table

SOMEBODY: Final = 0
"""Who set a tag at the command line: a person whose account is not known."""
KEY: Final = ("tag", "home", "source")
COLUMNS: Final = tuple(TABLES["member_tag"].names)
CLOCK: Final = "tags_at"
_EPOCH: Final = naive_utc(datetime(1970, 1, 1, tzinfo=UTC))
_TICK: Final = timedelta(microseconds=1)


@dataclass(frozen=True)
class Told:
    """How many members got a tag and how many lost it."""

    entered: int = 0
    left: int = 0

    def __add__(self, other: Told) -> Told:
        return Told(self.entered + other.entered, self.left + other.left)


class Ledger:
    """Changes of tags in one write transaction. ``at`` (naive UTC) is the instant of all of them."""

    def __init__(self, writer: Writer, now: datetime) -> None:
        self._writer = writer
        held = clock_of(writer)
        wanted = naive_utc(now)
        self.at = wanted if held is None or wanted > held else held + _TICK
        self.told = _pass_time(writer, held, self.at)
        _set_clock(writer, self.at)

    def assign(
        self,
        tag: int,
        members: MemberSet,
        *,
        source: str,
        set_by: int | None,
        begins: datetime | None = None,
        ends: datetime | None = None,
        rivals: Collection[int] = (),
    ) -> Told:
        """Give a tag by hand. Who has it from this source keeps it, until ``ends``.

        ``rivals``: other tags of an exclusive group, which the members lose from every source.
        """
        writer = self._writer
        held = self._held(tag, members, (source,))
        again = held.filter(
            ~held.expires_at.identical_to(_literal(ends))
            | (self._pending(held) & ~held.effective_at.identical_to(_literal(begins)))
        )
        renewed = writer.temp("tag_renewed", again.select(*COLUMNS))
        gone = [self._row_set(renewed)]
        if rivals:
            others = writer.table("member_tag")
            picked = writer.table("tag_picked")
            lost = others.filter(others.tag.isin(sorted(rivals))).semi_join(picked, "member")
            gone.append(self._row_set(lost))
        had = writer.table("tag_picked").anti_join(held, "member")
        fresh = had.select(
            tag=ibis.literal(tag, "int64"),
            member=had.member,
            home=had.member,
            source=ibis.literal(source),
            set_by=ibis.literal(set_by, "int64"),
            set_at=_literal(self.at),
            effective_at=_literal(begins),
            expires_at=_literal(ends),
        )
        pending = self._pending(renewed)
        put = renewed.mutate(
            effective_at=ibis.ifelse(pending, _literal(begins), renewed.effective_at),
            expires_at=_literal(ends),
        )
        return self._change(
            ibis.union(*gone), self._row_set(put.select(*COLUMNS).union(fresh)), by=set_by
        )

    def take(self, tag: int, members: MemberSet, *, by: int | None) -> Told:
        """Take a tag away that was set by hand or came in a list; what its rule decides stays."""
        return self._change(self._row_set(self._held(tag, members, BY_HAND)), None, by=by)

    def drop(self, tags: Collection[int], sources: Collection[str], *, by: int | None) -> Told:
        """Take tags away from everybody who has them from these sources."""
        held = self._writer.table("member_tag")
        rows = held.filter(held.tag.isin(sorted(tags)), held.source.isin(sorted(sources)))
        return self._change(self._row_set(rows), None, by=by)

    def settle(self, tag: int, moves: Transition, *, source: str, ends: datetime | None) -> Told:
        """Put a rule's decision in place. ``ends``: when tags of those end who no longer fit."""
        writer = self._writer
        leaving = writer.temp(
            "tag_leaving", self._held(tag, moves.leave, AUTOMATIC).select(*COLUMNS)
        )
        closing = writer.temp(
            "tag_closing", self._held(tag, moves.close, AUTOMATIC).filter(_.expires_at.isnull())
        )
        reopening = writer.temp(
            "tag_reopening",
            self._held(tag, moves.reopen, AUTOMATIC).filter(_.expires_at.notnull()),
        )
        entering = writer.temp("tag_entering", numbers_table(moves.enter))
        put = ibis.union(
            closing.mutate(expires_at=_literal(ends)).select(*COLUMNS),
            reopening.mutate(expires_at=_literal(None)).select(*COLUMNS),
            entering.select(
                tag=ibis.literal(tag, "int64"),
                member="member",
                home=entering.member,
                source=ibis.literal(source),
                set_by=ibis.null("int64"),
                set_at=_literal(self.at),
                effective_at=_literal(None),
                expires_at=_literal(None),
            ),
        )
        gone = ibis.union(
            *(rows.select(*COLUMNS) for rows in (leaving, closing, reopening)),
        )
        return self._change(self._row_set(gone), self._row_set(put), by=None)

    def mirror(self, wanted: ibis.Table, tags: Collection[int]) -> Told:
        """Make the rows of source import equal what lists say of these tags.

        ``wanted``: (tag, member, home), distinct in tag and home. What a person took away stays away.
        """
        writer = self._writer
        said = writer.temp("tag_said", wanted)
        held = writer.table("member_tag")
        mine = held.filter(held.source == "import", held.tag.isin(sorted(tags)))
        gone = mine.anti_join(said, ["tag", "home"])
        fresh = said.anti_join(mine, ["tag", "home"]).anti_join(
            _taken_back(writer), ["tag", "home"]
        )
        put = fresh.select(
            tag=fresh.tag,
            member=fresh.member,
            home=fresh.home,
            source=ibis.literal("import"),
            set_by=ibis.null("int64"),
            set_at=_literal(self.at),
            effective_at=_literal(None),
            expires_at=_literal(None),
        )
        return self._change(self._row_set(gone), self._row_set(put), by=None)

    def count_held(self, tag: int, members: MemberSet) -> int:
        """How many of these members have a tag now, whatever it comes from."""
        rows = self._held(tag, members, (*BY_HAND, *AUTOMATIC))
        return int(self._writer.scalar(rows.member.nunique()))

    # Rows

    def _held(self, tag: int, members: MemberSet, sources: Iterable[str]) -> ibis.Table:
        """The rows of these members and sources; leaves the members in ``tag_picked``."""
        writer = self._writer
        picked = writer.temp("tag_picked", numbers_table(members))
        rows = writer.table("member_tag")
        mine = rows.filter(rows.tag == tag, rows.source.isin(sorted(sources)))
        return mine.semi_join(picked, "member")

    def _pending(self, rows: ibis.Table) -> ibis.Value:
        """Whether a row is of a tag that has yet to begin."""
        return (rows.effective_at > _literal(self.at)).fill_null(False)

    def _row_set(self, rows: ibis.Table) -> ibis.Table:
        """Rows that are in force unless they have yet to begin, as of now."""
        return rows.select(
            *[rows[name] for name in COLUMNS],
            counts=~self._pending(rows),
            moment=_literal(self.at),
        )

    def _change(self, gone: ibis.Table, put: ibis.Table | None, *, by: int | None) -> Told:
        told = change(self._writer, gone, put, self.at, by=by)
        self.told += told
        return told


def change(
    writer: Writer, gone: ibis.Table, put: ibis.Table | None, at: datetime, *, by: int | None = None
) -> Told:
    """Take rows away and put rows in (``COLUMNS``, ``counts``, ``moment``), with log and feed.

    ``counts``: whether the row was, or is now, in force; ``moment``: since when. A row in both sets is
    changed: it is logged only where ``counts`` differs. ``by``: who took away what is gone.
    """
    removed = writer.temp("tag_removed", gone)
    added = writer.temp("tag_added", removed.limit(0) if put is None else put)
    was, is_ = removed.filter(removed.counts), added.filter(added.counts)
    told = writer.temp("tag_told", _told(writer, removed, was, is_, at))
    events = [
        _events(is_.anti_join(was, list(KEY)), "added", None),
        _events(was.anti_join(is_, list(KEY)), "removed", by),
    ]
    logged = writer.temp("tag_logged", ibis.union(*events))
    if writer.count(removed):
        writer.delete("member_tag", list(KEY), removed)
    if writer.count(added):
        writer.insert("member_tag", added)
    if writer.count(logged):
        writer.insert("tag_event", logged)
    counted = {
        row["change"]: row["n"]
        for row in writer.rows(told.group_by("change").aggregate(n=told.count()))
    }
    if counted:
        feed.append(writer, told, batch=None, now=at)
    writer.drop_temp("tag_removed", "tag_added", "tag_told", "tag_logged")
    return Told(int(counted.get("entered", 0)), int(counted.get("left", 0)))


def _told(
    writer: Writer, removed: ibis.Table, was: ibis.Table, is_: ibis.Table, at: datetime
) -> ibis.Table:
    """Feed rows: members for whom the first row of a tag came in force, or the last one went."""
    pair = ["tag", "member"]
    held = writer.table("member_tag")
    begun = held.effective_at.isnull() | (held.effective_at <= _literal(at))
    kept = held.filter(begun).anti_join(removed, list(KEY)).select(*pair)
    parts = []
    for name, here, there in (("entered", is_, was), ("left", was, is_)):
        new = here.filter(here.member.notnull()).anti_join(there, pair).anti_join(kept, pair)
        first = new.group_by("tag", "member").aggregate(occurred_at=new.moment.min())
        parts.append(
            first.select(
                kind=ibis.literal("tag"),
                change=ibis.literal(name),
                member=first.member,
                subject=first.tag,
                occurred_at=first.occurred_at,
            )
        )
    return ibis.union(*parts)


def _events(rows: ibis.Table, kind: str, by: int | None) -> ibis.Table:
    set_by = rows.set_by if kind == "added" else ibis.literal(by, "int64")
    return rows.select(
        tag=rows.tag,
        member=rows.member,
        home=rows.home,
        kind=ibis.literal(kind),
        source=rows.source,
        set_by=set_by,
        occurred_at=rows.moment,
    )


def _pass_time(writer: Writer, last: datetime | None, at: datetime) -> Told:
    """Let tags begin that were to begin by now, then those end whose time is over."""
    held = writer.table("member_tag")
    told = Told()
    started = held.effective_at <= _literal(at)
    if last is not None:
        started &= held.effective_at > _literal(last)
    beginning = held.filter(started)
    if last is not None and writer.count(beginning):
        gone = beginning.select(*COLUMNS, counts=ibis.literal(False), moment=beginning.effective_at)
        put = gone.mutate(counts=ibis.literal(True))
        told += change(writer, gone, put, at)
    ending = held.filter(held.expires_at < _literal(at))
    if writer.count(ending):
        gone = ending.select(*COLUMNS, counts=ibis.literal(True), moment=ending.expires_at)
        told += change(writer, gone, None, at)
    return told


def _taken_back(writer: Writer) -> ibis.Table:
    """(tag, home): tags of lists whose last change was that a person took them away."""
    events = writer.table("tag_event")
    mine = events.filter(events.source == "import")
    last = mine.group_by("tag", "home").aggregate(
        kind=mine.kind.argmax(mine.occurred_at),
        at=mine.occurred_at.max(),
        by=mine.occurred_at.max(where=mine.set_by.notnull()),
    )
    return last.filter(last.kind == "removed", last["at"] == last["by"]).select("tag", "home")


# Reading


def is_due(warehouse: Warehouse, now: datetime) -> bool:
    """Whether a tag is to begin or to end by now."""
    held = table("member_tag")
    at = _literal(naive_utc(now))
    last = _clock(warehouse.rows(_clock_rows()))
    ended = held.expires_at < at
    begun = held.effective_at <= at
    if last is not None:
        begun &= held.effective_at > _literal(last)
    return bool(warehouse.scalar(held.filter(ended | begun).count()))


def holders(reader: Warehouse | Writer, tags: Collection[int]) -> dict[int, dict[str, MemberSet]]:
    """Per tag who has it how: ``hand`` (in force), ``open`` and ``closing`` (by its rule)."""
    held = table("member_tag")
    mine = held.filter(held.tag.isin(sorted(tags)), held.member.notnull())
    way = ibis.cases(
        (mine.source.isin(BY_HAND), "hand"), (mine.expires_at.isnull(), "open"), else_="closing"
    )
    rows = reader.fetch(mine.select("tag", "member", way=way))
    tag, way_of = rows["tag"].to_numpy(), np.asarray(rows["way"].to_pylist(), object)
    member = np.asarray(rows["member"].to_numpy(), np.int64)
    return {
        one: {
            name: MemberSet.of(member[(tag == one) & (way_of == name)])
            for name in ("hand", "open", "closing")
        }
        for one in tags
    }


def clock_of(writer: Writer) -> datetime | None:
    """The instant of the last change (naive UTC)."""
    return _clock(writer.rows(_clock_rows()))


def _clock(rows: Sequence[Mapping[str, Any]]) -> datetime | None:
    return _EPOCH + timedelta(microseconds=rows[0]["value"]) if rows else None


def _clock_rows() -> ibis.Table:
    meta = table("meta")
    return meta.filter(meta.name == CLOCK)


def _set_clock(writer: Writer, at: datetime) -> None:
    micros = (at - _EPOCH) // _TICK
    row = pa.table({"name": [CLOCK], "value": pa.array([micros], pa.int64())})
    writer.replace("meta", ["name"], row)


def numbers_table(members: MemberSet) -> pa.Table:
    """The members as rows."""
    return pa.table({"member": pa.array(members.numbers(), pa.int64())})


def _literal(instant: datetime | None) -> ibis.Value:
    if instant is None:
        return ibis.null("timestamp(6)")
    return ibis.literal(instant, "timestamp(6)")
