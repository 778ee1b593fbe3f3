# shellcheck shell=bash
# A throwaway PostgreSQL cluster with PostGIS, on a private Unix socket and on
# nothing else. Source it:
#   start_postgres   starts one and exports CLOUDGRID_TEST_POSTGRES, its DSN
#   stop_postgres    stops it and removes every trace
# or run it: `.ci/postgres.sh start` prints the DSN, `.ci/postgres.sh stop DSN`
# ends that cluster. The server refuses to run as root, so root borrows a user.

pg_as() { # run a command as the cluster's user, in a folder it may read
  if [ "$(id -u)" = 0 ]; then
    (cd / && exec runuser -u "${CLOUDGRID_PG_USER:-postgres}" -- "$@")
  else
    (cd / && exec "$@")
  fi
}

pg_bin() { # the folder of the newest server, wherever the system keeps it
  local newest
  newest=$(printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin | sort -V | while read -r dir; do
    [ -x "$dir/initdb" ] && echo "$dir"
  done | tail -n 1)
  [ -n "$newest" ] || newest=$(dirname "$(command -v initdb)" 2>/dev/null)
  [ -x "$newest/initdb" ] || { echo "postgres.sh: no PostgreSQL server found" >&2; return 1; }
  echo "$newest"
}

start_postgres() {
  local bin
  bin=$(pg_bin) || return 1
  # A short path: a socket's name may have 107 bytes.
  CLOUDGRID_PG_DIR=$(mktemp -d /tmp/cgpg.XXXXXX) || return 1
  [ "$(id -u)" != 0 ] || chown "${CLOUDGRID_PG_USER:-postgres}" "$CLOUDGRID_PG_DIR"
  if ! { pg_as "$bin/initdb" -D "$CLOUDGRID_PG_DIR/data" -U cloudgrid -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$CLOUDGRID_PG_DIR/initdb.log" 2>&1 &&
    pg_as "$bin/pg_ctl" -D "$CLOUDGRID_PG_DIR/data" -w -t 60 -l "$CLOUDGRID_PG_DIR/data/server.log" \
      -o "-k $CLOUDGRID_PG_DIR -c listen_addresses= -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=200 -c shared_buffers=256MB" \
      start >/dev/null 2>&1 </dev/null &&
    pg_as "$bin/createdb" -h "$CLOUDGRID_PG_DIR" -U cloudgrid cloudgrid &&
    pg_as "$bin/psql" -h "$CLOUDGRID_PG_DIR" -U cloudgrid -qc 'CREATE EXTENSION postgis' -c 'CREATE EXTENSION btree_gist' cloudgrid; }; then
    echo "postgres.sh: the throwaway cluster does not start:" >&2
    tail -n 20 "$CLOUDGRID_PG_DIR"/initdb.log "$CLOUDGRID_PG_DIR"/data/server.log >&2
    stop_postgres
    return 1
  fi
  export CLOUDGRID_TEST_POSTGRES="postgres:///cloudgrid?host=$CLOUDGRID_PG_DIR&user=cloudgrid"
}

stop_postgres() {
  case "${CLOUDGRID_PG_DIR:-}" in /tmp/cgpg.*) ;; *) return 0 ;; esac
  pg_as "$(pg_bin)/pg_ctl" -D "$CLOUDGRID_PG_DIR/data" -m immediate -w stop >/dev/null 2>&1 || true
  rm -rf "$CLOUDGRID_PG_DIR"
  unset CLOUDGRID_PG_DIR CLOUDGRID_TEST_POSTGRES
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  case "${1:-}" in
    start) start_postgres && echo "$CLOUDGRID_TEST_POSTGRES" ;;
    stop) CLOUDGRID_PG_DIR=$(sed 's/.*host=\([^&]*\).*/\1/' <<<"${2:?the DSN}") && stop_postgres ;;
    *) echo "usage: $0 start | stop DSN" >&2; exit 2 ;;
  esac
fi
