"""Fixtures of real app databases: a SQLite file and a PostgreSQL, each new and migrated.

``app_database`` runs a test once on each, with Django's default connection pointing there, so that
threads have connections of their own, as they have in production.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections
from tests.support import postgres

from huitou.kernel.home import Home
from huitou.web.database import postgres_settings, sqlite_settings


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Path]:
    """The socket folder of a PostgreSQL that runs for the session."""
    with postgres.running() as sockets:
        yield sockets


@pytest.fixture
def postgres_url(postgres_server: Path) -> Iterator[str]:
    """The address of a new, empty PostgreSQL database, as HUITOU_DATABASE_URL takes it."""
    name = f"t{uuid4().hex[:12]}"
    with psycopg.connect(f"host={postgres_server} user=postgres", autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        yield f"postgresql://postgres@localhost/{name}?host={postgres_server}"
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def app_database(
    request: pytest.FixtureRequest, home: Home, django_db_blocker: Any
) -> Iterator[str]:
    """Django's default database is a real one for the test; the value is its vendor."""
    if request.param == "postgres":
        wanted = postgres_settings(request.getfixturevalue("postgres_url"))
    else:
        wanted = sqlite_settings(home)
    usual, usual_settings = connections["default"], connections.settings["default"]
    with django_db_blocker.unblock():
        connections.settings["default"] = connections.configure_settings({"default": wanted})[
            "default"
        ]
        del connections["default"]
        try:
            call_command("migrate", verbosity=0, interactive=False)
            yield str(request.param)
        finally:
            connections.close_all()
            connections.settings["default"] = usual_settings
            # The very object: it keeps the in-memory database of the other tests alive.
            connections["default"] = usual


@pytest.fixture
def child_environment(home: Home) -> dict[str, str]:
    """The environment for a process of the program itself: this home, nothing of the test's own."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("HUITOU_", "PYTEST", "DJANGO_", "LC_", "LANG"))
    }
    return {**kept, "HUITOU_HOME": str(home.root), "PYTHONUNBUFFERED": "1"}
