"""How fast files come in, beside the floor: DuckDB reading and typing the same files into a table.

Every figure is of a process of its own, the home and the files included, so that its peak memory is
its own too. Files are made on the spot (``synthetic``), the same for the same sizes.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from huitou.intake.synthetic import Files, Sizes, append_order, write_taobao
from huitou.kernel.home import ENV as HOME_ENV
from huitou.kernel.i18n import Text
from huitou.kernel.processes import Finished, ProcessFailed, run_to_end, size_of

# Ids are text, as they must be: 18 digits do not survive as numbers everywhere. Times and amounts are
# typed; the rest is text.
_FLOOR: Final = """
import sys, time, duckdb
started = time.perf_counter()
base = duckdb.connect(sys.argv[1])
for number, path in enumerate(sys.argv[2:]):
    names = [c[0] for c in base.sql("SELECT * FROM read_csv(?, header=true, all_varchar=true) LIMIT 0",
                                    params=[path]).description]
    def kind(name):
        if name.strip().endswith("时间"): return "TIMESTAMP"
        is_money = any(word in name for word in ("金额", "货款", "邮费", "价格"))
        if is_money and "打款" not in name: return "DECIMAL(18,4)"
        return "VARCHAR"
    types = {name: kind(name) for name in names}
    base.execute(f"CREATE TABLE t{number} AS SELECT * FROM read_csv($path, header=true, columns=$types)",
                 {"path": path, "types": types})
base.execute("CHECKPOINT")
base.close()
print(time.perf_counter() - started)
"""


@dataclass(frozen=True)
class Measure:
    """One process: wall and processor time from start to end, rows per second, peak memory.

    Both times stand beside the floor's; processor time tells on a machine that has other work too.
    """

    name: str
    seconds: float
    cpu_seconds: float
    rows_per_second: float
    times_floor: float
    times_floor_cpu: float
    peak_mb: float


def run(
    sizes: Sizes, command: Sequence[str], say: Callable[[Text], None], folder: Path | None = None
) -> dict[str, Any]:
    """Make the files; measure the floor, the first import, the same again, and one order more.

    ``command``: how to start the program, e.g. ``[python, "-m", …]``. ``folder``: where to work, a
    temporary folder by default. Raises ``ProcessFailed`` when the import's totals are not those of the
    files.
    """
    with tempfile.TemporaryDirectory(prefix="huitou-bench-", dir=folder) as made:
        place = Path(made)
        say(Text("生成文件", "Making the files"))
        files = write_taobao(place, sizes)
        return _measured(sizes, files, place, command, say)


def _measured(
    sizes: Sizes,
    files: Files,
    place: Path,
    command: Sequence[str],
    say: Callable[[Text], None],
) -> dict[str, Any]:
    rows = sizes.orders + sizes.lines
    paths = [str(files.orders), str(files.items)]
    say(Text("测量下限：DuckDB 读取同样的文件", "The floor: DuckDB reads the same files"))
    floor = run_to_end([sys.executable, "-c", _FLOOR, str(place / "floor.duckdb"), *paths], {})
    (place / "floor.duckdb").unlink()
    home = {HOME_ENV: str(place / "home")}
    importing = [*command, "import", *paths, "--json"]
    say(Text("首次导入", "First import"))
    first = run_to_end(importing, home)
    _check(json.loads(first.output), sizes, inserted=1)
    say(Text("同样的文件再次导入", "The same files again"))
    again = run_to_end(importing, home)
    _check(json.loads(again.output), sizes, inserted=0)
    say(Text("下一次导出：多一个订单", "The next export: one order more"))
    append_order(files)
    following = run_to_end(importing, home)
    _check(json.loads(following.output), sizes, more=1)

    def measure(name: str, one: Finished) -> Measure:
        return Measure(
            name,
            round(one.seconds, 2),
            round(one.cpu_seconds, 2),
            round(rows / one.seconds),
            round(one.seconds / floor.seconds, 2),
            round(one.cpu_seconds / floor.cpu_seconds, 2),
            round(one.peak_bytes / 2**20),
        )

    return {
        "orders": sizes.orders,
        "lines": sizes.lines,
        "buyers": sizes.buyers,
        "file_mb": round(sum(Path(path).stat().st_size for path in paths) / 2**20),
        "home_mb": round(size_of(place / "home") / 2**20),
        "cores": os.cpu_count(),
        "measures": [
            asdict(measure("floor", floor)),
            asdict(measure("first_import", first)),
            asdict(measure("same_again", again)),
            asdict(measure("next_export", following)),
        ],
    }


def _check(result: Mapping[str, Any], sizes: Sizes, inserted: int = 0, more: int = 0) -> None:
    """The import must have done the whole work, and nothing twice.

    ``inserted``: 1 when everything must be new; ``more``: how many orders and lines are new otherwise.
    """
    by_profile = {entry["profile"]: entry for entry in result["files"]}
    good = not result["failed"]
    for code, record_set, many in (
        ("taobao_orders", "trades", sizes.orders),
        ("taobao_items", "lines", sizes.lines),
    ):
        entry = by_profile[code]
        new = many if inserted else more
        counts = (entry["inserted"], entry["updated"], entry["unchanged"])
        good &= counts == (new, 0, many + more - new)
        good &= result["totals"][record_set] == many + more
    if not good:
        raise ProcessFailed(
            Text("导入的结果与文件不符", "The import's result is not what the files hold"),
            where={"result": result},
        )
