"""A small shop in a running server, and its screens in a browser.

- ``shop`` (once a module): a server with a Taobao shop, a dozen orders and their lines already in;
  ``shop.page(...)`` opens a tab that is logged in and may log no error.
- ``order_files``: the same files for tests that import them by hand.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from tests.browser.toy import PASSWORD, OrderFiles, Shop, write_orders
from tests.support.server import json_command, serving


@pytest.fixture
def order_files(tmp_path: Path) -> OrderFiles:
    return write_orders(tmp_path)


@pytest.fixture(scope="module")
def shop(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("shop")
    files = write_orders(folder)
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("HUITOU_", "PYTEST", "DJANGO_", "LC_", "LANG"))
    }
    environment["HUITOU_HOME"] = str(folder / "home")
    with serving(environment) as server:
        client = server.logged_in(PASSWORD)
        made = {"code": "tb1", "name": "枕河酒坊", "platform": "taobao"}
        client.post("/shops", json=made).raise_for_status()
        for path in (files.orders, files.items):
            json_command(environment, "import", str(path), "--shop", "tb1")
        yield Shop(server, browser, files)
        server.stop()
