# Sourced: start_pg PORT starts a PostgreSQL server that is this run's alone and ends with it, and exports CHABAOCU_TEST_PG; called again
# it starts one more. They lie outside of the tree, which their own user may not be able to enter. 1 when it does not start.
pg_folders=()
start_pg() {
	local pg
	pg=$(mktemp -d) && chmod 755 "$pg"
	CHABAOCU_TEST_PG=$(tests/pg.sh start "$pg" "$1") || {
		echo "not run: PostgreSQL did not start; the tests of that engine are missing" >&2
		rm -rf "$pg"
		return 1
	}
	export CHABAOCU_TEST_PG
	pg_folders+=("$pg")
	trap stop_pgs EXIT
}

stop_pgs() {
	local pg
	for pg in "${pg_folders[@]}"; do
		tests/pg.sh stop "$pg"
		rm -rf "$pg"
	done
}
