"""``huitou keys``: rotate the key that encrypts personal data, retire the keys of before."""

from __future__ import annotations

from typing import Any

from huitou.kernel.clock import wall_clock
from huitou.web.cli.registry import Emit, command, progress_to
from huitou.web.cli.root import execute, root, say, text


@command("keys rotate")
def rotate(args: dict[str, Any], emit: Emit) -> dict[str, Any]:
    from huitou.web.rotation import rotate_keys

    return rotate_keys(progress_to(emit), now=wall_clock())


@command("keys retire")
def retire(args: dict[str, Any], emit: Emit) -> dict[str, Any]:
    from huitou.web.rotation import retire_keys

    return retire_keys(progress_to(emit), now=wall_clock())


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
        say(
            text(
                "旧密钥还留着：原始文件要用。运行 huitou keys retire 收尾",
                "The old keys stay, raw files need them. Finish with huitou keys retire",
            )
        )


@keys.command(
    "retire",
    help=text(
        "原始文件也换用新密钥，然后丢弃旧密钥",
        "Bring raw files under the new key, drop the old ones",
    ),
)
def retire_command() -> None:
    result = execute("keys retire", {})
    if result is not None and not result["retired"]:
        say(text("没有旧密钥", "There are no old keys"))
    elif result is not None:
        numbers = ", ".join(str(number) for number in result["retired"])
        say(
            text(
                f"旧密钥已丢弃（{numbers}）；重新加密原始文件 {result['files']:,} 个、"
                f"记录 {result['records']:,} 条",
                f"Old keys dropped ({numbers}); {result['files']:,} raw files and "
                f"{result['records']:,} records under key {result['active']}",
            )
        )
