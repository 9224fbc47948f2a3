#!/usr/bin/env bash
# libFuzzer over the probes: run.sh SECONDS [PROBE…]. Inputs that end a probe lie in .build/fuzz/found: mend the reader,
# then add the input to Corpus/PROBE under a name that says what it shows, and the ordinary tests replay it.
set -uo pipefail
cd "$(dirname "$0")/../.."
seconds=$1
shift
MUSTER_FUZZ=1 swift build -c release --scratch-path .build/fuzz --sanitize address \
  -Xswiftc -sanitize=fuzzer -Xcc -fsanitize=fuzzer-no-link --product Fuzz || exit 1
# A crash of a Swift program may hang in its backtrace; leaks are looked for by no test.
export SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0
failed=0
for probe in ${@:-$(ls Tests/Fuzz/Corpus)}; do
  mkdir -p ".build/fuzz/corpus/$probe" .build/fuzz/found
  echo "fuzzing $probe for $seconds s"
  # Of an input of at most 8 KiB: no crash, no more than 10 s, no allocation over 160 MB, no more than 1 GB in all.
  PROBE=$probe .build/fuzz/release/Fuzz ".build/fuzz/corpus/$probe" "Tests/Fuzz/Corpus/$probe" \
    -max_total_time="$seconds" -max_len=8192 -timeout=10 -malloc_limit_mb=160 -rss_limit_mb=1024 \
    -artifact_prefix=".build/fuzz/found/$probe-" -print_final_stats=1 -verbosity=1 2> ".build/fuzz/$probe.log"
  status=$?
  grep -E 'DONE|ERROR|SUMMARY|Test unit written' ".build/fuzz/$probe.log"
  [ $status = 0 ] || { failed=1; echo "$probe: see .build/fuzz/$probe.log"; }
done
exit $failed
