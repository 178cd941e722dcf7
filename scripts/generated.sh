#!/bin/sh
# generated.sh check|write: the API's description and the browser's types made from it, the migrations.
. "$(dirname -- "$0")/common.sh"
mode=${1:-check}
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
# No installation is looked at or made.
HUITOU_HOME="$made/home"
export HUITOU_HOME

.venv/bin/huitou openapi > "$made/openapi.json"
sh scripts/frontend.sh install
PATH="$(sh scripts/node.sh):$PATH" frontend/node_modules/.bin/openapi-typescript "$made/openapi.json" \
  -o "$made/schema.d.ts" </dev/null >/dev/null 2>"$made/log" || { cat "$made/log" >&2; exit 1; }

if [ "$mode" = write ]; then
  cp "$made/openapi.json" frontend/openapi.json
  cp "$made/schema.d.ts" frontend/src/api/schema.d.ts
  exit 0
fi
for name in openapi.json src/api/schema.d.ts; do
  diff -u "frontend/$name" "$made/$(basename "$name")" | head -40 >"$made/diff" || true
  if [ -s "$made/diff" ]; then
    cat "$made/diff" >&2
    die "frontend/$name is older than the API" "Run sh scripts/generated.sh write and commit the result"
  fi
done
DJANGO_SETTINGS_MODULE=huitou.web.settings .venv/bin/python -W ignore::RuntimeWarning \
  -m django makemigrations --check --dry-run || die "A model has changed without a migration" \
  "Run DJANGO_SETTINGS_MODULE=huitou.web.settings .venv/bin/python -m django makemigrations"
