"""Every screen on the desk and on the phone: readable, named, reachable; empty and failing ones too."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, expect
from tests.browser.toy import DESKTOP, NICK, NICK_ORDER, PHONE, Shop
from tests.browser.words import WORDS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCREENS = (
    "/",
    "/members",
    "/members/{member}",
    "/members/{member}?tab=trades",
    "/members/{member}?tab=parcels",
    "/members/{member}?tab=reviews",
    "/members/{member}?tab=identity",
    "/members/identity",
    "/members/identity?tab=decisions",
    "/segments",
    "/segments/new",
    "/segments/overlap",
    "/segments/compare",
    "/segments/cells",
    "/tags",
    "/data",
    "/data/batches/1",
    "/data/mappings",
    "/settings/account",
    "/settings/brand",
    "/settings/shops",
    "/settings/stores",
    "/settings/users",
    "/settings/roles",
    "/settings/keys",
    "/settings/audit",
)

# What has no name for those who do not see: controls, pictures; and ids given twice.
UNNAMED = """
() => {
  const visible = (e) => e.offsetParent !== null && getComputedStyle(e).visibility !== 'hidden';
  const textOf = (id) => document.getElementById(id)?.textContent || '';
  const byId = (ids) => (ids || '').split(' ').map(textOf).join('');
  const named = (e) =>
    (e.getAttribute('aria-label') || byId(e.getAttribute('aria-labelledby')) || e.textContent || e.title
      || [...e.querySelectorAll('[aria-label]')].map((inner) => inner.ariaLabel)
        .filter((text) => !/^[a-z-]+$/.test(text)).join('')
      || [...(e.labels || [])].map((label) => label.textContent).join('')
      || e.placeholder || e.value || '').trim() !== '';
  const found = [];
  const controls = 'button, a[href], input:not([type=hidden]):not([type=file]), select, textarea, '
    + '[role=button], [role=tab], [role=combobox]';
  for (const e of document.querySelectorAll(controls)) {
    if (visible(e) && !e.closest('[aria-hidden=true]') && !named(e)) {
      found.push(e.outerHTML.slice(0, 160));
    }
  }
  for (const e of document.querySelectorAll('img:not([alt])')) found.push(e.outerHTML);
  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
  const twice = ids.filter((id, at) => ids.indexOf(id) !== at);
  for (const id of new Set(twice)) found.push('twice: ' + id);
  const titles = document.querySelectorAll('h1').length;
  if (titles !== 1) found.push('h1: ' + titles);
  return found;
}
"""
# Elements that stick out of the page at the right, unless something scrolls them.
STICKING_OUT = """
(width) => [...document.querySelectorAll('main *, .ht-top *')].filter((e) => {
  if (e.getBoundingClientRect().right <= width + 1 || e.offsetParent === null) return false;
  for (let up = e.parentElement; up; up = up.parentElement) {
    if (/(auto|scroll|hidden)/.test(getComputedStyle(up).overflowX)) return false;
  }
  return true;
}).map((e) => e.outerHTML.slice(0, 120))
"""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_screens_on_the_desk(shop: Shop, language: str) -> None:
    member = shop.member()["member"]
    with shop.page(language, DESKTOP) as page:  # type: ignore[arg-type]
        for path in SCREENS:
            shop.open(page, path.format(member=member))
            assert page.locator(".ht-error").count() == 0, path
            assert page.evaluate(UNNAMED) == [], path
            assert page.evaluate(STICKING_OUT, DESKTOP[0]) == [], path
            assert not re.search(
                r"\b(ui|web|members|intake|settings|accounts|warehouse|segments|tags)\.\w+\.",
                body(page),
            ), path


def test_screens_on_the_phone(shop: Shop) -> None:
    member = shop.member()["member"]
    with shop.page("zh", PHONE) as page:
        for path in SCREENS:
            shop.open(page, path.format(member=member))
            assert page.evaluate(STICKING_OUT, PHONE[0]) == [], path
            assert page.evaluate(UNNAMED) == [], path
        page.get_by_role("button", name=WORDS["zh"]["open_nav"]).click()
        page.get_by_role("dialog").get_by_role("link", name=WORDS["zh"]["members"]).first.click()
        page.wait_for_url("**/members")


def test_dark_screens_are_dark(shop: Shop) -> None:
    with shop.page("zh", DESKTOP, theme="dark") as page:
        shop.open(page, "/")
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        red, green, blue = page.evaluate(
            "getComputedStyle(document.querySelector('.ht-body')).backgroundColor.match(/\\d+/g).map(Number)"
        )
        assert max(red, green, blue) < 64


def test_a_number_opens_its_people(shop: Shop) -> None:
    with shop.page("en") as page:
        shop.open(page, "/?start=2026-10-01&end=2026-10-31&as_of=2026-10-31&compare=none")
        buyers = page.locator(".ht-figures-first .ht-numlink").first
        counted = buyers.inner_text().strip()
        assert counted == str(shop.files.buyers)
        buyers.click()
        drawer = page.get_by_role("dialog")
        expect(drawer.locator(".ht-people-count")).to_contain_text(counted)
        expect(drawer.locator(".ht-people-rule")).to_contain_text("2026-10-01")
        drawer.locator("a[href^='/members?']").first.click()
        page.wait_for_url("**/members?**figure=buyers**")
        expect(page.locator(".ht-rule strong")).to_have_text(counted)


def test_search_anywhere_by_keyboard(shop: Shop) -> None:
    member = shop.member()["member"]
    with shop.page("zh") as page:
        shop.open(page, "/settings/account")
        page.locator("h1").click()
        page.keyboard.press("/")
        page.keyboard.type(NICK_ORDER)
        page.locator("#ht-search-results [role=option]").first.wait_for()
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/members/{member}**")


def test_filters_stay_in_the_address(shop: Shop) -> None:
    with shop.page("zh") as page:
        shop.open(page, "/members")
        page.get_by_text("买过的", exact=True).click()
        page.wait_for_url("**state=buyers**")
        page.get_by_role("columnheader", name="实付金额").click()
        page.wait_for_url("**sort=-paid_amount**")
        address = page.url
        page.goto("about:blank")
        page.goto(address)
        expect(page.locator(".ht-rule")).to_contain_text("买过的会员")
        rows = page.locator("tbody tr.ant-table-row")
        expect(rows).to_have_count(shop.files.buyers)
        amounts = [
            float(
                row.locator("td", has_text="¥").first.inner_text().replace("¥", "").replace(",", "")
            )
            for row in rows.all()
        ]
        assert amounts == sorted(amounts, reverse=True)
        assert len(set(amounts)) > 1


def test_a_failure_says_what_to_do_and_can_be_tried_again(shop: Shop) -> None:
    body = {"code": "unavailable", "message": "仓库正忙", "remedy": "稍候一分钟", "where": {}}
    with shop.page("zh", expected=("503",)) as page:
        page.route(
            "**/api/v1/members?*",
            lambda route: route.fulfill(
                status=503, content_type="application/json", body=json.dumps(body)
            ),
        )
        page.goto(f"{shop.server.url}/members")
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text("仓库正忙")
        expect(alert).to_contain_text("稍候一分钟")
        page.unroute("**/api/v1/members?*")
        alert.get_by_role("button", name=WORDS["zh"]["retry"]).click()
        expect(page.locator(".ht-rule strong")).to_have_text(str(shop.files.buyers))


def test_a_server_that_is_away_is_told(shop: Shop) -> None:
    with shop.page("en", expected=("Failed to load", "ERR_FAILED")) as page:
        page.route("**/api/v1/overview?*", lambda route: route.abort())
        page.goto(shop.server.url)
        expect(page.get_by_role("alert").first).to_contain_text("cannot be reached")


def test_empty_screens_teach(shop: Shop) -> None:
    with shop.page("en", expected=("404",)) as page:
        shop.open(page, "/members?q=nobody-has-this-name")
        expect(page.locator(".ht-empty h2")).to_be_visible()
        page.locator(".ht-empty button").click()
        expect(page.locator(".ht-rule strong")).to_have_text(str(shop.files.buyers))
        for path in ("/members/999999", "/data/batches/999", "/nowhere"):
            page.goto(shop.server.url + path)
            expect(page.locator(".ht-empty h2, .ht-error")).to_be_visible()


def test_a_reveal_needs_a_reason_and_is_on_record(shop: Shop) -> None:
    member = shop.member()["member"]
    with shop.page("zh") as page:
        shop.open(page, f"/members/{member}")
        page.get_by_role("button", name=WORDS["zh"]["reveal"]).click()
        dialog = page.get_by_role("dialog")
        act = dialog.locator("button.ant-btn-primary")
        expect(act).to_be_disabled()
        dialog.get_by_text("昵称", exact=True).click()
        dialog.locator("textarea").fill("客户来电核对账号")
        act.click()
        expect(dialog).to_contain_text(NICK)
        dialog.locator("button.ant-btn-primary").click()
        dialog.wait_for(state="hidden")
        assert NICK not in body(page)
        shop.open(page, "/settings/audit")
        expect(page.locator("main")).to_contain_text("客户来电核对账号")


def test_an_expired_session_comes_back_to_the_same_page(shop: Shop) -> None:
    with shop.page("zh", expected=("401",)) as page:
        shop.open(page, "/members?state=buyers")
        page.context.clear_cookies()
        page.get_by_role("columnheader", name="实付金额").click()
        page.locator("input[type=password]").wait_for()
        assert "/members?state=buyers" in page.url


def body(page: Page) -> str:
    return page.locator("body").inner_text()
