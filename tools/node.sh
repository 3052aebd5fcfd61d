#!/bin/sh
# Prints the path of a Node of version 20 or later: the system's, or the one that `make deps` put beside the build.
root=$(cd "$(dirname "$0")/.." && pwd)
for node in "$(command -v node)" "$root"/.cache/node/node_modules/node-linux-*/bin/node; do
	if [ -x "$node" ] && [ "$("$node" -p 'parseInt(process.versions.node)')" -ge 20 ]; then
		echo "$node"
		exit 0
	fi
done
echo "no Node of version 20 or later: run make deps" >&2
exit 1
