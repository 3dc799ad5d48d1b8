#!/usr/bin/env bash
# Runs a language's example and compares what it prints with what the sqlite3 shell gets; then runs
# one script of SQL through the same binding and compares the results byte for byte.
#
#   language.sh LANGUAGE MODULE FOLDER [PROGRAM]
#
# FOLDER is for what is compiled or installed on the way, and is used again. PROGRAM is the example
# where the build compiles it (cpp: example_cpp beside MODULE, unless another is named). A language that is not here gives one line that begins with SKIP, and
# 77.
#
#   SUBJREC_LANGUAGES=install    brings what npm has (Debian's packages are for the caller to install)
#   SUBJREC_LONG_TESTS=1         also what compiles itself for more than a minute
set -euo pipefail
language=$1 module=$2 folder=$3/$1
here=$(cd "$(dirname "$0")" && pwd)
examples=$(cd "$here/../../examples" && pwd)
runners=$here/runners
mkdir -p "$folder"

skip() {
  echo "SKIP: $language: $*"
  exit 77
}
need() {
  command -v "$1" >/dev/null || skip "$1 is not installed (Debian: $2)"
}
# The first of these commands that passes the check written in its own language.
first_that_can() {
  local check=$1
  shift
  for candidate in "$@"; do
    if command -v "$candidate" >/dev/null && "$candidate" -c "$check" 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
}
# Installs a package of npm into the folder, where that was asked for.
from_npm() {
  [ -d "$folder/node_modules/${1%@*}" ] && return
  [ "${SUBJREC_LANGUAGES:-}" = install ] || skip "$1 is not installed (SUBJREC_LANGUAGES=install brings it)"
  need npm npm
  echo '{"private": true}' >"$folder/package.json"
  (cd "$folder" && npm install --no-audit --no-fund --loglevel=error "$1") >"$folder/npm.log" 2>&1 ||
    { rm -rf "$folder/node_modules"; skip "npm could not install $1: $(tail -n 1 "$folder/npm.log")"; }
}
# A program that finds its packages beside itself.
beside_packages() {
  cp "$examples/$1" "$folder/recommend.mjs"
  cp "$runners/$2" "$folder/run.mjs"
}
# Compiles unless that was done already.
compiled() {
  local target=$1
  shift
  for source in "$examples/$language"/* "$runners"/*; do
    [ "$source" -nt "$target" ] || continue
    "$@" >"$folder/compile.log" 2>&1 || { cat "$folder/compile.log"; exit 1; }
    return
  done
}

case $language in
  python)
    python=$(first_that_can 'import sqlite3; sqlite3.Connection.enable_load_extension' python3 /usr/bin/python3)
    [ -n "$python" ] || skip "there is no python3 whose sqlite3 loads extensions (Debian: python3)"
    example=("$python" "$examples/python/recommend.py") runner=("$python" "$runners/run.py")
    version=$("$python" -c 'import platform; print(platform.python_version())') ;;
  apsw)
    python=$(first_that_can 'import apsw' python3 /usr/bin/python3)
    [ -n "$python" ] || skip "APSW is not installed (Debian: python3-apsw)"
    example=("$python" "$examples/apsw/recommend.py") runner=("$python" "$runners/apsw_run.py")
    version=$("$python" -c 'import apsw; print(apsw.apswversion())') ;;
  node-sqlite)
    node=node
    if ! node -e 'require("node:sqlite")' 2>/dev/null; then
      from_npm node@24
      node=$folder/node_modules/.bin/node
    fi
    example=("$node" --no-warnings "$examples/node/node-sqlite.mjs")
    runner=("$node" --no-warnings "$runners/run.mjs" node:sqlite)
    version="Node $("$node" --version)" ;;
  better-sqlite3 | sqlite3)
    need node nodejs
    [ -n "${SUBJREC_LONG_TESTS:-}" ] || [ -d "$folder/node_modules/$language" ] ||
      skip "it compiles itself for more than a minute (SUBJREC_LONG_TESTS=1 runs it)"
    from_npm "$language"
    if [ "$language" = sqlite3 ]; then
      beside_packages node/sqlite3.mjs sqlite3_run.mjs
      runner=(node "$folder/run.mjs")
    else
      beside_packages node/better-sqlite3.mjs run.mjs
      runner=(node "$folder/run.mjs" better-sqlite3)
    fi
    example=(node "$folder/recommend.mjs")
    version="$(node -p "require('$folder/node_modules/$language/package.json').version"), Node $(node --version)" ;;
  libsql)
    need node nodejs
    from_npm libsql
    beside_packages libsql/recommend.mjs run.mjs
    example=(node "$folder/recommend.mjs") runner=(node "$folder/run.mjs" libsql)
    version="$(node -p "require('$folder/node_modules/libsql/package.json').version"), Node $(node --version)" ;;
  bun | deno)
    command=$(command -v "$language" || true)
    if [ -z "$command" ]; then
      from_npm "$language"
      command=$folder/node_modules/.bin/$language
    fi
    if [ "$language" = bun ]; then
      example=("$command" "$examples/bun/recommend.ts")
      runner=("$command" "$runners/run.mjs" bun:sqlite)
    else
      example=("$command" run --no-config --allow-all "$examples/deno/recommend.ts")
      runner=("$command" run --no-config --allow-all "$runners/run.mjs" node:sqlite)
    fi
    version=$("$command" --version | head -n 1) ;;
  java)
    need javac default-jdk-headless
    jar=/usr/share/java/sqlite-jdbc.jar
    [ -f "$jar" ] || skip "sqlite-jdbc is not installed (Debian: libxerial-sqlite-jdbc-java)"
    compiled "$folder/Recommend.class" javac -cp "$jar" -d "$folder" "$examples/java/Recommend.java" "$runners/Run.java"
    java=(java "-Djava.library.path=$(echo /usr/lib/*/jni)" -cp "$jar:$folder")
    example=("${java[@]}" Recommend) runner=("${java[@]}" Run)
    version="$(basename "$(ls /usr/share/java/xerial-sqlite-jdbc-*.jar)" .jar), $(java -version 2>&1 | head -n 1)" ;;
  perl)
    need perl perl
    perl -MDBD::SQLite -e 1 2>/dev/null || skip "DBD::SQLite is not installed (Debian: libdbd-sqlite3-perl)"
    example=(perl "$examples/perl/recommend.pl") runner=(perl "$runners/run.pl")
    version=$(perl -MDBD::SQLite -e 'print "DBD::SQLite $DBD::SQLite::VERSION, Perl $^V"') ;;
  ruby)
    need ruby ruby
    ruby -e 'require "sqlite3"' 2>/dev/null || skip "the sqlite3 gem is not installed (Debian: ruby-sqlite3)"
    example=(ruby "$examples/ruby/recommend.rb") runner=(ruby "$runners/run.rb")
    version=$(ruby -e 'require "sqlite3"; print "sqlite3 #{SQLite3::VERSION}, Ruby #{RUBY_VERSION}"') ;;
  php)
    need php php-cli
    php -r 'exit(class_exists("SQLite3") ? 0 : 1);' || skip "PHP's SQLite3 is not installed (Debian: php-sqlite3)"
    php=(php -d "sqlite3.extension_dir=$(dirname "$module")")
    example=("${php[@]}" "$examples/php/recommend.php") runner=("${php[@]}" "$runners/run.php")
    version=$(php -r 'echo PHP_VERSION;') ;;
  r)
    need Rscript r-base-core
    Rscript -e 'packageVersion("RSQLite"); library(RSQLite)' >/dev/null 2>&1 || skip "RSQLite is not installed (Debian: r-cran-rsqlite)"
    example=(Rscript "$examples/r/recommend.R") runner=(Rscript "$runners/run.R")
    version=$(Rscript -e 'cat("RSQLite ", format(packageVersion("RSQLite")), ", R ", format(getRversion()), sep = "")') ;;
  tcl)
    need tclsh tcl
    # A script on standard input goes on after an error, so that the exit status must be set.
    echo 'exit [catch {package require sqlite3}]' | tclsh || skip "Tcl's sqlite3 is not installed (Debian: libsqlite3-tcl)"
    example=(tclsh "$examples/tcl/recommend.tcl") runner=(tclsh "$runners/run.tcl")
    version=$(echo 'puts [info patchlevel]' | tclsh) ;;
  go)
    need go golang-go
    need cc gcc
    export GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE=$folder/cache GOFLAGS=
    [ -d "$GOPATH/src/github.com/mattn/go-sqlite3" ] ||
      skip "go-sqlite3 is not installed (Debian: golang-github-mattn-go-sqlite3-dev)"
    compiled "$folder/recommend" go build -tags libsqlite3 -o "$folder/recommend" "$examples/go/main.go"
    compiled "$folder/run" go build -tags libsqlite3 -o "$folder/run" "$runners/run.go"
    example=("$folder/recommend") runner=("$folder/run")
    version="go-sqlite3 $(dpkg-query --show --showformat='${Version}' golang-github-mattn-go-sqlite3-dev), $(go version | cut -d ' ' -f 3)" ;;
  rust)
    need cargo cargo
    registry=/usr/share/cargo/registry
    crate=$(basename "$registry"/rusqlite-0.*)
    [ -d "$registry/$crate" ] || skip "rusqlite is not installed (Debian: librust-rusqlite-dev)"
    mkdir -p "$folder/src/bin"
    cp -p "$examples/rust/Cargo.toml" "$folder"
    cp -p "$examples/rust/src/main.rs" "$folder/src"
    cp -p "$runners/run.rs" "$folder/src/bin"
    compiled "$folder/target/debug/run" cargo build --quiet --offline --manifest-path "$folder/Cargo.toml" \
      --target-dir "$folder/target" --config 'source.crates-io.replace-with="debian"' \
      --config "source.debian.directory=\"$registry\""
    example=("$folder/target/debug/subjrec-recommend") runner=("$folder/target/debug/run")
    version="$crate, $(rustc --version | cut -d ' ' -f 1-2)" ;;
  c)
    need cc gcc
    compiled "$folder/recommend" cc -std=c11 -Wall -Wextra -Wpedantic -Werror "$examples/c/recommend.c" -lsqlite3 -o "$folder/recommend"
    compiled "$folder/run" cc -std=c11 -Wall -Wextra -Wpedantic -Werror "$runners/run.c" -lsqlite3 -o "$folder/run"
    example=("$folder/recommend") runner=("$folder/run")
    version=$(cc --version | head -n 1) ;;
  cpp)
    # The extension is linked in, so that there is no module to name, nor another program to run.
    program=${4:-$(dirname "$module")/example_cpp}
    [ -x "$program" ] || skip "$program is not built (cmake --build --preset release --target example_cpp)"
    linked_in() { "$program" "${@: -1}"; }
    example=(linked_in) runner=()
    version=$(c++ --version | head -n 1) ;;
  *)
    echo "language.sh: there is no example for $language" >&2
    exit 2 ;;
