"""Traces of parcels: the vocabularies, the names taken out of texts, and the three layouts."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest
from tests.intake.formats.support import csv_bytes, read

from huitou.intake.detect import detect
from huitou.intake.logistics import (
    CAINIAO,
    CARRIERS,
    KDNIAO,
    KUAIDI100,
    WORDS,
    carriers,
    parcel_state,
    trace_texts,
)
from huitou.intake.readers import open_source
from huitou.intake.statuses import plain_word
from huitou.warehouse.schema import PARCEL_STATES, SIGN_KINDS

CHINESE = "运单号,快递公司,轨迹时间,轨迹内容,状态,地点"
LOGISTICS = "物流单号,物流公司,时间,描述,物流状态,城市"
KUAIDI100_HEADER = "com,nu,state,time,ftime,context,status,statusCode,areaName"
KDNIAO_HEADER = "ShipperCode,LogisticCode,State,StateEx,AcceptTime,AcceptStation,Location,Action"


@pytest.mark.parametrize("codes", [KUAIDI100, KDNIAO, CAINIAO], ids=["kuaidi100", "kdniao", "tms"])
def test_every_code_means_a_state(codes: dict[str, str]) -> None:
    for state in codes.values():
        base, *kind = state.split(":")
        assert base in PARCEL_STATES
        assert not kind or kind[0] in SIGN_KINDS
        assert parcel_state(state) == state


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("TMS_DELIVERING", "out_for_delivery"),
        ("【绍兴市】越城公司 已揽收", "picked_up"),
        ("快件离开【绍兴中转部】，已发往【上海转运中心】", "in_transit"),
        ("快件到达【上海转运中心】", "in_transit"),
        ("快件已到达派件城市", "arrived_city"),
        ("您的快件正在派送中，请您准备签收（派件员：李四，电话：13800138000）", "out_for_delivery"),
        ("您的包裹已存放至【菜鸟驿站】，请及时取件", "at_locker"),
        ("快件已暂存至丰巢智能柜，凭取件码取件", "at_locker"),
        ("包裹已从【菜鸟驿站】取走，签收成功", "signed:locker"),
        ("已签收，签收人：本人", "signed:self"),
        ("快件已签收，签收人：门卫代收", "signed:proxy"),
        ("您的快件已签收，感谢使用", "signed"),
        ("派件异常后签收", "signed:after_exception"),
        ("妥投", "signed"),
        ("收件人拒收，快件将返回", "refused"),
        ("快件退回中，原单退回", "returning"),
        ("退回件已签收", "returned"),
        ("电话无人接听，无法联系收件人", "unreachable"),
        ("地址超出派送范围", "out_of_range"),
        ("快件外包装破损", "damaged"),
        ("快件滞留在网点", "stalled"),
        ("派件失败，客户地址不详", "problem"),
        ("等待快递员上门揽收", "pickup_pending"),
        ("商家已下单", "created"),
        ("签收前请检查外包装是否破损", None),
        ("今天天气不错", None),
    ],
)
def test_words(text: str, state: str | None) -> None:
    assert parcel_state(text) == state


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("已签收，签收人：王小明", "已签收，签收人：***"),
        ("已签收，签收人：本人", "已签收，签收人：本人"),
        ("签收人是【前台】", "签收人是【前台】"),
        ("派件员：李四，电话13800138000", "派件员：***，电话***********"),
        ("快递员张三，正在派送", "快递员***，正在派送"),
        ("快递员正在派送", "快递员正在派送"),
        ("凭取件码8-2-1234到菜鸟驿站取件", "凭取件码***到菜鸟驿站取件"),
        ("快件到达【杭州转运中心】", "快件到达【杭州转运中心】"),
    ],
)
def test_texts_name_nobody(text: str, kept: str) -> None:
    assert trace_texts(pa.array([text, None])).to_pylist() == [kept, None]


def test_carriers_have_one_name() -> None:
    names = ["中通", "ZTO", "zhongtong", "中通快递", "邻居物流", None]
    assert carriers(pa.array(names)).to_pylist() == ["中通快递"] * 4 + ["邻居物流", None]
    every = [
        (plain_word(name), usual)
        for usual, others in CARRIERS.items()
        for name in (usual, *others.split())
    ]
    assert len(dict(every)) == len(set(every))


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (CHINESE, "parcel_traces"),
        (LOGISTICS, "parcel_traces"),
        (KUAIDI100_HEADER, "kuaidi100_traces"),
        (KDNIAO_HEADER, "kdniao_traces"),
    ],
)
def test_detection(header: str, code: str) -> None:
    row = ["1"] * len(header.split(","))
    (table,) = open_source(io.BytesIO(csv_bytes(header, [row])), "x").tables()
    best, *others = detect(table.header, table.sample())
    assert (best.profile.code, best.missing) == (code, [])
    assert best.score > 0.8
    assert all(best.score > other.score + 0.1 for other in others if not other.missing)


def test_a_trace_with_chinese_headers() -> None:
    rows = [
        ["YT100", "圆通", "2026-06-01 20:00:00", "已揽收", "揽收", "浙江省,绍兴市"],
        ["YT100", "圆通速递", "2026-06-02 09:00:00", "快件到达上海", "", "上海市"],
        ["YT100", "圆通", "2026-06-03 10:00:00", "已签收，签收人：王小明", "怪话", ""],
        ["", "圆通", "2026-06-03 10:00:00", "x", "", ""],
        ["YT101", "圆通", "", "x", "", ""],
        ["YT101", "", "2026-06-03 10:00:00", "x", "", ""],
    ]
    found = read(csv_bytes(CHINESE, rows), "parcel_traces")
    first, second, third = found.of("parcel_events")
    assert (first["carrier"], first["waybill"], first["state"]) == (
        "圆通速递",
        "YT100",
        "picked_up",
    )
    assert first["occurred_at"] == datetime(2026, 6, 1, 12)
    assert (first["province"], first["city"]) == ("浙江省", "绍兴市")
    assert (second["state"], second["city"]) == ("in_transit", "上海市")
    assert (third["state"], third["text"]) == ("signed", "已签收，签收人：***")
    assert found.unknown["state"] == {"怪话": 1}
    assert [(row.row_no, row.code, row.column) for row in found.rejects] == [
        (5, "missing", "运单号"),
        (6, "missing", "轨迹时间"),
        (7, "missing", "快递公司"),
    ]


def test_the_codes_of_a_service_are_read_in_its_own_files_only() -> None:
    kuaidi100 = [
        "zhongtong",
        "78001",
        "3",
        "2026-06-01 08:00:00",
        "",
        "到达",
        "在途",
        "1001",
        "浙江,绍兴市",
    ]
    (event,) = read(csv_bytes(KUAIDI100_HEADER, [kuaidi100]), "kuaidi100_traces").of(
        "parcel_events"
    )
    assert (event["carrier"], event["state"]) == ("中通快递", "arrived_city")
    assert (event["province"], event["city"]) == ("浙江省", "绍兴市")
    kdniao = ["ZTO", "78001", "3", "3", "2026-06-01 08:00:00", "到达派件网点", "绍兴市", "205"]
    (event,) = read(csv_bytes(KDNIAO_HEADER, [kdniao]), "kdniao_traces").of("parcel_events")
    assert (event["carrier"], event["state"], event["city"]) == (
        "中通快递",
        "arrived_city",
        "绍兴市",
    )
    plain = ["78001", "中通", "2026-06-01 08:00:00", "派件中", "4", ""]
    found = read(csv_bytes(CHINESE, [plain]), "parcel_traces")
    assert found.one("parcel_events")["state"] == "out_for_delivery"
    assert found.unknown["state"] == {"4": 1}


def test_the_page_of_the_docs_is_true() -> None:
    page = (Path(__file__).parents[3] / "docs" / "parcel-states.md").read_text(encoding="utf-8")
    lines = page.splitlines()
    for column, codes in ((3, KUAIDI100), (4, KDNIAO), (5, CAINIAO)):
        told = {
            code: cells[0].strip(" `")
            for line in lines
            if len(cells := line.strip("|").split("|")) == 6 and cells[0].startswith(" `")
            for code in cells[column].split()
            if code != "–"
        }
        assert told == codes
    for number, (pattern, state) in enumerate(WORDS, 1):
        shown = pattern.replace("|", "&#124;").replace("<", "&lt;")
        assert f"| {number} | `{state}` | <code>{shown}</code> |" in lines
    for usual, others in CARRIERS.items():
        assert f"| {usual} | {'、'.join(others.split())} |" in lines
