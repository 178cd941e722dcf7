"""``huitou doctor``: check the installation and count every table."""

from __future__ import annotations

import sys
from typing import Any

import click

from huitou.kernel.clock import wall_clock
from huitou.kernel.home import Home
from huitou.web.cli.registry import Emit, command
from huitou.web.cli.root import execute, root, say, table, text


@command("doctor", prepares=False)
def run(args: dict[str, Any], emit: Emit) -> dict[str, Any]:
    from huitou.web import doctor

    return doctor.report(Home.from_environment(), now=wall_clock())


@root.command(
    "doctor", help=text("检查安装并统计每张表", "Check the installation, count every table")
)
def doctor() -> None:
    result = execute("doctor", {})
    if result is None:
        return
    for check in result["checks"]:
        click.secho("✓ " if check["ok"] else "✗ ", fg="green" if check["ok"] else "red", nl=False)
        say(
            f"{check['label']}：{check['detail']}"
            if _chinese()
            else f"{check['label']}: {check['detail']}"
        )
        if check["remedy"]:
            say(f"  → {check['remedy']}")
    if result["tables"]:
        say()
        rows = [(row["name"], f"{row['rows']:,}") for row in result["tables"]]
        table((text("表", "table"), text("行数", "rows")), rows)
    if not result["ok"]:
        sys.exit(1)


def _chinese() -> bool:
    return text("zh", "en") == "zh"
