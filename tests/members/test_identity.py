"""Members out of identities: the definition, the arrays, the tables, and that order plays no part."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.members.people import Row, groups, identities_of, links_of, resolve, rows_of_keys, strong

from huitou.members import rules
from huitou.members.components import NEW, Links, components, inherited, numbered, separated
from huitou.members.keys import KINDS
from huitou.members.rules import Decisions, Identity, partition
from huitou.warehouse.store import Warehouse

pytestmark = pytest.mark.django_db

slow = settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def members_of(rows: list[Row]) -> frozenset[frozenset[Identity]]:
    every = {identity for row in rows for identity in identities_of(row)}
    return partition(every, links_of(rows), Decisions()).members()


@st.composite
def worlds(draw):  # type: ignore[no-untyped-def]
    """Rows, and people's decisions about the identities in them."""
    rows = draw(rows_of_keys)
    every = sorted({identity for row in rows for identity in identities_of(row)})
    one = st.sampled_from(every)
    merges = draw(st.frozensets(st.tuples(one, one).filter(lambda p: p[0] != p[1]), max_size=2))
    side = st.frozensets(one, min_size=1, max_size=3)
    parted = draw(
        st.frozensets(st.tuples(side, side).filter(lambda p: not p[0] & p[1]), max_size=2)
    )
    return rows, Decisions(merges, parted)


@given(worlds(), st.randoms())
def test_the_partition_does_not_depend_on_the_order_of_anything(world, random) -> None:  # type: ignore[no-untyped-def]
    rows, decisions = world
    every = list({identity for row in rows for identity in identities_of(row)})
    links = list(links_of(rows))
    before = partition(every, links, decisions)
    random.shuffle(every)
    random.shuffle(links)
    after = partition(every, [(b, a) for a, b in links], decisions)
    assert before.members() == after.members()
    assert before.contested == after.contested


@given(worlds())
def test_the_arrays_compute_the_definition(world) -> None:  # type: ignore[no-untyped-def]
    rows, decisions = world
    every = sorted({identity for row in rows for identity in identities_of(row)})
    at = {identity: n for n, identity in enumerate(every)}
    shared = rules.contested(links_of(rows))
    people = sorted((tuple(sorted(pair)) for pair in decisions.merges), key=rules._strength)
    conducting = sorted(
        (link for link in links_of(rows) if shared.isdisjoint(link)), key=rules._strength
    )
    pairs = [(at[a], at[b]) for a, b in [*people, *conducting]]
    links = Links(
        np.array([a for a, _ in pairs], np.int64), np.array([b for _, b in pairs], np.int64)
    )
    sides = [
        ([at[i] for i in left], [at[i] for i in right]) for left, right in decisions.separations
    ]
    label = separated(components(len(every), links), links, sides)
    found: dict[int, set[Identity]] = {}
    for identity, group in zip(every, label.tolist(), strict=True):
        found.setdefault(group, set()).add(identity)
    expected = partition(every, links_of(rows), decisions).members()
    assert frozenset(map(frozenset, found.values())) == expected


@given(
    st.lists(st.integers(0, 5), min_size=1, max_size=12),
    st.lists(st.integers(0, 3), min_size=12, max_size=12),
)
def test_numbers_are_owned_and_free_ones_are_not_reused(label: list[int], born: list[int]) -> None:
    size = len(label)
    labels = np.array(label)
    homes = np.array([n or NEW for n in born[:size]])
    member, home, free = numbered(labels, homes, 10)
    assert len(
        {(group, number) for group, number in zip(label, member.tolist(), strict=True)}
    ) == len(set(label)), "one number per group"
    assert len(set(member.tolist())) == len(set(label)), "no two groups share a number"
    assert all(group == member[n] or group < 10 for n, group in enumerate(home.tolist()))
    for number in set(home.tolist()):
        assert len({label[n] for n in range(size) if home[n] == number}) == 1, "homes stay together"
    assert free - 10 == sum(number >= 10 for number in set(member.tolist()))


def test_a_new_identity_inherits_the_home_of_its_nearest_neighbour() -> None:
    links = Links(np.array([0, 2, 3]), np.array([2, 3, 4]))
    assert inherited(np.array([5, 9, NEW, NEW, NEW, NEW]), links).tolist() == [5, 9, 5, 5, 5, NEW]


