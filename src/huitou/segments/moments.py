"""The moment a rule is asked for. Facts from that instant on are not known yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from huitou.kernel.clock import day_start, local_day, naive_utc


@dataclass(frozen=True)
class Moment:
    """``at``: the first instant (aware) that is not known; ``zone``: what "day" means."""

    at: datetime
    zone: str

    @classmethod
    def end_of(cls, day: date, zone: str) -> Moment:
        """The end of a brand day: everything that happened on it is known."""
        return cls(day_start(day + timedelta(days=1), zone), zone)

    @classmethod
    def today(cls, now: datetime, zone: str) -> Moment:
        """The end of the day of ``now``: the moment of counts that stay the same all day."""
        return cls.end_of(local_day(now, zone), zone)

    @property
    def day(self) -> date:
        """The last brand day of which something is known."""
        return local_day(self.at - timedelta(microseconds=1), self.zone)

    @property
    def cut(self) -> datetime:
        """``at`` as the naive UTC timestamp that the warehouse stores."""
        return naive_utc(self.at)

    def start_of(self, day: date) -> datetime:
        """The first instant (naive UTC) of a brand day."""
        return naive_utc(day_start(day, self.zone))
