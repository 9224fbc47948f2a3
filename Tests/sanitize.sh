#!/usr/bin/env bash
# Tests of storage and ingest under a sanitizer: sanitize.sh address|thread
set -euo pipefail
cd "$(dirname "$0")/.."
# XCTest itself leaks, so leaks are not looked for.
export ASAN_OPTIONS=detect_leaks=0 SWIFT_BACKTRACE=enable=no
export TSAN_OPTIONS="halt_on_error=1 suppressions=$PWD/Tests/ThreadHooks/suppressions"
export MUSTER_SANITIZE=$1
exec swift test -c release --sanitize "$1" --scratch-path ".build/$1"
