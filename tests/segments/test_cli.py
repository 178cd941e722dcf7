"""``huitou segment``: the same answers as the screens, as text and as JSON."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.segments.crowd import NOW, amount, brand, document, every, orders
from tests.segments.test_refresh import save

from huitou.accounts.scopes import Scope
from huitou.segments import actions
from huitou.warehouse.store import Warehouse
from huitou.web import cli
from huitou.web.cli import handover, start

__all__ = ["brand"]
pytestmark = pytest.mark.django_db
Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def run(
    brand: Warehouse, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Run a command line here, on the brand's warehouse: (exit code, JSON or text)."""
    monkeypatch.setattr(handover, "run", lambda command, args, _home, emit: command.run(args, emit))
    monkeypatch.setattr(start, "set_django_up", lambda: None)
    monkeypatch.setenv("HUITOU_LANGUAGE", "zh")

    def go(*words: str, stdin: str = "") -> tuple[int, Any]:
        import sys

        import huitou.web.cli.segment as module

        monkeypatch.setattr(module, "wall_clock", lambda: NOW)
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        code = cli.run(["segment", *words])
        said = capsys.readouterr()
        out = said.out or said.err
        return code, json.loads(out) if "--json" in words else out

    return go


@pytest.fixture
def rule(tmp_path: Path) -> str:
    path = tmp_path / "rule.json"
    path.write_text(json.dumps(document(every(orders("ge", 1), amount("ge", 100)))), "utf-8")
    return str(path)


def test_count(run: Run, rule: str) -> None:
    code, body = run("count", rule, "--json")
    assert (code, body["count"], body["universe"], body["as_of"]) == (0, 2, 3, "2026-11-22")
    _, past = run("count", rule, "--as-of", "2026-10-02", "--json")
    assert (past["count"], past["as_of"]) == (1, "2026-10-02")
    _, said = run("count", rule)
    assert "2 人，占 3 位会员的 66.67%" in said
    assert "付款" in said or "订单数" in said
    _, piped = run("count", "-", "--json", stdin=json.dumps(document(every(orders("ge", 2)))))
    assert piped["count"] == 1
    _, english = run("count", rule, "--language", "en")
    assert "2 of 3 members, 66.67%" in english


def test_list_and_explain(run: Run, rule: str) -> None:
    _, body = run("list", rule, "--json")
    assert ([row["member"] for row in body["items"]], body["total"]) == (["1", "2"], 2)
    assert body["items"][0]["display_name"] == "张*鱼"
    _, said = run("list", rule, "--sort=-paid_amount", "--limit", "1")
    assert "b***e" in said
    assert "共 2 人" in said
    _, told = run("explain", rule, "--member", "3", "--json")
    assert (told["in"], told["tree"]["children"][1]["value"]) == (False, "¥30.00")
    _, said = run("explain", rule, "--member", "3")
    assert "会员 3 不在这个人群" in said
    assert "✗" in said
    code, error = run("explain", rule, "--member", "99", "--json")
    assert (code, error["error"]["code"]) == (1, "not_found")


def test_saved_segments_by_number_and_their_refresh(run: Run, brand: Warehouse) -> None:
    made = save(brand, "回头客", every(orders("ge", 2)))
    fixed = actions.snapshot(
        brand,
        made.pk,
        name="快照",
        scope=Scope.everything(),
        actor=None,
        now=NOW,
    )
    for number in (made.pk, fixed.pk):
        assert run("count", str(number), "--json")[1]["count"] == 1
    code, body = run("refresh", "--json")
    assert (code, body["segments"], body["failed"]) == (0, 1, [])
    assert run("refresh", str(made.pk), "--json")[1]["segments"] == 1
    assert run("refresh", "99", "--json")[0] == 1


def test_wrong_rules_are_told_with_their_node(run: Run, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps(document(every(orders("x", 1)))), "utf-8")
    code, error = run("count", str(wrong), "--json")
    assert (code, error["error"]["code"]) == (1, "wrong_rule")
    assert error["error"]["where"]["node"] == "/rule/children/0/operator"
    assert run("count", str(tmp_path / "none.json"), "--json")[0] == 1
    assert "wrong_rule" not in run("count", str(wrong))[1]


def test_schema_and_attributes(run: Run) -> None:
    _, schema = run("schema")
    assert json.loads(schema)["properties"]["version"] == {"const": 1}
    _, body = run("attributes", "--json")
    assert {"gender", "birthday"} <= {one["code"] for one in body["items"]}
    assert "性别" in run("attributes")[1]
