#!/bin/sh
# Serves a demonstration city: tools/run.sh BUILD DATA ADDR:PORT. The city is made
# once; remove the data folder to begin anew.
set -e
build=$1 data=$2 listen=$3
if [ ! -e "$data/chabaocu.db" ]; then
	echo "run: making the demonstration city in $data/"
	"$build/chabaocu" demo --data "$data" --scale small --until "$(TZ=CST-8 date +%F)"
fi
if [ -e "$data/demo-accounts.tsv" ]; then
	echo "run: demonstration accounts ($data/demo-accounts.tsv):"
	head -n 1 "$data/demo-accounts.tsv"; grep -E "^(worker1|leader1|safety1|union1|manager1|town1|county1|city1|system1)	" "$data/demo-accounts.tsv"
fi
echo "run: http://$listen/ (Ctrl-C ends it)"
exec "$build/chabaocu" serve --data "$data" --listen "$listen"
