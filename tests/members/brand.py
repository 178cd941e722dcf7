"""A small brand that came in the way files do: sealed, staged, stored, resolved, applied."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
from tests.members.people import RING

from huitou.accounts.shops import ShopRow
from huitou.kernel.crypto import KeyRing
from huitou.members import identity, suggestions, vault
from huitou.members.models import VaultRecord
from huitou.members.sealing import PLAIN, Sealer
from huitou.warehouse import facts
from huitou.warehouse.schema import STATUSES, TABLES
from huitou.warehouse.staging import SETS, Stage
from huitou.warehouse.store import Warehouse

NOW = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)
TAOBAO = ShopRow(1, "tb1", "淘宝旗舰店", "taobao", "online", "brand")
STORE = ShopRow(2, "hz1", "杭州门店", "pos", "store", "brand")
SHOPS = [TAOBAO, STORE]

PERSONS = {
    "ann": {
        "buyer_nick": "小鱼妈妈2019",
        "buyer_alipay": "xiaoyu.zhang@qq.com",
        "buyer_name": "张小鱼",
        "receiver_name": "张小鱼",
        "receiver_phone": "13812348000",
        "receiver_address": "浙江省 杭州市 西湖区 文三路 188号翠苑小区7幢402室",
    },
    "bob": {
        "buyer_nick": "bobby_lee",
        "receiver_name": "李博",
        "receiver_phone": "13812348000",
        "receiver_address": "浙江省 杭州市 西湖区 文三路 188号翠苑小区7幢402室",
        "buyer_message": "送人的，不要放发票",
    },
    "ann_in_store": {"buyer_phone": "13712349999", "card_no": "VIP00881", "buyer_name": "张小鱼"},
    "nobody": {"receiver_name": "赵六", "receiver_phone": "138****1234"},
}
SECRETS = [
    "小鱼妈妈2019", "xiaoyu.zhang", "张小鱼", "13812348000", "文三路", "翠苑", "bobby_lee", "李博",
    "不要放发票", "13712349999", "VIP00881", "赵六", "138****1234",
]  # fmt: skip


def trade(
    number: int,
    person: str,
    *,
    shop: ShopRow = TAOBAO,
    paid: str | None = "99.00",
    day: int = 1,
    status: str = "finished",
    **more: Any,
) -> dict[str, Any]:
    """A canonical trade with its plain columns, made on a day of October 2026."""
    created = datetime(2026, 10, 1, 2) + timedelta(days=day - 1)
    amount = Decimal(paid or "0")
    return {
        "row_no": number,
        "source": shop.platform if shop.kind == "online" else shop.code,
        "trade_id": f"T{number:04d}",
        "shop": shop.shop,
        "status": status,
        "created_at": created,
        "paid_at": created + timedelta(minutes=2) if paid else None,
        "shipped_at": created + timedelta(days=1) if paid and shop.kind == "online" else None,
        "goods_amount": amount,
        "paid_amount": amount,
        "refunded_amount": Decimal(0),
        "units": Decimal(1),
        "province": "浙江省",
        "city": "杭州市",
        "version_at": created + timedelta(days=2),
        "version_rank": STATUSES.index(status) * 16 + 5,
        "is_stub": False,
        **PERSONS[person],
        **more,
    }


def load(
    warehouse: Warehouse,
    folder: Path,
    ring: KeyRing,
    rows: list[dict[str, Any]],
    *,
    batch: int = 1,
    others: dict[str, list[dict[str, Any]]] | None = None,
) -> identity.ResolveReport:
    """Commit trades (and other record sets, canonical) as one batch."""
    stage = Stage.create(folder / f"brand{batch}.duckdb")
    refs = {"buyer_ref", "receiver_ref", "note_ref"}
    facts_only = [field for field in SETS["trades"].to_pyarrow() if field.name not in refs]
    plain = [pa.field(name, pa.string()) for name in sorted(PLAIN)]
    schema = pa.schema([*facts_only, *plain])
    for shop in SHOPS:
        mine = [row for row in rows if row["shop"] == shop.shop]
        if mine:
            sealed = Sealer(ring, shop).seal_trades(pa.Table.from_pylist(mine, schema=schema))
            stage.append("trades", sealed.records)
            stage.append("keys", sealed.keys)
            stage.append("secrets", sealed.secrets)
    for name, listed in (others or {}).items():
        stage.append(name, pa.Table.from_pylist(listed, schema=SETS[name].to_pyarrow()))
    vault.store_stage(stage, batch=batch, ring=ring)
    with warehouse.writing() as writer:
        writer.attach(stage)
        writer.sync_shops(SHOPS)
        report = identity.resolve(writer, stage, batch=batch, now=NOW)
        facts.apply(writer, stage, batch=batch, now=NOW, zone="Asia/Shanghai")
    stage.drop()
    suggestions.refresh(warehouse, report.touched, NOW)
    return report


def standard(warehouse: Warehouse, folder: Path) -> None:
    """Ann (1) with three orders online, Bob (2) with one, Ann in the store (3), and nobody's order.

    Worked out once per run, then copied: every table and the vault's records.
    """
    if not _made:
        first = Warehouse.in_memory()
        try:
            load(
                first,
                folder,
                RING,
                [
                    trade(1, "ann", day=1, paid="100.00"),
                    trade(2, "ann", day=5, paid="50.50"),
                    trade(3, "ann", day=9, paid=None, status="unpaid"),
                    trade(4, "bob", day=3, paid="200.00"),
                    trade(5, "ann_in_store", day=7, paid="30.00", shop=STORE),
                    trade(6, "nobody", day=8, paid="10.00"),
                ],
            )
            _made.update({name: first.fetch(first.table(name)) for name in TABLES})
        finally:
            first.close()
        _records.extend(VaultRecord.objects.all())
    else:
        VaultRecord.objects.bulk_create(_records)
    with warehouse.writing() as writer:
        for name, rows in _made.items():
            if name != "meta":
                writer.insert(name, rows)
    suggestions.refresh(warehouse, _made["member"]["member"].to_pylist(), NOW)


_made: dict[str, pa.Table] = {}
_records: list[VaultRecord] = []
