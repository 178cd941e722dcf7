"""Record sets of the simpler files: refunds, people, goods, reviews, visits, parcels, traces."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitou.intake import addresses, regions
from huitou.intake.canonical import MONEY, STRING, TIME, table_of
from huitou.intake.converters import by_distinct, true_rows
from huitou.intake.frame import Frame, attributes
from huitou.intake.lines import SEPARATOR, digest, ordinals, title_key
from huitou.intake.logistics import carriers, parcel_state, trace_texts
from huitou.intake.personal import masked
from huitou.intake.statuses import plain_word
from huitou.intake.trades import EPOCH, Context, read_refund_state

Columns = dict[str, pa.Array | pa.Scalar | None]

PERSON_KEYS: Final = (
    "phone", "nick", "card_no", "customer_no", "ouid", "omid", "unionid", "open_id", "wecom_id", "email",
)  # fmt: skip
VISIT_KINDS: Final = {
    **dict.fromkeys(("浏览", "访问", "browse", "view", "pv", "visit", "click"), "browse"),
    **dict.fromkeys(("加购", "加入购物车", "购物车", "cart", "add_to_cart"), "cart"),
    **dict.fromkeys(("收藏", "关注", "fav", "favourite", "favorite", "collect"), "favourite"),
    **dict.fromkeys(("到店", "进店", "门店", "store", "store_visit"), "store"),
}


def refunds(frame: Frame, context: Context) -> Columns:
    state = read_refund_state(frame, "state")
    finished, applied = frame.get("finished_at", TIME), frame.get("applied_at", TIME)
    guess = pc.if_else(pc.is_valid(finished), "success", "applied")
    newest = pc.max_element_wise(finished, applied)
    return {
        "row_no": frame.raw.row_no,
        "source": pa.scalar(context.source),
        "shop": pa.scalar(context.shop.shop),
        "refund_id": frame.get("refund_id"),
        "trade_id": frame.get("trade_id"),
        "state": pc.coalesce(state, guess),
        "applied_at": applied,
        "finished_at": finished,
        "amount": frame.get("amount", MONEY),
        "reason": masked(frame.get("reason")),
        "is_return": frame.get("is_return", pa.bool_()),
        "version_at": pc.fill_null(newest, EPOCH),
    }


_BIRTHDAY: Final = re.compile(r"(?:(\d{4})\D+)?(\d{1,2})\D+(\d{1,2})\D*$")
_COMPACT_DAY: Final = re.compile(r"(\d{4})(\d{2})(\d{2})$")
_BIRTH: Final = pa.struct(
    [("year", pa.int16()), ("month", pa.int8()), ("day", pa.int8()), ("lunar", pa.bool_())]
)


def birthday(text: str) -> dict[str, Any] | None:
    """1990-05-12, 05-12, 5月12日, 19900512, 农历五月十二 is not read; None when no such day exists."""
    bare = (
        text.replace("农历", "").replace("阴历", "").replace("公历", "").replace("阳历", "").strip()
    )
    bare = re.sub(r"\s+\d{1,2}:\d{2}(:\d{2})?(\.\d+)?$", "", bare)
    found = _COMPACT_DAY.match(bare) or _BIRTHDAY.match(bare)
    if found is None:
        return None
    year, month, day = (int(part) if part else 0 for part in found.groups())
    lunar = bool(re.search("农历|阴历", text))
    try:
        date(year if year and not lunar else 2000, month, min(day, 28) if lunar else day)
    except ValueError:
        return None
    if (year and not 1900 <= year <= 2099) or day > 31:
        return None
    return {"year": year or None, "month": month, "day": day, "lunar": lunar}


def profiles(frame: Frame, context: Context) -> Columns:
    """People. Faults rows that nothing identifies."""
    named = np.zeros(frame.rows, dtype=bool)
    for key in PERSON_KEYS:
        values = frame.get(key)
        hidden = true_rows(pc.match_substring(values, "*"))
        named |= true_rows(pc.is_valid(values)) & ~hidden
    frame.faults.append(("person_missing", "", ~named))
    words = frame.get("birthday")
    born = by_distinct(words, birthday, _BIRTH)
    unread = true_rows(pc.and_(pc.is_valid(words), pc.is_null(born)))
    if unread.any():
        frame.note_unknown("birthday", pa.array(["?"] * int(unread.sum())))
    province, city, district = frame.get("province"), frame.get("city"), frame.get("district")
    address = frame.get("full_address")
    if frame.has("full_address"):
        parts = addresses.split(address)
        province, address = pc.coalesce(province, parts.province), parts.address
        city, district = pc.coalesce(city, parts.city), pc.coalesce(district, parts.district)
    joined = frame.get("joined_at", TIME)
    wecom = pc.or_(
        pc.is_valid(frame.get("wecom_id")), pc.fill_null(frame.get("has_wecom", pa.bool_()), False)
    )
    phone, email = frame.get("phone"), frame.get("email")
    columns: Columns = {
        "row_no": frame.raw.row_no,
        "shop": pa.scalar(context.shop.shop),
        "source": pa.scalar(context.source),
        "gender": frame.get("gender"),
        "birth_year": pc.struct_field(born, "year"),
        "birth_month": pc.struct_field(born, "month"),
        "birth_day": pc.struct_field(born, "day"),
        "birth_lunar": pc.coalesce(
            frame.get("birth_lunar", pa.bool_()), pc.struct_field(born, "lunar")
        ),
        "province": province,
        "city": addresses.with_municipality(province, city),
        "district": district,
        "joined_at": joined,
        "level": frame.get("level"),
        "has_phone": pc.fill_null(
            pc.match_substring_regex(phone, r"^(\+?86[- ]?)?1[3-9]\d{9}$"), False
        ),
        "has_email": pc.fill_null(
            pc.match_substring_regex(email, r"^[^@*\s]+@[^@*\s]+\.[^@*\s]+$"), False
        ),
        "has_wecom": wecom,
        "version_at": pc.fill_null(
            pc.max_element_wise(joined, frame.get("modified_at", TIME)), EPOCH
        ),
        "address": address,
    }
    for key in (*PERSON_KEYS, "name", "note"):
        columns[key] = frame.get(key)
    return columns


def profile_attributes(frame: Frame, version_at: pa.Array, good: pa.Array) -> pa.Table:
    """Custom fields, one row per person and filled field; free text in them is masked."""
    parts = [
        table_of("profile_attributes", _attribute(frame, name, values, version_at, good), n)
        for name, values in attributes(frame)
        if (n := pc.sum(pc.and_(good, pc.is_valid(values))).as_py())
    ]
    return pa.concat_tables(parts) if parts else table_of("profile_attributes", {}, 0)


def _attribute(
    frame: Frame, name: str, values: pa.Array, version_at: pa.Array, good: pa.Array
) -> Columns:
    rows = pc.and_(good, pc.is_valid(values))
    return {
        "row_no": frame.raw.row_no.filter(rows),
        "name": pa.scalar(name),
        "value": masked(values.filter(rows).cast(STRING)),
        "version_at": version_at.filter(rows),
    }


def by_title(items: pa.Table) -> pa.Table:
    """The same goods under the keys that reports without item ids give them, one per title."""
    keys = by_distinct(items["title"].combine_chunks(), title_key, STRING)
    renamed = items.set_column(items.schema.get_field_index("item_key"), "item_key", keys)
    renamed = renamed.filter(pc.and_(pc.is_valid(keys), pc.not_equal(keys, items["item_key"])))
    first = pc.equal(pa.array(ordinals(renamed["item_key"].combine_chunks())), 1)
    return renamed.filter(first)


def items(frame: Frame, context: Context) -> Columns:
    """Goods. The key is the item id, else what the title gives, else the merchant's code."""
    title, merchant = frame.get("title"), frame.get("merchant_code")
    key = pc.coalesce(frame.get("item_key"), by_distinct(title, title_key, STRING), merchant)
    frame.faults.append(("item_missing", "", true_rows(pc.is_null(key))))
    extra = attributes(frame)
    names = [name for name, _ in extra]
    rows = zip(*(values.to_pylist() for _, values in extra), strict=True) if extra else ()
    texts = [
        json.dumps(
            {n: v for n, v in zip(names, row, strict=True) if v is not None}, ensure_ascii=False
        )
        for row in rows
    ] or ["{}"] * frame.rows
    return {
        "row_no": frame.raw.row_no,
        "source": pa.scalar(context.source),
        "item_key": key,
        "title": title,
        "category": frame.get("category"),
        "brand": frame.get("brand"),
        "merchant_code": merchant,
        "season": frame.get("season"),
        "phase": frame.get("phase"),
        "list_price": frame.get("list_price", MONEY),
        "cost": frame.get("cost", MONEY),
        "attributes": pa.array(texts, STRING),
        "version_at": pc.fill_null(frame.get("modified_at", TIME), EPOCH),
    }


