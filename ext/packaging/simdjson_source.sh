#!/usr/bin/env bash
# Brings the source of simdjson, so that a release can link it statically:
#
#   ext/packaging/simdjson_source.sh VERSION FOLDER
#
# FOLDER gets simdjson's own tree of exactly that version: Debian's source package where its libsimdjson-dev
# has that version (apt checks its signature), otherwise simdjson's repository at the tag vVERSION.
# Does nothing where FOLDER has it already. Neither the system's apt sources nor its lists are changed.
set -euo pipefail
version=$1 folder=$2
[ ! -f "$folder/src/simdjson.cpp" ] || exit 0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Unpacks Debian's source package below $work, by the system's own apt sources turned into deb-src.
from_debian() {
  local package file name
  command -v apt-get >/dev/null && command -v dpkg-source >/dev/null || return 1
  package=$(dpkg-query --show --showformat='${source:Version}' libsimdjson-dev 2>/dev/null) || return 1
  [ "${package%-*}" = "$version" ] || return 1
  mkdir -p "$work/sources" "$work/lists/partial" "$work/cache/archives/partial"
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
    name=$work/sources/$(basename "$file")
    case $file in
      *.sources) sed 's/^Types:.*/Types: deb-src/' "$file" >"$name" ;;
      *.list) [ ! -f "$file" ] || sed -n 's/^deb /deb-src /p' "$file" >"$name" ;;
    esac
  done
  local apt=(apt-get -qq -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$work/sources"
             -o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work/cache"
             -o APT::Sandbox::User=root)
  "${apt[@]}" update || true # a source of somebody else's that has no deb-src
  (cd "$work" && "${apt[@]}" source "simdjson=$package") && mv "$work/simdjson-$version" "$work/tree"
}
from_repository() {
  command -v git >/dev/null &&
    git clone --quiet --depth 1 --branch "v$version" https://github.com/simdjson/simdjson.git "$work/tree"
}

from_debian >"$work/log" 2>&1 || from_repository >>"$work/log" 2>&1 || true
if [ ! -f "$work/tree/src/simdjson.cpp" ]; then
  cat "$work/log" >&2
  echo "The source of simdjson $version can be had neither from Debian nor from its repository. Put it" \
       "into $folder, or release with SUBJREC_SHARED_SIMDJSON=1." >&2
  exit 1
fi
mkdir -p "$(dirname "$folder")"
rm -rf "$folder"
mv "$work/tree" "$folder"
