"""``huitou tag``: list tags, make one, give one to members or take it off, work out those by rule."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from huitou.kernel.clock import wall_clock
from huitou.kernel.i18n import Text
from huitou.web.cli.registry import Emit, command, progress_to
from huitou.web.cli.root import execute, root, say, table, text, usage


@command("tag list")
def list_tags(args: dict[str, Any], emit: Emit) -> dict[str, Any]:
    from huitou.accounts.scopes import Scope
    from huitou.segments import tag_reads
    from huitou.warehouse.store import current_warehouse

    groups = tag_reads.tree(
        current_warehouse(), scope=Scope.everything(), now=wall_clock(), archived=args["archived"]
    )
    return {"groups": [_plain(group) for group in groups]}


@command("tag create")
def create_tag(args: dict[str, Any], emit: Emit) -> dict[str, Any]:
    from huitou.accounts.scopes import Scope
    from huitou.segments import tag_actions, tag_builtin, tag_reads, tag_refresh
    from huitou.segments.tag_models import TagGroup
    from huitou.warehouse.store import current_warehouse

    now = wall_clock()
    groups = {
        word: row
        for row in TagGroup.objects.filter(archived_at=None)
        for word in (str(row.pk), row.code, *tag_builtin.group_label(row))
    }
    group = groups.get(args["group"]) or tag_actions.create_group(
        label=args["group"], exclusive=False, actor=None, now=now
    )
    row = tag_actions.create_tag(
        group=group.pk,
        label=args["label"],
        kind=args["kind"],
        rule=args["rule"],
        days=args["days"],
        actor=None,
        now=now,
    )
    warehouse = current_warehouse()
    if row.kind != "manual":
        tag_refresh.refresh(warehouse, now=now, tags=[row.pk], progress=progress_to(emit))
    shown = tag_reads.one(warehouse, tag_reads.get(row.pk), scope=Scope.everything(), now=now)
    return {key: _plain(value) for key, value in shown.items()}


@command("tag assign")
def assign_tag(args: dict[str, Any], emit: Emit) -> dict[str, Any]:
    from huitou.accounts.scopes import Scope
    from huitou.segments import asking, reads, tag_actions, tag_builtin, tag_reads
    from huitou.warehouse.store import current_warehouse

    warehouse, now = current_warehouse(), wall_clock()
    everything = Scope.everything()
    tag = tag_reads.by_word(args["tag"])
    if args["segment"] is not None:
        members = reads.members(warehouse, reads.get(args["segment"]), scope=everything, now=now)
    elif args["rule"] is not None:
        members = asking.ask(warehouse, args["rule"], scope=everything, now=now).members()
    else:
        members = tag_actions.visible(warehouse, args["members"], scope=everything, now=now)
    done = tag_actions.assign(
        warehouse,
        tag.pk,
        members,
        add=args["add"],
        effective_on=_day(args["from"]),
        expires_on=_day(args["until"]),
        at_once=True,
        actor=None,
        now=now,
    )
    assert isinstance(done, tag_actions.Assigned)
    return {
        "tag": tag.pk,
        "label": tag_builtin.full_label(tag).zh,
        "changed": done.changed,
        "total": done.total,
        "kept": done.kept,
    }


@command("tag refresh")
def refresh_tags(args: dict[str, Any], emit: Emit) -> dict[str, Any]:
    from huitou.segments import tag_import, tag_reads, tag_refresh
    from huitou.warehouse.store import current_warehouse

    warehouse, now = current_warehouse(), wall_clock()
    tags = [tag_reads.by_word(word).pk for word in args["tags"]] or None
    listed = tag_import.mirror(warehouse, now, always=True)
    done = tag_refresh.refresh(warehouse, now=now, tags=tags, progress=progress_to(emit))
    return {**done.as_dict(), "from_lists": {"entered": listed.entered, "left": listed.left}}


def _day(given: str | None) -> date | None:
    return None if given is None else date.fromisoformat(given)


def _plain(value: Any) -> Any:
    """The same value as JSON: instants as text."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


@root.group("tag", help=text("会员标签", "Tags of members"))
def tag() -> None:
    pass


@tag.command("list", help=text("列出标签组和标签", "List groups and tags"))
@click.option("--archived", is_flag=True, help=text("包括已归档的", "archived ones too"))
def list_(archived: bool) -> None:
    result = execute("tag list", {"archived": archived})
    if result is None:
        return
    kinds = {
        "manual": text("手工", "by hand"),
        "rule": text("规则", "by rule"),
        "live": text("实时", "live"),
    }
    header = (
        text("编号", "number"),
        text("组", "group"),
        text("标签", "tag"),
        text("方式", "kind"),
        text("会员", "members"),
        text("规则", "rule"),
    )
    rows = [
        (
            one["id"],
            group["label"],
            one["label"],
            kinds[one["kind"]] + ("" if one["enabled"] else text("（关）", " (off)")),
            one["count"],
            one["sentence"] or "",
        )
        for group in result["groups"]
        for one in group["tags"]
    ]
    table(header, rows)


