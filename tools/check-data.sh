#!/bin/sh
# Checks the shape of the shipped fact tables: columns, keys, references, days.
# Prints one line a finding; exits 0 when there is none, 1 otherwise.
# Needs only a POSIX sh and awk, so it runs before anything is built.
LC_ALL=C
export LC_ALL
root=$(cd "$(dirname "$0")/.." && pwd) || exit 1
features=$root/src/features
found=0

say() {
	echo "$1"
	found=1
}

# report OUTPUT: prints an awk run's findings, if it had any
report() {
	if [ -n "$1" ]; then
		say "$1"
	fi
}

# table FILE HEADER KEYS: HEADER with blanks for tabs, KEYS column numbers
table() {
	file=$features/$1
	if [ ! -f "$file" ]; then
		say "$1: missing"
		return
	fi
	report "$(awk -F '\t' -v name="$1" -v header="$2" -v keys="$3" '
	function bad(text) { print name ":" NR ": " text }
	BEGIN { columns = split(header, head, " "); parts = split(keys, key, " "); cr = sprintf("%c", 13) }
	index($0, cr) { bad("carriage return") }
	NR == 1 {
		line = header
		gsub(/ /, "\t", line)
		if ($0 != line) bad("header is not: " header)
		next
	}
	NF != columns { bad(NF " columns, header has " columns); next }
	{
		whole = ""
		for (i = 1; i <= parts; i++) {
			if ($(key[i]) == "") bad("empty " head[key[i]])
			whole = whole "\t" $(key[i])
		}
		if (whole in seen) bad("key repeats line " seen[whole])
		seen[whole] = NR
		for (i = 1; i <= NF; i++)
			if ($i ~ /^ | $/) bad("blank at the edge of " head[i])
	}
	END { if (NR < 2) bad("no rows") }' "$file")"
	if [ -s "$file" ] && [ -n "$(tail -c 1 "$file")" ]; then
		say "$1: no newline at the end"
	fi
}

# refers FILE COLUMN TARGET COLUMN: every value that is not empty exists there
refers() {
	report "$(awk -F '\t' -v name="$1" -v from="$2" -v target="$3" -v to="$4" '
	FNR == 1 { file++; next }
	file == 1 { there[$to] = 1; next }
	$from != "" && !($from in there) { print name ":" FNR ": " $from " is not in " target }
	' "$features/$3" "$features/$1" 2>&1)"
}

# words FILE COLUMN WORDS: the column holds one of these
words() {
	report "$(awk -F '\t' -v name="$1" -v col="$2" -v list="$3" '
	BEGIN { n = split(list, word, " "); for (i = 1; i <= n; i++) ok[word[i]] = 1 }
	FNR > 1 && !($col in ok) { print name ":" FNR ": " $col " is none of: " list }
	' "$features/$1" 2>&1)"
}

# rows FILE N: exactly N rows below the header
rows() {
	report "$(awk -v name="$1" -v n="$2" '
	END { if (NR - 1 != n) print name ": " NR - 1 " rows instead of " n }' "$features/$1" 2>&1)"
}

# days FILE COLUMN...: real days, written YYYY-MM-DD, or empty
days() {
	file=$1
	shift
	report "$(awk -F '\t' -v name="$file" -v cols="$*" '
	function real(d, y, m, last) {
		if (d !~ /^[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]$/) return 0
		y = substr(d, 1, 4) + 0
		m = substr(d, 6, 2) + 0
		last = m == 2 ? 28 + (y % 4 == 0 && y % 100 != 0 || y % 400 == 0) : 30 + (m % 2 == (m < 8))
		return m >= 1 && m <= 12 && substr(d, 9) + 0 >= 1 && substr(d, 9) + 0 <= last
	}
	BEGIN { n = split(cols, col, " ") }
	FNR > 1 {
		for (i = 1; i <= n; i++)
			if ($(col[i]) != "" && !real($(col[i])))
				print name ":" FNR ": no day: " $(col[i])
	}' "$features/$file" 2>&1)"
}

