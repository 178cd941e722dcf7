"""Running a process to its end while watching what it takes: time, processor time, peak memory."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from huitou.kernel.errors import HuitouError
from huitou.kernel.i18n import Text

_POLL_SECONDS: Final = 0.05
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


class ProcessFailed(HuitouError):
    """A measured process failed, or its result is not what it must be."""

    status = 500
    code = "bench_failed"


@dataclass(frozen=True)
class Finished:
    """What a process took and what it printed."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    output: str


def run_to_end(command: Sequence[str], environment: Mapping[str, str]) -> Finished:
    """Run a process and all it starts to the end; its peak memory is their sum."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        started = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - our own command
            list(command), stdout=output, stderr=errors, env={**os.environ, **environment}
        )
        peak = _Peak(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        peak.stop()
        output.seek(0)
        errors.seek(0)
        said = output.read()
        if process.returncode != 0:
            raise ProcessFailed(
                Text(
                    f"进程退出码 {process.returncode}：{errors.read()[-2000:] or said[-2000:]}",
                    f"The process ended with {process.returncode}: "
                    f"{errors.read()[-2000:] or said[-2000:]}",
                )
            )
        unit = 1 if sys.platform == "darwin" else 1024
        cpu = usage.ru_utime + usage.ru_stime
        return Finished(seconds, cpu, max(peak.bytes, usage.ru_maxrss * unit), said)


class _Peak:
    """Watches the resident memory of a process and its descendants (where /proc tells)."""

    def __init__(self, pid: int) -> None:
        self.bytes = 0
        self._pid = pid
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stopped.wait(_POLL_SECONDS):
            self.bytes = max(self.bytes, sum(map(_resident, _family(self._pid))))


def _family(pid: int) -> list[int]:
    found = [pid]
    for parent in found:
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                found += map(int, children.read_text().split())
            except OSError:
                continue
    return found


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


def size_of(folder: Path) -> int:
    """Bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
