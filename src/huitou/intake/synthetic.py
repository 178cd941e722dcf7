"""Big Taobao files made on the spot: an order report (54 columns, T-B) and the item report beside it.

For benchmarks. Vectorised, the same bytes for the same arguments, memory bounded by chunks of 100,000
orders. The people are invented; their phones lie in a range that is given to machines only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

CHUNK_ORDERS: Final = 100_000
ITEMS: Final = 2_000
FIRST_INSTANT: Final = np.datetime64("2018-01-01T00:00:00", "s")
SPAN_SECONDS: Final = 730 * 86_400
BOM: Final = "\ufeff".encode()

ORDER_HEADER: Final = [
    "订单编号",
    "买家会员名",
    "买家支付宝账号",
    "买家应付货款",
    "买家应付邮费",
    "买家支付积分",
    "总金额",
    "返点积分",
    "买家实际支付金额",
    "买家实际支付积分",
    "订单状态",
    "买家留言",
    "收货人姓名",
    "收货地址 ",
    "运送方式",
    "联系电话 ",
    "联系手机",
    "订单创建时间",
    "订单付款时间 ",
    "宝贝标题 ",
    "宝贝种类 ",
    "物流单号 ",
    "物流公司",
    "订单备注",
    "宝贝总数量",
    "店铺Id",
    "店铺名称",
    "订单关闭原因",
    "卖家服务费",
    "买家服务费",
    "发票抬头",
    "是否手机订单",
    "分阶段订单信息",
    "特权订金订单id",
    "是否上传合同照片",
    "是否上传小票",
    "是否代付",
    "定金排名",
    "修改后的sku",
    "修改后的收货地址",
    "异常信息",
    "天猫卡券抵扣",
    "集分宝抵扣",
    "是否是O2O交易",
    "新零售交易类型",
    "新零售导购门店名称",
    "新零售导购门店id",
    "新零售发货门店名称",
    "新零售发货门店id",
    "退款金额",
    "预约门店",
    "确认收货时间",
    "打款商家金额",
    "含应开票给个人的个人红包",
]
ITEM_HEADER: Final = [
    "子订单编号",
    "主订单编号",
    "商品标题",
    "商品价格",
    "购买数量",
    "外部系统编号",
    "商品属性",
    "套餐信息",
    "联系方式备注",
    "订单状态",
    "商家编码",
    "支付单号",
    "买家应付货款",
    "买家实付金额",
    "退款状态",
    "退款金额",
    "订单创建时间",
    "订单付款时间",
    "发货时间",
    "应发货时间",
    "淘鲜达渠道",
    "商品ID",
    "分阶段信息",
    "备注标签",
    "商家备注",
    "主订单买家留言",
    "物流单号",
    "物流公司",
    "是否主动赔付",
    "主动赔付金额",
    "主动赔付出账时间",
]

SURNAMES: Final = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗"
GIVEN: Final = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华文玉兰斌宇浩"
PLACES: Final = (
    "广东省 广州市 天河区", "广东省 深圳市 南山区", "浙江省 杭州市 西湖区", "浙江省 绍兴市 越城区",
    "江苏省 南京市 鼓楼区", "江苏省 苏州市 姑苏区", "上海 上海市 浦东新区", "北京 北京市 朝阳区",
    "四川省 成都市 武侯区", "湖北省 武汉市 洪山区", "山东省 青岛市 市南区", "福建省 厦门市 思明区",
    "河南省 郑州市 金水区", "湖南省 长沙市 岳麓区", "陕西省 西安市 雁塔区", "辽宁省 大连市 中山区",
    "重庆 重庆市 渝北区", "天津 天津市 和平区", "安徽省 合肥市 蜀山区", "广西壮族自治区 南宁市 青秀区",
)  # fmt: skip
STREETS: Final = ("人民路", "中山路", "解放路", "建设路", "和平街", "文化巷", "学府路", "滨江大道")
GOODS: Final = ("黄酒", "花雕", "米酒", "酒具", "礼盒", "糟卤", "料酒", "果酒")
TASTES: Final = ("三年陈", "五年陈", "八年陈", "十年陈", "手工冬酿", "半甜", "半干", "加饭")
COURIERS: Final = ("申通快递", "圆通速递", "中通快递", "韵达快递", "顺丰速运")

# status, share of orders, paid, shipped, finished, refunded
OUTCOMES: Final = (
    ("交易成功", 0.86, True, True, True),
    ("卖家已发货，等待买家确认", 0.03, True, True, False),
    ("买家已付款，等待卖家发货", 0.02, True, False, False),
    ("等待买家付款", 0.01, False, False, False),
    ("交易关闭", 0.05, False, False, False),
    ("交易关闭", 0.03, True, True, False),
)
REFUNDED_OUTCOME: Final = 5


@dataclass(frozen=True)
class Sizes:
    """How much to make."""

    orders: int = 1_000_000
    lines: int = 2_500_000
    buyers: int = 300_000
    seed: int = 7


@dataclass(frozen=True)
class Files:
    orders: Path
    items: Path


def write_taobao(folder: Path, sizes: Sizes) -> Files:
    """Write both files into ``folder``. ``lines`` must be at least ``orders``."""
    files = Files(
        folder / "ExportOrderList202001010000.csv", folder / "ExportOrderDetailList202001010000.csv"
    )
    world = _World(sizes)
    with files.orders.open("wb") as orders, files.items.open("wb") as items:
        for stream, header in ((orders, ORDER_HEADER), (items, ITEM_HEADER)):
            stream.write(BOM + ",".join(header).encode() + b"\n")
        options = csv.WriteOptions(include_header=False, quoting_style="none")
        for order_table, item_table in world.chunks():
            csv.write_csv(order_table, orders, options)
            csv.write_csv(item_table, items, options)
    return files


def append_order(files: Files) -> None:
    """Add one order with one line to both files: what the next day's export would hold besides."""
    _append_like_last(files.orders, {0: "399999999999999999"})
    _append_like_last(files.items, {0: "799999999999999999", 1: "399999999999999999"})


