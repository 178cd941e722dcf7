"""The one registry of commands that can run here or in the running server.

A command is a function ``run(args, emit) -> dict``: ``args`` and the result are JSON, ``emit`` takes
progress (``{"done", "total", "message": {"zh", "en"}}`` or whatever the command's own screen shows).
It knows nothing of terminals: the click function beside it reads options and prints the result.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from huitou.kernel.i18n import Text
from huitou.kernel.jobs import Progress

Args = dict[str, Any]
Emit = Callable[[dict[str, Any]], None]
Run = Callable[[Args, Emit], dict[str, Any]]


@dataclass(frozen=True)
class Command:
    """``warehouse``: needs the warehouse, so runs in whichever process owns it.
    ``prepares``: keys are made and the app database is migrated before it runs."""

    name: str
    run: Run
    warehouse: bool
    prepares: bool


COMMANDS: Final[dict[str, Command]] = {}


def command(name: str, *, warehouse: bool = True, prepares: bool = True) -> Callable[[Run], Run]:
    """Register ``run(args, emit) -> dict`` under ``name``."""

    def register(run: Run) -> Run:
        if name in COMMANDS:
            raise ValueError(f"command {name} is registered twice")
        COMMANDS[name] = Command(name, run, warehouse, prepares)
        return run

    return register


def progress_to(emit: Emit) -> Progress:
    """A ``Progress`` whose steps are emitted, for handing to the same functions that jobs run."""

    def listen(done: int, total: int | None, message: Text | None) -> None:
        said = {"zh": message.zh, "en": message.en} if message else None
        emit({"done": done, "total": total, "message": said})

    return Progress(listen)
