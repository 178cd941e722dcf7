"""The names that sentences show for codes: shops, items, tags, segments."""

from __future__ import annotations

from collections.abc import Callable

from huitou.accounts import shops
from huitou.kernel.i18n import translate
from huitou.segments.catalogue import pick
from huitou.segments.models import Segment, Tag
from huitou.segments.tag_builtin import full_label
from huitou.warehouse.store import Warehouse, table


class Names:
    """``names(what, code)``: the name, or the code itself where nothing has it. Looks each up once.

    One object per request: what it has looked up it does not look up again.
    """

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._known: dict[tuple[str, str], str] = {}
        self._sources: dict[str, Callable[[str], str]] = {
            "shop": self._shop,
            "store": self._shop,
            "item": self._item,
            "segment": self._segment,
            "tag": self._tag,
        }

    def __call__(self, what: str, code: str) -> str:
        key = (what, code)
        if key not in self._known:
            source = self._sources.get(what)
            is_number = source is not None and code.isdecimal()
            self._known[key] = source(code) if source and is_number else pick.name(what, code)
        return self._known[key]

    def _shop(self, code: str) -> str:
        for shop in shops.all_shops():
            self._known["shop", str(shop.shop)] = self._known["store", str(shop.shop)] = shop.name
        return self._known.get(("shop", code), code)

    def _item(self, code: str) -> str:
        items = table("item")
        found = self._warehouse.rows(items.filter(items.item == int(code)).select("title"))
        return (found[0]["title"] if found else None) or code

    def _segment(self, code: str) -> str:
        found = Segment.objects.filter(pk=int(code)).values_list("name", flat=True).first()
        return found or code

    def _tag(self, code: str) -> str:
        row = Tag.objects.select_related("group").filter(pk=int(code)).first()
        return translate(full_label(row)) if row is not None else code