@tag.command("create", help=text("新建标签", "Make a tag"))
@click.argument("group")
@click.argument("label")
@click.option(
    "--rule",
    "rule",
    type=click.Path(exists=True, dir_okay=False),
    help=text("规则文件", "a rule document"),
)
@click.option(
    "--live", is_flag=True, help=text("数据到达时立刻判断", "decide as soon as data arrives")
)
@click.option("--days", type=int, help=text("有效天数", "how many days it lasts"))
def create(group: str, label: str, rule: str | None, live: bool, days: int | None) -> None:
    if live and rule is None:
        raise usage(Text("--live 需要 --rule", "--live needs --rule"))
    kind = "manual" if rule is None else "live" if live else "rule"
    result = execute(
        "tag create",
        {"group": group, "label": label, "kind": kind, "rule": _document(rule), "days": days},
    )
    if result is not None:
        say(
            text(
                f"标签 {result['id']} {result['label']}：{result['count']:,} 位会员",
                f"Tag {result['id']} {result['label']}: {result['count']:,} members",
            )
        )


@tag.command("add", help=text("给会员打标签", "Give a tag to members"))
@click.argument("name", metavar="TAG")
@click.argument("members", type=int, nargs=-1, required=True)
@click.option(
    "--from", "first", type=click.DateTime(["%Y-%m-%d"]), help=text("生效日", "first day")
)
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help=text("到期日", "last day"))
def add(
    name: str, members: tuple[int, ...], first: datetime | None, until: datetime | None
) -> None:
    _assign(name, add=True, members=list(members), first=first, until=until)


@tag.command("remove", help=text("从会员去掉标签", "Take a tag off members"))
@click.argument("name", metavar="TAG")
@click.argument("members", type=int, nargs=-1, required=True)
def remove(name: str, members: tuple[int, ...]) -> None:
    _assign(name, add=False, members=list(members))


@tag.command(
    "assign",
    help=text("给整个人群或一条规则的会员打标签", "Tag a whole segment, or whom a rule holds for"),
)
@click.argument("name", metavar="TAG")
@click.option("--segment", type=int, help=text("人群编号", "a segment's number"))
@click.option(
    "--rule", type=click.Path(exists=True, dir_okay=False), help=text("规则文件", "a rule document")
)
@click.option(
    "--from", "first", type=click.DateTime(["%Y-%m-%d"]), help=text("生效日", "first day")
)
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help=text("到期日", "last day"))
@click.option("--remove", "take", is_flag=True, help=text("去掉而不是打上", "take it off instead"))
def assign(
    name: str,
    segment: int | None,
    rule: str | None,
    first: datetime | None,
    until: datetime | None,
    take: bool,
) -> None:
    if (segment is None) == (rule is None):
        raise usage(Text("给出 --segment 或 --rule 之一", "Give either --segment or --rule"))
    _assign(name, add=not take, segment=segment, rule=_document(rule), first=first, until=until)


@tag.command(
    "refresh", help=text("重新计算规则标签和名单标签", "Work out tags by rule and from lists")
)
@click.argument("tags", metavar="[TAG]...", nargs=-1)
def refresh(tags: tuple[str, ...]) -> None:
    result = execute("tag refresh", {"tags": list(tags)})
    if result is None:
        return
    say(
        text(
            f"{result['tags']} 个标签：{result['entered']:,} 位打上，{result['left']:,} 位去掉",
            f"{result['tags']} tags: {result['entered']:,} got one, {result['left']:,} lost one",
        )
    )
    if result["failed"]:
        numbers = " ".join(result["failed"])
        say(text(f"规则不能用的标签：{numbers}", f"Tags whose rule cannot be asked: {numbers}"))


def _assign(
    name: str,
    *,
    add: bool,
    members: list[int] | None = None,
    segment: int | None = None,
    rule: Any = None,
    first: datetime | None = None,
    until: datetime | None = None,
) -> None:
    result = execute(
        "tag assign",
        {
            "tag": name,
            "add": add,
            "members": members or [],
            "segment": segment,
            "rule": rule,
            "from": first.date().isoformat() if first else None,
            "until": until.date().isoformat() if until else None,
        },
    )
    if result is None:
        return
    label, changed, total = result["label"], result["changed"], result["total"]
    if add:
        say(
            text(
                f"{label}：{changed:,} 位新打上，共选中 {total:,} 位",
                f"{label}: {changed:,} of {total:,} members got it",
            )
        )
    else:
        kept = result["kept"]
        more = text(f"；{kept:,} 位由规则保留", f"; its rule keeps it on {kept:,}") if kept else ""
        say(
            text(f"{label}：从 {changed:,} 位去掉", f"{label}: taken off {changed:,} members")
            + more
        )


def _document(path: str | None) -> Any:
    if path is None:
        return None
    try:
        return json.loads(Path(path).read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise usage(
            Text(f"{path} 不是 JSON：{error}", f"{path} is no JSON: {error}"),
            remedy=Text(
                "huitou segment schema 显示规则的格式", "huitou segment schema shows the shape"
            ),
        ) from None
