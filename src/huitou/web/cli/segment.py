"""``huitou segment``: count and list whoever satisfies a rule, explain a member, refresh what is saved."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from huitou.kernel.clock import wall_clock
from huitou.kernel.i18n import Text
from huitou.web.cli.registry import Emit, command, progress_to
from huitou.web.cli.root import answer, execute, obtain, root, say, table, text, usage

_RULE = text(
    "RULE 是规则文档（JSON 文件，- 为标准输入），或已保存人群的编号",
    "RULE is a rule document (a JSON file, - for standard input), or the number of a saved segment",
)


@command("segment count")
def count_rule(args: dict[str, Any], emit: Emit) -> dict[str, Any]:
    from huitou.segments import asking
    from huitou.segments.names import Names

    asked = _asked(args)
    found = asking.counted(asked, Names(asked.warehouse))
    return {**found, "as_of": found["as_of"].isoformat()}


@command("segment list")
def list_members(args: dict[str, Any], emit: Emit) -> dict[str, Any]:
    from huitou.accounts.scopes import Scope
    from huitou.kernel.crypto import load_key_ring
    from huitou.kernel.home import Home
    from huitou.segments import reads

    asked = _asked(args)
    rows, total = reads.page(
        asked.warehouse,
        asked.members(),
        sort=args["sort"],
        offset=0,
        size=args["limit"],
        scope=Scope.everything(),
        ring=load_key_ring(Home.from_environment()),
    )
    return {"items": [_plain(row) for row in rows], "total": total, "as_of": asked.day.isoformat()}


@command("segment explain")
def explain_member(args: dict[str, Any], emit: Emit) -> dict[str, Any]:
    from huitou.accounts.scopes import Scope
    from huitou.members.lookup import require_visible
    from huitou.segments import explaining
    from huitou.segments.names import Names

    asked = _asked(args)
    require_visible(asked.warehouse, args["member"], Scope.everything())
    told = explaining.explained(asked, args["member"], Names(asked.warehouse))
    return {**told, "as_of": asked.day.isoformat()}


@command("segment attributes")
def list_attributes(args: dict[str, Any], emit: Emit) -> dict[str, Any]:
    from huitou.segments import builder
    from huitou.warehouse.store import current_warehouse

    return {"items": builder.attributes(current_warehouse())}


@command("segment refresh")
def refresh_segments(args: dict[str, Any], emit: Emit) -> dict[str, Any]:
    from huitou.segments import reads, refresh
    from huitou.warehouse.store import current_warehouse

    for segment in args["segments"]:
        reads.get(segment)
    done = refresh.refresh(
        current_warehouse(),
        now=wall_clock(),
        segments=args["segments"] or None,
        progress=progress_to(emit),
    )
    return done.as_dict()


def _asked(args: dict[str, Any]) -> Any:
    """args: rule (a document) or segment (a number), as_of (a day or None)."""
    from datetime import date

    from huitou.accounts.scopes import Scope
    from huitou.segments import asking, reads
    from huitou.segments.nodes import Saved
    from huitou.segments.parsing import document
    from huitou.warehouse.store import current_warehouse

    rule, of = args["rule"], None
    if args["segment"] is not None:
        row = reads.get(args["segment"])
        rule, of = row.rule, row.pk
        if rule is None or row.kind != "dynamic":
            rule, of = document(Saved(row.pk)), None
    return asking.ask(
        current_warehouse(),
        rule,
        scope=Scope.everything(),
        now=wall_clock(),
        as_of=date.fromisoformat(args["as_of"]) if args["as_of"] else None,
        of=of,
    )


def _plain(value: Any) -> Any:
    """The same value as JSON: instants as text."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return value.isoformat() if hasattr(value, "isoformat") else value


@root.group(
    "segment", help=text("人群：计数、名单、解释、刷新", "Segments: count, list, explain, refresh")
)
def segment() -> None:
    pass


def _rule_arguments(given: str, as_of: Any) -> dict[str, Any]:
    day = as_of.date().isoformat() if as_of is not None else None
    if given.isdecimal() and not Path(given).exists():
        return {"rule": None, "segment": int(given), "as_of": day}
    return {"rule": _document(given), "segment": None, "as_of": day}


def _document(given: str) -> Any:
    try:
        written = sys.stdin.read() if given == "-" else Path(given).read_text("utf-8-sig")
        return json.loads(written)
    except (OSError, ValueError) as error:
        raise usage(
            Text(f"读不了规则 {given}：{error}", f"The rule {given} cannot be read: {error}"),
            remedy=Text(
                "检查路径与 JSON 格式；格式见 huitou segment schema",
                "Check the path and that it is JSON; huitou segment schema describes it",
            ),
        ) from error


