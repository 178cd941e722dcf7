"""Known bytes are not read again, only where the result is sure to be the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.intake.pipeline.support import (
    bring,
    facts_of,
    item,
    items_file,
    order,
    orders_file,
    put,
    vault_of,
)

from huitou.accounts import shops
from huitou.intake import pipeline, recipe, rejects
from huitou.intake.models import Batch
from huitou.intake.workplace import Workplace


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    good = [order(n) for n in range(6)]
    return put(
        tmp_path,
        orders__csv=orders_file([*good, order(7, 订单编号="7E+18"), order(8, 订单状态="飞到月球")]),
        items__csv=items_file(item(n) for n in range(6)),
    )


def told_of(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name not in ("batch", "same_as")}


def test_the_shortcut_tells_and_leaves_what_reading_again_does(
    work: Workplace, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(work, *files)
    quick = bring(work, *files)
    facts, sealed = facts_of(work), vault_of()
    assert list(Batch.objects.order_by("pk").values_list("repeats_id", flat=True)) == [
        None, None, 1, 2
    ]  # fmt: skip
    monkeypatch.setattr(pipeline, "same_before", lambda *_: None)
    slow = bring(work, *files)
    assert Batch.objects.filter(repeats=None).count() == 4
    assert list(map(told_of, quick["files"])) == list(map(told_of, slow["files"]))
    assert quick["totals"] == slow["totals"]
    assert (facts_of(work), vault_of()) == (facts, sealed)


def test_rejected_rows_of_a_repeated_batch_can_be_had(work: Workplace, files: list[Path]) -> None:
    bring(work, files[0])
    bring(work, files[0])
    again = Batch.objects.get(repeats__isnull=False)
    found = list(rejects.read(work.home.files, again.rejects_name, work.ring))
    assert [row.row.code for row in found] == ["id_scientific"]
    assert again.rejected == 1
    assert again.warnings


def test_other_ways_of_reading_read_again(
    work: Workplace, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(work, files[0])
    known = bring(work, files[0])["files"][0]["batch"]
    assert Batch.objects.get(pk=known).repeats_id == 1

    def is_read(**options: Any) -> bool:
        number = bring(work, files[0], **options)["files"][0]["batch"]
        return Batch.objects.get(pk=number).repeats is None

    assert not is_read(choice={"profile": "taobao_orders"})
    shops.ensure_shop("other", "乙店", "taobao", "online", _now(), None)
    assert is_read(shop="other")
    assert not is_read(shop="taobao")
    shops.ensure_shop("s1", "门店一", "pos", "store", _now(), None)
    assert is_read(shop="taobao")
    monkeypatch.setattr(recipe, "program", lambda: "another version of the program")
    assert is_read(shop="taobao")


def test_a_warehouse_without_the_batch_reads_again(work: Workplace, files: list[Path]) -> None:
    bring(work, files[0])
    with work.warehouse.writing() as writer:
        writer.delete("batch", ["batch"], writer.table("batch"))
    told = bring(work, files[0])
    assert Batch.objects.get(pk=told["files"][0]["batch"]).repeats is None
    assert told["files"][0]["unchanged"] == 7


def test_a_batch_that_failed_is_nothing_to_build_on(
    work: Workplace, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from huitou.warehouse import facts

    with monkeypatch.context() as broken:
        broken.setattr(facts, "apply", lambda *_, **__: 1 / 0)
        assert bring(work, files[0])["failed"] == 1
    told = bring(work, files[0])
    assert told["failed"] == 0
    assert told["files"][0]["inserted"] == 7
    assert told["files"][0]["same_as"] == "1"


def _now() -> Any:
    from tests.intake.pipeline.support import NOW

    return NOW
