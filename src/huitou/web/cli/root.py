"""The click group, and what every command uses to do its work and to print."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Sequence
from typing import Any

import click

from huitou import __doc__ as _about
from huitou.kernel.errors import HuitouError
from huitou.kernel.home import Home
from huitou.kernel.i18n import Text, active_language, translate
from huitou.web.cli import handover
from huitou.web.cli.registry import COMMANDS, Args
from huitou.web.cli.start import options


def text(zh: str, en: str) -> str:
    """The sentence in the command's language."""
    return translate(Text(zh, en))


class _WithCommonOptions(click.Command):
    """Names the shared options in ``--help``; they are read earlier (``start``)."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        with formatter.section(text("每个命令都有", "Every command also takes")):
            formatter.write_dl(
                [
                    ("--home PATH", text("数据目录", "The folder of data")),
                    ("--json", text("输出 JSON", "Print JSON")),
                    ("--language zh|en", text("语言", "Language")),
                ]
            )


class _Group(_WithCommonOptions, click.Group):
    command_class = _WithCommonOptions


_Group.group_class = _Group


@click.group("huitou", cls=_Group, help=text("回头：品牌自己运行的会员 CRM。", _about or ""))
def root() -> None:
    """The program."""


def execute(name: str, args: Args) -> dict[str, Any] | None:
    """Run a registered command here or in the running server.

    Returns the result for the caller to print; None when ``--json`` has printed it already.
    """
    return answer(obtain(name, args))


def obtain(name: str, args: Args) -> dict[str, Any]:
    """The result of a registered command, run here or in the server, with nothing printed yet."""
    try:
        return handover.run(COMMANDS[name], args, Home.from_environment(), _show_progress)
    finally:
        _end_progress()


def answer(result: dict[str, Any]) -> dict[str, Any] | None:
    """Print ``result`` with ``--json`` and return None, else return it to be printed nicely."""
    if not options.json:
        return result
    click.echo(json.dumps(result, ensure_ascii=False, default=str))
    return None


def say(line: str = "", *, bold: bool = False) -> None:
    """One line of output."""
    click.secho(line, bold=bold)


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print aligned columns; Chinese characters take two cells. Numbers stand right."""
    cells = [[str(cell) for cell in row] for row in (header, *rows)]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    numeric = [all(isinstance(row[i], int | float) for row in rows) for i in range(len(header))]
    for number, line in enumerate(cells):
        padded = (
            _pad(cell, width, right=right)
            for cell, width, right in zip(line, widths, numeric, strict=True)
        )
        say("  ".join(padded).rstrip(), bold=number == 0)


def _width(cell: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in cell)


def _pad(cell: str, width: int, *, right: bool) -> str:
    space = " " * (width - _width(cell))
    return space + cell if right else cell + space


_last_line = ""


def _show_progress(progress: dict[str, Any]) -> None:
    """On a terminal, one line on stderr that is written over; nothing elsewhere."""
    global _last_line
    if options.json or not sys.stderr.isatty():
        return
    said = progress.get("message") or {}
    message = said.get(active_language(), "") if isinstance(said, dict) else str(said)
    done, total = progress.get("done"), progress.get("total")
    share = f" {100 * done / total:.0f}%" if done is not None and total else ""
    count = f" {done:,}" if done else ""
    line = f"{message}{count}{share}"
    sys.stderr.write("\r" + line + " " * max(0, _width(_last_line) - _width(line)))
    sys.stderr.flush()
    _last_line = line


def _end_progress() -> None:
    global _last_line
    if _last_line:
        sys.stderr.write("\r" + " " * _width(_last_line) + "\r")
        sys.stderr.flush()
        _last_line = ""


def usage(message: Text, *, remedy: Text | None = None) -> HuitouError:
    """An error for options that do not go together."""
    from huitou.kernel.errors import InvalidInput

    return InvalidInput(message, remedy=remedy)
