#!/usr/bin/env bash
# Tests of storage and ingest under a sanitizer: sanitize.sh address|thread
set -euo pipefail
cd "$(dirname "$0")/.."
# XCTest itself leaks, so leaks are not looked for.
export ASAN_OPTIONS=detect_leaks=0 TSAN_OPTIONS=halt_on_error=1 SWIFT_BACKTRACE=enable=no
export MUSTER_SANITIZE=1
# Swift 6.3.1 breaks off ("Invalid bitcast") when it compiles functions of Ingest that throw a typed error and return a
# pointer for the thread sanitizer, with and without optimisation: until that is over, `thread` does not get to run.
[ "$1" = thread ] && configuration=debug || configuration=release
exec swift test -c "$configuration" --sanitize "$1" --scratch-path ".build/$1"
