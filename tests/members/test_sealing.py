"""Sealing: no personal column leaves, refs are content, chunks and order play no part."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.members.people import RING

from huitou.accounts.shops import ShopRow
from huitou.kernel.crypto import KeyRing
from huitou.members.keys import BRAND_SCOPE
from huitou.members.sealing import KEYS, PLAIN, SECRETS, Sealed, Sealer, context

SHOP = ShopRow(1, "tb1", "旗舰店", "taobao", "online", "brand")
YOUZAN = ShopRow(2, "yz1", "有赞", "youzan", "online", "brand")
COLUMNS = (
    "buyer_nick",
    "buyer_alipay",
    "buyer_name",
    "buyer_phone",
    "receiver_name",
    "receiver_phone",
    "receiver_address",
    "buyer_message",
)


def trades(rows: list[dict[str, Any]], first: int = 1) -> pa.Table:
    """Canonical trades; row n was created n days after the first of January."""
    listed = [
        {
            "row_no": number,
            "source": "taobao",
            "trade_id": f"T{number}",
            "shop": 1,
            "created_at": datetime(2026, 1, 1) + timedelta(days=row.get("day", number)),
            **{name: row.get(name) for name in COLUMNS},
        }
        for number, row in enumerate(rows, first)
    ]
    schema = pa.schema(
        [
            ("row_no", pa.int64()),
            ("source", pa.string()),
            ("trade_id", pa.string()),
            ("shop", pa.int32()),
            ("created_at", pa.timestamp("us")),
            *((name, pa.string()) for name in COLUMNS),
        ]
    )
    return pa.Table.from_pylist(listed, schema=schema)


def opened(sealed: Sealed) -> dict[bytes, list[dict[str, str]]]:
    found: dict[bytes, list[dict[str, str]]] = {}
    for row in sealed.secrets.to_pylist():
        if row["body"] is not None:
            bound = context(row["kind"], row["ref"], row["digest"])
            found.setdefault(row["ref"], []).append(
                json.loads(RING.unseal(row["body"], bound, row["key_id"]))
            )
    return found


def keys_of(sealed: Sealed, kind: str) -> list[bytes]:
    return [row["hash"] for row in sealed.keys.to_pylist() if row["kind"] == kind]


ROW = {
    "buyer_nick": "小鱼妈妈",
    "buyer_alipay": "xiaoyu@qq.com",
    "buyer_name": "张小鱼",
    "buyer_phone": "13812348000",
    "receiver_name": "李四",
    "receiver_phone": "'13912340001",
    "receiver_address": "浙江省 杭州市 西湖区 文三路 100号",
    "buyer_message": "请快点发货",
}


def test_records_keep_facts_and_refs_and_lose_persons() -> None:
    sealed = Sealer(RING, SHOP).seal_trades(trades([ROW]))
    assert not PLAIN & set(sealed.records.column_names)
    assert sealed.keys.schema == KEYS
    assert sealed.secrets.schema == SECRETS
    record = sealed.records.to_pylist()[0]
    assert (record["trade_id"], record["shop"]) == ("T1", 1)
    found = opened(sealed)
    assert found[record["buyer_ref"]] == [
        {"alipay": "xiaoyu@qq.com", "name": "张小鱼", "nick": "小鱼妈妈", "phone": "13812348000"}
    ]
    assert found[record["receiver_ref"]][0]["address"] == "浙江省 杭州市 西湖区 文三路 100号"
    assert found[record["note_ref"]] == [{"buyer_message": "请快点发货"}]
    assert record["buyer_ref"] == RING.blind("nick", "taobao", "小鱼妈妈")
    everything = (
        b"".join(row["body"] for row in sealed.secrets.to_pylist())
        + repr(sealed.keys.to_pylist()).encode()
        + repr(record).encode()
    )
    for plain in ("小鱼", "张小鱼", "13812348000", "13912340001", "文三路", "xiaoyu", "快点"):
        assert plain.encode() not in everything


def test_identities_are_strong_for_the_buyer_and_weak_for_the_receiver() -> None:
    keys = Sealer(RING, SHOP).seal_trades(trades([ROW])).keys.to_pylist()
    strong = {
        (row["kind"], row["scope"], row["hash"]) for row in keys if row["strength"] == "strong"
    }
    assert strong == {
        ("nick", "taobao", RING.blind("nick", "taobao", "小鱼妈妈")),
        ("phone", BRAND_SCOPE, RING.blind("phone", BRAND_SCOPE, "13812348000")),
    }
    weak = {(row["kind"], row["hash"]) for row in keys if row["strength"] == "weak"}
    assert ("receiver_phone", RING.blind("receiver_phone", BRAND_SCOPE, "13912340001")) in weak
    assert {kind for kind, _ in weak} == {
        "alipay",
        "name",
        "phone_mask",
        "receiver",
        "receiver_phone",
    }


@pytest.mark.parametrize(
    ("row", "shop"),
    [
        ({"buyer_nick": "t**1"}, SHOP),
        ({"buyer_phone": "138****8000"}, SHOP),
        ({"buyer_phone": "##k8sJx8sIsk=="}, SHOP),
        ({"buyer_phone": "18877771111-123"}, SHOP),
        ({"receiver_phone": "13812348000", "receiver_name": "李四"}, SHOP),
        ({"buyer_nick": "微信用户"}, YOUZAN),
        ({}, SHOP),
    ],
)
def test_masks_ciphertexts_and_display_names_identify_nobody(
    row: dict[str, Any], shop: ShopRow
) -> None:
    sealed = Sealer(RING, shop).seal_trades(trades([row]))
    assert sealed.keys.num_rows == 0


def test_one_tail_joins_a_number_and_its_mask_by_name() -> None:
    plain = Sealer(RING, SHOP).seal_trades(
        trades([{"buyer_nick": "a", "receiver_name": "李四", "receiver_phone": "13812348000"}])
    )
    masked = Sealer(RING, SHOP).seal_trades(
        trades([{"buyer_nick": "b", "receiver_name": "李四", "receiver_phone": "1******8000"}])
    )
    assert keys_of(plain, "phone_mask") == keys_of(masked, "phone_mask") != []
    assert keys_of(masked, "receiver_phone") == []


def test_a_person_is_sealed_once_per_file_and_dated_by_the_last_row() -> None:
    sealer = Sealer(RING, SHOP)
    first = sealer.seal_trades(
        trades([{"buyer_nick": "a", "day": 5}, {"buyer_nick": "a", "day": 3}])
    )
    again = sealer.seal_trades(
        trades([{"buyer_nick": "a", "day": 9}, {"buyer_nick": "a", "day": 1}], 3)
    )
    older = sealer.seal_trades(trades([{"buyer_nick": "a", "day": 2}], 5))
    assert [row["seen_at"].day for row in first.secrets.to_pylist()] == [6]
    touched = again.secrets.to_pylist()
    assert [(row["body"], row["key_id"], row["seen_at"].day) for row in touched] == [
        (None, None, 10)
    ]
    assert older.secrets.num_rows == 0
    assert len(keys_of(first, "nick")) == 2, "every row names its buyer"


def test_profiles_say_what_can_be_reached_and_take_a_ref() -> None:
    table = pa.table(
        {
            "row_no": [1, 2],
            "shop": pa.array([1, 1], pa.int32()),
            "name": ["张小鱼", "王五"],
            "phone": ["13812348000", "139****0001"],
            "email": ["a@b.cn", None],
            "has_phone": pa.array([None, None], pa.bool_()),
            "version_at": pa.array([datetime(2026, 1, 1)] * 2, pa.timestamp("us")),
        }
    )
    sealed = Sealer(RING, SHOP).seal_profiles(table)
    rows = sealed.records.to_pylist()
    assert [row["has_phone"] for row in rows] == [True, False]
    assert [row["has_email"] for row in rows] == [True, None]
    assert rows[0]["profile_ref"] == RING.blind("phone", BRAND_SCOPE, "13812348000")
    assert not PLAIN & set(sealed.records.column_names)


def test_reviews_lose_numbers_in_their_texts() -> None:
    table = pa.table(
        {
            "row_no": [1],
            "shop": pa.array([1], pa.int32()),
            "nick": ["小鱼妈妈"],
            "text": ["有问题打我电话13812348000"],
            "created_at": pa.array([datetime(2026, 1, 1)], pa.timestamp("us")),
        }
    )
    sealed = Sealer(RING, SHOP).seal_reviews(table)
    assert sealed.records.to_pylist()[0]["text"] == "有问题打我电话138****8000"
    assert sealed.keys.to_pylist()[0]["record_set"] == "reviews"


cell = st.sampled_from(["", "a", "b", "张三", "13812348000", "13912340001", "138****8000", "t**1"])
row_strategy = st.fixed_dictionaries(dict.fromkeys(COLUMNS[:6], cell))


@settings(deadline=None, max_examples=60)
@given(st.lists(row_strategy, min_size=1, max_size=12), st.integers(1, 12))
def test_chunks_play_no_part(rows: list[dict[str, Any]], cut: int) -> None:
    whole = Sealer(RING, SHOP).seal_trades(trades(rows))
    sealer = Sealer(RING, SHOP)
    parts = [sealer.seal_trades(trades(rows[:cut]))]
    if rows[cut:]:
        parts.append(sealer.seal_trades(trades(rows[cut:], cut + 1)))
    refs = ["trade_id", "buyer_ref", "receiver_ref", "note_ref"]
    assert whole.records.select(refs).to_pylist() == [
        row for part in parts for row in part.records.select(refs).to_pylist()
    ]

    def identities(sealed: list[Sealed]) -> set[tuple[Any, ...]]:
        return {
            (row["row_no"] if row["strength"] == "strong" else 0, row["kind"], row["hash"])
            for one in sealed
            for row in one.keys.to_pylist()
        }

    def newest(sealed: list[Sealed]) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for row in (row for one in sealed for row in one.secrets.to_pylist()):
            place = (row["ref"], row["digest"]) if row["kind"] == "account" else row["ref"]
            seen = row["seen_at"] if row["kind"] == "account" else None
            found[place] = max(seen, found.get(place, seen)) if seen else None
        return found

    assert identities([whole]) == identities(parts)
    assert newest([whole]) == newest(parts)


def test_another_index_key_gives_other_hashes() -> None:
    other = KeyRing(1, RING.keys, b"another".ljust(32, b"."))
    mine = Sealer(RING, SHOP).seal_trades(trades([ROW]))
    theirs = Sealer(other, SHOP).seal_trades(trades([ROW]))
    assert not set(mine.keys["hash"].to_pylist()) & set(theirs.keys["hash"].to_pylist())
