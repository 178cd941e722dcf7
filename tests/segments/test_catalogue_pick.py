"""Pick-lists: what there is to choose, by name, the most frequent first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from tests.segments.brandlet import brandlet, everything, values_of
from tests.segments.worlds import World

from huitou.accounts.models import Guide, Shop
from huitou.accounts.scopes import Scope
from huitou.kernel.errors import NotFound
from huitou.kernel.i18n import speaking
from huitou.segments.catalogue import ATTRIBUTES, pick
from huitou.segments.facts import View
from huitou.segments.registry import FACTS
from huitou.warehouse.store import Warehouse


@pytest.fixture(scope="module")
def world() -> World:
    return brandlet()


@pytest.fixture(scope="module")
def warehouse(world: World) -> Iterator[Warehouse]:
    with world.warehouse() as opened:
        yield opened


def picked(warehouse: Warehouse, source: str, q: str = "", limit: int = 100) -> list[pick.Value]:
    return pick.values(source, q, limit, everything(), warehouse)


def test_every_searchable_attribute_and_field_lists_its_values(
    warehouse: Warehouse, db: None
) -> None:
    for code, one in ATTRIBUTES.items():
        if one.pick:
            found = picked(warehouse, f"attribute:{code}")
            counts = [count or 0 for _value, _label, count in found]
            assert counts == sorted(counts, reverse=True), code
            assert len({value for value, _label, _count in found}) == len(found), code
    for fact in FACTS.values():
        for field in fact.fields.values():
            if field.is_searchable:
                picked(warehouse, f"field:{fact.code}.{field.code}", limit=3)


def test_counts_are_members(warehouse: Warehouse) -> None:
    held = Counter(city for one in values_of(warehouse, "sent_cities").values() for city in one)
    found = picked(warehouse, "attribute:sent_cities")
    assert {value: count for value, _label, count in found} == dict(held)


def test_categories_can_be_chosen_with_what_is_above_them(warehouse: Warehouse) -> None:
    held = values_of(warehouse, "bought_categories")
    rows = picked(warehouse, "attribute:bought_categories")
    found = {value: count or 0 for value, _label, count in rows}
    tea = [
        member
        for member, paths in held.items()
        if any(path.split(" > ")[0] == "Tea" for path in paths)
    ]
    assert found["Tea"] == len(tea)
    wine = [
        member
        for member, paths in held.items()
        if any(path.split(" > ")[0] == "黄酒" for path in paths)
    ]
    assert found["黄酒"] == len(wine)
    assert found["黄酒"] >= found["黄酒 > 花雕"] >= found["黄酒 > 花雕 > 十年"]
    assert [
        value for value, _label, _count in picked(warehouse, "attribute:bought_categories", "TEA")
    ] == [value for value in found if "Tea" in value]


def test_items_and_shops_go_by_their_names(warehouse: Warehouse, world: World) -> None:
    titles = {str(row["item"]): row["title"] for row in world.tables["item"]}
    found = picked(warehouse, "attribute:bought_items")
    assert {value for value, _label, _count in found} == set(titles)  # those never bought, too
    assert all(label == (titles[value] or value) for value, label, _count in found)
    shops = dict(picked_labels(warehouse, "field:trades.shop"))
    assert shops == {str(row["shop"]): row["name"] for row in world.tables["shop"]}
    assert [value for value, _label in picked_labels(warehouse, "field:trade.store")] == ["3"]


def picked_labels(warehouse: Warehouse, source: str, q: str = "") -> list[tuple[str, str]]:
    return [(value, label) for value, label, _count in picked(warehouse, source, q)]


def test_a_scope_sees_its_own_shops_only(warehouse: Warehouse) -> None:
    narrow = View(everything().moment, Scope.only([2]))
    found = pick.values("field:trade.shop", "", 10, narrow, warehouse)
    assert [value for value, _label, _count in found] == ["2"]


def test_fixed_lists_are_searched_in_both_languages(warehouse: Warehouse) -> None:
    assert picked(warehouse, "attribute:region", "华东") == [("east", "华东", None)]
    with speaking("en"):
        assert picked(warehouse, "attribute:region", "east china") == [("east", "East China", None)]


def test_codes_have_names(warehouse: Warehouse, db: None) -> None:
    shop = Shop.objects.create(code="st", name="st", platform="pos", kind="store")
    Guide.objects.create(code="g1", name="小王", shop=shop)
    assert ("g1", "小王") in picked_labels(warehouse, "attribute:guides", "小王")
    assert pick.name("channel", "live") == "直播"
    assert pick.name("channel", "other") == "other"
    assert pick.name("guide", "nobody") == "nobody"
    labels = dict(picked_labels(warehouse, "field:trade.presale_step"))
    assert labels["final_paid"] == "尾款已付"


def test_the_list_is_made_once_per_state_of_the_data(monkeypatch: pytest.MonkeyPatch) -> None:
    with brandlet().warehouse() as own:
        first = picked(own, "attribute:sent_cities")
        with monkeypatch.context() as patched:
            patched.setattr(pick, "_counted", lambda *_: pytest.fail("worked out again"))
            assert picked(own, "attribute:sent_cities", "杭") == [
                one for one in first if "杭" in one[1]
            ]
        with own.writing() as writer:
            trades = writer.table("trade")
            writer.delete("trade", ["city"], trades.filter(trades.city == "杭州"))
        assert "杭州" not in {
            value for value, _label, _count in picked(own, "attribute:sent_cities")
        }


def test_unknown_sources_are_refused(warehouse: Warehouse) -> None:
    for source in ("attribute:nothing", "field:trade.nothing", "field:nothing.shop", "shop", ""):
        with pytest.raises(NotFound):
            picked(warehouse, source)
