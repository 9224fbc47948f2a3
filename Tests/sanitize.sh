#!/usr/bin/env bash
# Tests of storage and ingest under a sanitizer: sanitize.sh address|thread
# `thread` looks at Columns, Events, Parquet and Segments with their tests; why not at Ingest says Package.swift.
set -euo pipefail
cd "$(dirname "$0")/.."
# XCTest itself leaks, so leaks are not looked for.
export ASAN_OPTIONS=detect_leaks=0 SWIFT_BACKTRACE=enable=no
export TSAN_OPTIONS="halt_on_error=1 suppressions=$PWD/Tests/thread-sanitizer.txt"
export MUSTER_SANITIZE=$1
[ "$1" = thread ] || flags="--sanitize $1"
exec swift test -c release ${flags:-} --scratch-path ".build/$1"