_RATINGS: Final = {
    **dict.fromkeys(("好评", "好", "good", "positive", "满意", "非常满意"), "good"),
    **dict.fromkeys(("中评", "中", "一般", "neutral"), "neutral"),
    **dict.fromkeys(("差评", "差", "坏", "bad", "negative", "不满意", "非常不满意"), "bad"),
}
_HAN_DIGITS: Final = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5}


def stars_of(text: str) -> int | None:
    """5, 5.0, 5星, 五星, ★★★★ as 1…5."""
    word = (
        plain_word(text).removesuffix("级").removesuffix("星").removesuffix("颗").removesuffix("分")
    )
    if word and set(word) <= {"★", "☆"}:
        return word.count("★") or None
    if word in _HAN_DIGITS:
        return _HAN_DIGITS[word]
    found = re.fullmatch(r"([1-5])(\.\d)?", word)
    return int(found.group(1)) if found else None


def reviews(frame: Frame, context: Context) -> tuple[Columns, pa.Array]:
    """Reviews, and the content by which those without an id are told apart."""
    words = frame.get("rating")
    rating = by_distinct(words, lambda word: _RATINGS.get(plain_word(word)), STRING)
    star_words = frame.get("stars")
    stars = by_distinct(star_words, stars_of, pa.int8())
    # A single column may hold either: 好评, or 5星.
    stars = pc.coalesce(stars, by_distinct(words, stars_of, pa.int8()))
    unread = pc.and_(pc.is_valid(words), pc.and_(pc.is_null(rating), pc.is_null(stars)))
    frame.fault("rating_invalid", "rating", true_rows(unread))
    by_stars = pa.array([None, "bad", "bad", "neutral", "good", "good"]).take(stars)
    created = frame.get("created_at", TIME)
    title = frame.get("item_title")
    item = pc.coalesce(frame.get("item_key"), by_distinct(title, title_key, STRING))
    columns: Columns = {
        "row_no": frame.raw.row_no,
        "source": pa.scalar(context.source),
        "shop": pa.scalar(context.shop.shop),
        "trade_id": frame.get("trade_id"),
        "item_key": item,
        "item_title": title,
        "rating": pc.coalesce(rating, by_stars),
        "stars": stars,
        "text": masked(frame.get("text")),
        "append_text": masked(frame.get("append_text")),
        "reply_text": masked(frame.get("reply_text")),
        "image_count": by_distinct(frame.get("images"), image_count, pa.int16()),
        "category": frame.get("category"),
        "created_at": created,
        "version_at": pc.fill_null(created, EPOCH),
    }
    for key in ("nick", "phone", "customer_no", "ouid", "open_id"):
        columns[key] = frame.get(key)
    parts = [
        pc.fill_null(values.cast(STRING), "")
        for values in (
            frame.get("trade_id"), item, frame.get("nick"), frame.get("category"), words, star_words,
            created, frame.get("text"),
        )
    ]  # fmt: skip
    joined = pc.binary_join_element_wise(*parts, SEPARATOR)
    made = pa.array([digest(text, context.salt) for text in joined.to_pylist()], STRING)
    return columns, pc.coalesce(frame.get("review_id"), made)


