#!/usr/bin/env bash
# Makes everything that is given out, from a finished build:
#
#   ext/packaging/release.sh [BUILD_FOLDER [URL]]
#
# Into BUILD_FOLDER/dist (build/release/dist) go a .deb, a tarball, an npm package, a Python wheel and
# a sqlpkg.json whose tarball is expected at URL. What lacks its tool (npm, python3, dpkg) is left out
# with a word; `examples/install_dependencies.sh release` installs them all. The .deb leaves shared
# libraries to Debian. The others have simdjson inside the module, linked from its source
# (simdjson_source.sh).
#
#   SUBJREC_WINDOWS=FOLDER       also packs the DLL that ext/packaging/windows.sh has built there: a zip,
#                                a wheel, and a place in the npm package and in sqlpkg.json.
#   SUBJREC_SHARED_SIMDJSON=1    puts the system's shared simdjson beside the module instead. Such a
#                                module cannot import snapshots in Node, which has a simdjson of its own.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$(cd "${1:-build/release}" && pwd)
url=${2:-https://example.invalid/subjrec}
dist=$build/dist
version=$(sed -n 's/^CMAKE_PROJECT_VERSION:STATIC=//p' "$build/CMakeCache.txt")
os=$(uname -s | tr '[:upper:]' '[:lower:]')
machine=$(uname -m)
case $machine in
  x86_64) node_arch=x64 go_arch=amd64 ;;
  aarch64 | arm64) node_arch=arm64 go_arch=arm64 ;;
  *) node_arch=$machine go_arch=$machine ;;
esac
rm -rf "$dist"
mkdir -p "$dist/work/portable"

# The module as it is given out, with its C++ library and simdjson inside.
shared_simdjson() { ldd "$1" | sed -n 's/.*libsimdjson[^ ]* => \([^ ]*\) .*/\1/p'; }
cmake --build "$build" --target subjrec_portable
simdjson=$(shared_simdjson "$build/portable/subjrec.so")
if [ -n "$simdjson" ] && [ -z "${SUBJREC_SHARED_SIMDJSON:-}" ]; then
  compiled_with=$(sed -n 's/^SUBJREC_SIMDJSON_VERSION:INTERNAL=//p' "$build/CMakeCache.txt")
  ext/packaging/simdjson_source.sh "$compiled_with" "$build/simdjson-$compiled_with"
  cmake -DSUBJREC_SIMDJSON_SOURCE="$build/simdjson-$compiled_with" "$build"
  cmake --build "$build" --target subjrec_portable
  simdjson=$(shared_simdjson "$build/portable/subjrec.so")
  [ -z "$simdjson" ] || { echo "subjrec.so still asks for $simdjson" >&2; exit 1; }
fi
portable=$dist/work/portable
cp "$build/portable/subjrec.so" "$portable"
strip --strip-unneeded "$portable/subjrec.so"
if [ -n "$simdjson" ]; then
  cp -L "$simdjson" "$portable/"
fi

windows=
if [ -n "${SUBJREC_WINDOWS:-}" ]; then
  windows=$dist/work/windows
  mkdir -p "$windows"
  cp "$SUBJREC_WINDOWS/subjrec.dll" "$windows"
fi

tarball=subjrec-$version-$os-$machine.tar.gz
tree=$dist/work/subjrec-$version
mkdir -p "$tree/sql"
cp "$portable"/* LICENSE ext/packaging/debian/copyright "$tree"
cp ./*.md examples/catalogue.ndjson.gz "$tree" 2>/dev/null || true
for script in sql/*.sql; do
  sed 's#\./build/release/subjrec#./subjrec#; s#examples/catalogue#catalogue#' "$script" >"$tree/$script"
done
tar --owner=0 --group=0 --sort=name --mtime=@0 -C "$dist/work" -cf - "subjrec-$version" | gzip -9n >"$dist/$tarball"
echo "$dist/$tarball"

zip=subjrec-$version-windows-x86_64.zip
if [ -n "$windows" ]; then
  rm "$tree/subjrec.so"
  rm -f "$tree"/libsimdjson*
  cp "$windows/subjrec.dll" "$tree"
  python3 ext/packaging/make_zip.py "$dist/$zip" "$dist/work" "subjrec-$version"
  echo "$dist/$zip"
fi

fill() {
  sed -e "s|@VERSION@|$version|" -e "s|@URL@|$url|" -e "s|@OS@|$os|" -e "s|@GOARCH@|$go_arch|" \
    -e "s|@TARBALL@|$tarball|" "$1"
}
fill ext/packaging/sqlpkg.json.in >"$dist/sqlpkg.json"
[ -z "$windows" ] ||
  sed -i "s|\(\"$os-$go_arch\": .*\)|\1,\n      \"windows-amd64\": \"$zip\"|" "$dist/sqlpkg.json"
echo "$dist/sqlpkg.json"

if command -v npm >/dev/null; then
  package=$dist/work/npm
  mkdir -p "$package/modules/$os-$node_arch"
  fill ext/packaging/npm/package.json.in >"$package/package.json"
  cp ext/packaging/npm/index.* LICENSE ext/packaging/debian/copyright "$package"
  cp "$portable"/* "$package/modules/$os-$node_arch"
  if [ -n "$windows" ]; then
    mkdir "$package/modules/win32-x64"
    cp "$windows/subjrec.dll" "$package/modules/win32-x64"
  fi
  (cd "$package" && npm pack --silent --pack-destination "$dist" >/dev/null)
  echo "$dist/subjrec-$version.tgz"
else
  echo "npm is not installed: no npm package"
fi

if command -v python3 >/dev/null; then
  make_wheel() { python3 ext/packaging/python/make_wheel.py "$version" "$dist" "$@" ext/packaging/debian/copyright; }
  make_wheel "$portable"/*
  [ -z "$windows" ] || make_wheel --platform win_amd64 "$windows/subjrec.dll"
else
  echo "python3 is not installed: no wheel"
fi

if command -v dpkg >/dev/null; then
  (cd "$build" && cpack --config CPackConfig.cmake -G DEB -B "$dist/work/deb" >"$dist/work/cpack.log") ||
    { cat "$dist/work/cpack.log"; exit 1; }
  mv "$dist"/work/deb/*.deb "$dist"
  ls "$dist"/*.deb
else
  echo "dpkg is not installed: no .deb"
fi
rm -rf "$dist/work"
