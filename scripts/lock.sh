#!/bin/sh
# lock.sh: write constraints.txt: the version of every package in .venv, direct or not.
. "$(dirname -- "$0")/common.sh"
{
  echo "# Every package of the tested installation, direct or not. Written by make lock; used by scripts/python.sh."
  .venv/bin/python -m pip freeze --disable-pip-version-check --exclude-editable | LC_ALL=C sort -f
} > constraints.txt
