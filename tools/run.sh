#!/bin/sh
# Serves a demonstration city: tools/run.sh BUILD DATA ADDR:PORT. The city is made
# once; remove the data folder to begin anew.
set -e
build=$1 data=$2 listen=$3
if [ ! -e "$data/demo-accounts.tsv" ] && [ ! -e "$data/chabaocu.db" ]; then
	echo "run: making the demonstration city in $data/"
	"$build/chabaocu" demo --data "$data" --scale small
elif [ -e "$data/demo-accounts.tsv" ]; then
	echo "run: one demonstration account of each role; all are in $data/demo-accounts.tsv"
	awk -F '\t' '!seen[$3]++ { printf "%-12s %-14s %-22s %s\n", $1, $2, $3, $4 }' "$data/demo-accounts.tsv"
fi
echo "run: http://$listen/ (Ctrl-C ends it)"
# The made-up past ends in 2016: its clock goes on from there, a day for each day since the city was made.
if [ -e "$data/demo-accounts.tsv" ]; then
	days=$((($(date +%s) - $(stat -c %Y "$data/demo-accounts.tsv")) / 86400))
	today=$(date -d "2016-04-20 +$days days" +%F)
	exec "$build/chabaocu" serve --data "$data" --listen "$listen" --today "$today"
fi
exec "$build/chabaocu" serve --data "$data" --listen "$listen"
