"""``huitou shop``: add a shop, list the shops."""

from __future__ import annotations

from typing import Any

import click

from huitou.kernel.clock import wall_clock
from huitou.web.cli.registry import Emit, command
from huitou.web.cli.root import execute, root, say, table, text


@command("shop add", warehouse=False)
def add_shop(args: dict[str, Any], emit: Emit) -> dict[str, Any]:
    from huitou.accounts import reads, shop_actions

    shop = shop_actions.create_shop(args, actor=None, now=wall_clock())
    return {key: value for key, value in reads.shop_row(shop).items() if value is not None}


@command("shop list", warehouse=False)
def list_shops(args: dict[str, Any], emit: Emit) -> dict[str, Any]:
    from dataclasses import asdict

    from huitou.accounts import shops

    return {"items": [asdict(shop) for shop in shops.all_shops()]}


@root.group("shop", help=text("店铺与门店", "Shops and stores"))
def shop() -> None:
    pass


@shop.command("add", help=text("新建店铺", "Add a shop"))
@click.argument("code")
@click.argument("name")
@click.option(
    "--platform", required=True, help="taobao tmall jd pdd douyin youzan xhs ali1688 own pos other"
)
@click.option(
    "--store", is_flag=True, help=text("是门店（默认网店）", "It is a store, not an online shop")
)
@click.option("--province", default="")
@click.option("--city", default="")
def add(code: str, name: str, platform: str, store: bool, province: str, city: str) -> None:
    result = execute(
        "shop add",
        {
            "code": code,
            "name": name,
            "platform": platform,
            "kind": "store" if store else "online",
            "province": province,
            "city": city,
        },
    )
    if result is not None:
        number = result["id"]
        say(text(f"已新建店铺 {code}（编号 {number}）", f"Shop {code} was added (number {number})"))


@shop.command("list", help=text("列出店铺", "List the shops"))
def show() -> None:
    result = execute("shop list", {})
    if result is None:
        return
    header = (
        text("编号", "number"),
        text("代码", "code"),
        text("平台", "platform"),
        text("类型", "kind"),
    )
    rows = [
        (row["shop"], row["code"], row["platform"], row["kind"], row["name"])
        for row in result["items"]
    ]
    table((*header, text("名称", "name")), rows)
