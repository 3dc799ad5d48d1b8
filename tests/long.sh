#!/usr/bin/env bash
# The long version of the tests, and the tests under tools. Ends with a table of what was counted.
#
#   tests/long.sh [minutes [part...]]
#
# `minutes` (30) is about what each kind of fault, the twins and each fuzzer takes; builds and tools
# take what they take. The parts, all of them unless some are named:
#
#   faults     calls that fail, in every scenario; every single one, given minutes enough
#   kills      kill -9, a hundred times a minute, and two processes that train one model
#   twins      differential fuzzing: searches and trainings beside their twins
#   fuzz       libFuzzer, with the sanitizers for addresses and undefined behaviour (needs clang)
#   asan tsan  the tests of tests/core, sqlite, faults and fuzz under sanitizers; asan looks for leaks
#   valgrind   tests/valgrind.sh
#   coverage   tests/coverage.sh
#   tidy       clang-tidy over ext/
#   fetched    tests/build/fetched.sh: the module with nothing found installed, from sources that are given
#   wasm       tests/wasm: the page of examples/wasm, built and used in Chromium (needs Emscripten)
#   windows    tests/platforms/windows.sh: the DLL under Wine (needs mingw-w64, Wine)
#   fresh      tests/fresh.sh: both commands of the README on a bare Debian (needs root, debootstrap)
#
# What a part says is in build/long/<part>.log. A part that fails does not keep the others from
# running; the script fails in the end.
set -euo pipefail
cd "$(dirname "$0")/.."
minutes=${1:-30}
known="faults kills twins fuzz asan tsan valgrind coverage tidy fetched wasm windows fresh"
parts="${*:2}"
parts=${parts:-$known}
[[ "$minutes" =~ ^[1-9][0-9]*$ ]] || { echo "wanted a number of minutes, got '$minutes'" >&2; exit 2; }
for part in $parts; do
  [[ " $known " == *" $part "* ]] || { echo "no part '$part'; the parts are: $known" >&2; exit 2; }
done
tests="core_tests sqlite_tests fault_tests kill_tests differential_tests"
fuzzers="fuzz_sql fuzz_shadow fuzz_snapshot fuzz_options"
logs=build/long
mkdir -p "$logs"

build() {  # preset, targets
  cmake --preset "$1" -DSUBJREC_TESTS=ON
  # shellcheck disable=SC2086
  cmake --build --preset "$1" --target $2
}

faults() {
  build release fault_tests
  SUBJREC_LONG_TESTS=$minutes build/release/tests/faults/fault_tests --gtest_brief=1
}

kills() {
  build release kill_tests
  SUBJREC_LONG_TESTS=$minutes build/release/tests/faults/kill_tests --gtest_brief=1
}

twins() {
  build release differential_tests
  SUBJREC_LONG_TESTS=$minutes build/release/tests/fuzz/differential_tests --gtest_brief=1
}

fuzz() {
  build fuzz "$fuzzers"
  local failed=0 fuzzer name found
  for fuzzer in $fuzzers; do
    name=${fuzzer#fuzz_}
    found=$logs/found-$name
    mkdir -p "$found"
    # An allocation that is too large returns null with the sanitizer as it does without.
    ASAN_OPTIONS=allocator_may_return_null=1 "build/fuzz/tests/fuzz/$fuzzer" \
      -dict="tests/fuzz/$name.dict" -max_len=400 -timeout=30 -rss_limit_mb=2500 \
      -max_total_time=$((60 * minutes)) -print_final_stats=1 -artifact_prefix="$logs/$name-" \
      "$found" "tests/fuzz/seeds/$name" > "$logs/$fuzzer.log" 2>&1 || failed=1
    if [ "$failed" = 1 ]; then tail -40 "$logs/$fuzzer.log"; return 1; fi
    echo "counted: $fuzzer with libFuzzer: $(sed -n 's/^stat::number_of_executed_units: *//p' \
      "$logs/$fuzzer.log") inputs, no finding"
  done
}

sanitized() {  # preset, what it looks for
  build "$1" "$tests $fuzzers"
  ctest --preset "$1" -E '_NOT_BUILT|^example|^explorer_' | tee "$logs/$1.ctest"
  echo "counted: tests with the preset $1: $(sed -n 's/.*tests passed.* out of \([0-9]*\)/\1/p' \
    "$logs/$1.ctest") passed, no $2"
}

asan() { sanitized asan "invalid access, undefined behaviour or leak"; }
tsan() { sanitized tsan "data race"; }

valgrind() {
  build release "core_tests sqlite_tests"
  tests/valgrind.sh
}

coverage() { tests/coverage.sh; }

tidy() {
  cmake --preset release -DSUBJREC_TESTS=ON
  run-clang-tidy -quiet -p build/release "$PWD/ext/.*\.cc$"
  echo "counted: clang-tidy: $(find ext -name '*.cc' | wc -l) files of ext/, no warning"
}

fetched() { SUBJREC_LONG_TESTS=$minutes tests/build/fetched.sh build/long/fetched module; }

wasm() {
  build release subjrec
  SUBJREC_LANGUAGES=install SUBJREC_LONG_TESTS=$minutes tests/wasm/run.sh build/release/subjrec.so build/long/wasm || [ $? = 77 ]
}

windows() {
  build release subjrec
  tests/platforms/windows.sh build/long/windows || [ $? = 77 ]
}

fresh() { tests/fresh.sh; }

failed=()
for part in $parts; do
  echo "$part ..."
  set +e  # here, and not by ||, which would also hide what fails within
  ( set -e; "$part" ) > "$logs/$part.log" 2>&1
  code=$?
  set -e
  if [ $code -ne 0 ]; then
    tail -40 "$logs/$part.log"
    failed+=("$part")
  fi
done

echo
echo "$(nproc) cores, $(sed -n 's/^model name\s*: //p' /proc/cpuinfo | head -1), $(c++ --version | head -1)," \
  "SQLite $(sqlite3 --version | cut -d' ' -f1)"
echo
echo "| counted | |"
echo "| --- | --- |"
for part in $parts; do sed -n 's/^counted: \(.*\): \(.*\)/| \1 | \2 |/p' "$logs/$part.log"; done
if [ ${#failed[@]} -gt 0 ]; then echo "failed: ${failed[*]}"; exit 1; fi
