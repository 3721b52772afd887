#!/bin/sh
# Measures what docs/benchmarks.md says: whole previews from the command line, and
# the program's share of them.
set -eu
cd "$(dirname "$0")/.."
runs=5
for stack in dev stg prd; do
	make --no-print-directory preview STACK=$stack ARGS="--color never" >/dev/null
	i=0
	while [ $i -lt $runs ]; do
		start=$(date +%s%N)
		make --no-print-directory preview STACK=$stack ARGS="--color never" >/dev/null
		echo "$((($(date +%s%N) - start) / 1000000))"
		i=$((i + 1))
	done | sort -n | awk -v s=$stack '{v[NR]=$1} END {printf "make preview STACK=%s, warm, ms: min %d, median %d, max %d of %d\n", s, v[1], v[int((NR+1)/2)], v[NR], NR}'
done
go test ./tests/engine -run '^$' -bench Preview -benchtime 5x
