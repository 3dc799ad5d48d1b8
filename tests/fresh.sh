#!/usr/bin/env bash
# Runs both commands of the README on a bare Debian: debootstrap, chroot, a clone of the last commit.
#
#   tests/fresh.sh [SUITE]
#
# SUITE (bookworm) is the Debian release. Its packages come from the mirror that this system's own apt
# uses for that release. The root lies in a temporary folder (TMPDIR) and takes some 3 GB; it is removed
# at the end, also after a failure or an interrupt. The tests compile everything without a cache: on two
# cores that takes about a quarter of an hour. The output of each step is in build/long/fresh-*.log.
#
# Needs root, debootstrap and git, and a Linux that lets root make mount and PID namespaces.
set -euo pipefail
cd "$(dirname "$0")/.."
suite=${1:-bookworm}
logs=$PWD/build/long

stop() {
  echo "tests/fresh.sh: $*" >&2
  exit 2
}
[ "$(id -u)" = 0 ] || stop "making a root needs root"
for tool in debootstrap unshare chroot git apt-get; do
  command -v "$tool" >/dev/null || stop "$tool is not installed"
done

# In namespaces of its own: its mounts end with it, and so does every process that it has started.
if [ "${SUBJREC_FRESH_ROOT:-}" = "" ]; then
  mirror=$(apt-get update --print-uris | sed -n "s#^'\(.*\)/dists/$suite/InRelease'.*#\1#p" | head -n 1)
  [ -n "$mirror" ] || stop "apt has no mirror of $suite; its sources are in /etc/apt"
  [ -z "$(git status --porcelain --untracked-files=no)" ] ||
    echo "Note: uncommitted changes are not tested; the clone is of $(git rev-parse --short HEAD)"
  mkdir -p "$logs"
  rm -f "$logs"/fresh-*.log
  root=$(mktemp -d "${TMPDIR:-/tmp}/subjrec-fresh.XXXXXX")
  child=
  clean() {
    if [ -n "$child" ]; then
      kill -KILL "$child" 2>/dev/null || true # unshare ignores the milder ones
      wait "$child" 2>/dev/null || true
    fi
    rm -rf --one-file-system "$root"
  }
  trap clean EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  SUBJREC_FRESH_ROOT=$root SUBJREC_FRESH_MIRROR=$mirror \
    unshare --mount --pid --fork --kill-child tests/fresh.sh "$suite" &
  child=$!
  code=0
  wait "$child" || code=$?
  child=
  exit "$code"
fi
root=$SUBJREC_FRESH_ROOT

inside() {
  chroot "$root" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb "$@"
}
# Runs a step with its output in a log; says how long it took, or shows the end of the log.
failed=()
step() {
  local name=$1 start=$SECONDS code
  shift
  set +e # here, and not by ||, which would also hide what fails within
  (set -e; "$@") >"$logs/fresh-$name.log" 2>&1 </dev/null
  code=$?
  set -e
  if [ $code = 0 ]; then
    printf '%-12s passed in %4d s\n' "$name" $((SECONDS - start))
  else
    printf '%-12s FAILED after %d s: %s\n' "$name" $((SECONDS - start)) "$logs/fresh-$name.log"
    tail -n 40 "$logs/fresh-$name.log"
    failed+=("$name")
    return 1
  fi
}

bootstrap() {
  debootstrap --variant=minbase "$suite" "$root" "$SUBJREC_FRESH_MIRROR"
  mount -t proc proc "$root/proc"
  mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
  # How this system reaches its mirror, such as a proxy, holds for the root, too.
  apt-config dump --no-empty | grep -E '^Acquire::(https?|Retries|Check-)' \
    >"$root/etc/apt/apt.conf.d/90-host" || true
  git clone --quiet --no-hardlinks "file://$PWD" "$root/root/subjrec"
}
in_clone() { inside sh -c 'cd /root/subjrec && exec "$@"' sh "$@"; }
quickstart() {
  in_clone ./examples/quickstart.sh
  grep -q Beehives "$logs/fresh-quickstart.log" # the answer, and not the exit status alone
}
tests() { in_clone ./tests/run.sh; }

step bootstrap bootstrap || exit 1
step quickstart quickstart || true
step tests tests || true
echo
grep -E 'tests passed|tests failed' "$logs/fresh-tests.log" || echo "ctest closed with no summary"
grep -A 100 'tests did not run' "$logs/fresh-tests.log" || true
[ ${#failed[@]} = 0 ] || { echo "A bare $suite FAILED: ${failed[*]}"; exit 1; }
echo "counted: a bare $suite: $(inside dpkg-query -f '.\n' -W | wc -l) packages, both README commands pass"
