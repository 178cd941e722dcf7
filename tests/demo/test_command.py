"""``huitou demo`` as people run it."""

from __future__ import annotations

import pytest
from tests.support.server import command, json_command

from huitou.kernel.home import Home


@pytest.mark.slow
def test_the_command_loads_once_and_says_how_to_go_on(
    child_environment: dict[str, str], home: Home
) -> None:
    asked = ("demo", "--members", "40", "--until", "2026-10-20")
    first = json_command(child_environment, *asked)
    assert first["outcome"] == "loaded"
    assert [user["role"] for user in first["users"]][:2] == ["owner", "administrator"]
    assert all(user["password"] for user in first["users"])
    again = json_command(child_environment, *asked)
    assert (again["outcome"], again["users"], again["batches"]) == ("unchanged", [], [])
    _, told, _ = command(child_environment, *asked, "--language", "en")
    assert "The demo is there" in told
    assert "2026-10-20 21:00" in told
    other = json_command(child_environment, "demo", "--members", "41")
    assert other["error"]["code"] == "demo_other"
    assert other["error"]["remedy"]
    assert (home.root / "demo.json").exists()