esac

if [ ${#runner[@]} -gt 0 ]; then
  echo "SELECT sqlite_version()" >"$folder/version.sql"
  version="$version, SQLite $("${runner[@]}" "$module" "$folder/version.sql")"
fi
echo "$language: $version"

# What the sqlite3 shell makes of the same statements is what every language must print.
by_shell() {
  (echo ".load $module"; sed 's/$/;/' "$1") | (cd "$examples/.." && sqlite3 -batch -bail "${2:-:memory:}")
}
# A database with the small catalogue, made by the shell.
import_by_shell() {
  rm -f "$1"
  printf '.load %s\nSELECT subjrec_import("examples/catalogue.ndjson.gz");\n' "$module" | tr '"' "'" |
    (cd "$examples/.." && sqlite3 -batch -bail "$1") >/dev/null
}
compare() {
  local what=$1 statements=$2
  shift 2
  by_shell "$statements" >"$folder/$what.expected"
  (cd "$examples/.." && "$@") >"$folder/$what.printed" 2>"$folder/$what.error" || {
    cat "$folder/$what.error"
    exit 1
  }
  diff -u "$folder/$what.expected" "$folder/$what.printed" || {
    echo "$language prints something else than the sqlite3 shell for its $what"
    exit 1
  }
}
if [ "$language" = node-sqlite ] &&
  ! (cd "$examples/.." && "${runner[@]}" "$module" <(grep subjrec_import "$here/script.sql")) >/dev/null 2>"$folder/import.error"; then
  # Beside a shared simdjson Node refuses to import, with a sentence; all else it does.
  grep 'a simdjson of its own' "$folder/import.error" || { cat "$folder/import.error"; exit 1; }
  import_by_shell "$folder/example.db"
  compare example "$here/expected.sql" "${example[@]}" "$module" "$folder/example.db"
  grep -v subjrec_import "$here/script.sql" >"$folder/script.sql"
  import_by_shell "$folder/script.db"
  cp "$folder/script.db" "$folder/by_shell.db"
  by_shell "$folder/script.sql" "$folder/by_shell.db" >"$folder/script.expected"
  (cd "$examples/.." && "${runner[@]}" "$module" "$folder/script.sql" "$folder/script.db") | diff -u "$folder/script.expected" -
  exit
fi
compare example "$here/expected.sql" "${example[@]}" "$module" "$examples/catalogue.ndjson.gz"
[ ${#runner[@]} = 0 ] || compare script "$here/script.sql" "${runner[@]}" "$module" "$here/script.sql"
