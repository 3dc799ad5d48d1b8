#!/usr/bin/env bash
# Starts the desk:
#
#   examples/desk/start.sh [DATABASE [OPTION...]]
#
# Without a database it is the quickstart's, build/works.db, which is made where it is not there yet. Installs the
# server's packages where they are missing. The options are those of python3 -m desk (--help shows them).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$here/../.." && pwd)
database=$project/build/works.db
if [ $# -gt 0 ] && [ "${1#-}" = "$1" ]; then database=$1; shift; fi

# A Python that has the server: the usual one, else Debian's.
find_python() {
  for python in ${PYTHON:-python3 /usr/bin/python3}; do
    "$python" -c 'import starlette, uvicorn' 2>/dev/null && return
  done
  return 1
}
find_python || "$project/examples/install_dependencies.sh" desk
find_python || { echo "No Python here has starlette and uvicorn (Debian: python3-starlette, python3-uvicorn)" >&2; exit 1; }

case " $* " in *" --help "* | *" -h "*) ;; *)
  if [ ! -e "$database" ] && [ "$database" = "$project/build/works.db" ]; then
    "$project/examples/quickstart.sh"
  fi
esac
PYTHONPATH=$here${PYTHONPATH:+:$PYTHONPATH} exec "$python" -m desk "$database" "$@"
