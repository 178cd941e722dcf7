"""What is wrong with a rule, and at which node."""

from __future__ import annotations

from huitou.kernel.errors import InvalidInput
from huitou.kernel.i18n import Text


class Wrong(InvalidInput):
    """A rule that cannot be asked. ``path`` is a JSON pointer into the rule document."""

    code = "wrong_rule"

    def __init__(self, path: str, message: Text, remedy: Text) -> None:
        super().__init__(message, remedy=remedy, where={"node": path or "/"})
        self.path = path
