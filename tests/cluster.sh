#!/bin/sh
# Three PostgreSQL servers of our own on the loopback, n0 n1 n2, for the tests of failover: one is the primary, the others are its
# standbys, and a commit waits for one of them (ANY 1).
#   tests/cluster.sh start DIR PORT     makes n0 alone, on PORT; prints the address of all three (PORT, +1, +2)
#   tests/cluster.sh sync DIR N         from now on nN waits for a standby; before join, so that the copies wait too once they are first
#   tests/cluster.sh join DIR N FROM    makes nN a standby, copied from nFROM, and starts it
#   tests/cluster.sh kill DIR N         kill -9 of all its processes
#   tests/cluster.sh halt DIR N         the same, said politely; tests/cluster.sh run DIR N starts it again
#   tests/cluster.sh promote DIR N…     promotes the one of these standbys that has received most, prints its number
#   tests/cluster.sh stop DIR
# PG_FSYNC=off: what is killed here are processes, not the machine; for short runs.
# Run as root it steps down to the user postgres, which the servers demand.
set -eu
for place in /usr/lib/postgresql/*/bin; do PATH=$place:$PATH; done

as_server() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid postgres --regid postgres --clear-groups --no-new-privs env HOME=/nonexistent LC_ALL=C PATH="$PATH" "$@"
	else
		env LC_ALL=C "$@"
	fi
}

port() {
	echo $(($(cat "$dir/port") + $1))
}

ask() { # N SQL
	psql -X -A -t -q -h 127.0.0.1 -p "$(port "$1")" -U chabaocu -d postgres -c "$2"
}

# Every server is told all three, and follows whichever takes writes.
options() { # N
	p=$(cat "$dir/port")
	echo "-c listen_addresses=127.0.0.1 -p $(port "$1") -c unix_socket_directories='' -c max_connections=60 -c shared_buffers=32MB
		-c fsync=${PG_FSYNC:-on} -c wal_keep_size=256MB -c hot_standby=on -c wal_retrieve_retry_interval=200ms
		-c primary_conninfo='host=127.0.0.1,127.0.0.1,127.0.0.1 port=$p,$((p + 1)),$((p + 2)) user=chabaocu application_name=n$1
		target_session_attrs=read-write connect_timeout=2'" | tr -d '\n\t' | sed 's/-c/ -c/g; s/application_name/ application_name/; s/target_session/ target_session/'
}

run() { # N
	cd "$dir"
	as_server pg_ctl -D "$dir/n$1" -l "$dir/n$1.log" -w -t 60 -o "$(options "$1")" start >"$dir/start.log" 2>&1 || {
		cat "$dir/start.log" "$dir/n$1.log" >&2
		exit 1
	}
}

start() {
	mkdir -p "$dir"
	[ "$(id -u)" != 0 ] || chown postgres "$dir"
	echo "$1" >"$dir/port"
	cd "$dir"
	as_server initdb -D "$dir/n0" -U chabaocu --auth=trust --locale=C --encoding=UTF8 >"$dir/initdb.log" 2>&1 || {
		cat "$dir/initdb.log" >&2
		exit 1
	}
	run 0
	echo "postgresql://chabaocu@127.0.0.1:$1,127.0.0.1:$(($1 + 1)),127.0.0.1:$(($1 + 2))/postgres"
}

join() { # N FROM
	rm -rf "$dir/n$1"
	cd "$dir"
	as_server pg_basebackup -h 127.0.0.1 -p "$(port "$2")" -U chabaocu -D "$dir/n$1" -X stream -c fast --no-sync
	as_server touch "$dir/n$1/standby.signal"
	run "$1"
}

sync() { # N
	ask "$1" "ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (n0, n1, n2)'" >/dev/null
	ask "$1" "SELECT pg_reload_conf()" >/dev/null
}

# The sessions are no children of a process group: each has its own.
kill_all() { # N
	main=$(head -n 1 "$dir/n$1/postmaster.pid")
	kill -9 "$main" $(ps -o pid= --ppid "$main") 2>/dev/null || true
	# Dead is dead, whether somebody has asked for its end or not.
	while grep -q '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$main/status" 2>/dev/null; do sleep 0.01; done
	rm -f "$dir/n$1/postmaster.pid"
}

halt() {
	cd "$dir"
	as_server pg_ctl -D "$dir/n$1" -m immediate -w stop >/dev/null
}

# Promoting the one that is behind would lose what only the other was told.
promote() { # N…
	best= most=-1
	for n in "$@"; do
		at=$(ask "$n" "SELECT pg_last_wal_receive_lsn() - '0/0'") || continue
		if [ "$at" -gt "$most" ]; then
			best=$n most=$at
		fi
	done
	cd "$dir"
	as_server pg_ctl -D "$dir/n$best" -w promote >/dev/null
	echo "$best"
}

stop() {
	for n in 2 1 0; do
		[ ! -f "$dir/n$n/postmaster.pid" ] || halt "$n" || true
	done
}

[ $# -ge 2 ] || {
	sed -n '2,12s/^# \{0,1\}//p' "$0" >&2
	exit 2
}
what=$1
mkdir -p "$2"
dir=$(cd "$2" && pwd)
shift 2
case $what in
start | join | sync | halt | run | promote | stop) "$what" "$@" ;;
kill) kill_all "$@" ;;
*) exit 2 ;;
esac
