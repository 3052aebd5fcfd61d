# Sourced: start_pg PORT starts a PostgreSQL server that is this run's alone and ends with it, and exports CHABAOCU_TEST_PG. It lies
# outside of the tree, which its own user may not be able to enter. 1 when it does not start.
start_pg() {
	pg=$(mktemp -d) && chmod 755 "$pg"
	CHABAOCU_TEST_PG=$(tests/pg.sh start "$pg" "$1") || {
		echo "not run: PostgreSQL did not start; the tests of that engine are missing" >&2
		return 1
	}
	export CHABAOCU_TEST_PG
	trap 'tests/pg.sh stop "$pg"; rm -rf "$pg"' EXIT
}
