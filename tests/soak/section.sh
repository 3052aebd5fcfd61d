#!/bin/sh
# Puts the result of one long run into tests/soak/RESULTS.md, in the place of the last one of that name:
#   tests/soak/section.sh NAME <LINES
cd "$(dirname "$0")" || exit 1
new=$(mktemp)
# What was built, not what has been committed meanwhile, when the caller says so.
commit=${SOAK_COMMIT:-$(git describe --always --dirty 2>/dev/null || echo unknown)}
{
	echo "## $1, $(date +%Y-%m-%d), commit $commit"
	echo
	echo '```'
	cat
	echo '```'
} >"$new"
[ -s RESULTS.md ] || printf '# Long runs\n\nWritten by `make soak`; the lines are those of the run itself.\n' >RESULTS.md
awk -v name="## $1," -v new="$new" '
	function put(line) { while ((getline line < new) > 0) print line; done = 1 }
	/^## / { skipping = index($0, name) == 1; if (skipping && !done) { put(); print "" } }
	!skipping { print; last = $0 }
	END { if (!done) { if (last != "") print ""; put() } }' RESULTS.md | cat -s >RESULTS.md.new && mv RESULTS.md.new RESULTS.md
rm -f "$new"
