#!/bin/sh
# Try the two commands of the README where nothing is prepared: a bare Debian 12 with git, make and
# python3 and nothing else, made by debootstrap, with a fresh clone of what is committed here.
#
#   make fresh                   the first start, the second (below 10 s), Ctrl-C, a taken port
#   make fresh ARGS=test         and the whole test suite, by .ci/run
#   make fresh ARGS=shell        look around in it
#
# Needs root and a few GB. The machine's own apt and pip settings (mirrors, certificates) are used.
set -eu
what=${1:-run}
place=${FRESH:-/var/tmp/ipfin-fresh}
repository=$(cd "$(dirname "$0")/.." && pwd)

[ "$(id -u)" -eq 0 ] || { echo "This needs root: sudo make fresh" >&2; exit 1; }
command -v debootstrap >/dev/null || apt-get install -qq -y --no-install-recommends debootstrap >/dev/null

if [ ! -e "$place/.complete" ]; then
    echo "Making a bare Debian 12 in $place"
    rm -rf "$place"
    debootstrap --variant=minbase --include=git,make,python3 bookworm "$place" >"$place.log" 2>&1 ||
        { tail -20 "$place.log"; exit 1; }
    touch "$place/.complete"
fi

# How this machine reaches its mirrors is no part of the product, so it is lent from outside.
cp -r /etc/apt/apt.conf.d /etc/apt/sources.list* "$place/etc/apt/" 2>/dev/null || true
for file in /etc/resolv.conf /etc/hosts /etc/pip.conf "${PIP_CERT:-}" "${SSL_CERT_FILE:-}"; do
    [ -f "$file" ] || continue
    mkdir -p "$place$(dirname "$file")"
    cp -L "$file" "$place$file"
done

# Debian's list of authorities is made anew when ca-certificates is installed inside; ours join it then.
mkdir -p "$place/usr/local/share/ca-certificates"
cp -r /usr/local/share/ca-certificates/. "$place/usr/local/share/ca-certificates/" 2>/dev/null || true
if [ -x "$place/usr/sbin/update-ca-certificates" ]; then chroot "$place" update-ca-certificates >/dev/null 2>&1; fi

rm -rf "$place/root/ipfin"
git clone -q --no-hardlinks "$repository" "$place/root/ipfin"

cat >"$place/root/try" <<'INSIDE'
set -eu
cd /root/ipfin
port=8765
well() {
    python3 -c "import urllib.request as u; u.build_opener(u.ProxyHandler({})).open('http://127.0.0.1:$port/healthz', timeout=2)" 2>/dev/null
}
start() {
    echo "--- $1: make run"
    begun=$(date +%s)
    setsid make run PORT=$port >"/root/$1.log" 2>&1 </dev/null &
    made=$!
    until well; do
        kill -0 $made 2>/dev/null || { cat "/root/$1.log"; echo "FAILED: make run ended"; exit 1; }
        sleep 0.5
    done
    sleep 1
    took=$(($(date +%s) - begun))
    cat "/root/$1.log"
    echo "--- $1: well after $took s"
}
stop() {
    kill -INT -$made
    wait $made || true
    sleep 1
    ! well || { echo "FAILED: still answering after Ctrl-C"; exit 1; }
    # Our own only: the machine outside shares its list of processes.
    left=$(cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' ' ' |
        grep -oE '/root/ipfin/[^ ]*python[^ ]* -m (gunicorn|huey)' | wc -l)
    [ "$left" -eq 0 ] || { echo "FAILED: $left processes left after Ctrl-C"; exit 1; }
    echo "--- Ctrl-C ended everything"
}
start first
if make run PORT=$port >/root/taken.log 2>&1; then echo "FAILED: two on one port"; exit 1; fi
cat /root/taken.log
stop
start second
[ "$took" -lt 10 ] || { echo "FAILED: the second start took $took s"; exit 1; }
stop
INSIDE

case $what in
    run) inside="sh /root/try" ;;
    test) inside="sh /root/try && cd /root/ipfin && .ci/run" ;;
    shell) inside="cd /root/ipfin && exec bash" ;;
    *) echo "run, test or shell?" >&2; exit 1 ;;
esac
# Processes and mounts of its own: whatever happens inside, nothing is left outside.
exec unshare --mount --pid --fork --kill-child sh -c '
    mount -t proc proc "$1/proc"
    mount --rbind /dev "$1/dev"
    mount -t tmpfs tmpfs "$1/dev/shm" 2>/dev/null || true
    exec chroot "$1" /usr/bin/env -u PIP_FIND_LINKS HOME=/root LANG=C.UTF-8 bash -c "$2"' fresh "$place" "$inside"
