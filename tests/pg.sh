#!/bin/sh
# A PostgreSQL server of its own for the tests: locale C, UTF8, loopback only.
#   tests/pg.sh start DIR PORT   makes the cluster where there is none, starts it, prints the DSN
#   tests/pg.sh stop DIR         stops it; the folder stays
# Room for the locks of who drops a schema in parts, which are thousands.
# PG_FSYNC=off: for tests that ask about shapes and answers alone, where a minute of writing to the disk proves nothing.
# Run as root it steps down to the user postgres, which the server demands.
set -eu

usage() {
	echo "usage: tests/pg.sh start DIR PORT | stop DIR" >&2
	exit 2
}

bin() {
	for place in "$(command -v "$1" || true)" /usr/lib/postgresql/*/bin/"$1"; do
		if [ -x "$place" ]; then
			echo "$place"
			return
		fi
	done
	echo "pg.sh: $1 is not installed" >&2
	exit 1
}

as_server() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid postgres --regid postgres --clear-groups --no-new-privs env HOME=/nonexistent LC_ALL=C "$@"
	else
		env LC_ALL=C "$@"
	fi
}

start() {
	dir=$1 port=$2
	mkdir -p "$dir"
	[ "$(id -u)" != 0 ] || chown postgres "$dir"
	cd "$dir"
	if [ ! -f "$dir/data/PG_VERSION" ]; then
		as_server "$(bin initdb)" -D "$dir/data" -U chabaocu --auth=trust --locale=C --encoding=UTF8 >"$dir/initdb.log" 2>&1 || {
			cat "$dir/initdb.log" >&2
			exit 1
		}
	fi
	as_server "$(bin pg_ctl)" -D "$dir/data" -l "$dir/data/server.log" -w -t 60 \
		-o "-c listen_addresses=127.0.0.1 -p $port -c unix_socket_directories='' -c fsync=${PG_FSYNC:-on} -c max_connections=60 -c shared_buffers=32MB -c max_locks_per_transaction=512" \
		start >"$dir/start.log" 2>&1 || {
		cat "$dir/start.log" "$dir/data/server.log" >&2
		exit 1
	}
	echo "postgresql://chabaocu@127.0.0.1:$port/postgres"
}

stop() {
	cd "$1"
	as_server "$(bin pg_ctl)" -D "$1/data" -m fast -w stop >/dev/null
}

case ${1-} in
start)
	[ $# = 3 ] || usage
	mkdir -p "$2"
	start "$(cd "$2" && pwd)" "$3"
	;;
stop)
	[ $# = 2 ] || usage
	stop "$(cd "$2" && pwd)"
	;;
*) usage ;;
esac
