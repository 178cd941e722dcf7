"""Nothing personal is on disk in plain: the warehouse, its log, the stage, the app database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.members.brand import NOW, SECRETS, load, standard, trade
from tests.members.people import RING

from huitou.accounts.scopes import Scope
from huitou.kernel.home import Home
from huitou.members import actions
from huitou.warehouse.schema import TABLES
from huitou.warehouse.staging import Stage
from huitou.warehouse.store import Warehouse

KEPT_OUT = ("feed", "meta", "batch")


def plain_in(path: Path) -> list[str]:
    content = path.read_bytes()
    forms = [
        (secret, encoding) for secret in SECRETS for encoding in ("utf-8", "gb18030", "utf-16-le")
    ]
    return [secret for secret, encoding in forms if secret.encode(encoding) in content]


def test_no_file_of_a_home_holds_a_person(
    app_database: str, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    staged: list[bytes] = []
    drop = Stage.drop

    def keep(stage: Stage) -> None:
        stage.close()
        if stage.path.exists():
            staged.append(stage.path.read_bytes())
            assert not plain_in(stage.path)
        drop(stage)

    monkeypatch.setattr(Stage, "drop", keep)
    warehouse = Warehouse.open(home)
    try:
        rows = [
            trade(1, "ann"),
            trade(2, "bob", day=2),
            trade(3, "ann_in_store", day=3),
            trade(4, "nobody", day=4),
        ]
        load(warehouse, home.staging, RING, rows)
        files = sorted(path for path in home.root.rglob("*") if path.is_file())
        names = {path.name for path in files}
        assert "warehouse.duckdb" in names
        assert staged, "the stage was looked at before it went"
        assert {path.name: found for path in files if (found := plain_in(path))} == {}
    finally:
        warehouse.close()
    assert b"T0001" in home.warehouse.read_bytes(), "the search finds what is there"
    assert plain_in(home.warehouse) == []


def everything(warehouse: Warehouse) -> dict[str, list[Any]]:
    return {
        name: sorted(warehouse.rows(warehouse.table(name)), key=repr)
        for name in TABLES
        if name not in KEPT_OUT
    }


@pytest.mark.django_db
def test_merge_then_unmerge_restores_every_row_of_every_table(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    standard(warehouse, tmp_path)
    before = everything(warehouse)
    by: dict[str, Any] = {"scope": Scope.everything(), "actor": None, "now": NOW}
    first = actions.merge(warehouse, [1, 2], **by)
    second = actions.merge(warehouse, [1, 3], **by)
    merged = everything(warehouse)
    assert {row["member"] for row in merged["trade"]} == {1, None}
    assert [row["paid_amount"] for row in merged["member_totals"]] == [
        sum(row["paid_amount"] for row in before["member_totals"])
    ]
    actions.undo(warehouse, first.pk, **by)
    actions.undo(warehouse, second.pk, **by)
    after = everything(warehouse)
    assert after == before
