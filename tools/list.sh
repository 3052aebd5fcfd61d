#!/bin/sh
# Prints the files of one kind in one folder, one a line, sorted: how the build
# finds what to compile. Usage: tools/list.sh KIND FOLDER
# KIND: source test testing sql resource fuzz front all
LC_ALL=C
export LC_ALL
cd "$2" || exit 0
case $1 in
source) ls ./*.c 2>/dev/null | grep -v -e '_test\.c$' -e '_testing\.c$' ;;
test) ls ./*_test.c 2>/dev/null ;;
testing) ls ./*_testing.c 2>/dev/null ;;
sql) ls ./*.sql 2>/dev/null ;;
resource) ls catalogue.tsv data/*.tsv schema/*.sql views/*.html 2>/dev/null ;;
fuzz) ls ./fuzz_*.c ;;
front)
	find src/front tools/front -type f
	find src -path '*/views/*.html'
	ls package-lock.json
	;;
all) find src tests tools -type f ;;
*)
	echo "usage: tools/list.sh KIND FOLDER" >&2
	exit 2
	;;
esac 2>/dev/null | sed 's|^\./||' | sort
