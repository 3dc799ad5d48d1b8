# To be sourced by the scripts beside it. Runs the sqlite3 shell with subjrec loaded:
#
#   subjrec DATABASE < statements
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
module=${SUBJREC:-$here/../../build/release/subjrec}

subjrec() {
  { echo ".bail on"; echo ".load '$module'"; cat; } | sqlite3 -batch "$1"
}

# An SQL text in its quotes.
quoted() {
  printf "'%s'" "${1//\'/\'\'}"
}

needs() {
  command -v "$1" >/dev/null && return
  echo "This needs $1. On Debian: apt-get install $2" >&2
  exit 1
}

# What is shown of an import's summary.
said="SELECT json_extract(summary, '\$.works') || ' works, ' || json_extract(summary, '\$.interactions') ||
  ' pairs' || coalesce((SELECT group_concat(char(10) || value, '') FROM json_each(summary, '\$.warnings')), '')
FROM import"
