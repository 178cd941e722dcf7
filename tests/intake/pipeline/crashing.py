"""Run by ``test_crash``: commits a batch in processes that are killed, and looks at what is left.

``python crashing.py FOLDER``. Prints one JSON object per trial. Every step is a forked process, so that
nothing but the disk survives; what takes long to import is imported once, before the first fork.
"""

from __future__ import annotations

import importlib
import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

ORDERS = 1_500
RANDOM_TRIALS = 8
STEPS = 5


def in_child(work: Callable[[], Any]) -> tuple[int, Any]:
    """Run ``work`` in a process of its own; its exit status, and its answer as JSON."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        try:
            answer = work()
            os.write(writer, json.dumps(answer).encode())
            os._exit(0)
        except BaseException:  # noqa: BLE001 - told by the exit status
            import traceback

            traceback.print_exc()
            os._exit(1)
    os.close(writer)
    said = b"".join(iter(lambda: os.read(reader, 65536), b""))
    os.close(reader)
    _, status = os.waitpid(pid, 0)
    return status, json.loads(said) if said else None


def set_up(home: Path) -> None:
    os.environ["HUITOU_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "huitou.web.settings"
    import django

    django.setup()
    for name in ("tests.intake.pipeline.support", "huitou.web.installation"):
        importlib.import_module(name)


def at_work(do: Callable[[Any], Any]) -> Any:
    """Own the home's warehouse, recover as every start does, and do something."""
    from tests.intake.pipeline.support import NOW

    from huitou.intake.workplace import Workplace
    from huitou.kernel.home import Home
    from huitou.web.installation import owning_warehouse, prepare

    home = Home.from_environment()
    prepare(home)
    with owning_warehouse(home, what="test", now=NOW):
        return do(Workplace.here())


def make_ready() -> Any:
    """A home with one batch that is ready to be committed."""

    def do(work: Any) -> Any:
        from tests.intake.pipeline.support import NOW, order, orders_file

        from huitou.accounts import shops
        from huitou.intake import batches, looking, pipeline
        from huitou.kernel.jobs import Progress

        shop = shops.ensure_shop("tb", "绍兴小店", "taobao", "online", NOW, None)
        path = work.home.root / "orders.csv"
        people = (
            {"买家会员名": f"买家{n % 500}", "联系手机": f"'1400001{n % 900:04d}"}
            for n in range(ORDERS)
        )
        path.write_bytes(orders_file(order(n, **cells) for n, cells in enumerate(people)))
        batch = pipeline.receive_path(
            path, choice={"profile": "auto"}, shop=shop.shop, by=None, now=NOW, work=work
        )
        seen = looking.look(batch, work)
        batches.move(batch, "staging")
        pipeline.stage(batch, seen, shop, Progress(), work)
        batches.move(batch, "ready")
        return batch.pk

    return at_work(do)


def commit(before_step: int | None, started: int | None) -> Any:
    """Commit the batch; die at progress step ``before_step`` (the last is after the warehouse)."""

    def do(work: Any) -> Any:
        from tests.intake.pipeline.support import NOW

        from huitou.intake import batches, pipeline
        from huitou.intake.models import Batch
        from huitou.kernel.jobs import Progress

        def die(*_: Any, **__: Any) -> None:
            os.kill(os.getpid(), signal.SIGKILL)

        steps = 0

        def listen(*_: Any) -> None:
            nonlocal steps
            if steps == before_step:
                die()
            steps += 1

        if before_step == STEPS:
            pipeline.finish = die
        if before_step == STEPS + 1:
            from huitou.warehouse.staging import Stage

            Stage.drop = die  # type: ignore[method-assign]
        batch = Batch.objects.get()
        batches.move(batch, "committing")
        if started is not None:
            os.write(started, b"x")
        begun = time.perf_counter()
        pipeline.commit(batch, Progress(listen), work, now=NOW)
        return time.perf_counter() - begun

    return at_work(do)


def inspect_and_import() -> Any:
    """What a new start finds, and what the same import then makes of it."""

    def do(work: Any) -> Any:
        from tests.intake.pipeline.support import bring, facts_of, vault_of

        from huitou.intake.importing import warehouse_totals
        from huitou.intake.models import Batch

        batch = Batch.objects.get()
        proof = work.warehouse.rows(work.warehouse.table("batch"))
        found = {
            **warehouse_totals(work),
            "keys": work.warehouse.scalar(work.warehouse.table("identity_key").count()),
            "feed": work.warehouse.scalar(work.warehouse.table("feed").count()),
            "vault": len(vault_of()),
            "state": batch.state,
            "inserted": batch.inserted,
            "proof": len(proof),
            "stage": len(list(work.home.staging.glob("*.duckdb"))),
        }
        told = bring(work, work.home.root / "orders.csv", shop="tb")
        again = {
            "failed": told["failed"],
            "totals": told["totals"],
            "facts": hash_of(facts_of(work)),
            "vault": hash_of(vault_of()),
        }
        return {"found": found, "again": again}

    return at_work(do)


def hash_of(value: Any) -> str:
    import hashlib

    return hashlib.sha256(repr(value).encode()).hexdigest()


def kill_after(delay: float) -> None:
    """Start a commit and kill the process ``delay`` seconds later."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        try:
            commit(None, writer)
        finally:
            os._exit(0)
    os.close(writer)
    os.read(reader, 1)
    os.close(reader)
    time.sleep(delay)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def die_at(step: int) -> None:
    in_child(partial(commit, step, None))


def main(folder: Path) -> None:
    base, home = folder / "base", folder / "home"
    set_up(home)
    status, _ = in_child(make_ready)
    assert status == 0, "the batch could not be made ready"
    home.rename(base)

    def trial(name: str, crash: Callable[[], None]) -> None:
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(base, home)
        crash()
        _, outcome = in_child(inspect_and_import)
        print(json.dumps({"trial": name, **outcome}), flush=True)

    seconds = [0.0]

    def whole() -> None:
        _, taken = in_child(lambda: commit(None, None))
        seconds[0] = taken

    trial("whole", whole)
    for step in range(STEPS + 2):
        trial(f"step {step}", partial(die_at, step=step))
    dice = random.Random(20261122)
    for number in range(RANDOM_TRIALS):
        delay = dice.random() * seconds[0] * 1.15
        trial(f"random {number} at {delay:.3f}s", partial(kill_after, delay=delay))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