def image_count(text: str) -> int:
    """How many pictures a cell names: a number, or links."""
    if text.isdigit():
        return min(int(text), 99)
    links = len(re.findall(r"(?:https?:)?//", text))
    return links or (0 if text in ("无", "否") else len(re.split(r"[,;|，；\s]+", text)))


def visits(frame: Frame, context: Context) -> Columns:
    words = frame.get("kind")
    kind = by_distinct(words, lambda word: VISIT_KINDS.get(plain_word(word)), STRING)
    if pc.any(pc.and_(pc.is_valid(words), pc.is_null(kind))).as_py():
        frame.note_unknown("kind", words.filter(pc.is_null(kind)))
    columns: Columns = {
        "row_no": frame.raw.row_no,
        "shop": pa.scalar(context.shop.shop),
        "kind": pc.fill_null(kind, "browse"),
        "item_key": frame.get("item_key"),
        "source": pa.scalar(context.source),
        "session": frame.get("session"),
        "occurred_at": frame.get("occurred_at", TIME),
    }
    frame.fault("missing", "occurred_at", true_rows(pc.is_null(frame.get("occurred_at", TIME))))
    for key in ("nick", "phone", "card_no", "customer_no", "ouid", "unionid", "open_id"):
        columns[key] = frame.get(key)
    return columns


