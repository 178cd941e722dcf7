"""What happens before a command: options that all share, the language, Django, and errors told."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import click

from huitou.kernel.errors import HuitouError, InvalidInput
from huitou.kernel.home import ENV as HOME_ENV
from huitou.kernel.i18n import Text, speak, translate

_VALUED: Final = ("--home", "--language")


@dataclass
class Options:
    """The options that every command takes."""

    json: bool = False


options = Options()


def read_common_options(argv: list[str]) -> list[str]:
    """Take ``--home``, ``--language`` and ``--json`` out of ``argv``, wherever they stand.

    Sets the home and the language for the rest of the process; returns the other arguments.
    """
    rest: list[str] = []
    found: dict[str, str] = {}
    options.json = False
    words = iter(argv)
    for word in words:
        name, equals, value = word.partition("=")
        if word == "--":
            rest += [word, *words]
        elif word == "--json":
            options.json = True
        elif name in _VALUED:
            found[name] = value if equals else next(words, "")
        else:
            rest.append(word)
    if found.get("--home"):
        os.environ[HOME_ENV] = found["--home"]
    speak(found.get("--language") or _language_of_terminal())
    return rest


def set_django_up() -> None:
    """Load Django with the settings of the chosen home."""
    import django
    from django.apps import apps

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huitou.web.settings")
    if not apps.ready:
        django.setup()


def guarded(work: Callable[[], int]) -> int:
    """Run ``work``; tell an error instead of a traceback. Returns the exit code."""
    try:
        return work()
    except HuitouError as error:
        tell_error(error.as_dict())
    except click.ClickException as error:
        if not options.json:
            error.show()
            return error.exit_code
        tell_error(InvalidInput(Text(error.format_message(), error.format_message())).as_dict())
        return error.exit_code
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo(translate(Text("已取消", "Cancelled")), err=True)
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone (`| head`): nothing to tell, and nothing to flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:
        if os.environ.get("HUITOU_DEBUG"):
            raise
        tell_error(_unexpected(error).as_dict())
    return 1


def tell_error(error: dict[str, Any]) -> None:
    """Print an error body: JSON on stdout with ``--json``, else sentences on stderr."""
    if options.json:
        click.echo(json.dumps({"error": error}, ensure_ascii=False))
        return
    click.secho(f"✗ {error['message']}", fg="red", err=True)
    if error["remedy"]:
        click.echo(f"  → {error['remedy']}", err=True)


def _language_of_terminal() -> str:
    given = os.environ.get("HUITOU_LANGUAGE")
    return given or next(
        (os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)),
        "zh",
    )


def _unexpected(error: Exception) -> HuitouError:
    kind = type(error).__name__
    return HuitouError(
        Text(f"程序内部出错（{kind}）", f"Something went wrong inside the program ({kind})"),
        remedy=Text(
            "设 HUITOU_DEBUG=1 再运行一次可看到细节",
            "Run it again with HUITOU_DEBUG=1 to see the details",
        ),
        code="internal",
    )
