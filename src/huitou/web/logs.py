"""Log lines on stderr. Servers show tracebacks there; a command does only with HUITOU_DEBUG=1."""

from __future__ import annotations

import copy
import logging
import os
from typing import Final

_servers: Final[list[str]] = []


def we_are_a_server(name: str) -> None:
    """From now on this process's log is read by whoever runs it, not by whoever typed a command."""
    _servers.append(name)


class Line(logging.Formatter):
    """One line per record; an exception's traceback only where it is wanted, else its kind."""

    def format(self, record: logging.LogRecord) -> str:
        if record.exc_info and not (_servers or os.environ.get("HUITOU_DEBUG")):
            kind = record.exc_info[0]
            record = copy.copy(record)
            record.exc_info = record.exc_text = None
            record.msg = (
                f"{record.msg} ({kind.__name__ if kind else ''}; HUITOU_DEBUG=1 shows more)"
            )
        return super().format(record)
