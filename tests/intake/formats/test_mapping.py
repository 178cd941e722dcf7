"""Mappings that people draw, and the templates for members and reviews; the whole of a file in any chunks."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.intake.formats.support import AShop, Found, csv_bytes, read

from huitou.intake.detect import detect
from huitou.intake.mapping import (
    InvalidMapping,
    examples,
    profile_from_json,
    suggest,
    suggested_mapping,
)
from huitou.intake.normalise import MissingColumns


def mapping(grain: str, columns: list[dict[str, Any]], **rest: Any) -> dict[str, Any]:
    return {
        "version": 1,
        "name": "我的映射",
        "platform": "own",
        "grain": grain,
        "columns": columns,
        **rest,
    }


def col(field: str, header: str | None = None, **rest: Any) -> dict[str, Any]:
    return {"field": field, **({"header": header} if header else {}), **rest}


TRADE = [
    col("trade_id", "单号"),
    col("paid_at", "时间"),
    col("paid_amount", "金额"),
    col("customer_no", "客户"),
]


def test_a_drawn_mapping_reads_a_file() -> None:
    body = mapping(
        "trade",
        [*TRADE, col("status", "情况"), col("channel", constant="门店")],
        value_maps={"status": {"成": "finished", "废": "closed"}},
    )
    rows = [["1", "2024-05-01 10:00", "3.5", "A", "成"], ["2", "2024-05-01 10:00", "3.5", "", "废"]]
    found = read(
        csv_bytes("单号,时间,金额,客户,情况", rows),
        profile_from_json(body),
        shop=AShop(platform="own"),
    )
    first, second = found.of("trades")
    assert (first["status"], first["customer_no"], first["channel"], first["source"]) == (
        "finished",
        "A",
        "门店",
        "tb1",
    )
    assert (second["status"], second["customer_no"]) == ("closed_refunded", None)


def test_files_without_a_header_are_mapped_by_position() -> None:
    body = mapping(
        "trade",
        [
            col("trade_id", index=0),
            col("paid_at", index=1, format="%Y%m%d"),
            col("paid_amount", index=2),
        ],
        no_header=True,
        options={"zone": "UTC", "default_status": "finished"},
    )
    found = read(b"a1;19970101;3.5\na2;19970230;4\n", profile_from_json(body), name="x.txt")
    trade = found.one()
    assert (trade["row_no"], trade["paid_at"], trade["status"]) == (
        1,
        datetime(1997, 1, 1),
        "finished",
    )
    assert (found.reject().row_no, found.reject().column) == (2, "列2")


def test_header_row_and_delimiter_as_the_mapping_says() -> None:
    body = mapping("trade", TRADE, header_row=3, delimiter="|")
    content = "a,b,c\n单号|时间\n单号|时间|金额|客户\n9|2024-05-01|1|A\n".encode()
    trade = read(content, profile_from_json(body)).one()
    assert (trade["trade_id"], trade["row_no"]) == ("9", 4)


def test_order_numbers_are_made_of_fields_and_identical_rows_counted() -> None:
    body = mapping(
        "trade", TRADE[1:], options={"trade_id_from": ["customer_no", "paid_at", "paid_amount"]}
    )
    profile = profile_from_json(body)
    rows = [
        ["2024-05-01", "3", "A"],
        ["2024-05-01", "3", "B"],
        ["2024-05-01", "3", "A"],
        ["2024/5/1", "3.00", "A"],
    ]
    whole = read(csv_bytes("时间,金额,客户", rows), profile)
    ids = [trade["trade_id"] for trade in whole.of("trades")]
    assert len(set(ids)) == 4
    bases = [trade_id.rpartition("-") for trade_id in ids]
    assert bases[0][0] == bases[2][0] == bases[3][0] != bases[1][0]  # however they are written
    assert [number for _, _, number in bases] == ["1", "1", "2", "3"]
    chunked = read(csv_bytes("时间,金额,客户", rows), profile, batch_rows=1)
    assert {trade["trade_id"] for trade in chunked.of("trades")} == set(ids)
    again = read(csv_bytes("客户,时间,金额", [["A", "2024-05-01", "3"]]), profile)
    assert again.one()["trade_id"] == ids[0]


def test_made_ids_are_keyed_because_names_are_among_their_fields() -> None:
    from huitou.intake.normalise import normalised
    from huitou.intake.readers import open_source

    body = mapping("trade", TRADE[1:], options={"trade_id_from": ["customer_no", "paid_at"]})
    import io

    ids = set()
    for salt in (b"", b"one", b"two"):
        (table,) = open_source(
            io.BytesIO(csv_bytes("时间,金额,客户", [["2024-05-01", "3", "A"]])), "x"
        ).tables()
        (part,) = normalised(table, profile_from_json(body), shop=AShop(), zone="UTC", salt=salt)
        ids.add(part.tables["trades"]["trade_id"][0].as_py())
    assert len(ids) == 3


def test_negative_quantities_are_returns_only_where_the_mapping_says_so() -> None:
    columns = [
        col("trade_id", "单号"),
        col("paid_at", "时间"),
        col("line.title", "品名"),
        col("line.qty", "数量"),
        col("line.price", "单价"),
    ]
    rows = [["S1", "2024-05-01", "茶", "2", "1.255"], ["C1", "2024-05-02", "茶", "-1", "1.255"]]
    content = csv_bytes("单号,时间,品名,数量,单价", rows)
    strict = read(content, profile_from_json(mapping("line", columns)))
    assert (strict.reject().code, strict.reject().column) == ("qty_negative", "数量")
    found = read(
        content, profile_from_json(mapping("line", columns, options={"negative_qty": "return"}))
    )
    sale, back = found.by_id()["S1"], found.by_id()["C1"]
    assert (sale["paid_amount"], back["paid_amount"], back["refunded_amount"]) == (
        Decimal("2.51"),
        0,
        Decimal("1.255"),
    )
    assert found.one("refunds")["trade_id"] == "C1"
    assert [line["line_amount"] for line in found.of("lines")] == [
        Decimal("2.51"),
        Decimal("-1.255"),
    ]


@pytest.mark.parametrize(
    ("body", "column"),
    [
        (mapping("trade", TRADE) | {"version": 2}, "version"),
        (mapping("trade", TRADE) | {"name": ""}, "name"),
        (mapping("sale", TRADE), "grain"),
        (mapping("trade", []), "columns"),
        (mapping("trade", [*TRADE, col("nonsense", "甲")]), "甲"),
        (mapping("trade", [*TRADE, col("status")]), "status"),
        (mapping("trade", [*TRADE, col("status", "情况", index=3)]), "情况"),
        (mapping("trade", [*TRADE, col("units", "件", converter="magic")]), "件"),
        (mapping("trade", [*TRADE, col("units", "件", converter="time")]), "件"),
        (mapping("trade", [*TRADE, col("units", index=-1)]), "units"),
        (mapping("trade", TRADE[1:]), "trade_id"),
        (mapping("trade", [TRADE[0]]), "created_at"),
        (mapping("line", TRADE), "line.title"),
        (mapping("profile", [col("gender", "性别")]), "phone"),
        (mapping("trade", TRADE, no_header=True), "单号"),
        (mapping("trade", TRADE, header_row=0), "header_row"),
        (mapping("trade", TRADE, value_maps={"status": {"a": "b"}}), "status"),
        (
            mapping("trade", [*TRADE, col("status", "s")], value_maps={"status": {"a": "奇怪"}}),
            "status",
        ),
        (mapping("trade", TRADE, options={"zone": "Mars/Base"}), "zone"),
        (mapping("trade", TRADE, options={"negative_qty": "maybe"}), "negative_qty"),
        (mapping("trade", TRADE, options={"trade_id_from": ["nick"]}), "nick"),
        (mapping("trade", TRADE, options={"default_status": "奇怪"}), "default_status"),
        (mapping("trade", "x"), "columns"),  # type: ignore[arg-type]
        (mapping("trade", ["x"]), "1"),  # type: ignore[list-item]
    ],
)
def test_faulty_mappings_name_the_column(body: dict[str, Any], column: str) -> None:
    with pytest.raises(InvalidMapping) as caught:
        profile_from_json(body)
    assert caught.value.where["column"] == column
    assert caught.value.remedy is not None
    assert caught.value.message.zh != caught.value.message.en


def test_all_faults_of_a_mapping_are_told_at_once() -> None:
    body = mapping("trade", [*TRADE, col("x", "甲"), col("y", "乙")], options={"zone": "Mars/Base"})
    with pytest.raises(InvalidMapping) as caught:
        profile_from_json(body)
    assert {problem["column"] for problem in caught.value.where["problems"]} == {"甲", "乙", "zone"}


def test_a_file_without_the_mapped_columns_says_which() -> None:
    with pytest.raises(MissingColumns) as caught:
        read(
            csv_bytes("单号,别的", [["1", "2"]]),
            profile_from_json(mapping("trade", TRADE)),
            name="六月.csv",
        )
    assert caught.value.where == {"file": "六月.csv", "columns": ["时间", "金额", "客户"]}
    assert "六月.csv" in caught.value.message.zh


@pytest.mark.parametrize("name", examples())
def test_ready_mappings_are_valid(name: str) -> None:
    profile = profile_from_json(examples()[name])
    assert profile.is_mapping
    assert profile.produces


def test_suggested_mapping_of_an_english_sales_file() -> None:
    body = suggested_mapping(
        [
            "InvoiceNo",
            "StockCode",
            "Description",
            "Quantity",
            "InvoiceDate",
            "UnitPrice",
            "CustomerID",
            "Country",
        ],
        "x",
    )
    assert body["grain"] == "line"
    fields = {entry["header"]: entry["field"] for entry in body["columns"]}
    assert fields["StockCode"] == "line.item_key"
    assert fields["CustomerID"] == "customer_no"
    profile_from_json(body)
    assert suggest(["做梦", "也"], "trade") == []


# -- people and reviews -----------------------------------------------------------------------------


def test_member_list_with_nick_mobile_and_card() -> None:
    header = "会员昵称,手机号,会员卡号,会员等级,入会时间,生日,性别,省份,城市,邮箱,职业,肤质"
    rows = [
        [
            "小鹿爱喝茶",
            "14012345678",
            "C001",
            "金卡",
            "2021-01-02 10:00:00",
            "5月12日",
            "女",
            "广东",
            "广州",
            "a@example.com",
            "教师",
            "干性",
        ],
        ["", "", "", "银卡", "", "", "", "", "", "", "", ""],
        ["t**1", "1******6198", "C002", "", "", "02-30", "", "", "", "", "", ""],
    ]
    assert detect(header.split(","))[0].profile.code == "member_list"
    found = read(csv_bytes(header, rows), "member_list", shop=AShop(code="list"))
    first, second = found.of("profiles")
    assert (first["nick"], first["phone"], first["card_no"], first["level"]) == (
        "小鹿爱喝茶",
        "14012345678",
        "C001",
        "金卡",
    )
    assert (first["province"], first["city"], first["has_email"], first["has_phone"]) == (
        "广东省",
        "广州市",
        True,
        True,
    )
    assert (first["birth_month"], first["birth_day"], first["birth_year"]) == (5, 12, None)
    assert (second["card_no"], second["has_phone"], second["birth_month"]) == ("C002", False, None)
    assert found.reject().code == "person_missing"
    assert {(row["name"], row["value"]) for row in found.of("profile_attributes")} == {
        ("职业", "教师"),
        ("肤质", "干性"),
    }


def test_review_template() -> None:
    header = "订单编号,商品标题,买家昵称,评价结果,评价内容,追评,评价时间,图片,商家回复"
    rows = [
        [
            "700",
            "黄酒",
            "小鹿",
            "好评",
            "很好，电话13812345678",
            "一周后还是好",
            "2023-01-01 10:00:00",
            "2",
            "谢谢",
        ],
        ["701", "黄酒", "a**b", "差评", "漏了", "", "2023-01-02 10:00:00", "", ""],
        ["702", "黄酒", "", "3星", "", "", "", "", ""],
        ["703", "黄酒", "", "外星评价", "x", "", "", "", ""],
    ]
    assert detect(header.split(","))[0].profile.code == "reviews"
    found = read(csv_bytes(header, rows), "reviews")
    good, bad, middling = found.of("reviews")
    assert (good["rating"], good["image_count"], good["append_text"], good["reply_text"]) == (
        "good",
        2,
        "一周后还是好",
        "谢谢",
    )
    assert "13812345678" not in good["text"]
    assert good["created_at"] == datetime(2023, 1, 1, 2, 0)
    assert (bad["rating"], middling["rating"], middling["stars"]) == ("bad", "neutral", 3)
    assert found.reject().code == "rating_invalid"


def test_equal_reviews_without_an_id_are_told_apart_and_found_again() -> None:
    header = "评价内容,评价结果"
    rows = [["好", "好评"], ["好", "好评"], ["坏", "差评"]]
    whole = [row["review_key"] for row in read(csv_bytes(header, rows), "reviews").of("reviews")]
    chunked = [
        row["review_key"]
        for row in read(csv_bytes(header, rows), "reviews", batch_rows=1).of("reviews")
    ]
    assert whole == chunked
    assert len(set(whole)) == 3


def test_visits() -> None:
    columns = [
        col("occurred_at", "时间"),
        col("kind", "行为"),
        col("item_key", "商品"),
        col("nick", "昵称"),
    ]
    rows = [["2024-05-01 10:00", "加购", "1", "小鹿"], ["", "浏览", "1", "小鹿"]]
    found = read(
        csv_bytes("时间,行为,商品,昵称", rows), profile_from_json(mapping("visit", columns))
    )
    assert found.one("visits")["kind"] == "cart"
    assert found.reject().code == "missing"


# -- any order of rows, any size of batch -----------------------------------------------------------

LINE = mapping(
    "line",
    [
        col("trade_id", "单号"),
        col("paid_at", "时间"),
        col("customer_no", "客户"),
        col("line.title", "品名"),
        col("line.qty", "数量"),
        col("line.price", "单价"),
        col("status", "状态"),
    ],
)
line_rows = st.lists(
    st.tuples(
        st.sampled_from(["1", "2", "3", "4"]),
        st.sampled_from(["2024-05-01 10:00:00", "2024-05-02 10:00:00"]),
        st.sampled_from(["茶", "酒"]),
        st.sampled_from(["1", "2"]),
        st.sampled_from(["3.5", "7"]),
        st.sampled_from(["交易成功", "等待卖家发货", "交易关闭"]),
    ),
    min_size=1,
    max_size=25,
)


def summary(found: Found) -> tuple[Counter[Any], Counter[Any]]:
    trades = Counter(
        (
            t["trade_id"],
            t["status"],
            t["paid_amount"],
            t["goods_amount"],
            t["units"],
            t["paid_at"],
            t["version_at"],
        )
        for t in found.of("trades")
    )
    lines = Counter((x["trade_id"], x["line_key"], x["line_amount"]) for x in found.of("lines"))
    return trades, lines


@settings(max_examples=40, deadline=None)
@given(line_rows, st.integers(1, 9), st.randoms(use_true_random=False))
def test_trades_of_lines_do_not_depend_on_batches_or_the_order_of_rows(
    rows: list[tuple[str, ...]], batch_rows: int, shuffle: random.Random
) -> None:
    profile = profile_from_json(LINE)
    cells = [[r[0], r[1], "A", *r[2:]] for r in rows]
    header = "单号,时间,客户,品名,数量,单价,状态"
    expected = summary(read(csv_bytes(header, cells), profile))
    shuffle.shuffle(cells)
    assert summary(read(csv_bytes(header, cells), profile, batch_rows=batch_rows)) == expected
    trades, lines = expected
    assert set(trades.values()) == {1}  # each order once
    assert {key[0] for key in trades} == {row[0] for row in rows}
    assert set(lines.values()) == {1}
    assert sum(lines.values()) == len(rows)
    assert sum(key[3] for key in trades) == sum(Decimal(r[3]) * Decimal(r[4]) for r in rows)
