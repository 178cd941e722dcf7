"""One world for the tests that only look: 3,000 people, seen on an evening after 双11."""

from __future__ import annotations

from datetime import date

import pytest
from tests.demo.look import Data, collect

UNTIL = date(2026, 11, 22)
MEMBERS = 3_000


@pytest.fixture(scope="session")
def world() -> Data:
    return collect(MEMBERS, seed=11, until=UNTIL)
