#!/usr/bin/env bash
# The house rules, on a built folder: tools/lint.sh BUILD [RULE…]
# Each rule is a function check_RULE that prints findings about the tree it is
# given; it holds when there are none here and when it finds those planted in
# tests/lint/. Prints one line a rule and ends with "N passed, N failed".
set -uo pipefail
export LC_ALL=C.UTF-8
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root" || exit 1
[ $# -ge 1 ] || { echo "usage: tools/lint.sh BUILD [RULE…]" >&2; exit 2; }
build=$(cd "$1" && pwd) || exit 2
shift
only=" $* "
plants=tests/lint
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

verdict() { # NAME FINDINGS: no findings is a pass
	if [ -z "$2" ]; then
		passed=$((passed + 1))
		echo "ok $1"
	else
		failed=$((failed + 1))
		echo "not ok $1"
		printf '%s\n' "$2" | head -40 | sed 's/^/    /'
	fi
}

wanted() {
	[ "$only" = "  " ] || [[ "$only" == *" $1 "* ]]
}

# holds RULE ARGUMENT…: nothing is found here
holds() {
	wanted "$1" && verdict "$1" "$("check_$1" "${@:2}" 2>&1)"
}

# fails RULE PATTERN ARGUMENT…: the planted violation is found, in these words
fails() {
	local found
	wanted "$1" || return
	found=$("check_$1" "${@:3}" 2>&1)
	if grep -q -e "$2" <<<"$found"; then
		verdict "$1 finds what was planted ($2)" ""
	else
		verdict "$1 finds what was planted ($2)" "not found: ${found:-nothing at all}"
	fi
}

sources() { # FOLDER: our C files
	find "$1/src" "$1/tools" "$1/tests" -path '*/tests/lint' -prune -o -path '*/prototype' -prune -o -name '*.[ch]' -print 2>/dev/null | sort
}

# ---- text -----------------------------------------------------------------------

check_includes() { # FOLDER
	sources "$1" | while read -r f; do
		grep -Hn '#include *"[^"]*/' "$f" | sed 's/$/  (a path in an include)/'
		case $f in
		*/src/db/db_sqlite* | */src/db/db_pg* | */src/web/server.c | */src/*_test.c | */src/*_ground.h) continue ;;
		*/src/*) grep -Hn -e '<sqlite3.h>' -e '<libpq-fe.h>' -e '<microhttpd.h>' "$f" | sed 's/$/  (only the drivers and the server see it)/' ;;
		esac
	done
	# A generated header belongs to its own folder (cmd may look at all).
	find "$1/src" -name '*.[ch]' | while read -r f; do
		folder=$(basename "$(dirname "$f")")
		[ "$folder" != cmd ] || continue
		grep -Hno '#include "[a-z_]*_\(sql\|res\)\.h"' "$f" | grep -v -e "\"${folder}_" -e '"front_res' |
			sed 's/$/  (statements and resources of another folder)/'
	done
}

check_length() { # FOLDER
	sources "$1" | xargs wc -l | awk '$2 != "total" && $1 > 600 { print $2 ": " $1 " lines, at most 600" }'
}

functions() { # FOLDER: lines, name, file of each function
	sources "$1" | grep '\.c$' | ctags -L - --languages=C --kinds-C=f --fields=+ne -o - 2>/dev/null |
		awk -F '\t' '{ for (i = 4; i <= NF; i++) { if ($i ~ /^line:/) l = substr($i, 6); if ($i ~ /^end:/) e = substr($i, 5) }
			print e - l + 1, $1, $2 ":" l }'
}

check_functions() { # FOLDER
	functions "$1" | awk '$1 > 100 { print $3 ": " $2 " has " $1 " lines, at most 100" }'
}

check_marks() { # FOLDER
	sources "$1" | xargs grep -nE '\b(TODO|FIXME|XXX)\b' /dev/null
	find "$1/src" "$1/tools" \( -name '*.[ch]' -o -name '*.sql' -o -name '*.sh' -o -name '*.html' -o -name '*.css' -o -name '*.tsv' \) -print0 |
		xargs -0 grep -lI "$(printf '\r')" /dev/null | sed 's/$/: carriage returns/'
	sources "$1" | xargs grep -nE '^ {8}|[ 	]+$' /dev/null | sed 's/$/  (indent by tabs, nothing at the end)/'
	sources "$1" | xargs grep -nE '^typedef (struct|enum|union)\b' /dev/null | sed 's/$/  (struct thing, no typedef)/'
}

# ---- what the compiler sees ---------------------------------------------------------

# The command that compiled the first file of a folder, for another file, without output.
compile_as() { # FOLDER FILE
	local command
	command=$(jq -r --arg at "$1/" 'map(select((.file | contains($at)) and (.file | test("_test.c$|meson-generated") | not))) | .[0].command' \
		"$build/compile_commands.json")
	command=$(sed -e 's/ -M[DMQF]*\( [^ -][^ ]*\)*//g' -e 's/ -o [^ ]*//' -e 's/ -c .*//' <<<"$command")
	(cd "$build" && eval "$command -fdiagnostics-color=never -fsyntax-only -x c $2")
}

check_layer() { # FOLDER FILE: what keeps FILE from compiling there
	compile_as "$1" "$root/$2" 2>&1
}

check_banned() { # CALL
	printf '#include <stddef.h>\nvoid *probe(void);\nvoid *probe(void)\n{\n\treturn (void *)%s;\n}\n' "$1" >"$work/banned.c"
	compile_as src/base "$work/banned.c" 2>&1
}

check_heap() { # FOLDER: whoever is let at the heap says why
	sources "$1" | grep '/src/' | xargs grep -nE '^[ 	]*ALLOW_MALLOC[ 	]*$' /dev/null | sed 's/$/  (no reason given)/'
}

check_globals() { # LIBRARY or OBJECT…
	local file
	for file in "$@"; do
		objdump -t "$file" 2>/dev/null | awk -v allow="$(grep -v '^#' tools/globals.allow | cut -d ' ' -f 1)" '
			BEGIN { n = split(allow, a, "\n"); for (i = 1; i <= n; i++) ok[a[i]] = 1 }
			/file format/ { object = $1; sub(/.*\//, "", object) }
			$0 ~ / O (\.data|\.bss|\.tbss|\.tdata|\.data\.rel|\.data\.rel\.local|\*COM\*)[ \t]/ {
				name = $NF; sub(/\.[0-9]+$/, "", name)
				if (!(name in ok)) print object " " name ": a variable at file scope"
			}'
	done
}

check_sql() { # --check|--schema FILE…
	[ $# -lt 2 ] || "$build/sql2c" "$@"
}

check_static() { # PROGRAM: its findings; nothing when it is content
	local said
	said=$("$1" check --static 2>&1) || echo "${said:-exit status $?}"
}

check_keys() { # FOLDER: texts that the code asks for and no catalogue has
	tools/check-keys.sh "$1"
}

check_generated() { # FOLDER: what `chabaocu docs` prints and is not what is committed there
	mkdir -p "$work/generated"
	"$build/chabaocu" docs --out "$work/generated" && diff -r "$1" "$work/generated"
}

# ---- analysers ------------------------------------------------------------------------

# gcc's command lines as clang 14 takes them.
clang_database() {
	mkdir -p "$work/db"
	jq 'map(select((.file | test("src/[^ ]*[.]c$")) and (.file | test("meson-generated") | not))
		| .command |= gsub(" -(ftrivial-auto-var-init=zero|fstack-clash-protection|Werror|fcf-protection=full|D_FORTIFY_SOURCE=3)"; ""))' \
		"$build/compile_commands.json" >"$work/db/compile_commands.json"
}

check_tidy() { # FILE…
	clang_database
	printf '%s\n' "$@" | xargs -P 2 -n 6 clang-tidy-14 --quiet -p "$work/db" 2>/dev/null | grep -E '(warning|error): '
}

check_tidy_plant() {
	clang-tidy-14 --quiet "$1" -- -std=c17 2>/dev/null | grep -E '(warning|error): '
}

check_cppcheck() { # FILE or FOLDER…
	cppcheck --quiet --std=c11 --language=c -j 2 --enable=warning,portability --inline-suppr --suppressions-list=tools/cppcheck.txt \
		-D_GNU_SOURCE -D__GNUC__=12 -D__x86_64__ --max-configs=1 -I src/base -I src/db -I src/web -I src/app \
		--template='{file}:{line}: {id}: {message}' "$@" 2>&1
}

# ---- all of it --------------------------------------------------------------------------

tree=$plants/tree
shell_sql=$(find src -name '*.sql' -not -path '*/schema/*' | sort)
shell_schema=$(find src -path '*/schema/*.sql' | sort)
libraries=$(find "$build/src" -name 'lib*.a' | sort)

holds includes "$root"
fails includes 'a path in an include' $tree
fails includes 'only the drivers' $tree
fails includes 'of another folder' $tree

holds length "$root"
mkdir -p "$work/long/src"
yes '/* a line */' | head -601 >"$work/long/src/long.c"
fails length '601 lines' "$work/long"

holds functions "$root"
{ echo 'int f(int a)'; echo '{'; yes '	a++;' | head -98; echo '	return a;'; echo '}'; } >"$work/long/src/function.c"
fails functions 'f has 102 lines' "$work/long"

holds marks "$root"
for what in TODO 'indent by tabs' 'no typedef'; do
	fails marks "$what" $tree
done
printf 'int a;\r\n' >"$work/long/src/crlf.c"
mkdir -p "$work/long/tools"
fails marks 'carriage returns' "$work/long"

# The tree compiles, so no include here goes upward; each planted one must not compile.
for plant in "$plants"/layers/*.c; do
	layer=$(basename "$plant" .c)
	folder=src/${layer/_//}
	fails layer 'No such file or directory' "$folder" "$plant"
done
for name in strcpy strcat sprintf vsprintf strtok strncpy gets gmtime localtime system popen; do
	fails banned "poisoned \"$name\"" "$name"
done
for name in malloc calloc realloc free; do
	fails banned "‘$name’ is deprecated" "$name"
done
holds banned NULL
holds heap "$root"
fails heap 'no reason given' $tree

# shellcheck disable=SC2086
holds globals $libraries
cc -c -o "$work/globals.o" $plants/globals.c
fails globals 'counter: a variable' "$work/globals.o"
fails globals 'inner: a variable' "$work/globals.o"

# shellcheck disable=SC2086
holds sql --check $shell_sql
# shellcheck disable=SC2086
holds sql --schema $shell_schema
for rule in $("$build/sql2c" --rules | cut -f 1); do
	case $rule in
	r*) fails sql ": $rule: " --check "$plants/sql/$rule.sql" ;;
	s*) fails sql ": $rule: " --schema "$plants"/schema/*"$rule.sql" ;;
	esac
done

holds static "$build/chabaocu"
holds static "$build/tests/planted_sound"
for name in route view catalogue; do
	fails static "$(sed -n 's|^/\* expect: \(.*\) \*/$|\1|p' "$plants/static/$name.c")" "$build/tests/planted_$name"
done

holds keys "$root"
for key in planted_hint planted_text field_planted_field err_planted_code; do
	fails keys "no text for $key" $plants/keys
done
wanted keys && verdict 'keys finds nothing else there' "$(check_keys $plants/keys | grep -e planted_known -e planted_bug)"

holds generated docs/generated
mkdir -p "$work/stale"
fails generated 'Only in' "$work/stale"

# shellcheck disable=SC2046
holds tidy $(find src -name '*.c' -not -name '*_test.c' | sort)
wanted tidy && verdict "tidy finds what was planted" "$([ -n "$(check_tidy_plant $plants/tidy.c)" ] || echo 'nothing found')"
holds cppcheck src
fails cppcheck arrayIndexOutOfBounds $plants/tidy.c

echo "functions: $(functions "$root" | grep ' [^ ]*/src/' | grep -v '_test\.c' | sort -n | awk '{ n[NR] = $1 } END { print NR ", median " n[int((NR + 1) / 2)] " lines, longest " n[NR] }')"
echo "headers: $(find src -name '*.h' -print0 | xargs -0 cat | awk '{ all++ } /\/\*/ { inside = 1 } inside { c++ } /\*\// { inside = 0 } END { printf "%d%% of lines carry comment", all ? 100 * c / all : 0 }')"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
