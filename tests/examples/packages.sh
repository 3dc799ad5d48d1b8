#!/usr/bin/env bash
# Installs what is given out, each in its own way, and uses it: packages.sh BUILD_FOLDER
#
#   SUBJREC_TEST_DPKG=1          also installs the .deb on this system, uses it, and removes it
#   SUBJREC_LANGUAGES=install    also brings Node 24 from npm, which has a simdjson of its own
set -euo pipefail
build=$1
folder=$build/tests/examples/packages
source=$(pwd)
command -v sqlite3 >/dev/null || { echo "SKIP: the sqlite3 shell is not installed"; exit 77; }
rm -rf "$folder"
mkdir -p "$folder"
version=$(sed -n 's/^CMAKE_PROJECT_VERSION:STATIC=//p' "$build/CMakeCache.txt")

fail() {
  echo "$*" >&2
  exit 1
}
# Loads the module by that name and asks its version.
answers() {
  [ "$(sqlite3 -batch -bail :memory: ".load $1" 'SELECT subjrec_version()')" = "$version" ] ||
    fail "$1 does not load as subjrec $version"
  echo "ok: $2"
}

# cmake --install, into a place of its own.
prefix=$folder/prefix
cmake --install "$build" --prefix "$prefix" --strip >/dev/null
data=$prefix/share/subjrec
module=$(echo "$prefix"/lib*/sqlite3/subjrec.so)
answers "$module" "cmake --install"
[ "$(stat -c %s "$module")" -lt 3000000 ] || fail "$module is larger than 3 MB"
manual=$folder/subjrec.7
if command -v lowdown >/dev/null; then
  gzip -dc "$prefix/share/man/man7/subjrec.7.gz" >"$manual"
  # Every section of the reference is in the man page, and so is its first example's result.
  grep -E '^## [a-z_]+$' "$source/sql/REFERENCE.md" | while read -r _ name; do
    grep -A1 -xF .SS "$manual" | grep -qF "$name" || fail "the man page has no section $name"
  done
  grep -qF 'works_without_subjects' "$manual" || fail "the man page lacks the results of examples"
  ! grep -qE '\]\(|\(#' "$manual" || fail "the man page has links that lead nowhere"
  echo "ok: man page"
else
  echo "lowdown is not installed: no man page"
fi
sqlite3 -batch -bail "$folder/works.db" <"$data/sql/import.sql" >"$folder/import.out" ||
  fail "the installed import.sql does not run"
if command -v pkg-config >/dev/null; then
  found=$(PKG_CONFIG_PATH=$(echo "$prefix"/lib*/pkgconfig) pkg-config --variable=module subjrec)
  answers "$found" "pkg-config"
fi

# Of the DLL only how it is packed is looked at here; tests/platforms/windows.sh builds and runs one.
windows=
if command -v python3 >/dev/null; then
  windows=$folder/windows
  mkdir "$windows"
  printf MZ >"$windows/subjrec.dll"
fi
SUBJREC_WINDOWS=$windows "$source/ext/packaging/release.sh" "$build" >"$folder/release.log" 2>&1 ||
  { cat "$folder/release.log"; fail "release.sh failed"; }
dist=$build/dist

# The tarball, unpacked and used where it lies.
tar -C "$folder" -xzf "$dist"/subjrec-*-linux-*.tar.gz
module=$folder/subjrec-$version/subjrec.so
[ "$(stat -c %s "$module")" -lt 3000000 ] || fail "$module is larger than 3 MB"
if command -v objdump >/dev/null; then
  glibc=$(objdump -T "$module" | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -n 1)
  echo "ok: $(stat -c %s "$module") bytes, needs $glibc"
  [ "$(printf '%s\n' GLIBC_2.34 "$glibc" | sort -V | tail -n 1)" = GLIBC_2.34 ] ||
    [ "$(. /etc/os-release; echo "$ID $VERSION_ID")" != "debian 12" ] ||
    fail "a build on Debian 12 needs $glibc, not 2.34 as the README says"
fi
(cd "$folder/subjrec-$version" && sqlite3 -batch -bail works.db <sql/import.sql >/dev/null) ||
  fail "the tarball's import.sql does not run"
answers "$folder/subjrec-$version/subjrec" "tarball"
shared=$(ldd "$module" | sed 's/^\s*//; s/[ .].*//' | sort -u | tr '\n' ' ')
! grep -qE 'simdjson|stdc' <<<"$shared" || fail "the tarball's module asks for $shared"
[ -z "$(nm -D --defined-only "$module" | grep -v ' sqlite3_subjrec_')" ] ||
  fail "the tarball's module exports more than its entry points"
