#!/usr/bin/env bash
# A language, or its package for SQLite, that is not installed gives a line that begins with SKIP, and 77:
#
#   missing.sh MODULE FOLDER
#
# language.sh runs with a PATH that holds no language; and then, for each interpreter that is here, with a
# package in its search path that cannot be loaded in place of the one that it needs.
set -euo pipefail
module=$1 folder=$2
here=$(cd "$(dirname "$0")" && pwd)
rm -rf "$folder"
mkdir -p "$folder"/{tools,tcl,perl/DBD,ruby,python,r/RSQLite,empty}
unset SUBJREC_LANGUAGES SUBJREC_LONG_TESTS

skips() { # what is missing, the language, then NAME=VALUE for the environment
  local what=$1 language=$2 code=0
  shift 2
  env "$@" bash "$here/language.sh" "$language" "$module" "$folder/run" >"$folder/printed" 2>&1 || code=$?
  if [ $code != 77 ] || ! grep -q "^SKIP: $language: " "$folder/printed"; then
    cat "$folder/printed"
    echo "$language without $what: wanted a line that begins with SKIP and 77, got $code"
    exit 1
  fi
  echo "ok: $(cat "$folder/printed")"
}

# Tools that are no languages, and nothing else.
for tool in bash env basename cat cp cut dirname grep head ls mkdir rm sed sort tail tr; do
  ln -s "$(command -v "$tool")" "$folder/tools/"
done
for language in node-sqlite better-sqlite3 sqlite3 libsql bun deno java perl ruby php r tcl go rust c; do
  skips "its command" "$language" "PATH=$folder/tools"
done
cp "$module" "$folder/subjrec.so"
module=$folder/subjrec.so skips "the program that the build makes" cpp # no fourth argument, nothing beside it

echo 'package ifneeded sqlite3 999 {error "not here"}' >"$folder/tcl/pkgIndex.tcl"
echo 'die "not here";' >"$folder/perl/DBD/SQLite.pm"
echo 'raise LoadError, "not here"' >"$folder/ruby/sqlite3.rb"
echo 'raise ImportError("not here")' | tee "$folder/python/sqlite3.py" >"$folder/python/apsw.py"
without() { # the interpreter, then what skips() takes
  if command -v "$1" >/dev/null; then skips "${@:2}"; else echo "$1 is not installed: not tried"; fi
}
without tclsh "its package" tcl "TCLLIBPATH=$folder/tcl"
without perl "its package" perl "PERL5LIB=$folder/perl"
without ruby "its package" ruby "RUBYLIB=$folder/ruby"
without python3 "its package" python "PYTHONPATH=$folder/python"
without python3 "its package" apsw "PYTHONPATH=$folder/python"
without php "its package" php "PHP_INI_SCAN_DIR=$folder/empty"
without Rscript "its package" r "R_LIBS=$folder/r"
