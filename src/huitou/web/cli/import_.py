"""``huitou import FILES…``: take files in and tell what became of each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from huitou.kernel.clock import wall_clock
from huitou.kernel.i18n import Text
from huitou.web.cli.registry import Emit, command, progress_to
from huitou.web.cli.root import answer, obtain, root, say, table, text, usage


@command("import")
def run(args: dict[str, Any], emit: Emit) -> dict[str, Any]:
    """args: files (absolute paths), profile, mapping (JSON | None), mapping_name, shop, dry_run."""
    from huitou.intake.importing import Wish, choice_of, import_files
    from huitou.intake.workplace import Workplace

    now = wall_clock()
    choice = choice_of(args["profile"], args["mapping"], args["mapping_name"])
    wish = Wish(choice, args["shop"], args["dry_run"])
    paths = [Path(name) for name in args["files"]]
    return import_files(paths, wish, progress_to(emit), Workplace.here(), now=now)


@root.command(
    "import",
    help=text(
        "导入平台导出的文件（csv、xlsx、zip…）；顺序不限，重复导入不会重复",
        "Import files exported from platforms (csv, xlsx, zip …), in any order; again changes nothing",
    ),
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--profile",
    default="auto",
    help=text("报表模板代码，默认自动识别", "Profile code; found out by default"),
)
@click.option(
    "--mapping",
    help=text(
        "映射：JSON 文件，或已保存/自带映射的名称",
        "A mapping: JSON file, or the name of a saved or ready one",
    ),
)
@click.option(
    "--shop", help=text("店铺代码，默认从文件推断", "Shop code; inferred from the file by default")
)
@click.option(
    "--dry-run", is_flag=True, help=text("只预览，不写入", "Show what would happen, write nothing")
)
def import_command(
    files: tuple[Path, ...], profile: str, mapping: str | None, shop: str | None, dry_run: bool
) -> int:
    body, name = _mapping(mapping)
    if mapping is not None and profile != "auto":
        raise usage(
            Text("--profile 与 --mapping 只能用一个", "Use either --profile or --mapping"),
        )
    result = obtain(
        "import",
        {
            "files": [str(path.expanduser().absolute()) for path in files],
            "profile": profile,
            "mapping": body,
            "mapping_name": name,
            "shop": shop,
            "dry_run": dry_run,
        },
    )
    if answer(result) is not None:
        _print(result)
    return 1 if result["failed"] else 0


def _mapping(given: str | None) -> tuple[dict[str, Any] | None, str | None]:
    """A mapping file's content, or the name of a mapping."""
    if given is None:
        return None, None
    path = Path(given)
    if not given.endswith(".json") and not path.is_file():
        return None, given
    try:
        body = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise usage(
            Text(
                f"读不了映射文件 {given}：{error}",
                f"The mapping file {given} cannot be read: {error}",
            ),
            remedy=Text("检查路径与 JSON 格式", "Check the path and that it is JSON"),
        ) from error
    return body, None


def _print(result: dict[str, Any]) -> None:
    for shop in result["created_shops"]:
        say(
            text(
                f"新建店铺 {shop['code']}（{shop['name']}）",
                f"Created the shop {shop['code']} ({shop['name']})",
            )
        )
    for entry in result["files"]:
        _print_file(entry)
    totals = result["totals"]
    if result["dry_run"]:
        say(text("只是预览，没有写入任何数据", "A dry run: nothing was written"), bold=True)
        return
    say()
    say(text("全部数据", "All data"), bold=True)
    table(
        [text("订单", "orders"), text("会员", "members"), text("实付", "paid"),
         text("退款", "refunded"), text("明细行", "lines")],
        [[f"{totals['trades']:,}", f"{totals['members']:,}", f"{float(totals['paid_amount']):,.2f}",
          f"{float(totals['refunded_amount']):,.2f}", f"{totals['lines']:,}"]],
    )  # fmt: skip


def _print_file(entry: dict[str, Any]) -> None:
    say()
    name = Path(entry["file"]).name
    label = f"  {entry['profile_label']}" if entry["profile_label"] else ""
    shop = f" → {entry['shop']}" if entry["shop"] else ""
    say(f"{name}{label}{shop}", bold=True)
    if entry["error"] is not None:
        error = entry["error"]
        say("  ✗ " + error["message"])
        if error["remedy"]:
            say("    " + error["remedy"])
        return
    say(
        "  "
        + text(
            f"行 {entry['rows']:,}　新增 {entry['inserted']:,}　更新 {entry['updated']:,}　"
            f"不变 {entry['unchanged']:,}　拒绝 {entry['rejected']:,}",
            f"rows {entry['rows']:,}  inserted {entry['inserted']:,}  updated {entry['updated']:,}  "
            f"unchanged {entry['unchanged']:,}  rejected {entry['rejected']:,}",
        )
    )
    for reason in entry["reasons"]:
        say(f"    {reason['count']:,} × {reason['label']}")
    for warning in entry["warnings"]:
        say("    ! " + warning)
