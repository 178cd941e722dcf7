"""Background work of this part: refreshes on demand, and the follower that keeps segments true."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from huitou.accounts import shops
from huitou.kernel.clock import local_day
from huitou.kernel.i18n import Text
from huitou.kernel.jobs import Progress, job
from huitou.segments import asking, export, reads, refresh
from huitou.segments.models import DYNAMIC, Segment
from huitou.segments.parsing import parse
from huitou.segments.wrong import Wrong
from huitou.warehouse.followers import Span, follower, ticking
from huitou.warehouse.store import Warehouse, current_warehouse, table

__all__ = ["export"]
NAME: Final = "segments"
KINDS: Final = frozenset(
    {
        "trade", "trade_line", "refund", "parcel", "review", "visit", "member", "identity", "item",
        "tag", "message", "points", "coupon", "task",
    }
)  # fmt: skip
"""Kinds of the feed that can change who is in a segment. Its own kind is left out: no loop."""
RESTLESS_EVERY: Final = timedelta(minutes=5)


@job(reads.REFRESH_JOB, title=Text("刷新人群", "Refresh segments"), resumable=True)
def refresh_segments(progress: Progress, *, segments: list[int] | None, now: str) -> dict[str, Any]:
    """Ask segments again in full; None: all of them."""
    done = refresh.refresh(
        current_warehouse(),
        now=datetime.fromisoformat(now),
        segments=segments,
        progress=progress,
    )
    url = f"/segments/{segments[0]}" if segments and len(segments) == 1 else "/segments"
    return {**done.as_dict(), "result_url": url}


@follower(NAME, kinds=KINDS, start="beginning", limit=None)
def keep_true(span: Span) -> None:
    """Ask the segments again about the members of a commit."""
    if not _dynamic().exists():
        return
    touched = np.union1d(span.members(), _buyers_of_changed_items(span))
    if touched.size:
        refresh.refresh(span.warehouse, now=span.now, touched=touched)


@ticking(NAME, every=timedelta(minutes=1))
def move_on(warehouse: Warehouse, now: datetime) -> None:
    """In full what was last asked on an earlier day, and now and then what moves by the minute."""
    today = local_day(now, shops.zone())
    behind = [row.pk for row in _dynamic().exclude(state__day=today)]
    stale = _dynamic().filter(state__refreshed_at__lt=now - RESTLESS_EVERY)
    behind += [row.pk for row in stale if row.pk not in behind and _is_restless(row)]
    if behind:
        refresh.refresh(warehouse, now=now, segments=behind)


def _dynamic() -> Any:
    return Segment.objects.filter(kind=DYNAMIC, archived_at=None)


def _is_restless(row: Segment) -> bool:
    try:
        return asking.is_restless(parse(row.rule))
    except Wrong:
        return False


def _buyers_of_changed_items(span: Span) -> npt.NDArray[np.int64]:
    """Members who bought, reviewed or visited an item whose own data changed."""
    told = span.expression()
    items = told.filter(told.kind == "item").select(item=told.subject)
    if not span.warehouse.fetch(items.limit(1)).num_rows:
        return np.empty(0, np.int64)
    found = [
        span.warehouse.fetch(
            rows.filter(rows.member.notnull()).semi_join(items, "item").select("member").distinct()
        )["member"].to_numpy()
        for rows in map(table, ("trade_line", "review", "visit"))
    ]
    return np.asarray(np.concatenate(found), np.int64)