_as_of = click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help=text("截至哪一天（默认今天）", "As of the end of this day (today by default)"),
)


@segment.command("count", help=text("符合规则的有多少人。", "How many satisfy a rule. ") + _RULE)
@click.argument("rule")
@_as_of
def count(rule: str, as_of: Any) -> None:
    result = execute("segment count", _rule_arguments(rule, as_of))
    if result is None:
        return
    say(result["sentence"])
    share = f"{100 * result['share']:.2f}%"
    say(
        text(
            f"{result['count']:,} 人，占 {result['universe']:,} 位会员的 {share}（截至 {result['as_of']}）",
            f"{result['count']:,} of {result['universe']:,} members, {share} (as of {result['as_of']})",
        ),
        bold=True,
    )
    if len(result["nodes"]) > 1:
        header = (text("人数", "members"), text("剩余", "left"), text("条件", "condition"))
        table(
            header,
            [
                (node["count"], node["remaining"], _indent(node["path"]) + node["sentence"])
                for node in result["nodes"]
            ],
        )


def _indent(path: str) -> str:
    return "  " * path.count("/children/")


@segment.command("list", help=text("列出符合规则的会员。", "List the members of a rule. ") + _RULE)
@click.argument("rule")
@_as_of
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 100_000))
@click.option("--sort", default="member", show_default=True)
def list_(rule: str, as_of: Any, limit: int, sort: str) -> None:
    args = {**_rule_arguments(rule, as_of), "limit": limit, "sort": sort}
    result = execute("segment list", args)
    if result is None:
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
    if rows:
        table(header, rows)
    say(text(f"共 {result['total']:,} 人", f"{result['total']:,} in all"))


@segment.command(
    "explain",
    help=text("一位会员为什么在或不在。", "Why a member is in, or is not. ") + _RULE,
)
@click.argument("rule")
@click.option("--member", required=True, type=int, help=text("会员编号", "The member's number"))
@_as_of
def explain(rule: str, member: int, as_of: Any) -> None:
    args = {**_rule_arguments(rule, as_of), "member": member}
    result = execute("segment explain", args)
    if result is None:
        return
    inside = text("在", "is in") if result["in"] else text("不在", "is not in")
    said = text(f"会员 {member} {inside}这个人群", f"Member {member} {inside} this segment")
    say(said, bold=True)
    _tell(result["tree"])


def _tell(node: dict[str, Any]) -> None:
    mark = "✓" if node["holds"] else "✗"
    found = text(f"　实际：{node['value']}", f"  found: {node['value']}") if node["value"] else ""
    say(f"{_indent(node['path'])}{mark} {node['sentence']}{found}")
    for child in node["children"]:
        _tell(child)


@segment.command(
    "schema", help=text("规则文档的 JSON Schema", "The JSON Schema of a rule document")
)
def schema() -> None:
    from huitou.segments.schema import document_schema

    click.echo(json.dumps(document_schema(), ensure_ascii=False, indent=2))


@segment.command("attributes", help=text("可用的现成指标", "The ready attributes"))
def attributes() -> None:
    result = execute("segment attributes", {})
    if result is None:
        return
    header = (
        text("代码", "code"),
        text("名称", "name"),
        text("类型", "type"),
        text("说明", "help"),
    )
    rows = [(one["code"], one["label"], one["type"], one["help"]) for one in result["items"]]
    table(header, rows)
    say(text(f"共 {len(rows)} 个", f"{len(rows)} in all"))


@segment.command(
    "refresh",
    help=text("立即刷新动态人群，默认全部", "Refresh dynamic segments now, all by default"),
)
@click.argument("segments", nargs=-1, type=int)
def refresh(segments: tuple[int, ...]) -> int:
    result = obtain("segment refresh", {"segments": list(segments)})
    if answer(result) is not None:
        say(
            text(
                f"刷新 {result['segments']} 个人群，{result['changed']} 个有变化："
                f"进入 {result['entered']:,} 人，离开 {result['left']:,} 人",
                f"{result['segments']} segments refreshed, {result['changed']} changed: "
                f"{result['entered']:,} entered, {result['left']:,} left",
            )
        )
        if result["failed"]:
            failed = ", ".join(result["failed"])
            say(text(f"不能刷新：{failed}", f"Could not be refreshed: {failed}"))
    return 1 if result["failed"] else 0
