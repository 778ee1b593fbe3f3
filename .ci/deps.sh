#!/usr/bin/env bash
# Installs what the tests need beside Go and Node, on Debian, when it is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
need() { # need PACKAGE TEST…: remember PACKAGE unless the test holds
  local package=$1
  shift
  "$@" >/dev/null 2>&1 || missing+=("$package")
}
need postgresql-15 test -x /usr/lib/postgresql/15/bin/initdb
need postgresql-15-postgis-3 test -e /usr/share/postgresql/15/extension/postgis.control
need gdal-bin command -v ogrinfo
need pgbouncer test -x /usr/sbin/pgbouncer
need wrk command -v wrk
need chromium command -v chromium
need zbar-tools command -v zbarimg
need fonts-noto-cjk test -d /usr/share/fonts/opentype/noto

# The browser test reads axe-core, the accessibility checker, from here.
if [ ! -e web/app/node_modules/axe-core/axe.min.js ]; then
  (cd web/app && npm ci --no-audit --no-fund >/dev/null)
fi

[ ${#missing[@]} -eq 0 ] && exit 0
echo "installing: ${missing[*]}"
sudo=
[ "$(id -u)" -eq 0 ] || sudo=sudo
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq
$sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
