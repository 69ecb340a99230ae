#!/usr/bin/env bash
# A province's first day on machines that have nothing: a bundle is installed on an empty
# Debian without a way to anywhere, a meeting of four browsers is held there over an
# upgrade, backed up, restored onto a second empty Debian and watched on it, and the log is
# checked after a line was edited (internal/e2e/province). All of it in a network
# namespace whose one way out is listened on by tcpdump: nothing may come there, no packet
# and no question for a name; then the same is shown to be heard. Root, debootstrap (once,
# into CACHE, by check.sh), tcpdump, Chromium.
#   deploy/bundle/province.sh BUNDLE.tar.gz
set -euo pipefail
bundle=$(realpath "$1")
cache=${CACHE:-/var/cache/diemcau-check}
me=$(realpath "$0")
if [ "${2:-}" = '' ]; then
  [ -e "$cache/bookworm.tar" ] || { echo "run check.sh first: it fetches the empty Debian into $cache" >&2; exit 2; }
  export EMPTY; EMPTY=$(mktemp -d) # where it is mounted; a folder that stays empty outside
  trap 'rmdir "$EMPTY"' EXIT
  unshare --net --mount --propagation private --pid --fork --kill-child --mount-proc "$me" "$bundle" inside
  exit
fi
[ "$2" = inside ] && [ "$$" = 1 ] || { echo "usage: $0 BUNDLE" >&2; exit 2; }
fail() { echo "FAILED: $*"; exit 1; }
mount -t tmpfs -o size=6g,mode=755 tmpfs "$EMPTY"

# The one way out. Without IPv6 the kernel itself has nothing to say there. Names are asked
# for beyond it.
ip link set lo up
ip link add outward type veth peer name nobody
sysctl -qw net.ipv6.conf.nobody.disable_ipv6=1 net.ipv6.conf.outward.disable_ipv6=1
ip link set nobody up
ip addr add 10.99.0.2/24 dev outward
ip link set outward up
ip route add default via 10.99.0.1
ip neigh add 10.99.0.1 lladdr 02:00:00:00:00:01 dev outward # known, or a question would end in asking for him
echo 'nameserver 10.99.0.1' >"$EMPTY/resolv.conf"
mount --bind "$EMPTY/resolv.conf" /etc/resolv.conf
tcpdump --immediate-mode -U -n -i outward -w "$EMPTY/outward.pcap" 2>"$EMPTY/tcpdump.log" &
for _ in $(seq 100); do grep -q 'listening on' "$EMPTY/tcpdump.log" && break; sleep 0.1; done
grep -q 'listening on' "$EMPTY/tcpdump.log" || fail "tcpdump does not listen: $(cat "$EMPTY/tcpdump.log")"
heard() { tcpdump -n -r "$EMPTY/outward.pcap" "$@" 2>/dev/null; }

for machine in first second; do
  root=$EMPTY/$machine
  mkdir "$root" && tar -C "$root" --exclude='./dev/*' -xf "$cache/bookworm.tar"
  mkdir -p "$root/proc" "$root/dev" "$root/saoluu" && mount -t proc proc "$root/proc"
  for node in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9; do # its own, not the machine's
    IFS=: read -r node major minor <<<"$node"
    mknod -m 666 "$root/dev/$node" c "$major" "$minor"
  done
  echo 'nameserver 10.99.0.1' >"$root/etc/resolv.conf"
  mkdir "$root/carried" && tar -C "$root/carried" -xzf "$bundle"
  name=$(ls "$root/carried") && echo "$name" >"$root/carried/name"
  print=$(openssl pkey -pubin -in "$root/carried/$name/signer.pub.pem" -outform DER | sha256sum | cut -d' ' -f1)
  env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root chroot "$root" "/carried/$name/install.sh" --fingerprint "$print" >"$root/install.log" 2>&1 || { cat "$root/install.log"; fail "install"; }
done
echo "installed: $name"

cd "$(dirname "$me")/../../internal/e2e"
export FIRST=$EMPTY/first SECOND=$EMPTY/second
npx playwright test --config province/playwright.config.ts
sleep 1
[ -z "$(heard)" ] || { heard | head -20; fail "$(heard | wc -l) packets went outside"; }
echo "outside: 0 packets, 0 questions for names"

# The capture is not deaf: the same browser and the same machine ask for somebody outside.
INJECT=1 npx playwright test --config province/playwright.config.ts -g 'the way out is listened on' >/dev/null
for question in trang.ngoai.example may.ngoai.example; do
  heard | grep -q "$question" || fail "the question for $question was not heard"
done
echo "questions that were asked on purpose were heard: $(heard | wc -l) packets"
