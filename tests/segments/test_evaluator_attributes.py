"""Every attribute has the same value for a few members as among everybody, now and at a past moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from tests.segments import worlds
from tests.segments.test_clickhouse import plain

from huitou.accounts.scopes import Scope
from huitou.segments.catalogue import ATTRIBUTES
from huitou.segments.evaluator import view_of
from huitou.segments.grids import GridSettings
from huitou.segments.leaves import subject_values
from huitou.segments.moments import Moment
from huitou.segments.nodes import AttributeSubject
from huitou.segments.restricted import excerpt
from huitou.segments.windows import EVER
from huitou.warehouse.store import Warehouse

FEW = (1, 2, 3, 4, 5, 12, 20, 39)
Both = tuple[Warehouse, Warehouse]


@pytest.fixture(scope="module")
def both() -> Iterator[Both]:
    with worlds.world_of(0).warehouse() as whole, excerpt(whole, FEW) as small:
        yield whole, small


@pytest.mark.parametrize("day", [worlds.LAST_DAY, date(2024, 3, 1)], ids=["now", "then"])
@pytest.mark.parametrize("code", [code for code, one in ATTRIBUTES.items() if not one.is_global])
def test_a_few_have_the_values_they_have_among_all(both: Both, code: str, day: date) -> None:
    whole, small = both
    view = view_of(whole, Moment.end_of(day, worlds.SHANGHAI), Scope.everything())
    window = EVER if ATTRIBUTES[code].is_windowed else None
    values = subject_values(AttributeSubject(code, window), view, GridSettings()).table
    everybody: list[dict[str, Any]] = whole.fetch(values).to_pylist()
    expected = [row for row in everybody if row["member"] in FEW]
    found = [row for row in small.fetch(values).to_pylist() if row["member"] in FEW]
    assert plain(found) == plain(expected)
