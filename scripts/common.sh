# Sourced by the other scripts: the checkout's root, and work that is done once per state of its inputs.
set -eu
ROOT=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
cd "$ROOT"
STAMPS="$ROOT/.cache/stamps"
mkdir -p "$STAMPS"

step() { printf '→ %s\n' "$*" >&2; }
die() { printf '✗ %s\n' "$1" >&2; shift; for line in "$@"; do printf '  → %s\n' "$line" >&2; done; exit 1; }

# hash_of FILE…: one number for the content of all of them.
hash_of() { cat "$@" | cksum | tr -d ' '; }

# is_current NAME HASH / done_for NAME HASH: was the work NAME done for this content?
is_current() { [ "$(cat "$STAMPS/$1" 2>/dev/null)" = "$2" ]; }
done_for() { printf '%s' "$2" > "$STAMPS/$1"; }
