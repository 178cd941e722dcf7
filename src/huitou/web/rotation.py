"""Changing the key that encrypts personal data."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any

from huitou.accounts import audit
from huitou.kernel import crypto
from huitou.kernel.errors import Unavailable
from huitou.kernel.home import Home
from huitou.kernel.i18n import Text
from huitou.kernel.jobs import Progress
from huitou.members import vault


def rotate_keys(progress: Progress, *, now: datetime) -> dict[str, Any]:
    """Make a new key active and encrypt the vault under it. Safe to repeat after a crash.

    The new ring is on disk before the first record changes. Old keys stay in the ring: kept raw files
    were encrypted under them.
    """
    if os.environ.get(crypto.ENV):
        raise Unavailable(
            Text(
                f"密钥来自环境变量 {crypto.ENV}，不能在这里轮换",
                f"The keys come from the environment ({crypto.ENV}) and cannot be rotated here",
            ),
            remedy=Text(
                "取消该变量并改用 keys/master.key", "Unset it and keep the keys in keys/master.key"
            ),
        )
    home = Home.from_environment()
    ring = crypto.load_key_ring(home).with_new_key()
    crypto.replace_key_ring(home, ring)
    records = vault.reseal(ring, progress)
    audit.record(
        actor=None,
        action="keys.rotate",
        subject=f"encryption_key:{ring.active}",
        detail={"records": records},
        now=now,
    )
    return {"active": ring.active, "keys": len(ring.keys), "records": records}