def _append_like_last(path: Path, cells: Mapping[int, str]) -> None:
    with path.open("r+b") as stream:
        stream.seek(-min(4096, path.stat().st_size), 2)
        last = stream.read().rstrip(b"\n").rsplit(b"\n", 1)[-1].decode().split(",")
        for at, value in cells.items():
            last[at] = value
        stream.write(",".join(last).encode() + b"\n")


class _World:
    """Everything drawn once; chunks of rows are cut from it."""

    def __init__(self, sizes: Sizes) -> None:
        if sizes.lines < sizes.orders or sizes.orders < sizes.buyers:
            raise ValueError("there must be at least as many lines as orders and orders as buyers")
        self.sizes = sizes
        rng = np.random.default_rng(sizes.seed)
        extra = sizes.orders - sizes.buyers
        # Everybody buys once; the rest goes to a few who buy often.
        often = (sizes.buyers * rng.random(extra) ** 2.2).astype(np.int32)
        self.buyer = np.concatenate([np.arange(sizes.buyers, dtype=np.int32), often])
        rng.shuffle(self.buyer)
        self.lines_of = 1 + np.bincount(
            rng.integers(0, sizes.orders, sizes.lines - sizes.orders), minlength=sizes.orders
        )
        shares = np.array([outcome[1] for outcome in OUTCOMES])
        self.outcome = rng.choice(len(OUTCOMES), sizes.orders, p=shares / shares.sum()).astype(
            np.int8
        )
        self.created = np.sort(rng.integers(0, SPAN_SECONDS, sizes.orders))
        self.price_cents = rng.integers(990, 39_900, ITEMS)
        self.titles = pa.array(
            [
                f"{TASTES[i % 8]}绍兴{GOODS[i // 8 % 8]} 第{i}款 正宗古法酿造送礼自饮"
                for i in range(ITEMS)
            ]
        )

    def chunks(self) -> Iterator[tuple[pa.Table, pa.Table]]:
        first_line = 0
        for start in range(0, self.sizes.orders, CHUNK_ORDERS):
            stop = min(start + CHUNK_ORDERS, self.sizes.orders)
            lines = int(self.lines_of[start:stop].sum())
            yield self._chunk(start, stop, first_line, lines)
            first_line += lines

    def _chunk(
        self, start: int, stop: int, first_line: int, lines: int
    ) -> tuple[pa.Table, pa.Table]:
        rng = np.random.default_rng([self.sizes.seed, start])
        number = np.arange(start, stop, dtype=np.int64)
        # 18 digits: more than a double can hold exactly, as the platform's are.
        order_id = _text(
            300_000_000_000_000_000 + number * 1_000_003 + self.buyer[start:stop] % 1000
        )
        counts = self.lines_of[start:stop]
        owner = np.repeat(np.arange(stop - start), counts)
        item = (ITEMS * rng.random(lines) ** 1.8).astype(np.int64)
        qty = rng.choice(np.array([1, 1, 1, 1, 2, 2, 3]), lines)
        amount = self.price_cents[item] * qty
        off = (amount * rng.choice(np.array([0, 0, 0, 5, 10, 20]), lines)) // 100
        orders = self._orders(start, stop, rng, order_id, owner, item, qty, amount, off)
        items = self._items(first_line, order_id, orders, owner, item, qty, amount, off)
        return orders, items

    def _orders(
        self, start: int, stop: int, rng: np.random.Generator, order_id: pa.Array,
        owner: Any, item: Any, qty: Any, amount: Any, off: Any,
    ) -> pa.Table:  # fmt: skip
        rows = stop - start
        buyer = self.buyer[start:stop].astype(np.int64)
        outcome = self.outcome[start:stop]
        paid = np.array([o[2] for o in OUTCOMES])[outcome]
        shipped = np.array([o[3] for o in OUTCOMES])[outcome]
        finished = np.array([o[4] for o in OUTCOMES])[outcome]
        created = FIRST_INSTANT + self.created[start:stop]
        paid_at = created + rng.integers(5, 900, rows)
        done_at = created + rng.integers(2 * 86_400, 14 * 86_400, rows)
        goods = np.bincount(owner, amount, rows).astype(np.int64)
        net = goods - np.bincount(owner, off, rows).astype(np.int64)
        postage = rng.choice(np.array([0, 0, 0, 600]), rows)
        total = net + postage
        refund = np.where(outcome == REFUNDED_OUTCOME, total, 0)
        titles = self.titles.take(pa.array(item))
        joined = pc.binary_join(
            pa.ListArray.from_arrays(
                pa.array(
                    np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=rows))]).astype(
                        np.int32
                    )
                ),
                titles,
            ),
            "，",
        )
        receiver = np.where(rng.random(rows) < 0.9, buyer, buyer + 7_777)
        columns: dict[str, Any] = {
            "订单编号": order_id,
            "买家会员名": _nick(buyer),
            "买家支付宝账号": _glue(
                pa.scalar("1"), _text(3_000_000_000 + buyer * 7), pa.scalar("@example.com")
            ),
            "买家应付货款": _money(net),
            "买家应付邮费": _money(postage),
            "买家支付积分": "0",
            "总金额": _money(total),
            "返点积分": "0",
            "买家实际支付金额": _money(np.where(paid, total, 0)),
            "买家实际支付积分": "0",
            "订单状态": _pick([o[0] for o in OUTCOMES], outcome),
            "买家留言": _pick(["", "", "", "请尽快发货，谢谢"], buyer % 4),
            "收货人姓名": _person(receiver),
            "收货地址 ": _glue(
                _pick(PLACES, receiver % len(PLACES)), pa.scalar(" "),
                _pick(STREETS, receiver // 20 % len(STREETS)), _text(receiver % 997 + 1), pa.scalar("号"),
                _text(receiver % 31 + 1), pa.scalar("幢"), _text(receiver % 1801 + 101), pa.scalar("室"),
            ),
            "运送方式": "快递",
            "联系手机": _glue(pa.scalar("'140"), pc.utf8_lpad(_text(receiver * 13), 8, "0")),
            "订单创建时间": created,
            "订单付款时间 ": _when(paid_at, paid),
            "宝贝标题 ": joined,
            "宝贝种类 ": _text(np.bincount(owner, minlength=rows)),
            "物流单号 ": _only(
                _glue(pa.scalar("No:7"), _text(730_000_000_000 + np.arange(start, stop))), shipped
            ),
            "物流公司": _only(_pick(COURIERS, buyer % len(COURIERS)), shipped),
            "宝贝总数量": _text(np.bincount(owner, qty, rows).astype(np.int64)),
            "店铺Id": "0",
            "店铺名称": "回头演示旗舰店",
            "订单关闭原因": _pick(["订单未关闭"] * 4 + ["买家未付款", "买家申请退款"], outcome),
            "卖家服务费": "0",
            "买家服务费": "0元",
            "是否手机订单": _pick(["手机订单", ""], buyer % 2),
            "是否上传合同照片": "否",
            "是否上传小票": "否",
            "是否代付": "否",
            "退款金额": _money(refund),
            "确认收货时间": _when(done_at, finished),
            "打款商家金额": _glue(_money(np.where(finished, total, 0)), pa.scalar("元")),
        }  # fmt: skip
        return _table(ORDER_HEADER, columns, rows)

    def _items(
        self, first_line: int, order_id: pa.Array, orders: pa.Table,
        owner: Any, item: Any, qty: Any, amount: Any, off: Any,
    ) -> pa.Table:  # fmt: skip
        rows = len(owner)
        at = pa.array(owner)

        def of_order(name: str) -> pa.ChunkedArray:
            return orders[name].take(at)

        outcome = pa.array(owner)
        code = _glue(pa.scalar("HJ-"), _text(10_000 + item))
        columns: dict[str, Any] = {
            "子订单编号": _text(
                700_000_000_000_000_000 + (first_line + np.arange(rows)) * 1_000_003
            ),
            "主订单编号": order_id.take(outcome),
            "商品标题": self.titles.take(pa.array(item)),
            "商品价格": _money(self.price_cents[item]),
            "购买数量": _text(qty),
            "外部系统编号": code,
            "商品属性": _pick(
                ["规格：500ml;包装：单瓶", "规格：500ml;包装：六瓶装", "规格：2.5L;包装：坛装"],
                item % 3,
            ),
            "订单状态": of_order("订单状态"),
            "商家编码": code,
            "支付单号": _glue(pa.scalar("2018"), order_id.take(outcome)),
            "买家应付货款": _money(amount - off),
            "买家实付金额": _money(
                np.where(pc.is_valid(of_order("订单付款时间 ")).to_numpy(), amount - off, 0)
            ),
            "退款状态": pc.if_else(
                pc.equal(of_order("订单关闭原因"), "买家申请退款"), "退款成功", "没有申请退款"
            ),
            "退款金额": _money(
                np.where(
                    pc.equal(of_order("订单关闭原因"), "买家申请退款").to_numpy(), amount - off, 0
                )
            ),
            "订单创建时间": of_order("订单创建时间"),
            "订单付款时间": of_order("订单付款时间 "),
            "商品ID": _text(520_000_000_000 + item * 37),
            "物流单号": of_order("物流单号 "),
            "物流公司": of_order("物流公司"),
            "是否主动赔付": "否",
        }
        return _table(ITEM_HEADER, columns, rows)


def _table(header: Sequence[str], columns: dict[str, Any], rows: int) -> pa.Table:
    empty = pa.nulls(rows, pa.string())
    arrays = []
    for name in header:
        value = columns.get(name)
        if value is None:
            arrays.append(empty)
        elif isinstance(value, str):
            arrays.append(pa.repeat(value, rows))
        else:
            arrays.append(pa.array(value) if isinstance(value, np.ndarray) else value)
    return pa.table(arrays, names=list(header))


def _text(numbers: Any) -> pa.Array:
    return pa.array(np.asarray(numbers, dtype=np.int64)).cast(pa.string())


def _money(cents: Any) -> pa.Array:
    whole = np.asarray(cents, dtype=np.int64)
    fraction = pc.utf8_lpad(_text(whole % 100), 2, "0")
    return _glue(_text(whole // 100), pa.scalar("."), fraction)


def _glue(*parts: Any) -> pa.Array:
    return pc.binary_join_element_wise(*parts, "")


def _pick(words: Sequence[str], index: Any) -> pa.Array:
    return pa.array(list(words)).take(pa.array(np.asarray(index, dtype=np.int64)))


def _only(values: pa.Array, where: Any) -> pa.Array:
    return pc.if_else(pa.array(where), values, pa.scalar(None, values.type))


def _when(instants: Any, where: Any) -> pa.Array:
    return _only(pa.array(instants), where)


def _person(number: Any) -> pa.Array:
    first = _pick(list(SURNAMES), number % len(SURNAMES))
    second = _pick(list(GIVEN), number // 20 % len(GIVEN))
    third = _pick(["", *GIVEN], number // 600 % (len(GIVEN) + 1))
    return _glue(first, second, third)


def _nick(number: Any) -> pa.Array:
    return _glue(
        _pick(list(GIVEN), number % len(GIVEN)),
        pa.scalar("家的小"),
        _pick(list(SURNAMES), number // 30 % 20),
        _text(number),
    )
