"""The warehouse as a store: who owns it, what a crash leaves, who sees what when."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import ibis
import pyarrow as pa
import pytest
from tests.warehouse.standin import at, commit, rows_of, staged

from huitou.accounts.shops import ShopRow
from huitou.kernel.errors import Unavailable
from huitou.kernel.home import Home
from huitou.warehouse import doctor
from huitou.warehouse.duckdb import Engine
from huitou.warehouse.schema import TABLES
from huitou.warehouse.staging import SETS, Stage
from huitou.warehouse.store import (
    Warehouse,
    WarehouseBusy,
    Writer,
    current_warehouse,
    set_current_warehouse,
)

TRADE = {"source": "taobao", "trade_id": "t1", "shop": 1, "paid_at": at(1), "buyer": "ann"}


def batches(warehouse: Warehouse) -> list[int]:
    return [row["batch"] for row in rows_of(warehouse, "batch", "batch")]


def add_batch(writer: Writer, number: int) -> None:
    writer.insert("batch", pa.table({"batch": [number]}))


@contextmanager
def process(home: Home, code: str) -> Iterator[subprocess.Popen[str]]:
    """A real second process working on the same home; killed at the end if it still runs."""
    program = "from pathlib import Path\nfrom huitou.kernel.home import Home\n"
    program += "from huitou.warehouse.store import Warehouse, WarehouseBusy\nimport pyarrow as pa\n"
    program += f"home = Home(Path({str(home.root)!r}))\n" + textwrap.dedent(code)
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as started:
        try:
            yield started
        finally:
            started.kill()


def line_of(running: subprocess.Popen[str]) -> str:
    """The next line that a process prints."""
    assert running.stdout is not None
    return running.stdout.readline().strip()


def test_a_second_process_is_told_who_owns_the_warehouse(home: Home) -> None:
    warehouse = Warehouse.open(home, what="serve")
    refused = """
        try:
            Warehouse.open(home)
        except WarehouseBusy as error:
            print(error.pid, error.what, error.remedy.en)
        """
    with process(home, refused) as second:
        out, err = second.communicate(timeout=60)
    assert err == ""
    assert out.startswith(f"{os.getpid()} serve ")
    assert f"kill {os.getpid()}" in out
    warehouse.close()
    with process(home, "Warehouse.open(home).close(); print('mine')") as third:
        assert third.communicate(timeout=60) == ("mine\n", "")


def test_the_lock_is_free_when_its_owner_is_killed(home: Home) -> None:
    owning = "w = Warehouse.open(home, what='serve'); print('up', flush=True); input()"
    with process(home, owning) as owner:
        assert line_of(owner) == "up"
        with pytest.raises(WarehouseBusy) as refused:
            Warehouse.open(home)
        assert refused.value.pid == owner.pid
        owner.send_signal(signal.SIGKILL)
    Warehouse.open(home).close()


def test_a_process_killed_while_writing_leaves_nothing_of_it(home: Home) -> None:
    first = Warehouse.open(home)
    with first.writing() as writer:
        add_batch(writer, 1)
    first.close()
    writing = """
        w = Warehouse.open(home)
        with w.writing() as writer:
            writer.insert("batch", pa.table({"batch": list(range(2, 300_000))}))
            writer.insert("trade", pa.table({"trade": list(range(300_000))}))
            print("written", flush=True)
            input()
        """
    with process(home, writing) as victim:
        assert line_of(victim) == "written"
        victim.send_signal(signal.SIGKILL)
    warehouse = Warehouse.open(home)
    assert batches(warehouse) == [1]
    assert doctor.table_counts(warehouse)["trade"] == 0
    assert warehouse.data_version == 1
    warehouse.close()


def test_a_process_that_never_closed_ends_without_a_sound(home: Home) -> None:
    with process(home, "w = Warehouse.open(home); w.rows(w.table('feed'))") as careless:
        assert careless.communicate(timeout=60) == ("", "")
    assert careless.returncode == 0


def test_a_commit_is_whole_and_seen_by_others_only_then(warehouse: Warehouse) -> None:
    with warehouse.writing() as writer:
        add_batch(writer, 1)
        assert writer.count(writer.table("batch")) == 1
        assert batches(warehouse) == []
    assert batches(warehouse) == [1]
    assert warehouse.data_version == 1


def test_an_exception_undoes_everything_and_keeps_the_version(warehouse: Warehouse) -> None:
    def interrupted() -> None:
        with warehouse.writing() as writer:
            add_batch(writer, 1)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert batches(warehouse) == []
    assert warehouse.data_version == 0


def test_a_rehearsal_shows_what_would_be_and_leaves_nothing(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    with warehouse.rehearsing() as writer:
        add_batch(writer, 1)
        assert writer.count(writer.table("batch")) == 1
    assert batches(warehouse) == []
    commit(warehouse, staged(tmp_path, trades=[TRADE]))
    assert warehouse.data_version == 1


def test_writers_take_turns_and_readers_do_not_wait(warehouse: Warehouse) -> None:
    inside, may_end = threading.Event(), threading.Event()

    def write(number: int) -> None:
        with warehouse.writing() as writer:
            inside.set()
            add_batch(writer, number)
            assert may_end.wait(30)

    threads = [threading.Thread(target=write, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    assert inside.wait(30)
    assert batches(warehouse) == []
    may_end.set()
    for thread in threads:
        thread.join(30)
    assert batches(warehouse) == [1, 2]
    assert warehouse.data_version == 2


def test_a_thread_that_writes_is_not_let_in_twice(warehouse: Warehouse) -> None:
    with warehouse.writing(), pytest.raises(RuntimeError), warehouse.writing():
        pass
    assert warehouse.data_version == 1


def test_a_snapshot_is_of_one_moment(warehouse: Warehouse) -> None:
    def write() -> None:
        with warehouse.writing() as writer:
            add_batch(writer, 1)

    with warehouse.snapshot():
        assert batches(warehouse) == []
        thread = threading.Thread(target=write)
        thread.start()
        thread.join(30)
        assert batches(warehouse) == []
    assert batches(warehouse) == [1]


def test_replace_and_delete_take_null_for_equal_to_null(warehouse: Warehouse) -> None:
    rows = pa.table({"name": ["a", None, "b"], "value": [1, 2, 3]})
    with warehouse.writing() as writer:
        writer.delete("meta", ["name"], writer.table("meta"))
        writer.insert("meta", rows)
        writer.replace(
            "meta", ["name"], pa.table({"name": pa.array([None], pa.string()), "value": [9]})
        )
        found = {row["name"]: row["value"] for row in writer.rows(writer.table("meta"))}
        assert found == {"a": 1, None: 9, "b": 3}


def test_shops_follow_the_app_database(warehouse: Warehouse) -> None:
    shop = ShopRow(1, "tb", "淘宝店", "taobao", "online", "回头")
    for shops in ([shop], [shop, ShopRow(2, "st", "门店", "pos", "store", "回头")], [shop]):
        with warehouse.writing() as writer:
            writer.sync_shops(shops)
        assert [row["shop"] for row in rows_of(warehouse, "shop")] == [one.shop for one in shops]


def test_a_table_that_grew_gets_its_new_columns(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = {name: schema for name, schema in TABLES.items() if name != "visit"}
    feed = TABLES["feed"]
    old["feed"] = ibis.schema({n: t for n, t in feed.items() if n != "after"})
    with monkeypatch.context() as patch:
        patch.setattr("huitou.warehouse.store.TABLES", old)
        earlier = Warehouse.open(home)
        with earlier.writing() as writer:
            writer.insert("feed", pa.table({"seq": [1]}))
        patch.undo()
        assert earlier.check() == ["table visit is missing", "column feed.after is missing"]
        earlier.close()
    grown = Warehouse.open(home)
    assert grown.check() == []
    assert rows_of(grown, "feed", "seq", "after") == [{"seq": 1, "after": None}]
    grown.close()


def test_an_engine_that_hashes_differently_causes_no_changes(home: Home, tmp_path: Path) -> None:
    warehouse = Warehouse.open(home)
    stage = staged(
        tmp_path,
        trades=[TRADE],
        lines=[{"source": "taobao", "trade_id": "t1", "line_key": "l"}],
        profiles=[{"source": "list", "gender": "f", "buyer": "ann"}],
    )
    commit(warehouse, stage)
    with warehouse.writing() as writer:  # as if another release had written it
        meta = writer.table("meta")
        stale = meta.filter(meta.name == "fingerprint_probe").mutate(value=meta.value - 1)
        writer.replace("meta", ["name"], stale)
    warehouse.close()
    warehouse = Warehouse.open(home)
    assert rows_of(warehouse, "trade", "fingerprint") == [{"fingerprint": None}]
    assert commit(warehouse, stage, batch=2).is_unchanged
    assert rows_of(warehouse, "trade", "fingerprint") != [{"fingerprint": None}]
    assert rows_of(warehouse, "trade_line", "line_key") == [{"line_key": "l"}]
    assert commit(warehouse, stage, batch=3).changes == 0
    warehouse.close()


def test_a_file_that_is_no_warehouse_is_refused_with_a_remedy(home: Home) -> None:
    home.warehouse.write_bytes(b"not a database" * 1000)
    with pytest.raises(Unavailable) as refused:
        Warehouse.open(home)
    assert refused.value.remedy is not None
    home.warehouse.unlink()
    Warehouse.open(home).close()  # and the lock was given back


def test_a_setting_that_means_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUITOU_WAREHOUSE_MEMORY", "plenty")
    with pytest.raises(Unavailable, match="does not open"):
        Engine(None)


def test_there_is_one_current_warehouse(warehouse: Warehouse) -> None:
    assert current_warehouse() is warehouse
    set_current_warehouse(None)
    with pytest.raises(Unavailable):
        current_warehouse()


def test_the_doctor_counts_and_finds_contradictions(warehouse: Warehouse, tmp_path: Path) -> None:
    commit(warehouse, staged(tmp_path, trades=[TRADE]))
    counts = doctor.table_counts(warehouse)
    assert (list(counts), counts["trade"], counts["visit"]) == (list(TABLES), 1, 0)
    assert doctor.inconsistencies(warehouse) == []
    with warehouse.writing() as writer:
        writer.insert("trade", writer.table("trade"))
        writer.insert("trade_line", pa.table({"trade": [7]}))
        writer.delete("member_totals", ["member"], writer.table("member_totals"))
    assert doctor.inconsistencies(warehouse) == [
        "1 trade_line rows without a trade",
        "1 members without totals",
        "1 trades that are there twice",
    ]


def test_a_stage_keeps_what_it_was_given(tmp_path: Path) -> None:
    stage = Stage.create(tmp_path / "s.duckdb")
    stage.append("trades", pa.record_batch({"trade_id": ["1", "2"], "row_no": [1, 2]}))
    stage.append("trades", pa.table({"trade_id": pa.array([], pa.string())}))
    with pytest.raises(ValueError, match="nick"):
        stage.append("trades", pa.table({"nick": ["小明"]}))
    stage.close()
    again = Stage.open(tmp_path / "s.duckdb")
    assert again.count("trades") == 2
    assert again.count("lines") == 0
    assert again.fetch(again.table("trades")).column_names == list(SETS["trades"].names)
    again.drop()
    assert list(tmp_path.glob("s.duckdb*")) == []
    with pytest.raises(FileNotFoundError):
        Stage.open(tmp_path / "s.duckdb")


def test_a_stage_lets_go_of_rows_once_it_has_them(tmp_path: Path) -> None:
    stage = Stage.create(tmp_path / "s.duckdb")
    before = pa.total_allocated_bytes()
    for _ in range(10):
        stage.append("trades", pa.table({"row_no": range(10_000)}))
    assert pa.total_allocated_bytes() - before < 10_000 * 8, "less than one of the ten"
    assert stage.count("trades") == 100_000, "seen before the file has them"
    stage.close()
    assert Stage.open(tmp_path / "s.duckdb").count("trades") == 100_000


def test_a_stage_is_free_again_after_the_transaction(warehouse: Warehouse, tmp_path: Path) -> None:
    stage = staged(tmp_path, trades=[TRADE])

    def interrupted() -> None:
        with warehouse.writing() as writer:
            writer.attach(stage)
            writer.attach(stage)
            assert writer.count(stage.table("trades")) == 1
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert stage.count("trades") == 1
    assert commit(warehouse, stage).sets["trades"].inserted == 1
