"""Choosing people as an operator does it: search a condition, see the count, save, ask why, tag them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from tests.browser.toy import NICK, Shop

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NAME = "买过善酿酒的人"


def test_from_a_searched_condition_to_a_saved_segment_and_a_tag(shop: Shop) -> None:
    with shop.page("zh") as page:
        shop.open(page, "/segments/new")
        total = page.locator(".ht-sg-total").first
        expect(total).to_contain_text(str(shop.files.buyers))
        page.locator("button", has_text="添加条件").first.click()
        page.keyboard.type("买过 善酿酒")
        page.locator("[role=option]", has_text="善酿酒").first.wait_for()
        page.keyboard.press("Enter")
        expect(page.locator(".ht-sg-sentence")).to_contain_text("善酿酒 500ml")
        # Of twelve orders every third is of this item: those of four buyers.
        expect(total).to_have_text(re.compile(r"^4\b"))

        page.keyboard.press("Control+z")
        expect(total).to_have_text(re.compile(rf"^{shop.files.buyers}\b"))
        page.keyboard.press("Control+Shift+z")
        expect(total).to_have_text(re.compile(r"^4\b"))

        page.locator("button", has_text="保存人群").click()
        dialog = page.get_by_role("dialog")
        dialog.locator("input").first.fill(NAME)
        dialog.locator("button.ant-btn-primary").click()
        page.wait_for_url(re.compile(r"/segments/\d+$"))
        expect(page.locator("h1")).to_contain_text(NAME)
        address = page.url

        page.get_by_role("tab", name="为什么").click()
        page.locator(".ht-sg-verdict, input[type=search], .ant-input").first.wait_for()

        shop.open(page, "/segments")
        expect(page.locator("main")).to_contain_text(NAME)
        page.goto(address)
        page.locator(".ht-numlink").first.click()
        drawer = page.get_by_role("dialog")
        expect(drawer.locator(".ht-people-count")).to_contain_text("4")
        assert NICK not in drawer.inner_text()


def test_the_api_and_the_screen_count_alike(shop: Shop) -> None:
    rule = {
        "version": 1,
        "rule": {
            "kind": "all",
            "children": [
                {"kind": "trades", "measure": "orders", "operator": "ge", "value": 2},
                {"kind": "trades", "measure": "amount", "operator": "gt", "value": 100},
            ],
        },
    }
    client = shop.server.clients[0]
    counted = client.post("/segments/count", json={"rule": rule}).json()["count"]
    made = client.post(
        "/segments", json={"name": "两单以上", "kind": "dynamic", "rule": rule}
    ).json()
    with shop.page("en") as page:
        shop.open(page, f"/segments/{made['id']}")
        expect(page.locator(".ht-numlink").first).to_have_text(str(counted))
        shop.open(page, f"/segments/{made['id']}/edit")
        expect(page.locator(".ht-sg-total").first).to_contain_text(str(counted))
        expect(page.locator(".ht-sg-sentence")).to_contain_text("orders is at least 2")
