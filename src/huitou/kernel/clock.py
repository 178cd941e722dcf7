"""Time enters the system here and nowhere else below the CLI and the HTTP layer.

Instants are aware ``datetime`` in UTC. A "day" is a calendar day of the brand's zone.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

DEFAULT_ZONE = "Asia/Shanghai"


def wall_clock() -> datetime:
    """The present instant. Only the CLI and the HTTP layer call this; all else takes ``now``."""
    return datetime.now(UTC)


def naive_utc(instant: datetime) -> datetime:
    """An aware instant as the naive UTC timestamp that the warehouse stores."""
    if instant.tzinfo is None:
        raise ValueError("instants are aware; a naive datetime has no place in time")
    return instant.astimezone(UTC).replace(tzinfo=None)


def aware(stored: datetime) -> datetime:
    """A warehouse timestamp (naive UTC) as an aware instant."""
    return stored.replace(tzinfo=UTC)


def local_day(instant: datetime, zone: str = DEFAULT_ZONE) -> date:
    """The brand's calendar day that an aware instant falls on."""
    return instant.astimezone(ZoneInfo(zone)).date()


def day_start(day: date, zone: str = DEFAULT_ZONE) -> datetime:
    """The first instant (aware, UTC) of a brand day."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def day_range(first: date, last: date, zone: str = DEFAULT_ZONE) -> tuple[datetime, datetime]:
    """Half-open instants [start, end) that cover the days ``first`` … ``last`` inclusive."""
    return day_start(first, zone), day_start(last + timedelta(days=1), zone)
