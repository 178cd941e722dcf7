"""``huitou bench …``: how fast this machine is, beside a floor measured in the same run."""

from __future__ import annotations

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
