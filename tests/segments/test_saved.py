"""Saved segments inside rules: in existence, in no circle, not too deep; merged members found again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest
from tests.segments.crowd import NOW, amount, brand, document, every, inside, orders
from tests.segments.test_refresh import save

from huitou.kernel.errors import InvalidInput
from huitou.segments import cuts, saved
from huitou.segments.grids import GridSettings
from huitou.segments.models import Segment
from huitou.segments.parsing import parse
from huitou.segments.sets import MemberSet
from huitou.segments.tag_models import RULE, Tag, TagGroup
from huitou.segments.wrong import Wrong
from huitou.warehouse.store import Warehouse

__all__ = ["brand"]
pytestmark = pytest.mark.django_db


def wrong_at(rule: Any, *, of: int | None = None) -> tuple[str, str]:
    with pytest.raises(Wrong) as caught:
        saved.check(parse(document(rule)), of=of)
    return caught.value.path, caught.value.message.en


def test_what_cannot_be_named_is_refused_where_it_stands(brand: Warehouse) -> None:
    inner = save(brand, "inner", every(orders()))
    outer = save(brand, "outer", every(inside(inner.pk)))
    assert set(saved.check(parse(document(inside(outer.pk))))) == {inner.pk, outer.pk}
    assert wrong_at(every(orders(), inside(99))) == (
        "/rule/children/1/segment",
        "There is no segment 99",
    )
    Segment.objects.filter(pk=inner.pk).update(archived_at=NOW)
    path, said = wrong_at(every(inside(outer.pk)))
    assert path == "/rule/children/0/segment"
    assert said == "The segment “inner” is archived"
    assert wrong_at({"kind": "tag", "operator": "any_of", "tags": ["9999"]})[0] == "/rule/tags/0"


def test_too_deep_is_refused(brand: Warehouse) -> None:
    last = save(brand, "0", every(orders()))
    for depth in range(1, saved.DEEPEST):
        last = save(brand, str(depth), inside(last.pk))
    saved.check(parse(document(inside(last.pk))))
    row = Segment.objects.create(
        name="deep", kind="dynamic", rule=document(inside(last.pk)), created_at=NOW, updated_at=NOW
    )
    assert wrong_at(inside(row.pk))[0] == "/rule/segment"


def test_a_circle_through_a_tags_rule_is_refused(brand: Warehouse) -> None:
    segment = save(brand, "买过", every(orders()))
    group = TagGroup.objects.create(code="g1", label="组", created_at=NOW)
    tag = Tag.objects.create(
        group=group,
        code="g1.t",
        label="老客",
        kind=RULE,
        rule=document(every(inside(segment.pk))),
        created_at=NOW,
        updated_at=NOW,
    )
    by_tag = every({"kind": "tag", "operator": "any_of", "tags": [str(tag.pk)]})
    path, said = wrong_at(by_tag, of=segment.pk)
    assert path == "/rule/children/0/tags/0"
    assert "circle" in said
    saved.check(parse(document(by_tag)))


def test_members_are_found_under_the_number_they_have_now(warehouse: Warehouse) -> None:
    with warehouse.writing() as writer:
        writer.insert(
            "member",
            pa.table({"member": [1, 2, 3, 4, 5], "merged_into": [None, 1, 2, None, 4]}),
        )
    held = MemberSet.of([3, 4, 5])
    assert saved.moved(warehouse, held).numbers().tolist() == [1, 4]
    assert saved.moved(warehouse, MemberSet.of([4])) == MemberSet.of([4])
    assert saved.moved(warehouse, MemberSet.empty()) == MemberSet.empty()


def test_a_dynamic_segment_is_asked_for_the_day_and_scope_of_the_question(
    brand: Warehouse,
) -> None:
    from datetime import date

    from huitou.accounts.scopes import Scope
    from huitou.segments import asking

    inner = save(brand, "过百", every(amount("ge", 100)))
    rule = document(every(inside(inner.pk)))
    for as_of, scope, members in (
        (None, Scope.everything(), [1, 2]),
        (date(2026, 10, 1), Scope.everything(), [1]),
        (None, Scope.only([2]), []),
    ):
        asked = asking.ask(brand, rule, scope=scope, now=NOW, as_of=as_of)
        assert asked.members().numbers().tolist() == members


def test_the_brands_cut_points_are_kept_and_asked_with(
    brand: Warehouse, client_as: Callable[..., Any]
) -> None:
    assert cuts.current() == GridSettings()
    silent = document({"kind": "cell", "grid": "lifecycle", "cells": ["silent"]})
    client = client_as("operator")
    assert client.post("/segments/count", {"rule": silent}).json()["count"] == 0
    made = cuts.change({"new_days": 10, "lifecycle": [20, 180, 365]}, actor=None, now=NOW)
    assert cuts.current() == made == cuts.parsed(cuts.as_json(made))
    assert client.post("/segments/count", {"rule": silent}).json()["count"] == 3
    for wrong in ({"lifecycle": [90, 20, 365]}, {"m": [1]}, {"x": 1}, {"new_days": "many"}):
        with pytest.raises(InvalidInput):
            cuts.change(wrong, actor=None, now=NOW)


def test_global_search_finds_segments(brand: Warehouse, client_as: Callable[..., Any]) -> None:
    made = save(brand, "沉睡高价值", every(orders()))
    items = client_as("operator").get("/search?q=高价值").json()["items"]
    assert {"kind": "segment", "id": str(made.pk), "url": f"/segments/{made.pk}"}.items() <= items[
        0
    ].items()
    assert not [
        one
        for one in client_as("guide").get("/search?q=高价值").json()["items"]
        if one["kind"] == "segment"
    ]
