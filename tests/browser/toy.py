"""A small shop: its order files as the seller centre writes them, and its screens in a browser."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Page, expect
from tests.support.browser import watched
from tests.support.server import Server

# The machine may be busy with other tests.
expect.set_options(timeout=20_000)

Language = Literal["zh", "en"]
PASSWORD = "huitou-is-back"
NICK = "林间小鹿2019"
PHONE_NUMBER = "13961728394"
NICK_ORDER = "2231958349000101"
DESKTOP = (1280, 800)
PHONE = (360, 740)

_ORDERS = [
    "订单编号",
    "买家会员名",
    "买家支付宝账号",
    "买家应付货款",
    "买家应付邮费",
    "总金额",
    "买家实际支付金额",
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
    "退款金额",
    "买家手机号",
]
_ITEMS = [
    "订单编号",
    "标题",
    "价格",
    "购买数量",
    "外部系统编号",
    "商品属性",
    "套餐信息",
    "备注",
    "订单状态",
    "商家编码",
]
_GOODS = (("善酿酒 500ml", "58.00"), ("温酒壶", "128.00"), ("黄酒醉花生", "19.90"))
_PLACES = ("浙江省 绍兴市 越城区 仓桥直街 7 号", "上海市 上海市 徐汇区 衡山路 12 号")


@dataclass(frozen=True)
class OrderFiles:
    """An order report and its item report as the seller centre writes them: GB18030, odd headers."""

    orders: Path
    items: Path
    trades: int
    buyers: int


def write_orders(folder: Path) -> OrderFiles:
    """Twelve orders of seven buyers; the first buyer, ``NICK``, has three."""
    orders: list[list[str]] = []
    items: list[list[str]] = []
    buyers = [
        NICK,
        NICK,
        NICK,
        "酒友甲",
        "酒友甲",
        *(f"tb_{n:04}" for n in range(5)),
        "tb_0000",
        "tb_0001",
    ]
    for number, nick in enumerate(buyers):
        trade = str(2231958349000101 + number * 100)
        title, price = _GOODS[number % len(_GOODS)]
        at = f"2026-10-{number + 3:02} 10:{number:02}:30"
        values = {
            "订单编号": f'="{trade}"', "买家会员名": nick, "买家支付宝账号": f"pay{number}@example.com",
            "买家应付货款": price, "买家应付邮费": "0.00", "总金额": price, "买家实际支付金额": price,
            "订单状态": "交易成功", "收货人姓名": f"收货人{nick[-1]}", "收货地址 ": _PLACES[number % 2],
            "运送方式": "快递", "联系手机": f"'1380013{8000 + buyers.index(nick)}",
            "订单创建时间": at, "订单付款时间 ": at, "宝贝标题 ": title, "宝贝种类 ": "1",
            "物流单号 ": f"No:78010{number:08}", "物流公司": "中通快递", "宝贝总数量": "1",
            "店铺Id": "0", "店铺名称": "枕河酒坊", "订单关闭原因": "订单未关闭",
            "卖家服务费": "0.00元", "退款金额": "0.00",
            "买家手机号": PHONE_NUMBER if nick == NICK else "",
        }  # fmt: skip
        orders.append([values.get(column, "") for column in _ORDERS])
        items.append(
            [trade, title, price, "1", f"HW{number:03}", "规格：标准", "", "", "交易成功", ""]
        )
    made = OrderFiles(
        folder / "ExportOrderList202611221405.csv",
        folder / "ExportOrderDetailList202611221405.csv",
        trades=len(orders),
        buyers=len(set(buyers)),
    )
    for path, header, rows in ((made.orders, _ORDERS, orders), (made.items, _ITEMS, items)):
        text = io.StringIO()
        csv.writer(text).writerows([header, *rows])
        path.write_bytes(text.getvalue().encode("gb18030"))
    return made


@dataclass
class Shop:
    """A running server with data in it, and a browser to look at it."""

    server: Server
    browser: Browser
    files: OrderFiles

    @contextmanager
    def page(
        self,
        language: Language = "zh",
        size: tuple[int, int] = DESKTOP,
        expected: tuple[str, ...] = (),
        theme: str = "light",
    ) -> Iterator[Page]:
        """A tab of the owner, in a language and a size; it may log no error but the expected."""
        client = self.server.clients[0]
        client.patch("/auth/me", json={"language": language, "theme": theme}).raise_for_status()
        context = self.browser.new_context(viewport={"width": size[0], "height": size[1]})
        context.add_cookies(
            [
                {"name": cookie.name, "value": cookie.value or "", "url": self.server.url}
                for cookie in client.cookies.jar
            ]
        )
        try:
            with watched(context, expected=expected) as page:
                yield page
        finally:
            context.close()

    def open(self, page: Page, path: str) -> None:
        """Go to a screen and wait until it has what it asked for."""
        page.goto(self.server.url + path)
        page.locator("main h1").first.wait_for()
        expect(page.locator("main [aria-busy=true], main .ant-skeleton")).to_have_count(0)

    def member(self) -> dict[str, Any]:
        """The member behind ``NICK``."""
        found: dict[str, Any] = self.server.clients[0].get("/members", params={"q": NICK}).json()
        return dict(found["items"][0])
