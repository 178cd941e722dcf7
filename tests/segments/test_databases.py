"""Saved segments on a SQLite file and on a PostgreSQL: made, refreshed, told, archived, deleted."""

from __future__ import annotations

from datetime import timedelta

import pyarrow as pa
from tests.segments import worlds
from tests.segments.crowd import NOW, document, orders

from huitou.accounts.scopes import Scope
from huitou.kernel.clock import naive_utc
from huitou.segments import actions, refresh
from huitou.segments.models import Refresh, Segment, SegmentHistory, SegmentState
from huitou.segments.saved import stored
from huitou.warehouse.schema import TABLES
from huitou.warehouse.store import table


def test_a_segment_lives_on_either_database(app_database: str) -> None:
    with worlds.world_of(1).warehouse() as warehouse:
        made = actions.create(
            warehouse,
            name="买过的人",
            kind="dynamic",
            rule=document(orders()),
            scope=Scope.everything(),
            actor=None,
            now=NOW,
        )
        before = stored(warehouse, made.pk)
        assert len(before) > 0
        assert SegmentState.objects.get(segment=made).size == len(before)

        known = {row["member"] for row in warehouse.rows(table("member"))}
        newcomer = max(known) + 1
        at = naive_utc(NOW - timedelta(days=1))
        with warehouse.writing() as writer:
            top = int(writer.scalar(writer.table("trade").trade.max()))
            member = table("member").filter(table("member").merged_into.isnull()).limit(1)
            row = warehouse.rows(member)[0] | {"member": newcomer, "first_seen_at": at}
            trade = warehouse.rows(table("trade").limit(1))[0] | {
                "trade": top + 1, "trade_id": "new", "member": newcomer, "is_paid": True,
                "status": "finished", "created_at": at, "paid_at": at, "closed_at": None,
            }  # fmt: skip
            for name, one in (("member", row), ("trade", trade)):
                schema = TABLES[name].to_pyarrow()
                writer.insert(name, pa.Table.from_pylist([one], schema=schema))

        done = refresh.refresh(warehouse, now=NOW)
        assert not done.failed
        after = stored(warehouse, made.pk)
        assert newcomer in after
        assert len(after) == len(before) + 1
        assert not Refresh.objects.exists()
        feed = table("feed")
        told = warehouse.rows(feed.filter(feed.kind == "segment"))
        assert [(row["change"], row["member"]) for row in told] == [("entered", newcomer)]
        assert SegmentHistory.objects.get(segment=made).size == len(after)

        refresh.refresh(warehouse, now=NOW)  # the same again tells nothing
        assert len(warehouse.rows(feed.filter(feed.kind == "segment"))) == 1
        actions.delete(made.pk, actor=None, now=NOW)
        assert not Segment.objects.exists()
