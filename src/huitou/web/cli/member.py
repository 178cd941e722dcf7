"""``huitou member``: find members, show one, merge two, undo a decision. Masked everywhere."""

from __future__ import annotations

from typing import Any

import click

from huitou.kernel.clock import wall_clock
from huitou.web.cli.registry import Emit, command
from huitou.web.cli.root import execute, root, say, table, text


@command("member find")
def find_members(args: dict[str, Any], emit: Emit) -> dict[str, Any]:
    from huitou.accounts.scopes import Scope
    from huitou.kernel.crypto import load_key_ring
    from huitou.kernel.home import Home
    from huitou.members import listing
    from huitou.warehouse.store import current_warehouse

    rows, total = listing.page(
        current_warehouse(),
        listing.MemberFilter(q=args["text"], search_by=args["by"]),
        size=args["limit"],
        scope=Scope.everything(),
        ring=load_key_ring(Home.from_environment()),
    )
    return {"items": [_plain(row) for row in rows], "total": total}


@command("member show")
def show_member(args: dict[str, Any], emit: Emit) -> dict[str, Any]:
    from huitou.accounts.guard import Principal
    from huitou.accounts.scopes import Scope
    from huitou.kernel.crypto import load_key_ring
    from huitou.kernel.home import Home
    from huitou.kernel.i18n import active_language
    from huitou.members import detail
    from huitou.warehouse.store import current_warehouse

    # The command line shows no more than a person without the reveal permission sees.
    reader = Principal(None, None, frozenset(), Scope.everything(), active_language())
    ring = load_key_ring(Home.from_environment())
    found = detail.detail(current_warehouse(), args["member"], caller=reader, ring=ring)
    return {key: _plain(value) for key, value in found.items()}


@command("member merge")
def merge_members(args: dict[str, Any], emit: Emit) -> dict[str, Any]:
    from huitou.accounts.scopes import Scope
    from huitou.members import actions
    from huitou.warehouse.store import current_warehouse

    decision = actions.merge(
        current_warehouse(),
        args["members"],
        note=args["note"],
        scope=Scope.everything(),
        actor=None,
        now=wall_clock(),
    )
    return {"decision": decision.pk, "member": decision.into}


@command("member undo")
def undo_decision(args: dict[str, Any], emit: Emit) -> dict[str, Any]:
    from huitou.accounts.scopes import Scope
    from huitou.members import actions
    from huitou.warehouse.store import current_warehouse

    decision = actions.undo(
        current_warehouse(),
        args["decision"],
        note=args["note"],
        scope=Scope.everything(),
        actor=None,
        now=wall_clock(),
    )
    return {"decision": decision.pk, "members": decision.members, "state": decision.state}


def _plain(value: Any) -> Any:
    """The same value as JSON: instants as text."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


@root.group("member", help=text("会员", "Members"))
def member() -> None:
    pass


@member.command(
    "find", help=text("按昵称、手机、订单号、姓名或卡号查会员", "Find members by a word")
)
@click.argument("word", metavar="TEXT")
@click.option(
    "--by",
    type=click.Choice(["auto", "nick", "phone", "trade", "name", "card"]),
    default="auto",
    show_default=True,
)
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 200))
def find(word: str, by: str, limit: int) -> None:
    result = execute("member find", {"text": word, "by": by, "limit": limit})
    if result is None:
        return
    if not result["items"]:
        say(text("没有找到会员（按完整的值查找）", "No member found (values are matched whole)"))
        return
    header = (
        text("编号", "number"),
        text("姓名", "name"),
        text("手机", "phone"),
        text("付款订单", "paid orders"),
        text("实付", "paid"),
        text("最近付款", "last paid"),
    )
    rows = [
        (
            row["member"],
            row["display_name"],
            row["phone"] or "–",
            row["paid_trades"],
            row["paid_amount"],
            (row["last_paid_at"] or "–")[:10],
        )
        for row in result["items"]
    ]
    table(header, rows)
    if result["total"] > len(rows):
        say(text(f"共 {result['total']} 位", f"{result['total']} in all"))


@member.command("show", help=text("显示一位会员", "Show one member"))
@click.argument("number", type=int)
def show(number: int) -> None:
    result = execute("member show", {"member": number})
    if result is None:
        return
    row = result["row"]
    say(f"{text('会员', 'Member')} {row['member']}  {row['display_name']}")
    place = " ".join(part for part in (row["province"], row["city"]) if part)
    say("  " + " · ".join(part for part in (row["phone"], result["birthday"], place) if part))
    table(
        (text("指标", "figure"), text("数值", "value")),
        [(one["label"], one["value"] or "–") for one in result["totals"]],
    )
    say(text("账号：", "Accounts:"))
    for account in result["accounts"]:
        mark = text("（存疑）", " (contested)") if account["contested"] else ""
        shop = account["shop_name"] or "–"
        say(f"  {account['kind_label']} {account['display']}{mark} · {shop}")
        for why in account["why"]:
            say(f"    {why['text']}")


@member.command("merge", help=text("合并两位会员", "Merge two members"))
@click.argument("first", type=int)
@click.argument("second", type=int)
@click.option("--note", default="", help=text("备注", "a note"))
def merge(first: int, second: int, note: str) -> None:
    result = execute("member merge", {"members": [first, second], "note": note})
    if result is not None:
        say(
            text(
                f"已并入会员 {result['member']}；撤销：huitou member undo {result['decision']}",
                f"Merged into member {result['member']}; undo with: "
                f"huitou member undo {result['decision']}",
            )
        )


@member.command("undo", help=text("撤销一次合并或拆分", "Undo a merge or a separation"))
@click.argument("decision", type=int)
@click.option("--note", default="", help=text("备注", "a note"))
def undo(decision: int, note: str) -> None:
    result = execute("member undo", {"decision": decision, "note": note})
    if result is not None:
        say(text(f"决定 {decision} 已撤销", f"Decision {decision} was undone"))
