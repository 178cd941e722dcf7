"""Calendar days and wall-clock times of a zone, as plain expressions any engine can run.

A zone is turned into its list of offset changes, so that no engine needs a time-zone database.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

import ibis

_FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST: Final = datetime(2060, 1, 1, tzinfo=UTC)


@cache
def offsets(zone: str) -> tuple[tuple[datetime, int], ...]:
    """(naive UTC instant, seconds east of UTC from then on), 1970–2060, oldest first."""
    place = ZoneInfo(zone)

    def seconds(instant: datetime) -> int:
        offset = instant.astimezone(place).utcoffset()
        return int(offset.total_seconds()) if offset is not None else 0

    found = [(_FIRST, seconds(_FIRST))]
    day = _FIRST
    while day < _LAST:
        following = day + timedelta(days=1)
        if seconds(following) != found[-1][1]:
            low, high = day, following  # the change lies in (low, high]
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) / 2
                low, high = (low, middle) if seconds(middle) != found[-1][1] else (middle, high)
            found.append((high.replace(microsecond=0), seconds(high)))
        day = following
    return tuple((instant.replace(tzinfo=None), offset) for instant, offset in found)


def local_time(instant: ibis.Value, zone: str) -> ibis.Value:
    """The wall-clock timestamp of a naive UTC instant in a zone."""
    changes = offsets(zone)
    shifted = instant + ibis.interval(seconds=changes[-1][1])
    if len(changes) == 1:
        return shifted
    # Newest first: most facts are recent, and a CASE stops at its first match.
    branches = [
        (instant >= ibis.literal(since), instant + ibis.interval(seconds=offset))
        for since, offset in reversed(changes[1:])
    ]
    return ibis.cases(*branches, else_=instant + ibis.interval(seconds=changes[0][1]))


def local_day(instant: ibis.Value, zone: str) -> ibis.Value:
    """The calendar day of a naive UTC instant in a zone."""
    return local_time(instant, zone).date()
