#!/bin/sh
# Serves a demonstration city: tools/run.sh BUILD DATA ADDR:PORT. The city is made
# once; remove the data folder to begin anew.
set -e
build=$1 data=$2 listen=$3
if [ ! -e "$data/demo-accounts.tsv" ] && [ ! -e "$data/chabaocu.db" ]; then
	echo "run: making the demonstration city in $data/"
	# Its made-up past ends today, so that what is due and late looks as it would.
	"$build/chabaocu" demo --data "$data" --scale small --until "$(TZ=CST-8 date +%F)"
elif [ -e "$data/demo-accounts.tsv" ]; then
	echo "run: one demonstration account of each role; all are in $data/demo-accounts.tsv"
	awk -F '\t' '!seen[$3]++ { printf "%-12s %-14s %-22s %s\n", $1, $2, $3, $4 }' "$data/demo-accounts.tsv"
fi
echo "run: http://$listen/ (Ctrl-C ends it)"
exec "$build/chabaocu" serve --data "$data" --listen "$listen"
