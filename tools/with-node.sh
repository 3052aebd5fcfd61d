#!/bin/sh
# Runs a script with the Node that the build uses: tools/with-node.sh SCRIPT [ARGUMENT…]
exec "$("$(dirname "$0")/node.sh")" "$@"
