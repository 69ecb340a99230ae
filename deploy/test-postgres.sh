#!/usr/bin/env bash
# Runs a command with a PostgreSQL of its own: a cluster in a temporary folder that
# listens on a socket there and nowhere else, and is gone when the command ends.
# The command finds its address in DIEMCAU_TEST_POSTGRES. The server refuses to run
# as root, so root starts it as the user postgres.
set -euo pipefail
[ $# -gt 0 ] || { echo "usage: $0 command..." >&2; exit 2; }

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
[ -n "$bin" ] || bin=$(pg_config --bindir 2>/dev/null) || { echo "no PostgreSQL server found: run deploy/test-tools.sh" >&2; exit 1; }

dir=$(mktemp -d /tmp/diemcau-pg.XXXXXX)
chmod 755 "$dir"
as=()
if [ "$(id -u)" -eq 0 ]; then
  chown postgres "$dir"
  as=(runuser -u postgres --)
fi
stop() {
  "${as[@]}" "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null 2>&1 || true
  rm -rf "$dir"
}
trap stop EXIT

cd "$dir" # a folder that the user postgres may enter
"${as[@]}" "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$dir/log" 2>&1 || { cat "$dir/log" >&2; exit 1; }
"${as[@]}" "$bin/pg_ctl" -D "$dir/data" -l "$dir/data/log" -w -o "-c listen_addresses='' -c unix_socket_directories='$dir' -c fsync=off -c max_connections=200" start >/dev/null \
  || { cat "$dir/data/log" >&2; exit 1; }
cd - >/dev/null

DIEMCAU_TEST_POSTGRES="postgres:///postgres?host=$dir&user=postgres" "$@"
