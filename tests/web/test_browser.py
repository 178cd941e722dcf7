"""The app in a real browser: it loads under the content security policy, on the desktop and the phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser
from tests.support.browser import watched
from tests.support.server import serving

pytestmark = pytest.mark.browser
# Nobody is logged in yet: the app asks who it is and is told 401, which Chromium notes.
NOBODY = ("401",)


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (360, 740)], ids=["desktop", "phone"])
@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_the_login_page(
    browser: Browser, child_environment: dict[str, str], width: int, height: int, locale: str
) -> None:
    with serving(child_environment) as server:
        context = browser.new_context(viewport={"width": width, "height": height}, locale=locale)
        with watched(context, expected=NOBODY) as page:
            page.goto(server.url)
            page.locator("input[type=password]").wait_for()
            body = page.locator("body")
            assert body.evaluate("element => element.scrollWidth") <= width
        context.close()
        server.stop()


def test_the_first_owner_logs_in_and_changes_the_password(
    browser: Browser, child_environment: dict[str, str]
) -> None:
    with serving(child_environment) as server:
        assert server.username
        assert server.password
        context = browser.new_context(locale="zh-CN")
        with watched(context, expected=NOBODY) as page:
            page.goto(server.url)
            page.locator("input[type=password]").wait_for()
            page.locator("input:not([type=password])").first.fill(server.username)
            page.locator("input[type=password]").fill(server.password)
            page.locator("button[type=submit]").click()
            fields = page.locator("input[type=password]")
            fields.nth(1).wait_for()
            fields.nth(0).fill(server.password)
            for number in range(1, fields.count()):
                fields.nth(number).fill("huitou-is-back")
            page.locator("button[type=submit]").click()
            page.get_by_text("总览").first.wait_for()
            cookies = {cookie["name"]: cookie for cookie in context.cookies()}
            assert cookies["huitou_session"]["httpOnly"]
        context.close()
        server.stop()
