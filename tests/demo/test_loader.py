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
from huitou.demo.loader import AT_ONCE, LOADS, Stamp, load, plan
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


@pytest.mark.slow
def test_the_demo_is_there_as_files_would_have_brought_it(work: Workplace, made: Data) -> None:
    report = loaded(work)
    all_of_it_is_in(work, made)
    one_batch_per_load(work, report)
    shops_guides_and_logins_are_there(report)
    # The same call again: nothing at all happens.
    held, version = counts(work), work.warehouse.data_version
    again = loaded(work, now=NOW + timedelta(days=2))
    assert (again.outcome, again.users, again.batches) == ("unchanged", [], [])
    assert (counts(work), work.warehouse.data_version) == (held, version)
    assert Batch.objects.count() == len(LOADS)
    # Loading over what is there (an interrupted load that goes on): every row is found unchanged.
    stamp = loader.read_stamp(work.home)
    assert stamp is not None
    loader._write_stamp(work.home, replace(stamp, is_complete=False))
    over = loaded(work, loads=AT_ONCE)
    assert counts(work) == held
    assert [(row["inserted"], row["updated"], row["members_new"]) for row in over.batches] == [
        (0, 0, 0)
    ]
    nothing_personal_is_in_the_file(work, made)


def all_of_it_is_in(work: Workplace, made: Data) -> None:
    held = counts(work)
    for table, record_set in (
        ("item", "items"), ("trade", "trades"), ("trade_line", "lines"), ("refund", "refunds"),
        ("parcel", "parcels"), ("parcel_event", "parcel_events"), ("review", "reviews"), ("visit", "visits"),
    ):  # fmt: skip
        assert held[table] == len(made.tables[record_set]), table
    trade = work.warehouse.table("trade")
    paid = work.warehouse.scalar(trade.paid_amount.sum())
    assert paid == made.one("select sum(paid_amount) from trades")
    # Nearly every person is one member: some hold accounts that nothing ties together.
    assert 0.85 * MEMBERS <= held["member"] <= 1.25 * MEMBERS
    known = work.warehouse.scalar(trade.member.notnull().cast("int32").mean())
    assert 0.9 < known < 1
    assert work.warehouse.scalar(work.warehouse.table("review").member.notnull().all())


def one_batch_per_load(work: Workplace, report: loader.LoadReport) -> None:
    committed = Batch.objects.filter(state="committed")
    assert committed.count() == len(report.batches) == len(LOADS)
    assert all(batch.rows == batch.inserted > 0 for batch in committed)
    assert not Batch.objects.exclude(state="committed").exists()
    assert not list(work.home.staging.glob("*.duckdb"))


def shops_guides_and_logins_are_there(report: loader.LoadReport) -> None:
    from huitou.accounts.models import Guide, User

    assert shops.brand().name == "枕河坊"
    rows = {row.code: row for row in shops.all_shops()}
    assert {spec.code for spec in SHOPS} == set(rows)
    stores = [row.shop for row in rows.values() if row.kind == "store"]
    assert len(stores) == 5
    assert all(2 <= Guide.objects.filter(shop_id=store).count() <= 4 for store in stores)
    assert {user["role"] for user in report.users} == {
        "administrator", "operator", "analyst", "store_manager", "guide", "service_agent",
    }  # fmt: skip
    for user in report.users:
        assert User.objects.get(username=user["username"]).check_password(user["password"])
    guide = Guide.objects.get(code="SX01")
    login = User.objects.get(username="daogou")
    assert guide.user == login
    assert [shop.pk for shop in login.shops.all()] == [guide.shop_id]


def nothing_personal_is_in_the_file(work: Workplace, made: Data) -> None:
    work.warehouse.close()
    content = work.home.warehouse.read_bytes()
    assert not re.search(rb"(?<!\d)154\d{8}(?!\d)", content)
    assert b"@example.com" not in content
    for column, name in (
        ("nick", "profiles"),
        ("buyer_nick", "trades"),
        ("card_no", "profiles"),
        ("ouid", "trades"),
    ):
        values = made.rows(
            f"select distinct {column} from {name} where shop_code <> 'mall' and {column} is not null"
        )
        assert values
        for (value,) in values:
            assert value.encode() not in content, value
    streets = """select distinct split_part(receiver_address, ' ', 4) from trades
        where receiver_address is not null"""
    for (street,) in made.rows(streets):
        assert street.encode() not in content, street
    names = made.rows("select distinct receiver_name from trades where length(receiver_name) >= 3")
    assert names
    for (name,) in names:
        assert name.encode() not in content, name


@pytest.mark.slow
def test_append_moves_the_same_world_forward(work: Workplace) -> None:
    loaded(work, loads=AT_ONCE)
    before = counts(work)
    later = NOW + timedelta(days=6)
    report = loaded(work, append=True, now=later, loads=AT_ONCE)
    assert report.outcome == "appended"
    expected = collect(MEMBERS, seed=3, until=later, anchor=NOW.date())
    trade = work.warehouse.table("trade")
    rows = work.warehouse.rows(trade.select("trade_id", "status", "paid_amount", "refunded_amount"))
    assert sorted(
        (r["trade_id"], r["status"], r["paid_amount"], r["refunded_amount"]) for r in rows
    ) == (
        sorted(expected.rows("select trade_id, status, paid_amount, refunded_amount from trades"))
    )
    assert counts(work)["trade"] > before["trade"]
    (row,) = report.batches
    assert row["inserted"] > 0
    assert row["updated"] > 0
    assert row["unchanged"] > row["updated"]


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
