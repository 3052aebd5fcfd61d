#!/bin/sh
# Each text that the code asks for stands in a catalogue: tools/check-keys.sh FOLDER…
# Reads the C files under FOLDER/src (tests left out) and every catalogue.tsv
# there; prints one line for each key without a text. What is looked for:
#   call_text(c, "key")  .label = "key"  .hint = "key"  call_filter(c, _, _, "key")
#   ERR(a, KIND, "code", …)                   err_code
#   err_add(l, a, _, "code", …)  err_on_field(a, _, "code", …)   field_code
# Errors that no browser can meet are left out: ERR_BUG, and those of the
# command line and the schema (src/cmd, src/db/migrate.c, src/media).
LC_ALL=C
export LC_ALL
for folder in "${@:-.}"; do
	find "$folder/src" -name catalogue.tsv | sort | xargs cut -f 1 /dev/null |
		cat - "$(dirname "$0")/keys.allow" | sed 's/[ #].*//' >"${TMPDIR:-/tmp}/keys.$$"
	find "$folder/src" -name '*.c' ! -name '*_test.c' ! -path '*/src/cmd/*' ! -path '*/src/media/*' ! -name migrate.c | sort |
		while read -r file; do
			tr '\n\t' '  ' <"$file" | awk -v file="${file#./}" -v keys="${TMPDIR:-/tmp}/keys.$$" '
				function check(key) { if (!(key in known) && !(key in told)) { told[key] = 1; print file ": no text for " key } }
				# The literal that is argument number n of the call whose arguments begin the text; "" when it is none.
				function literal(text, n,   i, depth, at, ch, quoted, arg) {
					depth = 0; at = 1; arg = ""
					for (i = 1; i <= length(text) && i < 600; i++) {
						ch = substr(text, i, 1)
						if (quoted) { if (ch == "\\") { arg = arg ch; i++; ch = substr(text, i, 1) } else if (ch == "\"") quoted = 0 }
						else if (ch == "\"") quoted = 1
						else if (ch == "(" || ch == "{") depth++
						else if (ch == ")" || ch == "}") { if (depth-- == 0) break }
						else if (ch == "," && depth == 0) { if (at == n) break; at++; arg = ""; continue }
						arg = arg ch
					}
					gsub(/^ +| +$/, "", arg)
					if (at != n || arg !~ /^"[a-z0-9_]+"$/) return ""
					return substr(arg, 2, length(arg) - 2)
				}
				function calls(name, n, prefix, skip,   text, word) {
					text = $0
					while (match(text, "[^a-zA-Z0-9_]" name "[(]")) {
						text = substr(text, RSTART + RLENGTH)
						word = skip == "" || substr(text, 1, 60) !~ skip ? literal(text, n) : ""
						if (word != "") check(prefix word)
					}
				}
				function members(name,   text, word) {
					text = $0
					while (match(text, "[.]" name " = \"[a-z0-9_]+\"")) {
						word = substr(text, RSTART, RLENGTH); text = substr(text, RSTART + RLENGTH)
						sub(/^[^"]*"/, "", word); sub(/"$/, "", word); check(word)
					}
				}
				BEGIN { while ((getline key <keys) > 0) known[key] = 1 }
				{
					calls("call_text", 2, ""); calls("call_filter", 4, "")
					members("label"); members("hint")
					calls("ERR", 3, "err_", "ERR_BUG")
					calls("err_add", 4, "field_"); calls("err_on_field", 3, "field_")
				}'
		done
	rm -f "${TMPDIR:-/tmp}/keys.$$"
done
