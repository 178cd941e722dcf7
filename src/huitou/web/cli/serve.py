"""``huitou serve``: the app in one process."""

from __future__ import annotations

import json

import click

from huitou.kernel.home import Home
from huitou.web.cli.root import root, say, text
from huitou.web.cli.start import options


@root.command(
    "serve",
    help=text("启动服务；第一次启动会创建所有者", "Serve the app; the first start makes the owner"),
)
@click.option("--host", default="127.0.0.1", show_default=True, help=text("监听地址", "Address"))
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option(
    "--threads",
    default=2,
    show_default=True,
    type=click.IntRange(1, 32),
    help=text("后台任务线程数", "Threads for background jobs"),
)
def serve(host: str, port: int, threads: int) -> None:
    from huitou.web import serving

    home = Home.from_environment()
    serving.serve(home, host=host, port=port, threads=threads, on_ready=tell)


def tell(started: object) -> None:
    """Print the address and, once, the first owner's login."""
    from huitou.web.serving import Started

    assert isinstance(started, Started)
    if options.json:
        click.echo(json.dumps(started.as_dict(), ensure_ascii=False))
        return
    if started.owner is not None:
        tell_login(started.owner.username, started.owner.password)
    say(text(f"回头已启动：{started.url}", f"Huitou is serving at {started.url}"), bold=True)
    if started.exposed:
        say(
            text(
                "注意：其他机器可以访问且没有 https，密码会明文传输。"
                "请在前面加反向代理并设置 HUITOU_PUBLIC_URL",
                "Other machines can reach this without https, so passwords travel in the clear. Put a "
                "reverse proxy in front and set HUITOU_PUBLIC_URL",
            )
        )
    say(text(f"数据目录：{started.home}    停止：Ctrl-C", f"Home: {started.home}    Stop: Ctrl-C"))


def tell_login(username: str, password: str) -> None:
    """The generated login, shown this once."""
    say(
        text("已创建所有者（密码只显示这一次）：", "The owner was created (shown this once):"),
        bold=True,
    )
    say(text(f"  用户名  {username}", f"  user name  {username}"))
    say(text(f"  密  码  {password}", f"  password   {password}"))
