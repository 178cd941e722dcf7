"""Any order of files and any repetition gives the same warehouse and the same vault.

Every file is really read and applied each time: the shortcut for known bytes (``recipe``), which
builds on this property, is off.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.intake.pipeline.support import (
    NEW_ORDERS,
    OLD_ITEMS,
    OLD_ORDERS,
    REFUNDS,
    as_csv,
    bring,
    facts_of,
    item,
    items_file,
    order,
    orders_file,
    vault_of,
)

from huitou.accounts import shops
from huitou.intake import pipeline
from huitou.intake.workplace import Workplace
from huitou.kernel.crypto import KeyRing
from huitou.kernel.home import Home
from huitou.warehouse.store import Warehouse

UNPAID = {
    "订单付款时间": "",
    "买家实际支付金额": "0",
    "买家实付金额": "0",
    "确认收货时间": "",
}
STATES = (
    {"订单状态": "等待买家付款", **UNPAID},
    {"订单状态": "买家已付款，等待卖家发货", "确认收货时间": ""},
    {"订单状态": "卖家已发货，等待买家确认", "确认收货时间": ""},
    {"订单状态": "交易成功"},
    {"订单状态": "交易成功", "退款金额": "5.00"},
    {"订单状态": "交易关闭", "订单关闭原因": "买家申请退款", "退款金额": "25.80", "确认收货时间": ""},
    {"订单状态": "交易关闭", "订单关闭原因": "买家未付款", **UNPAID},
)  # fmt: skip
PEOPLE: tuple[dict[str, str], ...] = (
    {},
    {"买家会员名": "小明", "联系手机": "14000000099"},
    {"买家会员名": "小明", "收货人姓名": "李雷", "收货地址": "上海 上海市 浦东新区 世纪大道1号"},
    {"买家会员名": "", "收货人姓名": "韩梅梅"},
    {"修改后的收货地址": "江苏省 南京市 鼓楼区 中山路2号"},
)


def _refund(number: int, state: str) -> dict[str, str]:
    return {
        **order(number),
        "退款编号": str(9_000_000_000_000 + number),
        "买家退款金额": "5.00",
        "退款状态": state,
        "退款完结时间": "2019-05-01 08:00:00" if state == "退款成功" else "",
        "是否需要退货": "是",
    }


@st.composite
def _file(draw: st.DrawFn) -> bytes:
    numbers = st.lists(st.integers(0, 5), min_size=1, max_size=6)
    kind = draw(st.sampled_from(["old", "middle", "new", "items_old", "items_new", "refunds"]))
    rows = []
    for number in draw(numbers):
        if kind == "refunds":
            refund = draw(
                st.sampled_from(["退款成功", "退款关闭", "买家已经申请退款，等待卖家同意"])
            )
            rows.append(_refund(number, refund))
        elif kind.startswith("items"):
            state = draw(st.sampled_from(STATES))
            line = draw(st.integers(1, 3))
            more = {"购买数量": str(draw(st.integers(1, 2)))} if kind == "items_old" else {}
            rows.append(item(number, line, 订单状态=state["订单状态"], **more))
        else:
            person = draw(st.sampled_from(PEOPLE))
            rows.append(order(number, **person, **draw(st.sampled_from(STATES))))
    writers = {
        "old": lambda: as_csv(OLD_ORDERS, rows, "gb18030"),
        "middle": lambda: orders_file(rows),
        "new": lambda: as_csv(NEW_ORDERS, rows),
        "items_old": lambda: as_csv(OLD_ITEMS, rows, "gb18030"),
        "items_new": lambda: items_file(rows),
        "refunds": lambda: as_csv(REFUNDS, rows),
    }  # fmt: skip
    return writers[kind]()


@contextmanager
def _fresh(ring: KeyRing) -> Iterator[Workplace]:
    """A home of its own whose app-database rows are rolled back in the end."""
    with tempfile.TemporaryDirectory() as folder, transaction.atomic():
        home = Home(Path(folder) / "home")
        home.prepare()
        warehouse = Warehouse.in_memory()
        shops.ensure_shop("tb", "绍兴小店", "taobao", "online", _now(), None)
        try:
            yield Workplace(home, ring, warehouse, "Asia/Shanghai")
        finally:
            warehouse.close()
            transaction.set_rollback(True)


def _now() -> Any:
    from tests.intake.pipeline.support import NOW

    return NOW


def _outcome(ring: KeyRing, files: list[bytes]) -> tuple[Any, Any]:
    with _fresh(ring) as work, mock.patch.object(pipeline, "same_before", return_value=None):
        for number, content in enumerate(files):
            path = work.home.root / f"{number}.csv"
            path.write_bytes(content)
            told = bring(work, path, shop="tb")
            assert told["failed"] == 0, told["files"][0]["error"]
        return facts_of(work), vault_of()


@pytest.mark.slow
@pytest.mark.django_db
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(files=st.lists(_file(), min_size=2, max_size=4), seed=st.integers(0, 1000))
def test_order_and_repetition_of_files_do_not_matter(files: list[bytes], seed: int) -> None:
    ring = KeyRing(1, {1: bytes(32)}, bytes(32))
    shuffled = [*files, *random.Random(seed).choices(files, k=2)]
    random.Random(seed).shuffle(shuffled)
    facts, sealed = _outcome(ring, files)
    facts_again, sealed_again = _outcome(ring, shuffled)
    for table, rows in facts.items():
        assert facts_again[table] == rows, table
    assert sealed_again == sealed
