#!/bin/sh
# python.sh runtime|dev: make .venv and install the pinned packages into it. Nothing outside the checkout.
. "$(dirname -- "$0")/common.sh"
kind=${1:-runtime}

good() {
  "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
  for candidate in ${PYTHON:-} python3.11 python3.12 python3.13 python3.14 python3; do
    if command -v "$candidate" >/dev/null 2>&1 && good "$candidate"; then
      printf '%s' "$candidate"
      return
    fi
  done
  die "Python 3.11 or newer is needed, and was not found / 需要 Python 3.11 或更新版本" \
    "Debian, Ubuntu: apt-get install python3 python3-venv" \
    "or name one / 或指定：make demo PYTHON=/path/to/python3.11"
}

if ! { [ -x .venv/bin/python ] && good .venv/bin/python && .venv/bin/python -m pip --version >/dev/null 2>&1; }; then
  python=$(find_python)
  step "Python $("$python" -c 'import platform; print(platform.python_version())') → .venv"
  rm -rf .venv
  "$python" -m venv .venv >/dev/null 2>&1 || die "This Python cannot make a virtual environment" \
    "Debian, Ubuntu: apt-get install python3-venv"
  rm -f "$STAMPS"/python-*
fi

case $kind in
  runtime) wanted=. ;;
  dev) wanted='.[dev]' ;;
  *) die "python.sh takes runtime or dev, not $kind" ;;
esac

version=$(.venv/bin/python -c 'import sys; print(*sys.version_info[:2], sep=".")')
stamp="$version-$(sed -n '/^\[build-system\]/,/^\[tool\.ruff\]/p' pyproject.toml | cat - constraints.txt | cksum | tr -d ' ')"
# What development needs includes what running needs.
if is_current python-dev "$stamp" || { [ "$kind" = runtime ] && is_current python-runtime "$stamp"; }; then
  exit 0
fi
step "Python packages ($kind)"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
  --constraint constraints.txt --editable "$wanted" </dev/null ||
  die "The Python packages could not be installed" "Read the lines above; a mirror is named with PIP_INDEX_URL"
done_for "python-$kind" "$stamp"
