#!/bin/sh
# demo.sh: the demo brand in ./.home, made once, then served.
. "$(dirname -- "$0")/common.sh"
home=${HUITOU_HOME:-$ROOT/.home}
# The first time prints the logins. Later their passwords are nowhere: the owner gets a new one.
if [ -f "$home/app.sqlite3" ]; then
  .venv/bin/huitou user reset-password owner --keep --home "$home" 2>/dev/null || true
fi
exec .venv/bin/huitou demo --home "$home" --serve --port "${PORT:-8000}" --host "${HOST:-127.0.0.1}"
