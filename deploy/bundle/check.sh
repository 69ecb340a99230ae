#!/usr/bin/env bash
# Takes a bundle onto a machine that has nothing: an empty Debian in a folder, in a network
# namespace with one address and no way out. Looks that changed bundles are refused, that
# it installs, serves and is left in peace by an upgrade. Root; debootstrap fetches the
# empty Debian once into CACHE.
#   deploy/bundle/check.sh BUNDLE.tar.gz
set -euo pipefail
bundle=$(realpath "$1")
cache=${CACHE:-/var/cache/diemcau-check}
me=$(realpath "$0")
case ${2:-} in
'')
  mkdir -p "$cache"
  export EMPTY; EMPTY=$(mktemp -d) # where it is mounted; a folder that stays empty outside
  trap 'rmdir "$EMPTY"' EXIT
  [ -e "$cache/bookworm.tar" ] || unshare --mount --propagation private "$me" "$bundle" fetch
  unshare --net --mount --propagation private --pid --fork --kill-child "$me" "$bundle" inside
  exit ;;
fetch | inside) ;;
*) echo "usage: $0 BUNDLE" >&2; exit 2 ;;
esac

# All that follows lies in memory that is mounted in a namespace of its own, and goes when
# that ends. Nothing of the machine's is mounted in it, and nothing of it is erased by
# name: an rm that follows a mount of /dev takes the machine's devices away.
root=$EMPTY
[ "$(readlink /proc/self/ns/mnt)" != "$(readlink /proc/$PPID/ns/mnt)" ] || [ "$$" = 1 ] || { echo "not in a namespace of its own" >&2; exit 1; }
mount -t tmpfs -o size=2g,mode=755 tmpfs "$root"
if [ "$2" = fetch ]; then
  debootstrap --variant=minbase --include=openssl bookworm "$root" "${MIRROR:-http://deb.debian.org/debian}" >"$cache/debootstrap.log"
  tar -C "$root" --one-file-system -cf "$cache/bookworm.tar.part" .
  mv "$cache/bookworm.tar.part" "$cache/bookworm.tar"
  exit
fi
tar -C "$root" --exclude='./dev/*' -xf "$cache/bookworm.tar"
ip link set lo up
ip addr add 10.20.0.5/24 dev lo # an address, and nobody there
[ -z "$(ip route show default)" ] || { echo "there is a way out"; exit 1; }
mkdir -p "$root/proc" "$root/dev" && mount -t proc proc "$root/proc"
for node in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9; do # its own, not the machine's
  IFS=: read -r node major minor <<<"$node"
  mknod -m 666 "$root/dev/$node" c "$major" "$minor"
done
in_root() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root chroot "$root" "$@"; }
fail() { echo "FAILED: $*"; exit 1; }

mkdir "$root/carried" && tar -C "$root/carried" -xzf "$bundle"
name=$(ls "$root/carried")
at=/carried/$name
print=$(openssl pkey -pubin -in "$root$at/signer.pub.pem" -outform DER | sha256sum | cut -d' ' -f1)

refused() { # what, then a command that changes the bundle copied to /changed
  rm -rf "$root/changed" && cp -r "$root$at" "$root/changed"
  (cd "$root/changed" && eval "$2")
  if in_root /changed/install.sh --verify-only --fingerprint "$print" >/dev/null 2>&1; then fail "taken: $1"; fi
  echo "refused: $1"
}
in_root "$at/install.sh" --verify-only --fingerprint "$print"
if in_root "$at/install.sh" --verify-only </dev/null >/dev/null 2>&1; then fail "taken without a fingerprint"; fi
if in_root "$at/install.sh" --verify-only --fingerprint "${print//[0-9]/0}" >/dev/null 2>&1; then fail "taken with another fingerprint"; fi
refused "a changed program" 'printf x | dd of=bin/diemcau bs=1 seek=4096 conv=notrunc status=none'
refused "a changed list" 'sed -i "1s/^0/f/;t;1s/^./0/" SHA256SUMS'
refused "a file that was added" 'echo x >docs/added.md'
refused "a link that was added" 'ln -s /etc/passwd docs/link'
refused "a file that was taken away" 'rm sbom.cdx.json'
refused "all signed anew by somebody else" 'openssl genpkey -algorithm ed25519 -out k 2>/dev/null && openssl pkey -in k -pubout -out signer.pub.pem && sed -i "/signer.pub.pem/d" SHA256SUMS && sha256sum signer.pub.pem >>SHA256SUMS && openssl pkeyutl -sign -rawin -inkey k -in SHA256SUMS -out SHA256SUMS.sig && rm k'
rm -rf "$root/changed"

in_root "$at/install.sh" --fingerprint "$print" >"$root/install.log" 2>&1 || { cat "$root/install.log"; fail install; }
grep -q 'What next' "$root/install.log" || fail "does not say what next"
in_root dpkg --status diemcau | grep '^Version'
[ -z "$(in_root dpkg --verify diemcau)" ] || fail "dpkg finds other files than it installed"
[ "$(stat -c %a "$root/etc/diemcau/diemcau.yaml")" = 600 ] || fail "others can read the configuration"

began=$(date +%s%N)
(exec env -i PATH=/usr/sbin:/usr/bin HOME=/root chroot "$root" diemcau serve --data /var/lib/diemcau --config /etc/diemcau/diemcau.yaml >"$root/serve.log" 2>&1) &
server=$! # chroot becomes the program
for _ in $(seq 300); do
  [ "$(curl -sf http://127.0.0.1:7889/healthz)" = OK ] && break
  kill -0 $server 2>/dev/null || { cat "$root/serve.log"; fail "the program ended"; }
  sleep 0.1
done
echo "GET /healthz: $(curl -sf http://127.0.0.1:7889/healthz), after $((($(date +%s%N) - began) / 1000000)) ms"
in_root diemcau health --ready --config /etc/diemcau/diemcau.yaml | tr '\n' ' '; echo
ca=$root/var/lib/diemcau/ca/ca.crt
page=$(curl -sf --cacert "$ca" --resolve may-chu:7443:10.20.0.5 https://10.20.0.5:7443/) || fail "no page with the certificate authority's proof"
script=$(grep -o '/assets/[^"]*\.js' <<<"$page" | head -1)
[ -n "$script" ] || fail "the page names no script"
bytes=$(curl -sf --cacert "$ca" "https://10.20.0.5:7443$script" | wc -c)
[ "$bytes" -gt 10000 ] || fail "its script has $bytes bytes"
echo "page and its script ($script, $bytes bytes) over HTTPS with the bridge's own authority"
grep -q 'one-time password' "$root/serve.log" || fail "no first administrator"

# Once more, over settings that were changed: they stay.
echo '# changed by the operator' >>"$root/etc/diemcau/diemcau.yaml"
in_root sh -c "dpkg --force-confold --install $at/*.deb" >"$root/upgrade.log" 2>&1 || { cat "$root/upgrade.log"; fail upgrade; }
tail -n 1 "$root/etc/diemcau/diemcau.yaml" | grep -q 'changed by' || fail "an upgrade took the settings away"
kill "$server"; wait "$server" || fail "did not end cleanly"
in_root dpkg --purge diemcau >/dev/null 2>&1
[ -e "$root/var/lib/diemcau/diemcau.db" ] || fail "the package took the meetings with it"
[ ! -e "$root/usr/bin/diemcau" ] || fail "the program is still there"
echo "the bundle installs, serves, is upgraded and taken away without network"
