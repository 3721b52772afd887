#!/bin/sh
# Builds and installs what the offline runs and the checks use, into folders that
# git ignores:
#
#   install.sh engine    the Pulumi CLI (from its Go module) and the component
#                        provider of eks.Cluster (from npm)
#   install.sh offline   the program that runs the engine
#   install.sh lint      golangci-lint (from its Go module)
#
# What is there already, of the version that the lock files name, is left alone.
set -eu
cd "$(dirname "$0")/.."
root=$PWD
bin=$root/.tools/bin

fail() {
	echo "tools: $*" >&2
	exit 1
}

# newer_than WANT HAVE: is HAVE (1.26.8) at least WANT (1.26)?
newer_than() {
	[ "$(printf '%s\n%s\n' "$1" "$2" | sort -t. -k1,1n -k2,2n -k3,3n | head -n 1)" = "$1" ]
}

require_go() {
	want=$(sed -n 's/^go //p' go.mod)
	command -v go >/dev/null || fail "Go is missing: install Go $want or newer, from https://go.dev/dl"
	# An older Go from 1.21 on fetches the newer one by itself, where it may.
	have=$(go env GOVERSION 2>/dev/null | sed 's/^go//; s/[^0-9.].*//') || fail "Go $want or newer is needed; this one is too old to read go.mod"
	newer_than "$want" "${have:-0}" || fail "Go $want or newer is needed; this is ${have:-unknown}"
}

require_node() {
	want=20
	command -v node >/dev/null || fail "Node.js is missing: install Node.js $want or newer, from https://nodejs.org"
	command -v npm >/dev/null || fail "npm is missing: it comes with Node.js, from https://nodejs.org"
	have=$(node --version | sed 's/^v//')
	newer_than "$want" "$have" || fail "Node.js $want or newer is needed; this is $have"
}

# busy WHAT COMMAND...: runs a command. If that takes longer than a moment it says
# what it is, and every half minute that it is still running.
busy() {
	what=$1
	shift
	start=$(date +%s)
	said=
	next=3
	"$@" &
	worker=$!
	trap 'kill $worker 2>/dev/null; exit 130' INT TERM
	while kill -0 $worker 2>/dev/null; do
		sleep 0.2
		now=$(($(date +%s) - start))
		if [ $now -ge $next ]; then
			[ -z "$said" ] && echo "tools: $what" || echo "tools: … still at it after ${now} s"
			said=yes
			next=$((now + 30))
		fi
	done
	wait $worker || fail "that did not work; the reason stands above"
	trap - INT TERM
	[ -z "$said" ] || echo "tools: done in $(($(date +%s) - start)) s"
}

# once NAME FILE...: is NAME not yet made from these files? Sets $stamp to be written afterwards.
once() {
	stamp=$root/.tools/$1.stamp
	shift
	sum=$(cat "$@" | cksum)
	[ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$sum" ]
}

build_cli() {
	version=$(cd tools && go list -m -f '{{.Version}}' github.com/pulumi/pulumi/pkg/v3 | sed 's/^v//')
	# Without the version in the binary the Automation API refuses it.
	(cd tools && go build -trimpath -o "$bin/pulumi" \
		-ldflags "-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=$version" \
		github.com/pulumi/pulumi/pkg/v3/cmd/pulumi)
}

install_provider() {
	(cd tools/eks-provider && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
}

build_lint() {
	(cd tools/lint && go build -trimpath -o "$bin/golangci-lint" github.com/golangci/golangci-lint/v2/cmd/golangci-lint)
}

mkdir -p "$bin" 2>/dev/null || fail "the folder $bin can't be written"
require_go
case "${1:-engine}" in
engine)
	require_node
	if once pulumi tools/go.mod tools/go.sum || [ ! -x "$bin/pulumi" ]; then
		busy "building the Pulumi CLI from source, once; 5 minutes on 2 cores" build_cli
		echo "$sum" >"$stamp"
	fi
	if once eks-provider tools/eks-provider/package-lock.json || [ ! -d tools/eks-provider/node_modules ]; then
		busy "installing the provider of eks.Cluster from npm, once; half a minute" install_provider
		echo "$sum" >"$stamp"
	fi
	;;
offline)
	# The compiler knows what is out of date.
	busy "building the offline program; 4 minutes on 2 cores the first time" go build -o "$bin/offline" ./offline
	;;
lint)
	if once lint tools/lint/go.mod tools/lint/go.sum || [ ! -x "$bin/golangci-lint" ]; then
		busy "building golangci-lint from source, once; 2 minutes on 2 cores" build_lint
		echo "$sum" >"$stamp"
	fi
	;;
*) fail "unknown part '$1': engine, offline or lint" ;;
esac
