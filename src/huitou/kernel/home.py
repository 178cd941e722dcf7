"""The home folder: everything one installation keeps, in one place that can be backed up.

Layout::

    app.sqlite3          app database (unless HUITOU_DATABASE_URL names a PostgreSQL)
    warehouse.duckdb     facts, no personal data
    warehouse.lock       held by the one process that owns the warehouse
    keys/master.key      mode 0600: encryption and blind-index secrets (see kernel.crypto)
    keys/django.key      mode 0600: session signing
    files/               raw intake files, compressed and encrypted
    staging/             batches between preview and commit; emptied at start
    run/server.json      mode 0600: address and token of the running server
"""

from __future__ import annotations

import os
from pathlib import Path

ENV = "HUITOU_HOME"


class Home:
    """Paths of one installation. Creating a ``Home`` creates nothing; ``prepare`` does."""

    def __init__(self, root: Path) -> None:
        self.root = root.expanduser().resolve()

    @classmethod
    def from_environment(cls) -> Home:
        """``$HUITOU_HOME``, else ``~/.huitou``."""
        return cls(Path(os.environ.get(ENV) or "~/.huitou"))

    @property
    def app_database(self) -> Path:
        return self.root / "app.sqlite3"

    @property
    def warehouse(self) -> Path:
        return self.root / "warehouse.duckdb"

    @property
    def warehouse_lock(self) -> Path:
        return self.root / "warehouse.lock"

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def files(self) -> Path:
        return self.root / "files"

    @property
    def staging(self) -> Path:
        return self.root / "staging"

    @property
    def exports(self) -> Path:
        return self.root / "exports"

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def server_card(self) -> Path:
        return self.run / "server.json"

    def prepare(self) -> None:
        """Create the folders, readable by their owner only."""
        for folder in (self.root, self.keys, self.files, self.staging, self.exports, self.run):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def write_private(path: Path, content: bytes) -> None:
    """Write a file with mode 0600 from its first byte; never over an existing one."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
