"""Run by ``test_refresh``: a process that is killed between the steps of a refresh, and what is left.

``python crashing.py FOLDER``. Prints one JSON object per trial. Every step is a forked process, so that
nothing but the disk survives.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

TRIALS = ("intent", "told", "writing", None)


def in_child(work: Callable[[], Any]) -> Any:
    """Run ``work`` in a process of its own: its answer as JSON, None where it was killed."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        try:
            os.write(writer, json.dumps(work()).encode())
            os._exit(0)
        except BaseException:  # noqa: BLE001 - told by the missing answer
            import traceback

            traceback.print_exc()
            os._exit(1)
    os.close(writer)
    said = b"".join(iter(lambda: os.read(reader, 65536), b""))
    os.close(reader)
    os.waitpid(pid, 0)
    return json.loads(said) if said else None


def set_up(home: Path) -> None:
    os.environ["HUITOU_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "huitou.web.settings"
    import django

    django.setup()
    for name in ("tests.segments.crowd", "huitou.web.installation", "huitou.web.kinds"):
        importlib.import_module(name)


def at_work(do: Callable[[Any], Any]) -> Any:
    """Own the home's warehouse, recover as every start does, and do something."""
    from tests.segments.crowd import NOW

    from huitou.kernel.home import Home
    from huitou.web.installation import owning_warehouse, prepare

    home = Home.from_environment()
    prepare(home)
    with owning_warehouse(home, what="test", now=NOW) as warehouse:
        return do(warehouse)


def make_ready(folder: Path) -> Any:
    """Two segments, and a commit that two members enter by and one leaves by."""

    def do(warehouse: Any) -> Any:
        from tests.members.brand import SHOPS, load, trade
        from tests.segments.crowd import NOW, document, every, orders

        from huitou.accounts.scopes import Scope
        from huitou.accounts.shops import ensure_shop
        from huitou.kernel.crypto import load_key_ring
        from huitou.kernel.home import Home
        from huitou.segments import actions
        from huitou.warehouse.followers import catch_up

        for shop in SHOPS:
            ensure_shop(shop.code, shop.name, shop.platform, shop.kind, NOW, None)
        ring = load_key_ring(Home.from_environment())
        first = [trade(1, "ann"), trade(2, "bob"), trade(3, "ann_in_store", buyer_nick="solo")]
        load(warehouse, folder, ring, first, batch=1)
        for name, rule in (
            ("回头客", every(orders("ge", 2))),
            ("一单", every(orders("eq", 1))),
        ):
            actions.create(
                warehouse,
                name=name,
                kind="dynamic",
                rule=document(rule),
                scope=Scope.everything(),
                actor=None,
                now=NOW,
            )
        catch_up(warehouse, "segments", NOW)
        load(warehouse, folder, ring, [trade(4, "ann", day=5), trade(5, "bob", day=6)], batch=2)
        return True

    return at_work(do)


def killed_at(step: str | None) -> Any:
    """Follow the commit and be killed after a step, or in the middle of the warehouse's transaction."""

    def do(warehouse: Any) -> Any:
        from tests.segments.crowd import NOW

        from huitou.segments import refresh
        from huitou.warehouse import feed
        from huitou.warehouse.followers import catch_up

        def die(done: str) -> None:
            if done == step:
                os.kill(os.getpid(), signal.SIGKILL)

        refresh.between_steps = die  # type: ignore[assignment]
        if step == "writing":
            append = feed.append

            def append_and_die(*args: Any, **kwargs: Any) -> int:
                append(*args, **kwargs)
                os.kill(os.getpid(), signal.SIGKILL)
                return 0

            feed.append = append_and_die
        catch_up(warehouse, "segments", NOW)
        return "lived"

    return at_work(do)


def found() -> Any:
    """What a fresh start finds; then the commit is followed again, which must add nothing."""

    def do(warehouse: Any) -> Any:
        from tests.segments.crowd import NOW

        from huitou.segments.models import Refresh, Segment
        from huitou.segments.saved import stored
        from huitou.warehouse.followers import catch_up
        from huitou.warehouse.store import table

        catch_up(warehouse, "segments", NOW)
        told = table("feed")
        rows = warehouse.rows(told.filter(told.kind == "segment").order_by("subject", "member"))
        return {
            "told": [[row["subject"], row["change"], row["member"]] for row in rows],
            "sets": {
                row.name: stored(warehouse, row.pk).numbers().tolist()
                for row in Segment.objects.order_by("pk")
            },
            "states": [
                [row.state.size, row.state.entered, row.state.left, row.state.state]
                for row in Segment.objects.order_by("pk")
            ],
            "history": [
                [one.size, one.entered, one.left]
                for row in Segment.objects.order_by("pk")
                for one in row.history.all()
            ],
            "pending": Refresh.objects.count(),
        }

    return at_work(do)


def main(folder: Path) -> None:
    template, home = folder / "template", folder / "home"
    set_up(home)
    assert in_child(lambda: make_ready(folder))
    shutil.copytree(home, template)
    for step in TRIALS:
        shutil.rmtree(home)
        shutil.copytree(template, home)
        lived = in_child(partial(killed_at, step))
        answer = in_child(found)
        print(json.dumps({"step": step, "lived": lived, "found": answer}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
