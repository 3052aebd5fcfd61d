#!/bin/sh
# The same seed gives the same rows: twice on SQLite, and on PostgreSQL where CHABAOCU_TEST_PG names a server.
#   tests/demo-equal.sh [PROGRAM]
# Compares every row of every table but those that hold leases, jobs and migration times, and the written accounts. Of the search's
# own tables the words are compared.
set -eu
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")/.."
program=${1:-${CHABAOCU_BUILD:-build}/chabaocu}
dir=$(mktemp -d)
name=demo_equal_$$
pg=${CHABAOCU_TEST_PG:-}
passed=0
failed=0

drop() {
	[ -z "$pg" ] || psql -X -q -d "$pg" -c "DROP DATABASE IF EXISTS $name" >/dev/null 2>&1 || true
}
trap 'drop; rm -rf "$dir"' EXIT

# expect WHAT COMMAND…: counts one check.
expect() {
	what=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $what"
	fi
}

differ() {
	! cmp -s "$1" "$2"
}

# same A B: equal, not empty; the first differences otherwise.
same() {
	[ -s "$1" ] || return 1
	cmp -s "$1" "$2" || {
		diff "$1" "$2" | head -20
		return 1
	}
}

# demo NAME SEED DAY [SIZE [DSN [WAY]]]
demo() {
	"$program" demo --scale "${4:-small}" --data "$dir/$1" --seed "$2" --until "$3" ${5:+--db "$5"} ${6:+--by "$6"} >"$dir/$1.out" 2>"$dir/$1.err" || {
		cat "$dir/$1.out" "$dir/$1.err"
		return 1
	}
}

tables() {
	sqlite3 "$1" "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'
		AND name NOT IN ('node_lease', 'tx_done', 'job', 'migration', 'schema_migration', 'hazard_changed', 'unit_changed')
		AND name NOT LIKE '%\_words%' ESCAPE '\' ORDER BY name"
}

# One SELECT list for a table, bytes as hex; the second word is the engine's function for that.
columns() {
	sqlite3 "$1" "SELECT group_concat(CASE type WHEN 'BLOB' THEN replace('$3', '?', name) ELSE name END, ', ') FROM pragma_table_info('$2')"
}

dump_sqlite() {
	for t in $(tables "$1"); do
		echo "== $t"
		sqlite3 -list -separator '|' -nullvalue '\N' "$1" "SELECT $(columns "$1" "$t" 'lower(hex(?))') FROM $t" | sort
	done
}

dump_pg() {
	for t in $(tables "$1"); do
		echo "== $t"
		psql -X -q -A -t -F '|' -P 'null=\N' -d "$2" -c "SELECT $(columns "$1" "$t" "encode(?, ''hex'')") FROM $t" | sort
	done
}

day=2016-04-20
expect "first run" demo a 7 "$day"
expect "second run" demo b 7 "$day"
expect "run with another seed" demo c 8 "$day"
for x in a b c; do
	dump_sqlite "$dir/$x/chabaocu.db" >"$dir/$x.rows"
done
expect "the same seed gives the same rows" same "$dir/a.rows" "$dir/b.rows"
expect "the same seed gives the same accounts" same "$dir/a/demo-accounts.tsv" "$dir/b/demo-accounts.tsv"
expect "another seed gives other rows" differ "$dir/a.rows" "$dir/c.rows"
expect "the chains and photos verify" "$program" check --data "$dir/a" >/dev/null

# Each state that an act leads to occurs at least three times, and so do the other sides of the ledger.
at_least_three() {
	[ "$(sqlite3 "$dir/a/chabaocu.db" "SELECT count(*) FROM hazard WHERE $1")" -ge 3 ] || {
		echo "fewer than three: $1"
		return 1
	}
}
for state in reported registered assigned rectifying submitted accepted closed_out not_hazard; do
	expect "state $state" at_least_three "state = '$state'"
done
for what in "danger = 1" "level = 'major'" "kind = 'occupational_hazard'" "kind = 'violation'" "anonymity = 'anonymous'" \
	"anonymity = 'hidden'" "on_spot = 1" "reopened > 0" "returned > 0" "accepted_by_fallback = 1" "photos_before > 0" "photos_after > 0" \
	"due_at > 0 AND due_at < 1461081600000" "against <> ''" "source = 'employer'"; do
	expect "$what" at_least_three "$what"
done

# A whole city is loaded in bulk: the rows must be those which the model writes, act by act, by the same rules.
expect "a city, loaded" demo l 7 "$day" 400 "" load
expect "the same city by the model" demo m 7 "$day" 400 "" model
for x in l m; do
	# A load tells nobody.
	sqlite3 "$dir/$x/chabaocu.db" "DELETE FROM notice"
	dump_sqlite "$dir/$x/chabaocu.db" >"$dir/$x.rows"
	for of in hazard unit; do
		sqlite3 "$dir/$x/chabaocu.db" "SELECT rowid, words FROM ${of}_words ORDER BY rowid"
	done >"$dir/$x.words"
	sqlite3 "$dir/$x/chabaocu.db" "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name" >"$dir/$x.indexes"
done
expect "what is loaded is what the model writes" same "$dir/l.rows" "$dir/m.rows"
expect "the accounts of both are the same" same "$dir/l/demo-accounts.tsv" "$dir/m/demo-accounts.tsv"
expect "the words of both are the same" same "$dir/l.words" "$dir/m.words"
expect "a load leaves every index" same "$dir/l.indexes" "$dir/m.indexes"
expect "the loaded chains and photos verify" "$program" check --data "$dir/l" >/dev/null

refused() {
	! "$@" >/dev/null 2>&1
}
expect "a database with a city is refused" refused "$program" demo --data "$dir/a"
for login in worker1 worker1b leader1 workshop1 safety1 union1 manager1 town1 county1 city1 production1 system1 security1 audit1 \
	worker2 leader2 safety2 union2 manager2 town2 county2; do
	expect "account $login" grep -q "^$login	" "$dir/a/demo-accounts.tsv"
	expect "account $login of a loaded city" grep -q "^$login	" "$dir/l/demo-accounts.tsv"
done

fresh_pg() {
	drop
	psql -X -q -d "$pg" -c "CREATE DATABASE $name TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
}
indexes_pg() {
	psql -X -q -A -t -d "$1" -c "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1" \
		-c "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' ORDER BY 1, 2"
}

if [ -n "$pg" ]; then
	dsn="${pg%/*}/$name"
	fresh_pg
	expect "run on PostgreSQL" demo p 7 "$day" small "$dsn"
	dump_pg "$dir/a/chabaocu.db" "$dsn" >"$dir/p.rows"
	expect "both engines hold the same rows" same "$dir/a.rows" "$dir/p.rows"
	expect "the accounts are the same" same "$dir/a/demo-accounts.tsv" "$dir/p/demo-accounts.tsv"
	indexes_pg "$dsn" >"$dir/p.indexes"
	fresh_pg
	expect "a city, loaded into PostgreSQL" demo q 7 "$day" 400 "$dsn" load
	dump_pg "$dir/l/chabaocu.db" "$dsn" >"$dir/q.rows"
	indexes_pg "$dsn" >"$dir/q.indexes"
	expect "both engines hold the same loaded rows" same "$dir/l.rows" "$dir/q.rows"
	expect "a load leaves every index and reference of PostgreSQL" same "$dir/p.indexes" "$dir/q.indexes"
else
	echo "not run: PostgreSQL, because CHABAOCU_TEST_PG is not set"
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