check_org() {
	table org/data/divisions.tsv "code name kind parent union_name sort" 1
	table org/data/townships.tsv "code9 name county_code union_parent kind" 1
	words org/data/divisions.tsv 3 "city county zone enterprise_group direct_units"
	words org/data/townships.tsv 5 "subdistrict town township"
	refers org/data/divisions.tsv 4 org/data/divisions.tsv 1
	refers org/data/townships.tsv 3 org/data/divisions.tsv 1
	refers org/data/townships.tsv 4 org/data/divisions.tsv 1
	rows org/data/townships.tsv 156
	report "$(awk -F '\t' 'FNR == 1 { next }
	length($1) != 6 || $1 ~ /[^0-9]/ { print "org/data/divisions.tsv:" FNR ": code is not six digits" }
	$4 == "" && $3 != "city" { print "org/data/divisions.tsv:" FNR ": no parent" }' "$features/org/data/divisions.tsv")"
	report "$(awk -F '\t' 'FNR > 1 && (length($1) != 9 || $1 ~ /[^0-9]/ || substr($1, 1, 6) != $3) {
		print "org/data/townships.tsv:" FNR ": code is not nine digits beginning with its county" }' \
		"$features/org/data/townships.tsv")"
}

check_employer() {
	table employer/data/high_risk_industries.tsv \
		"industry industry_zh industry_en gbt4754_2017 name use condition_zh" "1 4"
	table employer/data/enterprise_size.tsv \
		"code name gbt4754_2017 x_large x_medium x_small y_large y_medium y_small z_large z_medium z_small checked" 1
	table employer/data/labour_intensive.tsv "gbt4754_2017 name" 1
	words employer/data/high_risk_industries.tsv 6 "core include"
}

check_campaign() {
	for part in windows cutoffs periods deadlines targets; do
		case $part in
		windows) head="campaign code name from to" key="1 2" ;;
		cutoffs) head="campaign level cutoff_day cutoff_time due_day" key="1 2" ;;
		periods) head="campaign period from to due optional" key="1 2" ;;
		deadlines) head="campaign what due name" key="1 2 3" ;;
		targets) head="campaign what amount unit name source" key="1 2" ;;
		esac
		table "campaign/data/$part.tsv" "$head" "$key"
		refers "campaign/data/$part.tsv" 1 campaign/data/campaigns.tsv 1
	done
	table campaign/data/campaigns.tsv \
		"code name year theme notice_number notice_on begins_on ends_on" 1
	table hazard/data/lint_phrases.tsv "phrase rule doubtful" 1
	table campaign/data/figures.tsv "code name unit counting definition name_en unit_en definition_en" 1
	table campaign/data/limits.tsv "class what amount unit source" "1 2"
	table campaign/data/workdays.tsv "day kind name provisional" 1
	table group/data/supervision_groups.tsv "campaign group name unit_code" "1 4"
	refers group/data/supervision_groups.tsv 1 campaign/data/campaigns.tsv 1
	refers group/data/supervision_groups.tsv 4 org/data/divisions.tsv 1
	rows campaign/data/figures.tsv 12
	words campaign/data/figures.tsv 4 "once count at_cutoff"
	words campaign/data/limits.tsv 1 \
		"danger major ordinary_enterprise ordinary_workshop ordinary_team on_spot any listing"
	words campaign/data/limits.tsv 4 "minute hour day workday shift"
	words campaign/data/targets.tsv 4 "count percent day"
	report "$(awk -F '\t' 'FNR > 1 && $3 !~ /^[0-9]+$/ { print "campaign/data/limits.tsv:" FNR ": amount is no number" }' \
		"$features/campaign/data/limits.tsv")"
	days campaign/data/campaigns.tsv 6 7 8
	days campaign/data/windows.tsv 4 5
	days campaign/data/periods.tsv 3 4 5
	days campaign/data/deadlines.tsv 3
	check_workdays
}

