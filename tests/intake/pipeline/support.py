"""Small Taobao files of several vintages, imports through the real pipeline, and a comparable warehouse."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import ibis

from huitou.intake.importing import Wish, import_files
from huitou.intake.synthetic import ITEM_HEADER, ORDER_HEADER
from huitou.intake.workplace import Workplace
from huitou.kernel.jobs import Progress
from huitou.members.models import VaultRecord

NOW: Final = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)
DATA: Final = Path(__file__).parents[3].parent / "shared" / "data"


def _names(text: str) -> list[str]:
    return text.split()


OLD_ORDERS: Final = _names(
    """
    订单编号 买家会员名 买家支付宝账号 买家应付货款 买家应付邮费 总金额 买家实际支付金额 订单状态
    收货人姓名 收货地址 联系手机 订单创建时间 订单付款时间 宝贝标题 宝贝总数量 店铺名称 订单关闭原因
    """
)
"""The order report of 2014, shortened: no refund, no confirmation time."""
NEW_ORDERS: Final = _names(
    """
    订单编号 支付单号 买家应付货款 买家应付邮费 总金额 买家实付金额 订单状态 收货人姓名 收货地址
    联系手机 订单创建时间 订单付款时间 商品标题 宝贝总数量 店铺名称 订单关闭原因 退款金额
    确认收货时间 发货时间 商家备忘
    """
)
"""The order report of 2022, shortened: no buyer."""
OLD_ITEMS: Final = _names(
    """
    订单编号 标题 价格 购买数量 外部系统编号 商品属性 套餐信息 备注 订单状态 商家编码
    """
)
REFUNDS: Final = _names(
    """
    订单编号 退款编号 支付宝交易号 订单付款时间 商家编码 退款完结时间 买家会员名称 买家实际支付金额
    宝贝标题 买家退款金额 手工退款/系统退款 是否需要退货 退款状态
    """
)


def order(number: int, **cells: str) -> dict[str, str]:
    """One finished order as a row under every vintage's headers; ``cells`` override."""
    paid = cells.pop("paid", "25.80")
    row = {
        "订单编号": str(7_000_000_000_000_000_000 + number),
        "买家会员名": f"买家{number % 7}",
        "买家支付宝账号": f"buyer{number % 7}@example.com",
        "买家应付货款": paid,
        "买家应付邮费": "0.00",
        "总金额": paid,
        "买家实际支付金额": paid,
        "买家实付金额": paid,
        "订单状态": "交易成功",
        "收货人姓名": f"收货人{number % 7}",
        "收货地址": f"浙江省 杭州市 西湖区 学院路{number % 7 + 1}号",
        "联系手机": f"'1400000{number % 7:04d}",
        "订单创建时间": f"2019-03-{number % 28 + 1:02d} 10:00:00",
        "订单付款时间": f"2019-03-{number % 28 + 1:02d} 10:05:00",
        "宝贝标题": "花雕酒",
        "宝贝总数量": "2",
        "店铺名称": "绍兴小店",
        "订单关闭原因": "订单未关闭",
        "退款金额": "0.00",
        "确认收货时间": f"2019-04-{number % 28 + 1:02d} 09:00:00",
    }
    row.update(cells)
    return row


def item(number: int, line: int = 1, **cells: str) -> dict[str, str]:
    """One line of order ``number`` under both item reports' headers."""
    row = {
        "子订单编号": str(8_000_000_000_000_000_000 + number * 10 + line),
        "主订单编号": str(7_000_000_000_000_000_000 + number),
        "订单编号": str(7_000_000_000_000_000_000 + number),
        "标题": f"花雕酒{line}",
        "商品标题": f"花雕酒{line}",
        "价格": "12.90",
        "商品价格": "12.90",
        "购买数量": "1",
        "外部系统编号": f"HD-{line}",
        "商品属性": "规格：500ml",
        "订单状态": "交易成功",
        "商家编码": f"HD-{line}",
        "买家实付金额": "12.90",
        "退款状态": "没有申请退款",
        "退款金额": "0.00",
        "订单创建时间": f"2019-03-{number % 28 + 1:02d} 10:00:00",
        "订单付款时间": f"2019-03-{number % 28 + 1:02d} 10:05:00",
        "商品ID": f"52000000{line}",
    }
    row.update(cells)
    return row


