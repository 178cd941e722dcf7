"""``huitou bench …``: how fast this machine is, beside a floor measured in the same run."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from huitou.kernel.i18n import Text, translate
from huitou.web.cli.root import answer, root, say, table, text

_PROGRAM = [sys.executable, "-c", "from huitou.web.cli import main; main()"]


@root.group("bench", help=text("测量性能", "Measure performance"))
def bench() -> None:
    """Benchmarks."""


@bench.command(
    "intake",
    help=text(
        "导入文件的速度与内存，与 DuckDB 直接读取同样的文件相比",
        "Speed and memory of importing files, beside DuckDB just reading the same files",
    ),
)
@click.option("--orders", default=1_000_000, show_default=True, type=click.IntRange(1))
@click.option("--lines", default=2_500_000, show_default=True, type=click.IntRange(1))
@click.option("--buyers", default=300_000, show_default=True, type=click.IntRange(1))
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help=text("临时文件放在哪里", "Where to put the temporary files"),
)
def intake(orders: int, lines: int, buyers: int, folder: Path | None) -> None:
    from huitou.intake import bench as measuring
    from huitou.intake.synthetic import Sizes

    def tell(message: Text) -> None:
        click.echo(translate(message), err=True)

    result = measuring.run(Sizes(orders, lines, buyers), _PROGRAM, tell, folder)
    shown = answer(result)
    if shown is not None:
        _print(shown)


def _print(result: dict[str, Any]) -> None:
    say(
        text(
            f"{result['orders']:,} 订单、{result['lines']:,} 明细、{result['buyers']:,} 买家；"
            f"文件 {result['file_mb']:,} MB，数据目录 {result['home_mb']:,} MB，{result['cores']} 核",
            f"{result['orders']:,} orders, {result['lines']:,} lines, {result['buyers']:,} buyers; "
            f"files {result['file_mb']:,} MB, home {result['home_mb']:,} MB, {result['cores']} cores",
        )
    )
    names = {
        "floor": text("下限（DuckDB 读取）", "floor (DuckDB reads)"),
        "first_import": text("首次导入", "first import"),
        "same_again": text("同样的文件再次导入", "the same files again"),
        "next_export": text("下一次导出（多一个订单）", "the next export (one order more)"),
    }
    table(
        [text("阶段", "phase"), text("秒", "seconds"), text("× 下限", "× floor"),
         text("处理器秒", "cpu s"), text("× 下限", "× floor"), text("行/秒", "rows/s"),
         text("峰值内存 MB", "peak MB")],
        [
            [names[m["name"]], f"{m['seconds']:.1f}", f"{m['times_floor']:.1f}",
             f"{m['cpu_seconds']:.1f}", f"{m['times_floor_cpu']:.1f}",
             f"{m['rows_per_second']:,}", f"{m['peak_mb']:,}"]
            for m in result["measures"]
        ],
    )  # fmt: skip


@bench.command(
    "segments",
    help=text(
        "人群规则的速度与内存，与手写的 DuckDB 查询、PostgreSQL、pandas 相比",
        "Speed and memory of rules, beside hand-written DuckDB queries, PostgreSQL and pandas",
    ),
)
@click.option("--members", default=1_000_000, show_default=True, type=click.IntRange(100))
@click.option(
    "--lines-each",
    default=9.8,
    show_default=True,
    type=click.FloatRange(1),
    help=text("每个会员的商品行数", "Order lines per member"),
)
@click.option(
    "--rounds",
    default=3,
    show_default=True,
    type=click.IntRange(1),
    help=text("每条规则问几遍（取中位数）", "How often each rule is asked (the median counts)"),
)
@click.option("--pandas", "with_pandas", is_flag=True, help=text("也与 pandas 比", "Also pandas"))
@click.option(
    "--postgres",
    default="",
    metavar="URL",
    help=text(
        "也与这个 PostgreSQL 比（装载数据要几分钟）",
        "Also this PostgreSQL (loading takes minutes)",
    ),
)
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help=text("临时文件放在哪里", "Where to put the temporary files"),
)
@click.option("--part", default="", hidden=True)
def segments(
    members: int,
    lines_each: float,
    rounds: int,
    with_pandas: bool,
    postgres: str,
    folder: Path | None,
    part: str,
) -> None:
    from huitou.segments import bench as measuring

    plan = measuring.Plan(members, lines_each, rounds, with_pandas, postgres)
    if part:
        click.echo(json.dumps(_part(part, plan)))
        return

    def tell(message: Text) -> None:
        click.echo(translate(message), err=True)

    shown = answer(measuring.run(plan, _PROGRAM, tell, folder))
    if shown is not None:
        _print_segments(shown)


def _part(part: str, plan: Any) -> dict[str, Any]:
    """What a process that ``run`` started measures."""
    from huitou.kernel.home import Home
    from huitou.segments import bench as measuring
    from huitou.web import installation

    home = Home.from_environment()
    if part == "refresh":
        installation.prepare(home)
    return measuring.measured(part, plan, home)


def _print_segments(result: dict[str, Any]) -> None:
    made = result["fill"]
    say(
        text(
            f"{made['members']:,} 会员、{made['orders']:,} 订单、{made['lines']:,} 明细；"
            f"数据目录 {result['home_mb']:,} MB，{result['cores']} 核；生成 {made['seconds']:.0f} 秒",
            f"{made['members']:,} members, {made['orders']:,} orders, {made['lines']:,} lines; "
            f"home {result['home_mb']:,} MB, {result['cores']} cores; made in {made['seconds']:.0f} s",
        )
    )
    names = {
        "started": text("刚启动（查询未编译）", "process just started (nothing compiled)"),
        "first": text("首次（无缓存集合）", "first (no set kept)"),
        "edited": text("改一个条件后", "one condition edited"),
    }
    for which, title in (
        ("ten", text("十个条件的规则", "rules of ten conditions")),
        ("all", text("全部 40 条规则", "all 40 rules")),
    ):
        say()
        table(
            [title, text("毫秒", "ms"), text("手写 毫秒", "by hand ms"), text("× 手写", "× by hand"),
             text("最差", "worst"), text("× 处理器", "× cpu")],
            [
                [names[name], *(result["rules"][which][name][key]
                 for key in ("ms", "by_hand_ms", "ratio", "worst_ratio", "cpu_ratio"))]
                for name in names
            ],
        )  # fmt: skip
    ten = result["rules"]["ten"]
    say(
        text(
            f"改一个条件在 0.3 × 手写或 50 毫秒以内：{ten['edited_within']} / {ten['of']}",
            f"edits within 0.3 × by hand or 50 ms: {ten['edited_within']} of {ten['of']}",
        )
    )
    leaves, refresh = result["leaves"], result["refresh"]
    say()
    say(
        text(
            f"{leaves['leaves']} 个条件与属性：中位 {leaves['median_ms']:.0f} 毫秒，"
            f"超过 2.5 秒的 {leaves['over_2500_ms']} 个；最慢：",
            f"{leaves['leaves']} single conditions and attributes: median {leaves['median_ms']:.0f} ms, "
            f"{leaves['over_2500_ms']} over 2.5 s; the slowest:",
        )
    )
    table(
        [text("条件", "condition"), text("毫秒", "ms"), text("处理器毫秒", "cpu ms")],
        [[one["leaf"], one["ms"], one["cpu_ms"]] for one in leaves["slowest"]],
    )
    say()
    table(
        [text("刷新", "refresh"), text("毫秒", "ms"), text("处理器毫秒", "cpu ms")],
        [
            [text(f"{refresh['segments']} 个人群（{refresh['different_conditions']} 个不同条件），全部重算",
                  f"{refresh['segments']} segments ({refresh['different_conditions']} different "
                  "conditions) in full"),
             refresh["in_full"]["ms"], refresh["in_full"]["cpu_ms"]],
            [text(f"{refresh['touched_members']:,} 个会员变化后",
                  f"after {refresh['touched_members']:,} members changed"),
             refresh["touched"]["ms"], refresh["touched"]["cpu_ms"]],
            [text("再次", "and again"), refresh["touched_again"]["ms"], refresh["touched_again"]["cpu_ms"]],
            [text("一个会员、一个条件", "one member, one condition"),
             refresh["member"]["ms"], refresh["member"]["cpu_ms"]],
        ],
    )  # fmt: skip
    say()
    for other in ("pandas", "postgres"):
        if other in result:
            said = result[other]
            say(
                text(
                    f"{other}：十个条件的规则中位 {said[other]['ms']:,.0f} 毫秒",
                    f"{other}: rules of ten conditions, median {said[other]['ms']:,.0f} ms",
                )
            )
    peaks = {name: result[name]["peak_mb"] for name in ("rules", "leaves", "refresh")}
    say(
        text(
            "峰值内存 MB：" + "，".join(f"{name} {peak:,}" for name, peak in peaks.items()),
            "peak memory MB: " + ", ".join(f"{name} {peak:,}" for name, peak in peaks.items()),
        )
    )
    say(
        text(
            f"机器负载 {result['load_before']:.1f} → {result['load_after']:.1f}",
            f"load of the machine {result['load_before']:.1f} → {result['load_after']:.1f}",
        )
    )