check_workdays() {
	words campaign/data/workdays.tsv 2 "holiday workday"
	words campaign/data/workdays.tsv 4 "0 1"
	days campaign/data/workdays.tsv 1
	report "$(awk -F '\t' '
	# Zeller: 0 is Saturday, 1 is Sunday
	function weekday(d, y, m, day) {
		y = substr(d, 1, 4) + 0; m = substr(d, 6, 2) + 0; day = substr(d, 9) + 0
		if (m < 3) { m += 12; y-- }
		return (day + int(13 * (m + 1) / 5) + y + int(y / 4) - int(y / 100) + int(y / 400)) % 7
	}
	BEGIN { names = split("元旦 春节 清明节 劳动节 端午节 中秋节 国庆节", name, " ") }
	FNR == 1 { next }
	$1 <= last { print "campaign/data/workdays.tsv:" FNR ": not after " last }
	$2 == "workday" && weekday($1) > 1 { print "campaign/data/workdays.tsv:" FNR ": make-up day is not on a weekend" }
	{
		last = $1
		year = substr($1, 1, 4)
		if ($2 == "holiday")
			for (i = 1; i <= names; i++)
				if (index($3, name[i])) has[year, i] = 1
		if ($4 == 1 && year < 2027) print "campaign/data/workdays.tsv:" FNR ": provisional before 2027"
	}
	END {
		for (y = 2015; y <= 2027; y++)
			for (i = 1; i <= names; i++)
				if (!((y, i) in has)) print "campaign/data/workdays.tsv: " y " has no " name[i]
	}' "$features/campaign/data/workdays.tsv" 2>&1)"
}

check_hazard() {
	table hazard/data/categories.tsv "code parent name_zh name_en kind icon gbt13861_2009" 1
	table hazard/data/gbt13861.tsv \
		"edition code parent level name in_force_from in_force_to confidence" "1 2"
	table hazard/data/accident_types_1986.tsv \
		"edition code name_zh name_en in_force_from in_force_to default_2025 needs_human note" 2
	table hazard/data/accident_types_2025.tsv \
		"edition code name_zh name_en in_force_from in_force_to change_vs_1986" 2
	table hazard/data/occupational_factors.tsv \
		"edition code name_zh name_en listed examples in_force_from in_force_to" 2
	table hazard/data/refusal_reasons.tsv "code zh en" 1
	table hazard/data/sources.tsv "code zh en four_checks counted_f10" 1
	words hazard/data/categories.tsv 5 "hazard occupational_hazard violation"
	refers hazard/data/categories.tsv 2 hazard/data/categories.tsv 1
	refers hazard/data/accident_types_1986.tsv 7 hazard/data/accident_types_2025.tsv 2
	rows hazard/data/accident_types_1986.tsv 20
	rows hazard/data/accident_types_2025.tsv 27
	rows hazard/data/occupational_factors.tsv 6
	days hazard/data/gbt13861.tsv 6 7
	days hazard/data/accident_types_1986.tsv 5 6
	days hazard/data/accident_types_2025.tsv 5 6
	days hazard/data/occupational_factors.tsv 7 8
	report "$(awk -F '\t' '
	FNR == 1 { file++; next }
	file == 1 { code[$1, $2] = 1; line[FNR] = $1 SUBSEP $3; parent[FNR] = $3; next }
	$7 != "" && !(("2009", $7) in code) { print "hazard/data/categories.tsv:" FNR ": " $7 " is not in edition 2009" }
	END {
		for (i in parent)
			if (parent[i] != "" && !(line[i] in code))
				print "hazard/data/gbt13861.tsv:" i ": parent " parent[i] " is not in its edition"
	}' "$features/hazard/data/gbt13861.tsv" "$features/hazard/data/categories.tsv" 2>&1)"
}

check_org
check_employer
check_campaign
check_hazard
if [ "$found" -eq 0 ]; then
	echo "fact tables: fine"
fi
exit "$found"
