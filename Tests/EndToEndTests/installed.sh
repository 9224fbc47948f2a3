#!/usr/bin/env bash
# Installs into a temporary prefix and runs the installed muster without the Swift toolchain: what it needs must lie in
# the prefix or come with the system. Prints what it checked; ends with 1 at the first thing that is not so.
set -euo pipefail
repository=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT

checked() { echo "ok: $1"; }
failed() { echo "failed: $1" >&2; exit 1; }
# contains TEXT PART WHAT
contains() { case $1 in *"$2"*) checked "$3" ;; *) failed "$3: '$2' is not in: $1" ;; esac; }

prefix=$work/prefix
if [ -z "${MUSTER_PREFIX:-}" ]; then
  "$repository/.ci/install" "$prefix" > /dev/null
  checked "installs into $prefix"
else
  prefix=$MUSTER_PREFIX
fi
muster=$prefix/bin/muster
unset LD_LIBRARY_PATH

if [ "${1:-}" != --hidden ]; then
  # Every file that belongs to an installation.
  for file in bin/muster share/muster/site/index.html share/muster/d3.min.js share/muster/presets/telegram.yaml share/man/man1/muster.1 \
    share/man/man1/muster-ingest.1 share/man/man1/muster-query-activity.1 share/bash-completion/completions/muster \
    share/zsh/site-functions/_muster share/fish/vendor_completions.d/muster.fish; do
    [ -s "$prefix/$file" ] || failed "$file is missing or empty"
  done
  checked "binary, page, chart library, man pages and completions are there"
  bash -n "$prefix/share/bash-completion/completions/muster" || failed "the completions of bash are no shell script"
  contains "$(cat "$prefix/share/man/man1/muster-ingest.1")" "reject" "the man page of ingest tells of its options"
fi

# Where it is possible the toolchain is hidden: an empty folder lies over the one that holds its libraries.
if [ "${1:-}" = --hidden ]; then
  [ -z "$(ls -A "$2")" ] || failed "the toolchain is not hidden: $2"
  checked "nothing is left of $2 here"
else
  runtime=$(dirname "$(dirname "$(readlink -f "$(command -v swift)")")")/lib/swift
  if unshare -m mount -t tmpfs none "$runtime" 2>/dev/null; then
    MUSTER_PREFIX=$prefix unshare -m \
      bash -c 'mount -t tmpfs none "$1" && exec "$2" --hidden "$1"' - "$runtime" "$(readlink -f "$0")"
    exit
  fi
  echo "note: the toolchain cannot be hidden here (that takes root and unshare -m): only ldd says what is used"
fi

# Swift's runtime is inside the binary.
missing=$(ldd "$muster" | grep 'not found' || true)
[ -z "$missing" ] || failed "libraries are missing: $missing"
outside=$(ldd "$muster" | grep -E 'libswift|libFoundation|lib_Foundation|libdispatch|libBlocksRuntime' || true)
[ -z "$outside" ] || failed "libraries of the toolchain are used: $outside"
checked "the binary needs no library of the toolchain"

cd "$work"
contains "$("$muster" --version)" "." "--version"
"$muster" new club --time-zone Asia/Shanghai > /dev/null && [ -s club/muster.yaml ] || failed "new"
checked "new"
cd club
mkdir datasets/demo
printf 'path: log/*.jsonl\ntime: ts\nmember: user_id\nevent: event\nevent-id: event_id\ndimensions: {platform: platform}\n' \
  > datasets/demo/dataset.yaml
contains "$("$muster" simulate datasets/demo/log --days 20 --members 500 --events 5000 --seed 3 2>/dev/null)" "records" simulate
contains "$("$muster" ingest demo --format json 2>/dev/null)" '"rejected":0' ingest
contains "$("$muster" ingest demo --format json 2>/dev/null)" '"read":0' "ingest again reads nothing"
contains "$("$muster" query activity --format csv 2>/dev/null)" "period,events,active_members" "query"
printf '[{"type":"message","user":"U1","text":"hi","ts":"1772359200.000100"}]' > slack.json
contains "$("$muster" ingest --preset slack slack.json --format json 2>/dev/null)" '"stored":1' "ingest with a preset"
"$muster" run nightly 2> run.log || failed "run nightly: $(cat run.log)"
[ -s .muster/published/current/dashboards/overview.json ] || failed "run nightly published no document"
checked "run nightly"
"$muster" store check > /dev/null || failed "store check"
checked "store check"

# Last, since it needs a port: 0 takes a free one, which the first line names.
"$muster" serve --port 0 > serve.log 2>&1 &
server=$!
address=
for _ in $(seq 100); do
  address=$(grep -o 'http://127.0.0.1:[0-9]*' serve.log | head -1 || true)
  [ -n "$address" ] && break
  kill -0 "$server" 2>/dev/null || { server=; failed "serve ended: $(cat serve.log)"; }
  sleep 0.1
done
[ -n "$address" ] || failed "serve does not say where: $(cat serve.log)"
get() {
  if command -v curl > /dev/null; then
    curl -fsS --noproxy '*' --max-time 10 "$1"
  else
    python3 -c 'import sys, urllib.request as u; sys.stdout.write(u.build_opener(u.ProxyHandler({})).open(sys.argv[1], timeout=10).read().decode())' "$1"
  fi
}
contains "$(get "$address/")" "<html" "serve: the page"
contains "$(get "$address/api/v1/dashboards")" '"overview"' "serve: the dashboards"
contains "$(get "$address/api/v1/dashboards/overview.json")" '"tiles"' "serve: a document"
contains "$(get "$address/healthz")" "" "serve: healthz"
kill "$server"
wait "$server" 2>/dev/null || true
server=
checked "all"
