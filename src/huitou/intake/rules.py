"""The life of a batch, as data: which state may follow which, and what a person may do in each.

::

    received ──> needs_setup ──> staging ──> ready ──> committing ──> committed
        └───────────────────────────┘           (or: empty, failed, cancelled)

No I/O here. ``actions`` asks, changes the row and audits.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from huitou.kernel.errors import Conflict
from huitou.kernel.i18n import Text, translate

State = Literal[
    "received",
    "needs_setup",
    "staging",
    "ready",
    "committing",
    "committed",
    "failed",
    "cancelled",
    "empty",
]
Verb = Literal["configure", "commit", "cancel", "discard"]

STATES: Final[Mapping[State, Text]] = {
    "received": Text("已收到，正在识别", "Received, being recognised"),
    "needs_setup": Text("待设置", "Needs set-up"),
    "staging": Text("正在读取", "Being read"),
    "ready": Text("待确认", "Ready to import"),
    "committing": Text("正在入库", "Being imported"),
    "committed": Text("已入库", "Imported"),
    "failed": Text("失败", "Failed"),
    "cancelled": Text("已取消", "Cancelled"),
    "empty": Text("没有可导入的行", "Nothing to import"),
}

NEXT: Final[Mapping[State, frozenset[State]]] = {
    "received": frozenset({"needs_setup", "staging", "failed", "cancelled"}),
    "needs_setup": frozenset({"staging", "cancelled"}),
    # Back to needs_setup: the file turned out to need an answer only a person can give.
    "staging": frozenset({"ready", "empty", "failed", "cancelled", "needs_setup"}),
    "ready": frozenset({"staging", "committing", "cancelled"}),
    # Back to ready: the process died before the warehouse's transaction did anything.
    "committing": frozenset({"committed", "ready", "failed", "cancelled"}),
    "committed": frozenset(),
    # The original is kept, so what failed or was given up can be read again with other settings.
    "failed": frozenset({"staging"}),
    "cancelled": frozenset({"staging"}),
    "empty": frozenset({"staging", "cancelled"}),
}

WORKING: Final[frozenset[State]] = frozenset({"received", "staging", "committing"})
"""States in which something is at it; work that breaks off must not leave a batch in one."""

_VERBS: Final[Mapping[Verb, frozenset[State]]] = {
    "configure": frozenset({"needs_setup", "ready", "failed", "cancelled", "empty"}),
    "commit": frozenset({"ready"}),
    "cancel": frozenset({"received", "needs_setup", "staging", "ready", "committing", "empty"}),
    "discard": frozenset({"needs_setup", "ready", "failed", "cancelled", "empty"}),
}

_VERB_LABELS: Final[Mapping[Verb, Text]] = {
    "configure": Text("重新设置", "be set up"),
    "commit": Text("入库", "be imported"),
    "cancel": Text("取消", "be cancelled"),
    "discard": Text("删除", "be discarded"),
}


def may_follow(before: State, after: State) -> bool:
    """Whether a batch may go from one state straight to another."""
    return after in NEXT[before]


def require_step(before: State, after: State) -> None:
    """Raise ``Conflict`` when ``after`` may not follow ``before``."""
    if not may_follow(before, after):
        raise Conflict(
            Text(
                f"批次当前状态是“{STATES[before].zh}”，不能变为“{STATES[after].zh}”",
                f'The batch is in state "{STATES[before].en}", which "{STATES[after].en}" does not follow',
            ),
            remedy=Text("刷新页面查看最新状态", "Refresh to see its present state"),
            where={"state": before},
        )


def allows(state: State, verb: Verb) -> bool:
    """Whether a person may ``verb`` a batch in ``state``."""
    return state in _VERBS[verb]


def require_verb(state: State, verb: Verb) -> None:
    """Raise ``Conflict`` when a person may not ``verb`` a batch in ``state``."""
    if not allows(state, verb):
        label = _VERB_LABELS[verb]
        raise Conflict(
            Text(
                f"批次当前状态是“{STATES[state].zh}”，不能{label.zh}",
                f'A batch in state "{STATES[state].en}" cannot {label.en}',
            ),
            remedy=Text("刷新页面查看最新状态", "Refresh to see its present state"),
            where={"state": state},
        )


def state_label(state: State, language: str | None = None) -> str:
    """The state as a person reads it."""
    return translate(STATES[state], language)
