#!/bin/sh
# Starts CLIENTS clients at the same time and waits for all: client_bench.sh [-t] PORT [CLIENTS [N]]
# With -t, the replies alone are shown, each with the time when it came.
set -eu

fail() {
	echo "$1" >&2
	exit 2
}

timed=
if [ "${1-}" = -t ]; then
	timed=-t
	shift
fi
case $# in 1 | 2 | 3) ;; *) fail "usage: $0 [-t] PORT [CLIENTS [N]]" ;; esac
port=$1
clients=${2-8}
n=${3-40} # large enough that the work outweighs the start of eight interpreters
case $clients in '' | 0* | *[!0-9]*) fail "$0: not a number of clients: $clients" ;; esac

folder=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
python=$(python3 -c 'import sys; print(sys.executable)') # once: python3 may be a slow wrapper
pids=
trap 'kill $pids 2>/dev/null || true; exit 130' INT TERM

i=0
while [ "$i" -lt "$clients" ]; do
	"$python" -I -S "$folder/client.py" ${timed:+"$timed"} localhost "$port" "$n" &
	pids="$pids $!"
	i=$((i + 1))
done

failed=0
for pid in $pids; do
	wait "$pid" || failed=$((failed + 1))
done
if [ "$failed" -gt 0 ]; then
	echo "$0: $failed of $clients clients failed" >&2
	exit 1
fi
