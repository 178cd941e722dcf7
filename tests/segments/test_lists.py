"""Uploaded lists: read from csv, xlsx and txt, matched by what they hold, honest about the rest."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.members.brand import STORE
from tests.segments.crowd import NOW, brand, more, trade
from tests.segments.test_api import ok, people

from huitou.accounts.scopes import Scope
from huitou.kernel.home import Home
from huitou.members import actions as identity_actions
from huitou.warehouse.store import Warehouse

__all__ = ["brand"]
pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Any]


def upload(client: Any, content: bytes | str, file: str = "list.csv", **fields: str) -> Any:
    data = content.encode() if isinstance(content, str) else content
    return client.upload(
        "/segments/lists", {"name": "名单", "file": SimpleUploadedFile(file, data), **fields}
    )


def figures(body: Any) -> tuple[int, int, int, int]:
    return body["rows"], body["matched"], body["unmatched"], body["ambiguous"]


@pytest.mark.parametrize(
    ("content", "expected", "members"),
    [
        ("手机号\n13712349999\n13900001111\n", (2, 1, 1, 0), ["3"]),
        ("备注,买家昵称\nx,小鱼妈妈2019\ny,bobby_lee\nz,谁\n", (3, 2, 1, 0), ["1", "2"]),
        ("会员卡号\nVIP00881\n\n", (1, 1, 0, 0), ["3"]),
        ("订单编号\nT0001\nT0002\nT0004\nT0006\n", (4, 3, 1, 0), ["1", "2"]),
        ("会员编号\n1\n3\n3\n99\n", (4, 3, 1, 0), ["1", "3"]),
        ("T0001\nT0004\n", (2, 2, 0, 0), ["1", "2"]),  # no header
        ("+86 137-1234-9999\n", (1, 1, 0, 0), ["3"]),
        # Both had parcels sent to this number: nobody can say whose it is.
        ("手机\n13812348000\n13712349999\n", (2, 1, 0, 1), ["3"]),
        ("账号,金额\nbobby_lee,3\n", (1, 1, 0, 0), ["2"]),
    ],
)
def test_a_list_finds_its_members(
    brand: Warehouse, client_as: ClientAs, content: str, expected: Any, members: list[str]
) -> None:
    client = client_as("operator")
    body = ok(upload(client, content))
    assert figures(body) == expected
    segment = body["segment"]
    assert (segment["kind"], segment["size"], segment["state"]) == ("list", len(members), "fresh")
    assert people(client, segment["id"]) == members
    assert list(Home.from_environment().files.glob("*")) == []


def test_a_workbook_and_a_column_by_name(brand: Warehouse, client_as: ClientAs) -> None:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet()
    for row, cells in enumerate([["谁", "手机", "号"], ["a", "13900001111", "T0004"]]):
        for column, cell in enumerate(cells):
            sheet.write(row, column, cell)
    book.close()
    client = client_as("operator")
    nothing = upload(client, stream.getvalue(), "list.xlsx")
    assert (nothing.status_code, nothing.json()["code"]) == (422, "nothing_matched")
    found = ok(upload(client, stream.getvalue(), "list.xlsx", column="号", kind="trade"))
    assert figures(found) == (1, 1, 0, 0)
    guessed = ok(upload(client, stream.getvalue(), "list.xlsx", column="号", name="名单2"))
    assert people(client, guessed["segment"]["id"]) == ["2"]
    missing = upload(client, stream.getvalue(), "list.xlsx", column="没有", name="名单3")
    assert (missing.status_code, missing.json()["where"]) == (422, {"field": "column"})
    assert "手机" in missing.json()["remedy"]
    wrong = upload(client, stream.getvalue(), "list.xlsx", kind="mail", name="名单3")
    assert wrong.json()["where"] == {"field": "kind"}


def test_a_list_stays_and_follows_a_merge(
    brand: Warehouse, client_as: ClientAs, tmp_path: Path
) -> None:
    client = client_as("operator")
    body = ok(upload(client, "会员编号\n2\n3\n"))
    segment = body["segment"]["id"]
    more(brand, tmp_path, trade(21, "bob", day=20, paid="9.00"), batch=2)
    assert people(client, segment) == ["2", "3"]
    here: dict[str, Any] = {"scope": Scope.everything(), "actor": None, "now": NOW}
    decision = identity_actions.merge(brand, [1, 3], **here)
    assert people(client, segment) == ["1", "2"]
    again = ok(upload(client, "会员编号\n3\n", name="旧号"))
    assert people(client, again["segment"]["id"]) == ["1"]
    identity_actions.undo(brand, decision.pk, **here)
    assert people(client, segment) == ["2", "3"]


def test_who_is_outside_the_scope_is_not_found(brand: Warehouse, client_as: ClientAs) -> None:
    keeper = client_as("operator", shops=[STORE.shop], username="keeper")
    body = ok(upload(keeper, "会员编号\n1\n3\n"))
    assert figures(body) == (2, 1, 1, 0)


def test_who_may_not_save_may_not_upload(brand: Warehouse, client_as: ClientAs) -> None:
    assert upload(client_as("store_manager"), "会员编号\n1\n").status_code == 403
    operator = client_as("operator")
    assert operator.upload("/segments/lists", {"name": "x"}).status_code == 422
    assert upload(operator, "").status_code == 422
