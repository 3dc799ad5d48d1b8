#!/usr/bin/env bash
# Brings the source of simdjson, so that a release can link it statically:
#
#   ext/packaging/simdjson_source.sh VERSION FOLDER
#
# FOLDER gets simdjson's own tree of exactly that version: Debian's source package where its
# libsimdjson-dev has that version, otherwise simdjson's repository at the tag vVERSION. Does nothing
# where FOLDER has it already.
set -euo pipefail
cd "$(dirname "$0")/../.."
version=$1 folder=$2
is_there() { grep -qsE "^#define SIMDJSON_VERSION \"?$version\"?\$" "$folder/include/simdjson/simdjson_version.h"; }
! is_there || exit 0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
ext/packaging/debian_source.sh simdjson libsimdjson-dev "$folder" >"$log" 2>&1 || true
if ! is_there; then
  rm -rf "$folder"
  git clone --quiet --depth 1 --branch "v$version" https://github.com/simdjson/simdjson.git "$folder" >>"$log" 2>&1 ||
    true
fi
if ! is_there; then
  cat "$log" >&2
  echo "The source of simdjson $version can be had neither from Debian nor from its repository. Put it" \
       "into $folder, or set SUBJREC_SHARED_SIMDJSON=1 to put the shared library beside the module." >&2
  exit 1
fi
