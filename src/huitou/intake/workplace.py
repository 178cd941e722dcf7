"""What the pipeline works with, in one object: the home, its keys, the warehouse and the brand's zone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from huitou.accounts import shops
from huitou.kernel.crypto import KeyRing, load_key_ring
from huitou.kernel.home import Home
from huitou.warehouse.store import Warehouse, current_warehouse


@dataclass(frozen=True)
class Workplace:
    home: Home
    ring: KeyRing
    warehouse: Warehouse
    zone: str

    @classmethod
    def here(cls) -> Workplace:
        """That of this process."""
        home = Home.from_environment()
        return cls(home, load_key_ring(home), current_warehouse(), shops.zone())

    def stage_path(self, batch_id: int) -> Path:
        return self.home.staging / f"{batch_id}.duckdb"
