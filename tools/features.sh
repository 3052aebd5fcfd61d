#!/bin/sh
# Prints the registry of features as C, from the list in the folder named.
echo '/* Made by tools/features.sh from features.list. */'
echo '#include "feature.h"'
echo
names=$(cat "$1/features.list") || exit 1
for name in $names; do
	echo "extern const struct feature feature_$name;"
done
echo
echo 'const struct feature *const features_all[] = {'
for name in $names; do
	printf '\t&feature_%s,\n' "$name"
done
printf '\tNULL,\n};\n'
