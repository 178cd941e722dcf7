"""The batch's states: every one can end, none leaves `committed`, verbs fit the table."""

from __future__ import annotations

from typing import get_args

import pytest

from huitou.intake import rules
from huitou.kernel.errors import Conflict

STATES: tuple[rules.State, ...] = get_args(rules.State)


def test_every_state_is_labelled_in_both_languages_and_listed() -> None:
    assert set(rules.STATES) == set(rules.NEXT) == set(STATES)
    assert all(label.zh and label.en for label in rules.STATES.values())


def test_every_state_is_reached_and_every_one_can_come_to_committed() -> None:
    reached: set[rules.State] = {"received"}
    while grown := {after for state in reached for after in rules.NEXT[state]} - reached:
        reached |= grown
    assert reached == set(STATES)
    done: set[rules.State] = {"committed"}
    while grown := {s for s in STATES if rules.NEXT[s] & done} - done:
        done |= grown
    assert done == set(STATES)


def test_nothing_follows_committed_and_nothing_undoes_it() -> None:
    assert rules.NEXT["committed"] == frozenset()
    for verb in get_args(rules.Verb):
        assert not rules.allows("committed", verb)
        with pytest.raises(Conflict):
            rules.require_verb("committed", verb)


def test_only_committing_leads_to_committed() -> None:
    assert [s for s in STATES if "committed" in rules.NEXT[s]] == ["committing"]
    assert [s for s in STATES if rules.allows(s, "commit")] == ["ready"]


@pytest.mark.parametrize("state", STATES)
def test_verbs_lead_only_where_the_table_leads(state: rules.State) -> None:
    if rules.allows(state, "configure"):
        assert rules.may_follow(state, "staging")
    if rules.allows(state, "commit"):
        assert rules.may_follow(state, "committing")
    if rules.allows(state, "cancel"):
        assert rules.may_follow(state, "cancelled")
    if state in rules.WORKING:
        assert not rules.allows(state, "discard")


def test_a_refused_step_names_the_state() -> None:
    with pytest.raises(Conflict) as caught:
        rules.require_step("committed", "staging")
    assert caught.value.where == {"state": "committed"}
    assert caught.value.remedy
