"""The demo brand in a real home: all of it, once, sealed, and again only what is new."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.demo.look import Data, collect

from huitou.accounts import shops
from huitou.demo import loader
from huitou.demo.brand import SHOPS
from huitou.demo.loader import LOADS, Stamp, load, plan
from huitou.intake.models import Batch
from huitou.intake.workplace import Workplace
from huitou.kernel.crypto import KeyRing
from huitou.kernel.errors import Conflict
from huitou.kernel.home import Home
from huitou.warehouse.store import Warehouse, set_current_warehouse

NOW = datetime(2026, 11, 20, 5, 30, tzinfo=UTC)
MEMBERS = 400
TABLES = (
    "item", "member", "member_attribute", "identity_key", "identity_link", "trade", "trade_line", "refund",
    "parcel", "parcel_event", "review", "visit", "member_totals",
)  # fmt: skip


@pytest.fixture
def work(home: Home, key_ring: KeyRing, db: None) -> Iterator[Workplace]:
    warehouse = Warehouse.open(home)
    set_current_warehouse(warehouse)
    try:
        yield Workplace(home, key_ring, warehouse, "Asia/Shanghai")
    finally:
        set_current_warehouse(None)
        warehouse.close()


def loaded(work: Workplace, **changes: Any) -> loader.LoadReport:
    asked: dict[str, Any] = {"members": MEMBERS, "seed": 3, "until": None, "now": NOW, **changes}
    return load(work, **asked)


def counts(work: Workplace) -> dict[str, int]:
    warehouse = work.warehouse
    return {name: warehouse.scalar(warehouse.table(name).count()) for name in TABLES}


@pytest.fixture
def made() -> Data:
    return collect(MEMBERS, seed=3, until=NOW)


def test_everything_that_is_made_is_in_the_warehouse(work: Workplace, made: Data) -> None:
    report = loaded(work)
    held = counts(work)
    for table, record_set in (
        ("item", "items"), ("trade", "trades"), ("trade_line", "lines"), ("refund", "refunds"),
        ("parcel", "parcels"), ("review", "reviews"), ("visit", "visits"),
    ):  # fmt: skip
        assert held[table] == len(made.tables[record_set]), table
    trade = work.warehouse.table("trade")
    paid = work.warehouse.scalar(trade.paid_amount.sum())
    assert paid == made.one("select sum(paid_amount) from trades")
    # Nearly every person is one member: some hold accounts that nothing ties together.
    assert 0.85 * MEMBERS <= held["member"] <= 1.25 * MEMBERS
    known = work.warehouse.scalar(trade.member.notnull().mean())
    assert 0.9 < known < 1
    committed = Batch.objects.filter(state="committed")
    assert committed.count() == len(report.batches) == len(LOADS)
    assert all(batch.rows and batch.inserted for batch in committed)
    assert not Batch.objects.exclude(state="committed").exists()
    assert not list(work.home.staging.glob("*.duckdb"))


def test_the_same_again_changes_nothing(work: Workplace) -> None:
    loaded(work)
    held, version = counts(work), work.warehouse.data_version
    again = loaded(work, now=NOW + timedelta(days=2))
    assert again.outcome == "unchanged"
    assert again.users == []
    assert counts(work) == held
    assert work.warehouse.data_version == version
    assert Batch.objects.count() == len(LOADS)


def test_loading_over_what_is_there_finds_it_unchanged(work: Workplace) -> None:
    """What an interrupted load does when it goes on."""
    loaded(work)
    held = counts(work)
    stamp = loader.read_stamp(work.home)
    assert stamp is not None
    loader._write_stamp(work.home, replace(stamp, is_complete=False))
    report = loaded(work)
    assert counts(work) == held
    assert [(row["inserted"], row["updated"]) for row in report.batches] == [(0, 0)] * len(LOADS)


def test_append_moves_the_same_world_forward(work: Workplace) -> None:
    loaded(work)
    before = counts(work)
    later = NOW + timedelta(days=6)
    report = loaded(work, append=True, now=later)
    assert report.outcome == "appended"
    expected = collect(MEMBERS, seed=3, until=later, anchor=NOW.date())
    trade = work.warehouse.table("trade")
    rows = work.warehouse.rows(trade.select("trade_id", "status", "paid_amount", "refunded_amount"))
    assert sorted(
        (r["trade_id"], r["status"], r["paid_amount"], r["refunded_amount"]) for r in rows
    ) == (
        expected.rows(
            "select trade_id, status, paid_amount, refunded_amount from trades order by 1, 2"
        )
    )
    assert counts(work)["trade"] > before["trade"]


def test_brand_shops_stores_guides_and_logins_are_there(work: Workplace) -> None:
    from huitou.accounts.models import Guide, User

    report = loaded(work)
    assert shops.brand().name == "枕河坊"
    rows = {row.code: row for row in shops.all_shops()}
    assert {spec.code for spec in SHOPS} == set(rows)
    assert sum(row.kind == "store" for row in rows.values()) == 5
    assert all(
        2 <= Guide.objects.filter(shop_id=row.shop).count() <= 4
        for row in rows.values()
        if row.kind == "store"
    )
    assert {user["role"] for user in report.users} == {
        "administrator", "operator", "analyst", "store_manager", "guide", "service_agent",
    }  # fmt: skip
    for user in report.users:
        assert User.objects.get(username=user["username"]).check_password(user["password"])


def test_nothing_personal_is_in_the_warehouse_file(work: Workplace, made: Data) -> None:
    loaded(work)
    work.warehouse.close()
    content = work.home.warehouse.read_bytes()
    assert not re.search(rb"154\d{8}", content)
    assert b"@example.com" not in content
    for column, name in (("name", "profiles"), ("nick", "profiles"), ("buyer_nick", "trades")):
        for (value,) in made.rows(
            f"select distinct {column} from {name} where length({column}) > 3"
        ):
            assert value.encode() not in content, value
    ((street,),) = made.rows(
        "select split_part(receiver_address, ' ', 4) from trades where receiver_address is not null limit 1"
    )
    assert street.encode() not in content


STAMP = Stamp(10, 1, 1.0, "", "2026-11-20T00:00:00+00:00", is_complete=False)
DONE = replace(STAMP, anchor="2026-11-20", is_complete=True)


def test_a_home_with_other_data_is_left_alone_unless_forced() -> None:
    with pytest.raises(Conflict, match="holds data"):
        plan(None, STAMP, has_other_data=True, append=False, force=False)
    assert plan(None, STAMP, has_other_data=True, append=False, force=True).anchor == "2026-11-20"


def test_another_demo_is_never_mixed_in() -> None:
    for other in (replace(STAMP, members=11), replace(STAMP, seed=2), replace(STAMP, density=2.0)):
        with pytest.raises(Conflict, match="another demo"):
            plan(DONE, other, has_other_data=True, append=True, force=True)


def test_what_is_to_be_done_with_a_demo_that_is_there() -> None:
    later = replace(STAMP, until="2026-11-25T00:00:00+00:00")
    earlier = replace(STAMP, until="2026-11-01T00:00:00+00:00")
    keep = {"has_other_data": True, "force": False}
    assert plan(DONE, later, append=False, **keep) == DONE
    assert plan(DONE, earlier, append=True, **keep) == DONE
    moved = plan(DONE, later, append=True, **keep)
    assert (moved.until, moved.anchor, moved.is_complete) == (later.until, DONE.anchor, False)
    broken = replace(DONE, is_complete=False)
    assert plan(broken, later, append=False, **keep) == broken
    assert plan(broken, later, append=True, **keep).until == later.until
