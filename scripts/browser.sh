#!/bin/sh
# browser.sh: see that the browser tests have a Chromium and Chinese letters; print the browser's path.
. "$(dirname -- "$0")/common.sh"

find_browser() {
  for name in ${HUITOU_BROWSER:-} chromium chromium-browser google-chrome google-chrome-stable; do
    if command -v "$name" >/dev/null 2>&1; then
      command -v "$name"
      return
    fi
  done
}

browser=$(find_browser)
if [ -z "$browser" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  step "Chromium and Chinese fonts (apt-get, for the browser tests)"
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk; } \
    </dev/null >"$ROOT/.cache/apt.log" 2>&1 || die "apt-get could not install Chromium" "Read .cache/apt.log"
  browser=$(find_browser)
fi
[ -n "$browser" ] || die "The browser tests need a Chromium, and there is none" \
  "Install chromium or google-chrome, or name one: HUITOU_BROWSER=/path/to/chrome make test"
printf '%s\n' "$browser"