_JOINED: Final = r"^\s*(?P<waybill>[0-9A-Za-z]{6,40})\s*[-—:：]\s*(?P<carrier>[^;；,，]*)"


def waybills(frame: Frame) -> tuple[pa.Array, pa.Array]:
    """Carrier and waybill of each row, from their own columns or from ``单号-公司``."""
    carrier, waybill = frame.get("parcel.carrier"), frame.get("parcel.waybill")
    if frame.has("parcel.joined"):
        cells = frame.values["parcel.joined"]
        parts = pc.extract_regex(cells, _JOINED)
        waybill = pc.coalesce(waybill, pc.struct_field(parts, "waybill"))
        carrier = pc.coalesce(carrier, pc.struct_field(parts, "carrier"))
        carrier = pc.if_else(pc.equal(carrier, ""), pa.scalar(None, STRING), carrier)
    return carriers(carrier), waybill


def parcels(frame: Frame, context: Context, trade: dict[str, pa.Array]) -> Columns:
    """Parcels of rows that name a waybill; ``trade``: the rows' trade columns."""
    carrier, waybill = waybills(frame)
    return {
        "row_no": frame.raw.row_no,
        "source": pa.scalar(context.source),
        "shop": pa.scalar(context.shop.shop),
        "trade_id": trade["trade_id"],
        "carrier": carrier,
        "waybill": waybill,
        "state": by_distinct(frame.get("parcel.state"), parcel_state, STRING),
        "shipped_at": trade.get("shipped_at"),
        "signed_at": trade.get("signed_at"),
    }


def traces(frame: Frame) -> Columns:
    """Rows of parcels' traces. The state is that of the state column, else what the text says."""
    words, texts = frame.get("state"), frame.get("text")
    state = by_distinct(words, parcel_state, STRING)
    unread = pc.and_(pc.is_valid(words), pc.is_null(state))
    if pc.any(unread).as_py():
        frame.note_unknown("state", words.filter(unread))
    # A row of a trace is a movement, whatever it says.
    state = pc.fill_null(pc.coalesce(state, by_distinct(texts, parcel_state, STRING)), "in_transit")
    province, city = frame.get("province"), frame.get("city")
    if frame.has("place"):
        spaced = pc.replace_substring_regex(frame.get("place"), "[,，、/|>-]+", " ")
        parts = addresses.split(spaced)
        province = pc.coalesce(province, parts.province)
        alone = by_distinct(spaced, lambda place: regions.city(place, own_column=True), STRING)
        city = pc.coalesce(city, parts.city, pc.if_else(pc.is_null(parts.province), alone, None))
    for name in ("waybill", "carrier", "occurred_at"):
        found = frame.get(name, TIME if name == "occurred_at" else STRING)
        frame.fault("missing", name, true_rows(pc.is_null(found)))
    return {
        "row_no": frame.raw.row_no,
        "carrier": carriers(frame.get("carrier")),
        "waybill": frame.get("waybill"),
        "state": state,
        "occurred_at": frame.get("occurred_at", TIME),
        "province": province,
        "city": addresses.with_municipality(province, city),
        "text": trace_texts(texts),
    }
