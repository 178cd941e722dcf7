"""``huitou worker``: only the background jobs, beside or instead of a server."""

from __future__ import annotations

import json
import signal
import threading
from contextlib import ExitStack
from typing import Any

import click

from huitou.kernel.home import Home
from huitou.web.cli.root import root, say, text
from huitou.web.cli.start import options


@root.command("worker", help=text("只运行后台任务", "Run background jobs only"))
@click.option("--threads", default=2, show_default=True, type=click.IntRange(1, 32))
def worker(threads: int) -> None:
    from huitou.kernel.clock import wall_clock
    from huitou.kernel.workers import WorkerPool
    from huitou.warehouse.followers import FollowerPool
    from huitou.warehouse.store import WarehouseBusy
    from huitou.web import kinds as _all_kinds  # noqa: F401 - so that they are known
    from huitou.web import logs
    from huitou.web.installation import owning_warehouse, prepare

    logs.we_are_a_server("worker")
    home = Home.from_environment()
    prepare(home)
    with ExitStack() as held:
        owner: WarehouseBusy | None = None
        try:
            warehouse = held.enter_context(
                owning_warehouse(home, what="huitou worker", now=wall_clock())
            )
            followers = FollowerPool(warehouse, clock=wall_clock)
            followers.start()
            held.callback(followers.stop)
        except WarehouseBusy as busy:
            owner = busy
        pool = WorkerPool(clock=wall_clock, warehouse=owner is None, threads=threads)
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        pool.start()
        _tell(home, threads, owner.pid if owner else None)
        stop.wait()
        pool.stop()


def _tell(home: Home, threads: int, warehouse_pid: int | None) -> None:
    if options.json:
        facts: dict[str, Any] = {
            "home": str(home.root),
            "threads": threads,
            "warehouse": warehouse_pid is None,
            "warehouse_pid": warehouse_pid,
        }
        click.echo(json.dumps(facts))
        return
    say(text(f"任务进程已启动，{threads} 个线程", f"Working with {threads} threads"), bold=True)
    if warehouse_pid is not None:
        say(
            text(
                f"数据仓库由进程 {warehouse_pid} 打开：导入等涉及仓库的任务由它执行，这里只执行其余任务",
                f"Process {warehouse_pid} owns the warehouse: it runs the jobs that touch it "
                "(imports, exports); this one runs the others",
            )
        )