echo "ok: needs only $shared"
grep -q "$(basename "$dist"/subjrec-*-linux-*.tar.gz)" "$dist/sqlpkg.json" || fail "sqlpkg.json names another tarball"

# What Windows gets.
[ -z "$windows" ] || python3 - "$dist" "$version" <<'PY' || fail "the DLL is not packed as it should be"
import json
import pathlib
import sys
import tarfile
import zipfile

dist, version = pathlib.Path(sys.argv[1]), sys.argv[2]
names = zipfile.ZipFile(dist / f"subjrec-{version}-windows-x86_64.zip").namelist()
assert {"subjrec.dll", "LICENSE", "README.md", "sql/train.sql"} <= {name.partition("/")[2] for name in names}, names
assert not [name for name in names if name.endswith(".so")], names
wheel = zipfile.ZipFile(dist / f"subjrec-{version}-py3-none-win_amd64.whl").namelist()
assert "subjrec/subjrec.dll" in wheel and "subjrec/subjrec.so" not in wheel, wheel
files = json.loads((dist / "sqlpkg.json").read_text())["assets"]["files"]
assert files["windows-amd64"] == f"subjrec-{version}-windows-x86_64.zip" and len(files) == 2, files
npm = dist / f"subjrec-{version}.tgz"
assert not npm.exists() or "package/modules/win32-x64/subjrec.dll" in tarfile.open(npm).getnames()
PY
echo "ok: zip, wheel and npm package for Windows"

# The npm package, installed from its tarball, without a network.
if [ -f "$dist/subjrec-$version.tgz" ]; then
  mkdir "$folder/npm"
  echo '{"private": true}' >"$folder/npm/package.json"
  (cd "$folder/npm" && npm install --offline --no-audit --no-fund --loglevel=error "$dist/subjrec-$version.tgz" >/dev/null)
  cat >"$folder/npm/use.mjs" <<'JS'
import { getLoadablePath, load } from "subjrec";
let loaded = "";
load({ loadExtension: (path) => (loaded = path) });
if (loaded !== getLoadablePath()) throw new Error(`load() loaded ${loaded}`);
console.log(loaded);
JS
  answers "$(cd "$folder/npm" && node use.mjs)" "npm package, import"
  answers "$(cd "$folder/npm" && node -p 'require("subjrec").getLoadablePath()')" "npm package, require"
  # The types, for both kinds of modules, and for connections whose loadExtension differs.
  if [ "${SUBJREC_LANGUAGES:-}" = install ]; then
    (cd "$folder/npm" && npm install --no-audit --no-fund --loglevel=error typescript@5 >/dev/null)
    cat >"$folder/npm/use.mts" <<'TS'
import { getLoadablePath, load, type Database } from "subjrec";
class Bun { loadExtension(name: string, entryPoint?: string): void { void name; void entryPoint; } }
class Better { loadExtension(path: string): this { void path; return this; } }
const connections: Database[] = [new Bun(), new Better()];
connections.forEach(load);
const path: string = getLoadablePath();
// @ts-expect-error: there is nothing to load it into
load(path);
TS
    sed 's/^import .*/import subjrec = require("subjrec"); const { getLoadablePath, load } = subjrec; type Database = subjrec.Database;/' \
      "$folder/npm/use.mts" >"$folder/npm/use.cts"
    (cd "$folder/npm" && node_modules/.bin/tsc --strict --noEmit --module nodenext --target es2022 use.mts use.cts) ||
      fail "the npm package's types do not fit"
    echo "ok: npm package, types"
  fi
  # Node has a simdjson of its own from 22 on; importing must use the module's.
  node=$build/tests/examples/node-sqlite/node_modules/.bin/node
  if [ ! -x "$node" ] && [ "${SUBJREC_LANGUAGES:-}" = install ]; then
    (cd "$folder/npm" && npm install --no-audit --no-fund --loglevel=error node@24 >/dev/null)
    node=$folder/npm/node_modules/.bin/node
  fi
  [ -x "$node" ] || node=node
  if "$node" -e 'require("node:sqlite")' 2>/dev/null; then
    cat >"$folder/npm/import.mjs" <<'JS'
