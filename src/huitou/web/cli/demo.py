"""``huitou demo``: load the demo brand, and serve it if asked to."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import click

from huitou.kernel.clock import DEFAULT_ZONE, wall_clock
from huitou.kernel.home import Home
from huitou.web.cli.registry import Emit, command, progress_to
from huitou.web.cli.root import execute, root, say, table, text

DEFAULT_MEMBERS: Final = 20_000
DEFAULT_SEED: Final = 7


@command("demo")
def run(args: dict[str, Any], emit: Emit) -> dict[str, Any]:
    from huitou.demo import loader
    from huitou.intake.workplace import Workplace
    from huitou.web.installation import first_owner

    now = wall_clock()
    report = loader.load(
        Workplace.here(),
        members=args["members"],
        seed=args["seed"],
        until=date.fromisoformat(args["until"]) if args["until"] else None,
        density=args["density"],
        append=args["append"],
        force=args["force"],
        now=now,
        progress=progress_to(emit),
    )
    owner = first_owner(now=now, must_change_password=False)
    if owner is not None:
        login = {"username": owner.username, "name": "Owner", "role": "owner"}
        report.users.insert(0, {**login, "password": owner.password})
    taken = (wall_clock() - now).total_seconds()
    return {**report.as_dict(), "seconds": round(taken, 1)}


@root.command(
    "demo",
    help=text(
        "载入演示品牌：三家网店、五家门店、三年历史；同样的参数再运行一次什么也不改变",
        "Load the demo brand: three online shops, five stores, three years. The same again changes nothing",
    ),
)
@click.option(
    "--members",
    default=DEFAULT_MEMBERS,
    show_default=True,
    type=click.IntRange(1, 10_000_000),
    help=text("会员人数", "How many people"),
)
@click.option("--seed", default=DEFAULT_SEED, show_default=True, type=click.IntRange(0))
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    help=text("数据截至哪一天（默认现在）", "The last day of the data (default: now)"),
)
@click.option(
    "--density",
    default=1.0,
    show_default=True,
    type=click.FloatRange(0.1, 10),
    help=text(
        "老客回购次数的倍数；4.8 约为每人 10 行明细",
        "Repeat purchases × this; 4.8 is ~10 lines each",
    ),
)
@click.option(
    "--append",
    is_flag=True,
    help=text(
        "把已有的演示数据推进到 --until 或现在", "Move the demo that is there on to --until or now"
    ),
)
@click.option(
    "--force",
    is_flag=True,
    help=text("目录里已有别的数据也载入", "Load although the home holds other data"),
)
@click.option("--serve", is_flag=True, help=text("载入后启动服务", "Serve the app afterwards"))
@click.option("--host", default="127.0.0.1", show_default=True, help=text("监听地址", "Address"))
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
def demo(
    members: int, seed: int, until: datetime | None, density: float, append: bool, force: bool,
    serve: bool, host: str, port: int,
) -> None:  # fmt: skip
    args = {
        "members": members,
        "seed": seed,
        "until": until.date().isoformat() if until else None,
        "density": density,
        "append": append,
        "force": force,
    }
    result = execute("demo", args)
    if result is not None:
        tell(result)
    if serve:
        from huitou.web import serving
        from huitou.web.cli.serve import tell as tell_started

        home = Home.from_environment()
        serving.serve(
            home, host=host, port=port, threads=2, on_ready=tell_started, must_change_password=False
        )


def tell(result: dict[str, Any]) -> None:
    """Print what was loaded, and the logins that were made."""
    until = datetime.fromisoformat(result["until"]).astimezone(ZoneInfo(DEFAULT_ZONE))
    about = f"{result['brand']} · {result['members']:,} · seed {result['seed']} · {until:%Y-%m-%d %H:%M}"
    if result["outcome"] == "unchanged":
        say(
            text(
                f"演示数据已在：{about}。加 --append 推进到现在。",
                f"The demo is there: {about}. Add --append to move it on to now.",
            )
        )
    else:
        say(
            text(
                f"演示数据已载入：{about}，用时 {result['seconds']} 秒",
                f"Demo loaded: {about}, in {result['seconds']} s",
            ),
            bold=True,
        )
        table(
            (
                text("批次", "batch"),
                text("行数", "rows"),
                text("新增", "inserted"),
                text("更新", "updated"),
                text("未变", "unchanged"),
                text("新会员", "new members"),
            ),
            [
                (
                    row["name"],
                    row["rows"],
                    row["inserted"],
                    row["updated"],
                    row["unchanged"],
                    row["members_new"],
                )
                for row in result["batches"]
            ],
        )
    if result["users"]:
        say()
        say(
            text("登录账号（密码只显示这一次）：", "Logins (passwords are shown this once):"),
            bold=True,
        )
        table(
            (
                text("用户名", "user name"),
                text("密码", "password"),
                text("角色", "role"),
                text("姓名", "name"),
            ),
            [
                (user["username"], user["password"], user["role"], user["name"])
                for user in result["users"]
            ],
        )
