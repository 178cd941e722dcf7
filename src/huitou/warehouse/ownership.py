"""Which process owns the warehouse: an advisory lock that the kernel frees when its holder dies."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from typing import Any

from huitou.kernel.errors import HuitouError
from huitou.kernel.i18n import Text


class WarehouseBusy(HuitouError):
    """Another process (``pid``, 0 if unknown) owns the warehouse to do ``what``."""

    status = 503
    code = "warehouse_busy"

    def __init__(self, pid: int, what: str) -> None:
        who = what or "huitou"
        super().__init__(
            Text(
                f"数据仓库正由进程 {pid}（{who}）使用",
                f"The warehouse is in use by process {pid} ({who})",
            ),
            remedy=Text(
                f"等它结束，或停止它（kill {pid}）；若它是 huitou serve，命令会自动交给它执行",
                f"Wait for it, or stop it (kill {pid}); if it is huitou serve, commands are handed "
                "to it by themselves",
            ),
            where={"pid": pid, "what": what},
        )
        self.pid = pid
        self.what = what


class Ownership:
    """The held lock; ``release`` gives it back."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    @classmethod
    def take(cls, path: Path, what: str) -> Ownership:
        """Lock ``path`` for this process. Raises ``WarehouseBusy``."""
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _holder(descriptor)
            os.close(descriptor)
            raise WarehouseBusy(int(holder.get("pid", 0)), str(holder.get("what", ""))) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps({"pid": os.getpid(), "what": what}).encode(), 0)
        return cls(descriptor)

    def release(self) -> None:
        """Safe to call twice."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None


def _holder(descriptor: int) -> dict[str, Any]:
    try:
        found = json.loads(os.pread(descriptor, 4096, 0))
    except ValueError:  # the holder has locked, but not yet written who it is
        return {}
    return found if isinstance(found, dict) else {}
