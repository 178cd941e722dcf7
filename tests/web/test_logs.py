"""Log lines: a command's terminal shows no traceback, a server's log does."""

from __future__ import annotations

import logging
import sys

import pytest

from huitou.web import logs


def _line() -> str:
    try:
        raise ValueError("the detail")
    except ValueError:
        record = logging.LogRecord("huitou", 40, "", 0, "job %s failed", (7,), sys.exc_info())
    return logs.Line("%(levelname)s %(message)s").format(record)


def test_a_command_shows_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "_servers", [])
    monkeypatch.delenv("HUITOU_DEBUG", raising=False)
    assert _line() == "ERROR job 7 failed (ValueError; HUITOU_DEBUG=1 shows more)"
    monkeypatch.setenv("HUITOU_DEBUG", "1")
    assert "the detail" in _line()


def test_a_server_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "_servers", ["serve"])
    assert "Traceback" in _line()
    assert "the detail" in _line()
