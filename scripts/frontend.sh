#!/bin/sh
# frontend.sh install|build|run SCRIPT…: npm packages, the built app, or scripts of frontend/package.json.
. "$(dirname -- "$0")/common.sh"
PATH="$(sh scripts/node.sh):$PATH"
export PATH

install() {
  stamp="$(node --version)-$(hash_of frontend/package.json frontend/package-lock.json)"
  if ! is_current npm "$stamp" || [ ! -d frontend/node_modules ]; then
    step "npm packages"
    (cd frontend && npm ci --no-audit --no-fund --loglevel=error </dev/null) ||
      die "The npm packages could not be installed" "Read the lines above; a mirror is named with npm config set registry"
    done_for npm "$stamp"
  fi
}

build() {
  sources=$(find frontend -type d \( -name node_modules -o -name dist \) -prune -o -type f -print | LC_ALL=C sort)
  # shellcheck disable=SC2086 -- file names of the checkout hold no spaces
  stamp="$(hash_of $sources)"
  if ! is_current frontend "$stamp" || [ ! -f src/huitou/web/static/index.html ]; then
    step "Browser app"
    (cd frontend && npm run --silent build -- --logLevel warn </dev/null) || die "The browser app could not be built"
    done_for frontend "$stamp"
  fi
}

install
case ${1:-} in
  install) ;;
  build) build ;;
  run)
    shift
    for script in "$@"; do
      step "frontend: $script"
      (cd frontend && npm run --silent "$script" </dev/null)
    done
    ;;
  *) die "frontend.sh takes install, build or run" ;;
esac
