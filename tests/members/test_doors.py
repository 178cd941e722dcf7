"""Every people figure of the overview opens exactly the members it counted."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from tests.warehouse.test_overview import FIRST, ZONE, figures, filled, trade

from huitou.accounts.scopes import Scope
from huitou.kernel.clock import day_range
from huitou.kernel.crypto import KeyRing
from huitou.members.listing import MemberFilter, filtered
from huitou.warehouse.overview import overview
from huitou.warehouse.store import Warehouse

pytestmark = pytest.mark.django_db

START, END = date(2026, 1, 20), date(2026, 2, 10)


def drawn() -> list[dict[str, Any]]:
    """Trades that differ in every respect a figure looks at."""
    states = ("finished", "paid", "closed_refunded", "unpaid", "finished", "finished")
    return [
        trade(
            number,
            FIRST + timedelta(days=(number * 7) % 58),
            status=states[number % 6],
            refunded="10.00" if number % 6 == 2 else "0",
            member=None if number % 11 == 0 else number % 9 + 1,
            shop=number % 2 + 1,
            hour=(0, 7, 8, 23)[number % 4],
            province="浙江省" if number % 3 else "广东省",
        )
        for number in range(1, 91)
    ]


@pytest.mark.parametrize("shops", [None, [1], [2]])
@pytest.mark.parametrize("as_of", [None, date(2026, 1, 31)])
def test_the_number_opens_its_people(
    warehouse: Warehouse, key_ring: KeyRing, shops: list[int] | None, as_of: date | None
) -> None:
    filled(warehouse, drawn())
    scope = Scope.everything().narrowed(shops)
    view = overview(
        warehouse, scope=scope, zone=ZONE, today=date(2026, 6, 1), start=START, end=END, as_of=as_of
    )
    first, end = day_range(START, END, ZONE)

    def behind(**more: Any) -> int:
        wanted = MemberFilter(
            shops=shops, bought_after=first, bought_before=end, as_of=as_of, **more
        )
        everything = Scope.everything()
        return int(warehouse.scalar(filtered(warehouse, wanted, everything, key_ring).count()))

    found = figures(view)
    assert int(found["buyers"]) == behind() > 0
    assert int(found["new_buyers"]) == behind(first_paid_after=first)
    assert int(found["returning_buyers"]) == behind(first_paid_before=first)
    assert float(found["repeat_rate"]) == behind(min_bought_days=2) / int(found["buyers"])
    for row in view["by_province"]:
        assert row["buyers"] == behind(bought_province=row["province"])
