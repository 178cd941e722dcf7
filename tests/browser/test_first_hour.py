"""The product's first promise, as a person lives it: log in, drop a file in, meet the members."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.toy import DESKTOP, NICK, NICK_ORDER, PASSWORD, Language, OrderFiles
from tests.browser.words import WORDS
from tests.support.browser import watched
from tests.support.server import Server, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TOY = Path(__file__).resolve().parents[3] / "shared" / "data" / "taobao_toy_store"
LONG = 120_000
LANGUAGES: tuple[Language, ...] = ("zh", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_login_to_a_member(
    browser: Browser, child_environment: dict[str, str], order_files: OrderFiles, language: Language
) -> None:
    words = WORDS[language]
    with serving(child_environment) as server:
        context = browser.new_context(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
        with watched(context, expected=("401",)) as page:
            log_in(page, server, language)
            expect(page.get_by_text(words["first_steps"])).to_be_visible()
            for path in (order_files.orders, order_files.items):
                import_by_hand(page, server, path, language)
            find(page, server, NICK, language)
            expect(page.locator(".ht-rule strong")).to_have_text("1")
            page.locator(".ht-member-name").click()
            page.get_by_role("tab", name=words["timeline"]).wait_for()
            expect(page.locator(".ht-worth")).to_contain_text("3")
            assert NICK not in page.locator("body").inner_text()
            why = page.get_by_role("button", name=words["why"]).first
            why.click()
            expect(page.locator(".ht-why-list")).not_to_be_empty()
            page.get_by_role("tab", name=words["trades"]).click()
            expect(page.locator(".ht-trade")).to_have_count(3)
            expect(page.locator(".ht-trade").last).to_contain_text(NICK_ORDER)
            expect(page.locator(".ht-trade").last).to_contain_text("善酿酒 500ml")
        context.close()
        server.stop()


@pytest.mark.skipif(
    not TOY.exists(), reason="the real toy shop's files are not beside the checkout"
)
def test_the_real_toy_shop(browser: Browser, child_environment: dict[str, str]) -> None:
    with serving(child_environment) as server:
        context = browser.new_context(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
        with watched(context, expected=("401",)) as page:
            log_in(page, server, "zh")
            import_by_hand(page, server, TOY / "orders_redacted.csv", "zh", shop="玩具小店")
            expect(page.get_by_text("3,989").first).to_be_visible()
            page.goto(f"{server.url}/members")
            expect(page.locator(".ht-rule strong")).to_have_text("3,411")
            page.goto(f"{server.url}/?start=2017-05-01&end=2017-05-31&compare=none")
            expect(page.locator(".ht-figures")).to_contain_text("3,989")
        context.close()
        server.stop()


def log_in(page: Page, server: Server, language: Language) -> None:
    """The printed password, changed at once; then the language one works in."""
    assert server.username
    assert server.password
    page.goto(server.url)
    page.locator("input[autocomplete=username]").fill(server.username)
    page.locator("input[type=password]").fill(server.password)
    page.keyboard.press("Enter")
    fields = page.locator("input[type=password]")
    fields.nth(2).wait_for()
    fields.nth(0).fill(server.password)
    fields.nth(1).fill(PASSWORD)
    fields.nth(2).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator(".ht-shell").wait_for()
    if page.locator("html").get_attribute("lang") != ("zh-CN" if language == "zh" else "en"):
        page.locator(".ht-top button").last.click()
        page.get_by_role("menuitem", name="中文" if language == "zh" else "English").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN" if language == "zh" else "en")


def import_by_hand(
    page: Page, server: Server, path: Path, language: Language, shop: str = "枕河酒坊"
) -> None:
    """Drop a file in, say whose it is when asked, look at the preview, confirm, wait for the result."""
    words = WORDS[language]
    page.goto(f"{server.url}/data")
    page.locator("input[type=file]").first.set_input_files(path)
    page.wait_for_url("**/data/batches/*", timeout=LONG)
    preview = page.locator(".ht-in-sets")
    read = page.get_by_role("button", name=words["preview"])
    read.or_(preview).first.wait_for(timeout=LONG)
    if read.is_visible():
        first_shop = page.get_by_role("button", name=words["first_shop"])
        if first_shop.is_visible():
            first_shop.click()
            dialog = page.get_by_role("dialog")
            dialog.locator("input").first.fill(shop)
            dialog.get_by_role("button", name=words["create_shop"]).click()
            dialog.wait_for(state="hidden")
        read.click()
        preview.wait_for(timeout=LONG)
    page.locator("button.ant-btn-primary", has_text=words["write"]).click()
    preview.wait_for(state="hidden", timeout=LONG)
    page.locator(".ht-page a[href^='/members']").first.wait_for(timeout=LONG)


def find(page: Page, server: Server, word: str, language: Language) -> None:
    """Find a member by an exact word, the way the list offers it."""
    page.goto(f"{server.url}/members")
    box = page.locator(".ht-filter-search input:not([role=combobox])")
    box.fill(word)
    box.press("Enter")
    page.wait_for_url("**q=**")
    expect(page.locator(".ht-rule")).to_contain_text(WORDS[language]["found"].rstrip("s"))
