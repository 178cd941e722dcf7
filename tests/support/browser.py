"""A headless Chromium for tests: ``browser`` once a module, ``watched`` a tab that may log no error.

The browser is the system's (``HUITOU_BROWSER`` names one); ``make test`` sees to it that there is one.
Not once a session: while Playwright's loop runs, Django refuses its database in the same thread.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from huitou.web import static

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_browser() -> str | None:
    """The path of a Chromium, or None."""
    named = os.environ.get("HUITOU_BROWSER")
    return named or next(filter(None, map(shutil.which, _NAMES)), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = find_browser()
    if path is None:
        _cannot("no Chromium on this machine: run make test, or name one with HUITOU_BROWSER")
    if not (static.FOLDER / "index.html").exists():
        _cannot("the browser app is not built: run make build")
    with sync_playwright() as playwright:
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        launched = playwright.chromium.launch(executable_path=path, args=options)
        yield launched
        launched.close()


def _cannot(reason: str) -> NoReturn:
    # make test has promised both: there, a missing one is a failure and not a skip.
    if os.environ.get("HUITOU_BROWSER"):
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def watched(context: BrowserContext, *, expected: tuple[str, ...] = ()) -> Iterator[Page]:
    """A tab whose errors are collected and must be none at the end.

    ``expected``: parts of messages that the test provokes (Chromium logs each refused request).
    """
    wrong: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "console",
        lambda said: wrong.append(said.text) if said.type == "error" else None,
    )
    yield page
    left = [text for text in wrong if not any(part in text for part in expected)]
    assert left == []
