#!/bin/sh
# Builds into a folder: tools/build.sh FOLDER [MESON OPTION…] [-- NINJA ARGUMENT…]
# Sources are found because they are there, so when the list of files under
# src/ and tests/ has changed, Meson looks again first.
set -e
root=$(cd "$(dirname "$0")/.." && pwd)
folder=$1
shift
options=
while [ $# -gt 0 ] && [ "$1" != -- ]; do
	options="$options $1"
	shift
done
[ $# -eq 0 ] || shift

files=$("$root/tools/list.sh" all "$root" | sha256sum)
if [ ! -f "$folder/build.ninja" ]; then
	# shellcheck disable=SC2086
	meson setup --wipe $options "$folder" "$root" >"$folder.log" 2>&1 || meson setup $options "$folder" "$root" >"$folder.log" 2>&1 || {
		cat "$folder.log" >&2
		exit 1
	}
	mv "$folder.log" "$folder/setup.log"
elif [ "$files" != "$(cat "$folder/files.sum" 2>/dev/null)" ]; then
	meson setup --reconfigure "$folder" "$root" >"$folder/setup.log" 2>&1 || {
		cat "$folder/setup.log" >&2
		exit 1
	}
fi
echo "$files" >"$folder/files.sum"
exec ninja -C "$folder" --quiet "$@"
