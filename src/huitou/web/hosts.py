"""Which Host headers are answered: the defence against DNS rebinding.

A rebinding attack needs a *name* that it can point elsewhere. So bare addresses and this machine's
own names are always fine; any other name must be the public URL's or be listed in
``HUITOU_ALLOWED_HOSTS``.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from functools import lru_cache
from urllib.parse import urlsplit

from huitou.kernel.errors import HuitouError
from huitou.kernel.i18n import Text


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    given = os.environ.get("HUITOU_ALLOWED_HOSTS", "").split(",")
    public = urlsplit(os.environ.get("HUITOU_PUBLIC_URL", "")).hostname or ""
    machine = socket.gethostname().lower()
    names = {name.strip().lower() for name in given} | {public, machine, f"{machine}.local"}
    return frozenset((names - {""}) | {"localhost"})


def is_allowed(host_header: str) -> bool:
    """Whether a Host header (``name``, ``name:port``, ``[v6]:port``) may be answered."""
    host = urlsplit(f"//{host_header}").hostname
    if host is None:
        return False
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host.rstrip(".") in _names() or host.endswith(".localhost")
    return True


def refusal(host_header: str) -> HuitouError:
    name = host_header[:100]
    return HuitouError(
        Text(f"不认识的主机名 {name}", f"Unknown host name {name}"),
        remedy=Text(
            f"把它加进环境变量 HUITOU_ALLOWED_HOSTS 后重启：HUITOU_ALLOWED_HOSTS={name}",
            f"Add it to the environment and restart: HUITOU_ALLOWED_HOSTS={name}",
        ),
        code="unknown_host",
    )
