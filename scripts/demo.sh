#!/bin/sh
# demo.sh: the demo brand in ./.home, made once, then served.
. "$(dirname -- "$0")/common.sh"
home=${HUITOU_HOME:-$ROOT/.home}
exec .venv/bin/huitou demo --home "$home" --serve --port "${PORT:-8000}" --host "${HOST:-127.0.0.1}"
