"""Days of a zone worked out by the engine are those of the zone database."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huitou.warehouse.days import local_day, local_time, offsets
from huitou.warehouse.duckdb import Engine

ZONES = ("Asia/Shanghai", "America/New_York", "Asia/Kolkata", "Africa/Casablanca")


@pytest.mark.parametrize("zone", ZONES)
@settings(max_examples=3, deadline=None)
@given(st.data())
def test_local_times_are_those_of_the_zone(zone: str, data: st.DataObject) -> None:
    near = st.sampled_from([instant for instant, _offset in offsets(zone)])
    seconds = st.integers(-3, 3)
    borders = st.builds(lambda at, s: datetime.fromtimestamp(at.timestamp() + s), near, seconds)
    anywhere = st.datetimes(datetime(1971, 1, 1), datetime(2059, 1, 1))
    inside = borders.filter(lambda at: datetime(1971, 1, 1) < at < datetime(2059, 1, 1))
    drawn = data.draw(
        st.lists(anywhere if len(offsets(zone)) == 1 else anywhere | inside, min_size=30)
    )
    engine = Engine(None)
    connection = engine.connect()
    connection.create_temp(
        "moments", pa.table({"at": pa.array([*drawn, None], pa.timestamp("us"))})
    )
    moments = ibis.table({"at": "timestamp(6)"}, name="moments")
    found = connection.fetch(
        moments.select("at", time=local_time(moments.at, zone), day=local_day(moments.at, zone))
    )
    engine.close()
    for row in found.to_pylist():
        if row["at"] is None:
            assert row == {"at": None, "time": None, "day": None}
            continue
        right = row["at"].replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        assert (row["time"], row["day"]) == (right, right.date())
