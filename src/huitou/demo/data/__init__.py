"""Tables of the demo brand that are data, not code."""

from __future__ import annotations

from importlib.resources import files


def table_lines(name: str) -> list[str]:
    """The lines of one table of this package."""
    return files(__name__).joinpath(name).read_text(encoding="utf-8").split("\n")[:-1]
