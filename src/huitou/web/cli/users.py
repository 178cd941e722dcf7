"""``huitou user``: create a user, reset a password. For whoever can read the home's keys."""

from __future__ import annotations

from typing import Any

import click

from huitou.kernel.clock import wall_clock
from huitou.web.cli.registry import Emit, command
from huitou.web.cli.root import execute, root, say, text


@command("user create", warehouse=False)
def create_user(args: dict[str, Any], emit: Emit) -> dict[str, Any]:
    from huitou.accounts import actions, shops

    numbers = [shops.shop_by_code(code).shop for code in args["shops"]]
    user, password = actions.create_user(
        username=args["username"],
        display_name=args["display_name"],
        role=args["role"],
        all_shops=not numbers,
        shops=numbers,
        language=args["language"],
        actor=None,
        now=wall_clock(),
    )
    return {"id": str(user.pk), "username": user.username, "role": user.role, "password": password}


@command("user reset-password", warehouse=False)
def reset_password(args: dict[str, Any], emit: Emit) -> dict[str, Any]:
    from huitou.accounts import actions

    user = actions.user_by_name(args["username"])
    password = actions.reset_password(
        user.pk, actor=None, now=wall_clock(), must_change_password=not args["keep"]
    )
    return {"id": str(user.pk), "username": user.username, "password": password}


@root.group("user", help=text("用户", "Users"))
def users() -> None:
    pass


@users.command(
    "create", help=text("新建用户，密码只显示一次", "Create a user; the password is shown once")
)
@click.argument("username")
@click.option("--role", default="operator", show_default=True)
@click.option("--name", "display_name", default="", help=text("显示名", "Name to show"))
@click.option(
    "--shop", "shops", multiple=True, help=text("限定店铺代码，可多次", "Only these shops (codes)")
)
@click.option(
    "--speaks", "language", default="zh", show_default=True, type=click.Choice(["zh", "en"])
)
def create(
    username: str, role: str, display_name: str, shops: tuple[str, ...], language: str
) -> None:
    args = {
        "username": username,
        "role": role,
        "display_name": display_name,
        "shops": list(shops),
        "language": language,
    }
    _tell(execute("user create", args))


@users.command(
    "reset-password", help=text("重置密码，只显示一次", "Reset a password; it is shown once")
)
@click.argument("username")
@click.option(
    "--keep",
    is_flag=True,
    help=text("不要求下次登录时修改", "It need not be changed at the next login"),
)
def reset(username: str, keep: bool) -> None:
    _tell(execute("user reset-password", {"username": username, "keep": keep}), keep=keep)


def _tell(result: dict[str, Any] | None, *, keep: bool = False) -> None:
    if result is not None:
        say(text(f"用户名  {result['username']}", f"user name  {result['username']}"))
        say(text(f"密  码  {result['password']}", f"password   {result['password']}"))
        if not keep:
            say(text("首次登录须修改密码。", "It must be changed at the first login."))
