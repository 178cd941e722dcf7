"""The catalogue as a page: ``docs/attributes.md`` is what ``page`` says (a test holds it to that).

python -m huitou.segments.catalogue.handbook > docs/attributes.md
"""

from __future__ import annotations

from huitou.segments.operators import VALUE_TYPES

HEAD = """# The ready attributes

Made by `python scripts/attributes.py`; a test compares. What an operator may ask of every member,
in the groups of the builder's screen. A **window** may be replaced in a rule ("orders in the last 30
days"); the one shown holds where the rule names none. Values come from a fixed list or are searched
for among those that exist. Counts, sums, sets and yes-or-no attributes are 0, empty or no for people
without facts; all others are then not known.
"""


def page() -> str:
    """The whole page."""
    from huitou.segments.catalogue import ATTRIBUTES, GROUPS

    parts = [HEAD, f"{len(ATTRIBUTES)} attributes.\n"]
    for group, label in GROUPS.items():
        inside = [one for one in ATTRIBUTES.values() if one.group == group]
        parts.append(f"## {label.zh} · {label.en} ({len(inside)})\n")
        parts.append(
            "| code | 中文 | English | type | window | what it is |\n|---|---|---|---|---|---|"
        )
        for one in inside:
            window = "" if one.window is None else (one.window.sentence().en or "ever")
            cells = (
                f"`{one.code}`",
                one.label.zh,
                one.label.en,
                VALUE_TYPES[one.type].en,
                window,
                f"{one.help.en}<br>{one.help.zh}",
            )
            parts.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        parts.append("")
    return "\n".join(parts).rstrip() + "\n"
