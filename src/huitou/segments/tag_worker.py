"""Background work of tags: bulk assignments, refreshes, and the follower that keeps them true.

A live tag is decided for the touched members as soon as a commit is in the feed; tags by rule follow in
the same pass. Time does the rest: tags that begin or end, rules that move with the day.
"""

from __future__ import annotations

import base64
import time
from datetime import date, datetime, timedelta
from typing import Any, Final

from huitou.kernel.clock import wall_clock
from huitou.kernel.i18n import Text
from huitou.kernel.jobs import Progress, job
from huitou.segments import tag_actions, tag_import, tag_reads, tag_refresh
from huitou.segments.sets import MemberSet
from huitou.warehouse.followers import Span, follower, ticking
from huitou.warehouse.store import Warehouse, current_warehouse

NAME: Final = "tags"
KINDS: Final = frozenset(
    {
        "trade", "trade_line", "refund", "parcel", "review", "visit", "member", "identity", "item",
        "segment", "tag", "message", "points", "coupon", "task",
    }
)  # fmt: skip
"""Kinds of the feed that can change who fits a rule. Its own kind is among them, because rules name tags:
deciding again what is decided writes nothing, so it comes to rest."""
RESTLESS_EVERY: Final = timedelta(minutes=1)
PATIENCE: Final = 1.0
"""Seconds that a tick spends on rules before it lets the follower look at the feed again."""


@job(tag_actions.ASSIGN_JOB, title=Text("批量打标签", "Tag many members"), resumable=True)
def assign_many(
    progress: Progress,
    *,
    tag: int,
    add: bool,
    members: str,
    first: str | None,
    last: str | None,
    source: str,
    by: int | None,
    now: str,
) -> dict[str, Any]:
    """One transaction: nothing of it remains when a person cancels before it is written."""
    wanted = MemberSet.loads(base64.b64decode(members))
    total = len(wanted)
    progress.step(0, total, Text("写入标签", "Writing tags"))
    done = tag_actions.apply(
        current_warehouse(),
        tag_reads.get(tag),
        wanted,
        add=add,
        first=date.fromisoformat(first) if first else None,
        last=date.fromisoformat(last) if last else None,
        source=source,
        by=by,
        now=datetime.fromisoformat(now),
    )
    progress.step(total, total)
    return {
        "changed": done.changed,
        "total": done.total,
        "kept": done.kept,
        "result_url": f"/tags?tag={tag}",
    }


@job(tag_actions.REFRESH_JOB, title=Text("刷新规则标签", "Refresh rule tags"), resumable=True)
def refresh_tags(progress: Progress, *, tags: list[int] | None) -> dict[str, Any]:
    """Ask the rules of tags again in full; None: all of them."""
    done = tag_refresh.refresh(current_warehouse(), now=wall_clock(), tags=tags, progress=progress)
    url = f"/tags?tag={tags[0]}" if tags and len(tags) == 1 else "/tags"
    return {**done.as_dict(), "result_url": url}


@follower(NAME, kinds=KINDS, start="beginning", limit=None)
def keep_true(span: Span) -> None:
    """Decide the tags by rule again for the members of a commit; take in what lists said."""
    if any(True for _tag in tag_refresh.at_work()):
        touched = span.members()
        if touched.size:
            tag_refresh.refresh(span.warehouse, now=span.now, touched=touched)
    tag_import.mirror(span.warehouse, span.now)


@ticking(NAME, every=timedelta(seconds=15))
def move_on(warehouse: Warehouse, now: datetime) -> None:
    """Tags that begin and end, rules that were last asked on an earlier day or move by the minute."""
    tag_refresh.pass_time(warehouse, now)
    tag_refresh.sweep(warehouse, now)
    tag_import.mirror(warehouse, now)
    wanted = tag_refresh.restless(now, every=RESTLESS_EVERY)
    wanted += [one for one in tag_refresh.behind(now) if one not in wanted]
    started = time.monotonic()
    for tag in wanted:
        tag_refresh.refresh(warehouse, now=now, tags=[tag])
        if time.monotonic() - started > PATIENCE:
            return  # the rest next time: what a commit brings must not wait for a new day's work
