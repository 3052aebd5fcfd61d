#!/bin/sh
# Builds the browser's files and embeds them: tools/front/embed.sh EMBED OUT.h OUT.c FOLDER
set -e
root=$(cd "$(dirname "$0")/../.." && pwd)
node=$("$root/tools/node.sh")
"$node" "$root/tools/front/build.mjs" "$4"
# shellcheck disable=SC2046
"$1" front "$2" "$3" --files "$4" $(find "$4" -type f | LC_ALL=C sort)
