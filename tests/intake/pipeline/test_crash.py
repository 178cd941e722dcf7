"""A process that is killed while it commits leaves nothing or all, in the warehouse and the vault."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.slow
def test_a_killed_commit_leaves_nothing_or_all(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("crashing.py")), str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"},
        timeout=900,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    trials = [json.loads(line) for line in ran.stdout.splitlines()]
    whole, *crashed = trials
    assert whole["found"]["state"] == "committed"
    assert whole["found"]["trades"] == 1_500
    assert whole["found"]["vault"] > 1_500
    outcomes: Counter[str] = Counter()
    for trial in crashed:
        found, name = trial["found"], trial["trial"]
        if found["proof"]:
            assert found == whole["found"], name
            outcomes["all"] += 1
        else:
            nothing = ("trades", "lines", "members", "keys", "feed", "vault", "inserted")
            assert {key: found[key] for key in nothing} == dict.fromkeys(nothing, 0), name
            assert (found["state"], found["stage"]) == ("ready", 1), name
            outcomes["nothing"] += 1
        assert trial["again"] == whole["again"], name
    # The deterministic kills alone give both outcomes.
    assert outcomes["nothing"] >= 4
    assert outcomes["all"] >= 2
