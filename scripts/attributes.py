"""Write docs/attributes.md anew from the catalogue: python scripts/attributes.py"""  # noqa: INP001

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huitou.web.settings")
with tempfile.TemporaryDirectory() as home:
    os.environ["HUITOU_HOME"] = home  # no installation is looked at or made
    django.setup()
    from huitou.segments.catalogue.handbook import page

    (Path(__file__).parent.parent / "docs" / "attributes.md").write_text(page())
