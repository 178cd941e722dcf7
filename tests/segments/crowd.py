"""A small brand for the tests of saved segments, and short ways to write rules."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.members.brand import SHOPS, load, standard, trade
from tests.members.people import RING

from huitou.accounts.shops import ensure_shop
from huitou.kernel.crypto import key_path
from huitou.kernel.home import Home, write_private
from huitou.warehouse.store import Warehouse

NOW = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)
Json = dict[str, Any]


@pytest.fixture
def brand(
    warehouse: Warehouse,
    home: Home,
    tmp_path: Path,
    db: None,
    monkeypatch: pytest.MonkeyPatch,
) -> Warehouse:
    """Ann (1): two paid orders online, 150.50. Bob (2): one, 200.00. Ann in the store (3): one, 30.00."""
    write_private(key_path(home), RING.dumps())
    for shop in SHOPS:
        ensure_shop(shop.code, shop.name, shop.platform, shop.kind, NOW, None)
    standard(warehouse, tmp_path)
    for module in ("api", "api_sets"):
        monkeypatch.setattr(f"huitou.segments.{module}.wall_clock", lambda: NOW)
    return warehouse


def more(warehouse: Warehouse, folder: Path, *rows: Json, batch: int) -> None:
    """Commit further trades (``tests.members.brand.trade``) as a batch."""
    load(warehouse, folder, RING, list(rows), batch=batch)


def document(rule: Json) -> Json:
    return {"version": 1, "rule": rule}


def every(*children: Json) -> Json:
    return {"kind": "all", "children": list(children)}


def either(*children: Json) -> Json:
    return {"kind": "any", "children": list(children)}


def neither(*children: Json) -> Json:
    return {"kind": "none", "children": list(children)}


def orders(operator: str = "ge", value: Any = 1, **more: Any) -> Json:
    return {
        "kind": "trades",
        "basis": "paid",
        "measure": "orders",
        "where": [],
        "window": {"kind": "ever"},
        "operator": operator,
        "value": value,
        **more,
    }


def amount(operator: str, value: Any, **more: Any) -> Json:
    return {**orders(operator, value), "measure": "amount", **more}


def inside(segment: Any) -> Json:
    return {"kind": "segment", "segment": str(segment)}


def top(n: int) -> Json:
    by = {key: value for key, value in amount("ge", 0).items() if key not in {"operator", "value"}}
    return {
        "kind": "rank",
        "direction": "top",
        "size": {"n": n, "unit": "members"},
        "by": by,
    }


__all__ = ["NOW", "amount", "brand", "document", "either", "every", "inside", "more", "neither"]
__all__ += ["orders", "top", "trade"]