def as_csv(
    header: Sequence[str], rows: Iterable[Mapping[str, str]], encoding: str = "utf-8-sig"
) -> bytes:
    """A CSV; cells are found by header without its blanks, missing ones are empty."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(header)
    for row in rows:
        writer.writerow([row.get(name.strip(), "") for name in header])
    return buffer.getvalue().encode(encoding)


def orders_file(rows: Iterable[Mapping[str, str]], encoding: str = "utf-8-sig") -> bytes:
    return as_csv(ORDER_HEADER, rows, encoding)


def items_file(rows: Iterable[Mapping[str, str]]) -> bytes:
    return as_csv(ITEM_HEADER, rows)


def put(folder: Path, **files: bytes) -> list[Path]:
    """Write files; ``__`` in a name stands for the dot."""
    paths = []
    for name, content in files.items():
        path = folder / name.replace("__", ".")
        path.write_bytes(content)
        paths.append(path)
    return paths


def bring(
    work: Workplace,
    *paths: Path,
    choice: dict[str, Any] | None = None,
    shop: str | None = None,
    dry_run: bool = False,
    now: datetime = NOW,
) -> dict[str, Any]:
    """Import files and return what was told; the files in the order given."""
    wish = Wish(choice or {"profile": "auto"}, shop, dry_run)
    return import_files(paths, wish, Progress(), work, now=now)


_SKIPPED: Final = {"batch", "home", "seq", "key_no", "recorded_at"}


def facts_of(work: Workplace) -> dict[str, list[Any]]:
    """Everything the warehouse holds, by natural keys instead of its own numbers, in a fixed order.

    A member is the set of its strong identities; so two warehouses that differ only in the numbers
    they gave out are equal.
    """
    read = _Reader(work)
    keys = {
        row["key_no"]: (row["kind"], row["scope"], row["hash"].hex())
        for row in read("identity_key")
    }
    owned: dict[int, set[Any]] = {}
    for row in read("identity_key"):
        if row["member"] is not None:
            owned.setdefault(row["member"], set()).add(keys[row["key_no"]])
    names: dict[str, Mapping[int, Any]] = {
        "member": {number: tuple(sorted(held)) for number, held in owned.items()},
        "trade": {row["trade"]: (row["source"], row["trade_id"]) for row in read("trade")},
        "item": {row["item"]: (row["source"], row["item_key"]) for row in read("item")},
        "parcel": {row["parcel"]: (row["carrier"], row["waybill"]) for row in read("parcel")},
        "buyer_key": keys,
        "a": keys,
        "b": keys,
    }
    found = {}
    for table in (
        "trade", "trade_line", "refund", "parcel", "parcel_event", "review", "item", "visit",
        "identity_key", "identity_link", "member", "member_totals",
    ):  # fmt: skip
        rows = []
        for row in read(table):
            if table == "member" and row["merged_into"] is not None:
                continue
            own = {} if table in ("refund", "review") else {table: None}
            cells = {
                name: names[name].get(value) if name in names and value is not None else value
                for name, value in row.items()
                if name not in _SKIPPED and name not in own
            }
            if table in ("member", "member_totals", "parcel", "trade", "item"):
                cells["self"] = names[table.removesuffix("_totals")].get(
                    row[table.removesuffix("_totals")]
                )
            cells = {n: v for n, v in cells.items() if n not in ("refund", "review")}
            rows.append(tuple(sorted((name, repr(value)) for name, value in cells.items())))
        found[table] = sorted(rows)
    return found


def vault_of() -> list[Any]:
    """The vault's records: what they are found by and when they were seen. Their seals differ."""
    rows = VaultRecord.objects.values_list("ref", "digest", "kind", "seen_at")
    return sorted((bytes(ref), bytes(digest), kind, seen) for ref, digest, kind, seen in rows)


class _Reader:
    def __init__(self, work: Workplace) -> None:
        self._work = work

    def __call__(self, table: str) -> list[dict[str, Any]]:
        rows: ibis.Table = self._work.warehouse.table(table)
        return self._work.warehouse.rows(rows)
