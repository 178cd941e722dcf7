"""Jobs as the task tray and other parts' answers show them."""

from __future__ import annotations

from typing import Any

from huitou.accounts.guard import Principal
from huitou.kernel import jobs
from huitou.kernel.errors import NotFound
from huitou.kernel.i18n import Text, active_language
from huitou.kernel.models import Job

SHOWN = 100
EVERYBODYS_JOBS = "settings.manage"


def visible(caller: Principal, *, active: bool | None) -> list[dict[str, Any]]:
    """The newest jobs: one's own, or everybody's for who manages the settings."""
    rows = Job.objects.order_by("-id")
    if not caller.can(EVERYBODYS_JOBS):
        rows = rows.filter(owner_id=caller.user_id)
    if active is not None:
        chosen = rows.filter if active else rows.exclude
        rows = chosen(state__in=jobs.ACTIVE)
    return [jobs.as_dict(row, active_language()) for row in rows[:SHOWN]]


def one(caller: Principal, job_id: int) -> Job:
    """A job that the caller may see. Raises ``NotFound``."""
    row = jobs.get(job_id)
    if row.owner_id != caller.user_id and not caller.can(EVERYBODYS_JOBS):
        raise NotFound(Text("没有这个任务", "There is no such job"), where={"job": job_id})
    return row
