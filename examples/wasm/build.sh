#!/usr/bin/env bash
# Builds SQLite and subjrec as WebAssembly, and the page that uses them:
#
#   examples/wasm/build.sh [FOLDER]
#
# FOLDER (build/wasm) gets page/, which any web server can give out. Emscripten is needed
# (examples/install_dependencies.sh wasm).
set -euo pipefail
cd "$(dirname "$0")/../.."
mkdir -p "${1:-build/wasm}"
folder=$(cd "${1:-build/wasm}" && pwd)
command -v emcmake >/dev/null || { echo "Emscripten is not installed (Debian: emscripten)" >&2; exit 1; }
mapfile -t trees < <(ext/packaging/source_trees.sh "$folder/trees")

# Debian's Emscripten calls tools of Debian's Node, also where another Node comes first, and runs in Debian's
# Python: a version manager's takes a third of the build to start.
export NODE_PATH=${NODE_PATH:+$NODE_PATH:}/usr/share/nodejs
[ "$(command -v emcc)" != /usr/bin/emcc ] || [ ! -x /usr/bin/python3 ] ||
  export EMSDK_PYTHON=${EMSDK_PYTHON:-/usr/bin/python3}
emcmake cmake -Wno-dev -S examples/wasm -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=Release "${trees[@]}"
cmake --build "$folder" --target page
cat <<EOF

The page is in $folder/page. To look at it:

  python3 -m http.server --bind 127.0.0.1 --directory $folder/page 8780
EOF