import { DatabaseSync } from "node:sqlite";
import { load } from "subjrec";
const db = new DatabaseSync(":memory:", { allowExtension: true });
load(db);
const { summary } = db.prepare("SELECT subjrec_import(?) AS summary").get(process.argv[2]);
console.log(JSON.parse(summary).works);
JS
    works=$(cd "$folder/npm" && "$node" --no-warnings import.mjs "$source/examples/catalogue.ndjson.gz") ||
      fail "the npm package does not import a snapshot in Node $("$node" --version)"
    [ "$works" = 2000 ] || fail "the npm package imported $works works in Node, not 2000"
    echo "ok: npm package, import of a snapshot in Node $("$node" --version)"
  else
    echo "Node $("$node" --version) has no node:sqlite: no import of a snapshot in it (SUBJREC_LANGUAGES=install brings Node 24)"
  fi
else
  echo "no npm: no npm package"
fi

# The wheel, unpacked as pip would; by pip where there is one.
wheel=$(echo "$dist"/subjrec-*linux*.whl)
if [ -f "$wheel" ]; then
  python=python3
  python3 -c 'import sqlite3; sqlite3.Connection.enable_load_extension' 2>/dev/null || python=/usr/bin/python3
  if python3 -m pip --version >/dev/null 2>&1; then
    python3 -m pip install --quiet --no-index --no-deps --target "$folder/wheel" "$wheel"
  else
    python3 -m zipfile -e "$wheel" "$folder/wheel"
  fi
  answers "$(PYTHONPATH=$folder/wheel python3 -c 'import subjrec; print(subjrec.loadable_path())')" "wheel, loadable_path()"
  found=$(PYTHONPATH=$folder/wheel "$python" -c '
import sqlite3, subjrec
db = sqlite3.connect(":memory:")
subjrec.load(db)
print(db.execute("SELECT subjrec_version()").fetchone()[0])')
  [ "$found" = "$version" ] || fail "load() of the wheel loaded $found"
  echo "ok: wheel, load()"
  for file in py.typed desk/static/index.html; do
    [ -f "$folder/wheel/subjrec/$file" ] || fail "the wheel has no subjrec/$file"
  done
  grep -qx 'subjrec = subjrec.command:main' "$folder"/wheel/subjrec-*.dist-info/entry_points.txt ||
    fail "the wheel has no command"
  PYTHONPATH=$folder/wheel "$python" -m subjrec.command import "$source/examples/catalogue.ndjson.gz" "$folder/wheel.db" |
    grep -q '^Imported 2,000 works' || fail "the wheel's command does not import"
  echo "ok: wheel, command"
else
  echo "no python3: no wheel"
fi

# The .deb: its files, and, where that is asked for, on this system.
deb=$(echo "$dist"/*.deb)
if [ -f "$deb" ]; then
  dpkg-deb -x "$deb" "$folder/deb"
  answers "$folder/deb/usr/lib/subjrec" ".deb, unpacked"
  dpkg-deb -f "$deb" Depends | grep -q libc6 || fail "the .deb says nothing of what it depends on"
  documents=$folder/deb/usr/share/doc/subjrec
  grep -q '^Format: .*copyright-format/1.0/$' "$documents/copyright" || fail "the .deb has no copyright file"
  [ "$(dpkg-parsechangelog -l "$documents/changelog.gz" -S Version)" = "$version" ] ||
    fail "the last entry of the .deb's changelog is not $version: ext/packaging/debian/changelog"
  # Without a tool that lists the dependencies, packing stops with a word.
  ! (cd "$build" && cpack --config CPackConfig.cmake -G DEB -B "$folder/without" \
     -D "CMAKE_IGNORE_PATH=${PATH//:/;};/usr/bin;/bin") >"$folder/without.log" 2>&1 ||
    fail "a .deb was made without the tools that list its dependencies"
  grep -q 'A .deb needs dpkg-shlibdeps' "$folder/without.log" || fail "packing without tools failed with other words"
  if [ "${SUBJREC_TEST_DPKG:-}" = 1 ] && [ "$(id -u)" = 0 ] && ! dpkg-query -s subjrec >/dev/null 2>&1; then
    dpkg -i "$deb" >/dev/null
    (cd / && answers subjrec ".deb, installed") || { dpkg -r subjrec; exit 1; }
    sqlite3 -batch -bail "$folder/deb.db" </usr/share/subjrec/sql/import.sql >/dev/null ||
      { dpkg -r subjrec; fail "the .deb's import.sql does not run"; }
    dpkg -r subjrec >/dev/null
    [ ! -e /usr/lib/sqlite3/subjrec.so ] || fail "removing the .deb leaves the module"
    echo "ok: .deb, installed and removed"
  fi
else
  echo "no dpkg: no .deb"
fi
