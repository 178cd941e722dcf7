"""Checks of an installation, each with what is wrong and what to do about it.

The command line and GET /health show the same list. ``home_checks`` need nothing but the home;
``warehouse_checks`` need the process that owns the warehouse.
"""

from __future__ import annotations

import shutil
import stat
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.db import connection

from huitou.kernel import jobs
from huitou.kernel.crypto import load_key_ring
from huitou.kernel.errors import HuitouError
from huitou.kernel.home import Home
from huitou.kernel.i18n import Text, translate
from huitou.kernel.models import Job
from huitou.web import static
from huitou.web.installation import pending_migrations
from huitou.web.secret import stored_secret

_SPACE_NEEDED: Final = 2 * 1024**3
_WAITS_TOO_LONG: Final = timedelta(minutes=30)


@dataclass(frozen=True)
class Check:
    """One finding. ``remedy`` only where it is not ok."""

    name: str
    label: Text
    ok: bool
    detail: Text
    remedy: Text | None = None

    def as_dict(self) -> dict[str, Any]:
        """The check in the active language."""
        return {
            "name": self.name,
            "label": translate(self.label),
            "ok": self.ok,
            "detail": translate(self.detail),
            "remedy": translate(self.remedy) if self.remedy else None,
        }


def report(home: Home, *, now: datetime) -> dict[str, Any]:
    """Every check and the rows of every table, in the active language (shape ``Health``)."""
    checks = [*home_checks(home, now=now), *warehouse_checks()]
    readable = checks[-1].ok
    return {
        "ok": all(check.ok for check in checks),
        "checks": [check.as_dict() for check in checks],
        "tables": [{"name": name, "rows": rows} for name, rows in table_counts().items()]
        if readable
        else [],
    }


def home_checks(home: Home, *, now: datetime) -> list[Check]:
    """Folder, keys, app database, space, browser app, jobs."""
    checks = [_home(home), _keys(home), _database(), _space(home), _app()]
    return [*checks, _jobs(now)] if checks[2].ok else checks


def warehouse_checks() -> list[Check]:
    """The warehouse's tables and how many rows each has."""
    from huitou.warehouse.store import current_warehouse

    label = Text("数据仓库", "Warehouse")
    try:
        warehouse = current_warehouse()
        wrong = warehouse.check()
    except HuitouError as error:
        return [Check("warehouse", label, False, error.message, error.remedy)]
    if wrong:
        listed = "; ".join(wrong)
        remedy = Text("从备份恢复，或重新导入", "Restore a backup, or import again")
        return [Check("warehouse", label, False, Text(listed, listed), remedy)]
    count = len(warehouse_tables())
    return [Check("warehouse", label, True, Text(f"{count} 张表完好", f"{count} tables are well"))]


def table_counts() -> dict[str, int]:
    """Table → number of rows, for every table of the warehouse."""
    from huitou.warehouse.store import current_warehouse

    warehouse = current_warehouse()
    return {
        name: int(warehouse.scalar(warehouse.table(name).count())) for name in warehouse_tables()
    }


def warehouse_tables() -> list[str]:
    from huitou.warehouse.schema import TABLES

    return list(TABLES)


def _home(home: Home) -> Check:
    label = Text("数据目录", "Home folder")
    detail = Text(str(home.root), str(home.root))
    if not home.root.is_dir():
        remedy = Text("运行 huitou serve 初始化", "Run huitou serve to make it")
        return Check("home", label, False, detail, remedy)
    folders = (home.root, home.keys, home.files, home.staging, home.run)
    open_ones = [path for path in folders if path.exists() and _mode(path) & 0o077]
    if open_ones:
        names = " ".join(str(path) for path in open_ones)
        return Check(
            "home",
            label,
            False,
            Text(f"其他用户可读：{names}", f"Readable by other users: {names}"),
            Text(f"运行 chmod 700 {names}", f"Run chmod 700 {names}"),
        )
    return Check("home", label, True, detail)


def _keys(home: Home) -> Check:
    label = Text("密钥", "Keys")
    try:
        ring = load_key_ring(home)
        secret = stored_secret(home)
    except HuitouError as error:
        return Check("keys", label, False, error.message, error.remedy)
    if secret is None:
        return Check(
            "keys",
            label,
            False,
            Text("没有会话密钥", "There is no session key"),
            Text("运行 huitou serve 生成", "Run huitou serve to make it"),
        )
    count = len(ring.keys)
    return Check(
        "keys",
        label,
        True,
        Text(
            f"{count} 把加密密钥，当前第 {ring.active} 把",
            f"{count} keys, number {ring.active} active",
        ),
    )


def _database() -> Check:
    label = Text("应用数据库", "App database")
    kind = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(connection.vendor, "?")
    try:
        pending = pending_migrations()
    except HuitouError as error:
        return Check("database", label, False, error.message, error.remedy)
    if pending:
        return Check(
            "database",
            label,
            False,
            Text(
                f"{kind}，{len(pending)} 个迁移未执行", f"{kind}, {len(pending)} migrations pending"
            ),
            Text("重启 huitou serve 会自动执行", "Restarting huitou serve applies them"),
        )
    return Check("database", label, True, Text(f"{kind}，已是最新", f"{kind}, up to date"))


def _space(home: Home) -> Check:
    label = Text("磁盘空间", "Disk space")
    path = next(path for path in (home.root, *home.root.parents) if path.exists())
    free = shutil.disk_usage(path).free
    gigabytes = free / 1024**3
    detail = Text(f"剩余 {gigabytes:.1f} GB", f"{gigabytes:.1f} GB free")
    if free < _SPACE_NEEDED:
        return Check("space", label, False, detail, Text("清理或扩容", "Free some, or add some"))
    return Check("space", label, True, detail)


def _app() -> Check:
    label = Text("浏览器界面", "Browser app")
    if not (static.FOLDER / "index.html").exists():
        remedy = Text("在源码目录运行 make build", "Run make build in the checkout")
        return Check("app", label, False, Text("尚未构建", "Not built"), remedy)
    return Check("app", label, True, Text("已构建", "Built"))


def _jobs(now: datetime) -> Check:
    label = Text("后台任务", "Jobs")
    silent = Job.objects.filter(state=jobs.RUNNING, heartbeat_at__lt=now - jobs.LOST_AFTER).count()
    waiting = Job.objects.filter(state=jobs.QUEUED, created_at__lt=now - _WAITS_TOO_LONG).count()
    if silent or waiting:
        return Check(
            "jobs",
            label,
            False,
            Text(
                f"{silent} 个没有心跳，{waiting} 个等待超过 30 分钟",
                f"{silent} without a heartbeat, {waiting} waiting for over 30 minutes",
            ),
            Text("确认 huitou serve 在运行，或重启它", "See that huitou serve runs, or restart it"),
        )
    active = Job.objects.filter(state__in=jobs.ACTIVE).count()
    return Check("jobs", label, True, Text(f"{active} 个进行中", f"{active} active"))


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
