"""``huitou openapi``: print the API's description, from which the browser's types are made."""

from __future__ import annotations

import click

from huitou.web.cli.root import root, text


@root.command(
    "openapi", help=text("输出接口说明（OpenAPI）", "Print the API's description (OpenAPI)")
)
def openapi() -> None:
    from huitou.web.openapi import dump

    click.echo(dump(), nl=False)
