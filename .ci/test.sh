#!/usr/bin/env bash
# Runs every test against a throwaway PostGIS cluster and prints how many ran.
# A skipped test fails the run, unless it says SLOW: those are for `make slow`.
set -euo pipefail
cd "$(dirname "$0")/.."

# shellcheck source=.ci/postgres.sh
. .ci/postgres.sh
start_postgres
trap stop_postgres EXIT

log=$(mktemp)
status=0
go vet ./...
go test -json -count=1 -timeout 20m ./... >"$log" || status=$?
go run ./.ci/count "$log" || status=1
rm -f "$log"
exit $status
