"""Bringing an installation up: folders, keys, migrations, the first owner, the warehouse.

Everything here may be called again and again, by several processes at once, and does only what is
missing.
"""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from huitou.accounts import actions, shops
from huitou.kernel.crypto import load_key_ring
from huitou.kernel.errors import Unavailable
from huitou.kernel.home import Home
from huitou.kernel.i18n import Text
from huitou.web.secret import ensure_secret

if TYPE_CHECKING:
    from huitou.warehouse.store import Warehouse

log = logging.getLogger("huitou.web")

_MIGRATING: Final = 0x4875_6974_6F75


@dataclass(frozen=True)
class FirstOwner:
    """The login of a new installation. The password exists nowhere else."""

    username: str
    password: str


def prepare(home: Home) -> None:
    """Folders, keys and an up-to-date app database."""
    home.prepare()
    settings.SECRET_KEY = ensure_secret(home)
    load_key_ring(home, create=True)
    migrate(home)


def migrate(home: Home) -> None:
    """Apply pending migrations; processes that start together take turns."""
    with (home.run / "migrate.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if pending_migrations():
            with _alone():
                call_command("migrate", verbosity=0, interactive=False)
        if connection.vendor == "sqlite":
            home.app_database.chmod(0o600)


@contextmanager
def _alone() -> Iterator[None]:
    """Processes of other homes and machines on the same PostgreSQL wait."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATING])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATING])


def pending_migrations() -> list[str]:
    """Names of migrations that the database does not have. Raises ``Unavailable``."""
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        raise Unavailable(
            Text(f"打不开应用数据库：{error}", f"The app database cannot be opened: {error}"),
            remedy=Text(
                "检查数据目录的权限与空间，或 HUITOU_DATABASE_URL",
                "Check the home's permissions and space, or HUITOU_DATABASE_URL",
            ),
            code="database",
        ) from error
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def first_owner(*, now: datetime, must_change_password: bool = True) -> FirstOwner | None:
    """Create the owner of an installation that has none; None when there is one."""
    made = actions.create_first_owner(now=now, must_change_password=must_change_password)
    return FirstOwner(made[0].username, made[1]) if made else None


@contextmanager
def owning_warehouse(
    home: Home, *, what: str = "huitou", now: datetime, inspect: bool = False
) -> Iterator[Warehouse]:
    """Own the warehouse for the block: opened, current, recovered from a crash, its shops mirrored.

    ``inspect``: only look, putting nothing right.
    Raises ``warehouse.store.WarehouseBusy`` when another process owns it.
    """
    from huitou.warehouse.store import Warehouse, set_current_warehouse

    warehouse = Warehouse.open(home, what=what)
    # Whoever changes a shop must not wait for a long import: the copy is made by a thread of its own.
    mirror = ThreadPoolExecutor(1, thread_name_prefix="mirror-shops")

    def on_change(**_: Any) -> None:
        mirror.submit(mirror_shops)

    try:
        set_current_warehouse(warehouse)
        if not inspect:
            mirror_shops()
            recover(now=now)
        shops.changed.connect(on_change)
        yield warehouse
    finally:
        shops.changed.disconnect(on_change)
        mirror.shutdown()
        set_current_warehouse(None)
        warehouse.close()


def mirror_shops() -> None:
    """Copy the shops into the warehouse, so that expressions can join them."""
    from huitou.warehouse.store import current_warehouse

    try:
        with current_warehouse().writing() as writer:
            writer.sync_shops(shops.all_shops())
    except Exception:
        log.exception("the shops could not be copied into the warehouse")
        raise
    finally:
        connection.close_if_unusable_or_obsolete()


def recover(*, now: datetime) -> None:
    """Let the parts put right what a crash left half way; before any job runs."""
    from huitou.intake import pipeline
    from huitou.intake.workplace import Workplace
    from huitou.members import actions, suggestions
    from huitou.segments import lists, refresh

    work = Workplace.here()
    touched = pipeline.recover(work, now=now)
    for batch in touched:
        log.warning("batch %s was left half way: now %s", batch.pk, batch.state)
    if actions.settle(work.warehouse, now) or touched:
        suggestions.refresh_all(work.warehouse, now)
    lists.discard_left_behind(work.home)
    for_segments = refresh.settle(work.warehouse)
    if for_segments:
        log.warning("%s refreshes of segments were left half way: finished", for_segments)
