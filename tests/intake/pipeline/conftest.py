"""An empty home with its warehouse in memory, as the pipeline sees it."""

from __future__ import annotations

from typing import Any

import pytest

from huitou.intake.workplace import Workplace
from huitou.kernel.crypto import KeyRing
from huitou.kernel.home import Home


@pytest.fixture
def work(home: Home, key_ring: KeyRing, warehouse: Any, db: None) -> Workplace:
    return Workplace(home, key_ring, warehouse, "Asia/Shanghai")
