"""Two languages, side by side in the source: whoever writes one sees the other.

Server-side texts (errors, reasons, labels of registries) are ``Text`` pairs; the screens' own words
live in ``frontend/src/i18n``. The active language is per request or per command, Chinese by default.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal, NamedTuple

Language = Literal["zh", "en"]
DEFAULT_LANGUAGE: Language = "zh"
_active: ContextVar[Language] = ContextVar("language", default=DEFAULT_LANGUAGE)


class Text(NamedTuple):
    """One sentence or label in both languages."""

    zh: str
    en: str

    def with_values(self, **values: Any) -> Text:
        """Both languages with ``{placeholders}`` filled in."""
        return Text(self.zh.format(**values), self.en.format(**values))


def language_of(tag: str | None) -> Language:
    """The supported language nearest to a BCP 47 tag or Accept-Language header."""
    first = (tag or "").split(",")[0].strip().lower()
    return "en" if first.startswith("en") else "zh"


def active_language() -> Language:
    """The language of the current request or command."""
    return _active.get()


def speak(language: str | None) -> None:
    """Switch the language for the rest of the current request or command."""
    _active.set(language_of(language))


@contextmanager
def speaking(language: str | None) -> Iterator[None]:
    """Run a block in a language."""
    token = _active.set(language_of(language))
    try:
        yield
    finally:
        _active.reset(token)


def translate(text: Text, language: str | None = None) -> str:
    """The text in ``language``, or in the active one."""
    chosen = language_of(language) if language else _active.get()
    return text.en if chosen == "en" else text.zh
