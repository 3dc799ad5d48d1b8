#!/usr/bin/env bash
# Unpacks the source of a package that is installed here, as apt-get source does:
#
#   ext/packaging/debian_source.sh SOURCE PACKAGE FOLDER
#
# SOURCE is the name of the source package, PACKAGE a package that was built from it, whose version is
# taken. apt checks the signatures. It reads the system's sources as if each were a deb-src, with lists of
# its own; neither the system's sources nor its lists are changed, and no right to change them is needed.
set -euo pipefail
source=$1 package=$2 folder=$(realpath -m "$3")
for tool in apt-get dpkg-source; do
  command -v "$tool" >/dev/null || { echo "$tool is not installed" >&2; exit 1; }
done
version=$(dpkg-query --show --showformat='${source:Version}' "$package")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/sources" "$work/lists/partial" "$work/cache/archives/partial" "$work/tree"
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
  [ -f "$file" ] || continue
  name=$work/sources/$(basename "$file")
  case $file in
    *.sources) sed 's/^Types:.*/Types: deb-src/' "$file" >"$name" ;;
    *.list) sed -n 's/^deb /deb-src /p' "$file" >"$name" ;;
  esac
done
apt() {
  apt-get -qq -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$work/sources" \
    -o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root "$@"
}
apt update || true # sources of somebody else's may have no deb-src
cd "$work/tree"
apt source "$source=$version"
mkdir -p "$(dirname "$folder")"
rm -rf "$folder"
mv "$work"/tree/*/ "$folder"
