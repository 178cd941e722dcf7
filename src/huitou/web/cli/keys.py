"""``huitou keys``: rotate the key that encrypts personal data."""

from __future__ import annotations

from typing import Any

from huitou.kernel.clock import wall_clock
from huitou.web.cli.registry import Emit, command, progress_to
from huitou.web.cli.root import execute, root, say, text


@command("keys rotate")
def rotate(args: dict[str, Any], emit: Emit) -> dict[str, Any]:
    from huitou.web.rotation import rotate_keys

    return rotate_keys(progress_to(emit), now=wall_clock())


@root.group("keys", help=text("加密密钥", "Encryption keys"))
def keys() -> None:
    pass


@keys.command(
    "rotate", help=text("换一把新密钥并重新加密", "Make a new key and encrypt everything anew")
)
def rotate_command() -> None:
    result = execute("keys rotate", {})
    if result is not None:
        say(
            text(
                f"已换到第 {result['active']} 把密钥，重新加密 {result['records']:,} 条",
                f"Key {result['active']} is active; {result['records']:,} records encrypted anew",
            )
        )
