"""The command line: ``huitou <command> …``.

How to add a command
--------------------
1. Make ``web/cli/<name>.py``. It defines the work and the click command side by side::

       from huitou.web.cli.registry import Emit, command, progress_to
       from huitou.web.cli.root import execute, root, say, text

       @command("member")                         # needs the warehouse: runs where it is owned
       def run(args: dict[str, Any], emit: Emit) -> dict[str, Any]:
           return {"member": …}                   # JSON; progress_to(emit) gives a Progress

       @root.command("member", help=text("查一位会员", "Show one member"))
       @click.argument("number")
       def member(number: str) -> None:
           result = execute("member", {"number": number})   # --json has printed it already → None
           if result is not None:
               say(text(f"会员 {result['member']}", f"Member {result['member']}"))

2. Add the module's name to ``MODULES`` below.

Rules: import Django models and heavy engines inside ``run`` (a command that is not used costs
nothing). Paths in ``args`` are absolute, because the server may run it. Times: ``wall_clock()`` once,
at the top of ``run``. Errors are ``HuitouError``; nobody sees a traceback unless HUITOU_DEBUG=1.
``--home``, ``--json`` and ``--language`` work on every command, before or after its name; they are
read before anything else, because Django's settings depend on the home.

``execute`` runs the work in this process when it can own the warehouse, else it hands it to the
running server (``run/server.json``, POST /api/local/run) and passes its progress on.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import Final

MODULES: Final = (
    "serve",
    "worker",
    "doctor",
    "openapi",
    "users",
    "keys",
    "shops",
    "import_",
    "bench",
    "member",
    "segment",
    "tag",
    "demo",
)


def main(argv: list[str] | None = None) -> None:
    """Entry point of the ``huitou`` program; exits with 0, 1 (an error was told) or 2 (usage)."""
    os.umask(0o077)  # whatever a command writes is its owner's alone
    sys.exit(run(sys.argv[1:] if argv is None else argv))


def run(argv: list[str]) -> int:
    """Run one command line in this process and return its exit code."""
    from huitou.web.cli import start

    rest = start.read_common_options(argv)
    return start.guarded(lambda: _dispatch(rest))


def _dispatch(rest: list[str]) -> int:
    from huitou.web.cli import start

    start.set_django_up()
    for module in MODULES:
        importlib.import_module(f"{__name__}.{module}")
    from huitou.web.cli.root import root

    return int(root.main(rest, prog_name="huitou", standalone_mode=False) or 0)