@slow
@given(rows_of_keys, st.randoms())
def test_batches_in_any_order_and_cut_anywhere_give_the_same_members(  # type: ignore[no-untyped-def]
    tmp_path: Path, rows, random
) -> None:
    told = list(enumerate(rows))
    warehouse = Warehouse.in_memory()
    try:
        random.shuffle(told)
        cuts = sorted(random.sample(range(len(told) + 1), k=min(2, len(told))))
        for batch, (start, end) in enumerate(itertools.pairwise([0, *cuts, len(told)]), 1):
            resolve(warehouse, tmp_path, told[start:end], batch)
        assert groups(warehouse) == members_of(rows)
        before = warehouse.rows(warehouse.table("identity_key").order_by("key_no"))
        links = warehouse.table("identity_link")
        evidence = warehouse.rows(links.order_by("a", "b"))
        report, _ = resolve(warehouse, tmp_path, told, 9)
        assert (report.identities, report.links, report.members_new) == (0, 0, 0)
        assert warehouse.rows(warehouse.table("identity_key").order_by("key_no")) == before
        assert warehouse.rows(links.order_by("a", "b")) == evidence
    finally:
        warehouse.close()


def test_rows_name_their_buyer_by_the_account_before_what_accounts_share(
    tmp_path: Path, warehouse: Warehouse
) -> None:
    rows = [(1, (("phone", "p"), ("nick", "n"))), (2, (("phone", "p"),)), (3, (("name", "x"),))]
    _, buyers = resolve(warehouse, tmp_path, rows, 1)
    assert buyers == {1: 1, 2: 1}, "a row with weak identities only belongs to nobody"
    members = warehouse.rows(warehouse.table("member"))
    assert [(row["member"], row["merged_into"], row["first_seen_at"].hour) for row in members] == [
        (1, None, 1)
    ]


def test_members_found_to_be_one_keep_the_smaller_number(
    tmp_path: Path, warehouse: Warehouse
) -> None:
    resolve(warehouse, tmp_path, [(1, (("nick", "a"),)), (2, (("nick", "b"),))], 1)
    report, buyers = resolve(
        warehouse,
        tmp_path,
        [(3, (("nick", "b"), ("card_no", "c"))), (4, (("nick", "a"), ("card_no", "c")))],
        2,
    )
    assert report.merged == [(2, 1)]
    assert set(buyers.values()) == {1}
    assert {
        row["member"]: row["merged_into"] for row in warehouse.rows(warehouse.table("member"))
    } == {
        1: None,
        2: 1,
    }
    feed = warehouse.rows(warehouse.table("feed"))
    assert [(row["kind"], row["change"], row["member"], row["subject"]) for row in feed] == [
        ("identity", "merged", 1, 2)
    ]


def test_a_till_phone_that_joins_too_many_accounts_lets_them_go_again(
    tmp_path: Path, warehouse: Warehouse
) -> None:
    limit = KINDS["nick"].limit
    shared = [(n, (("nick", f"n{n}"), ("phone", "till"))) for n in range(1, limit + 1)]
    resolve(warehouse, tmp_path, shared, 1)
    assert len(groups(warehouse)) == 1
    report, buyers = resolve(warehouse, tmp_path, [(9, (("nick", "n9"), ("phone", "till")))], 2)
    assert report.contested == 1
    assert len(report.parted) == limit, "every account but the first, and the phone, on their own"
    assert groups(warehouse) == frozenset(
        frozenset([strong(kind, value)])
        for kind, value in [
            ("phone", "till"),
            ("nick", "n9"),
            *((("nick", f"n{n}")) for n in range(1, limit + 1)),
        ]
    )
    live = warehouse.table("member")
    assert sorted(
        row["member"] for row in warehouse.rows(live.filter(live.merged_into.isnull()))
    ) == [*range(1, limit + 3)]
    assert buyers[9] not in {None, 1}


def test_two_unionids_on_one_phone_are_two_people(tmp_path: Path, warehouse: Warehouse) -> None:
    resolve(warehouse, tmp_path, [(1, (("unionid", "u"), ("phone", "p")))], 1)
    resolve(warehouse, tmp_path, [(2, (("unionid", "v"), ("phone", "p")))], 2)
    assert len(groups(warehouse)) == 3


def test_a_receivers_phone_never_merges(tmp_path: Path, warehouse: Warehouse) -> None:
    rows = [
        (1, (("nick", "a"), ("receiver_phone", "p"))),
        (2, (("nick", "b"), ("receiver_phone", "p"))),
    ]
    _, buyers = resolve(warehouse, tmp_path, rows, 1)
    assert buyers[1] != buyers[2]
    # A masked value that fits two members, in a row without a strong identity: nobody's.
    _, buyers = resolve(
        warehouse, tmp_path, [(3, (("phone_mask", "8000"),)), (4, (("receiver_phone", "p"),))], 2
    )
    assert buyers == {}
