#!/usr/bin/env bash
# Makes the Debian package of what lies in a bundle's folder: build.sh FOLDER VERSION ARCH.
# dpkg-deb alone; times come from SOURCE_DATE_EPOCH, so the same input gives the same bytes.
set -euo pipefail
from=$1 version=$2 arch=$3
maintainer=${MAINTAINER:-diemcau <diemcau@lamgiang.example>} # who makes packages for his house names himself
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
chmod 755 "$work" # mktemp's own is 0700, and becomes the package's root
doc=$work/usr/share/doc/diemcau
mkdir -p "$work/DEBIAN" "$work/usr/bin" "$work/usr/lib/systemd/system" "$work/usr/lib/sysctl.d" "$work/etc/diemcau" \
  "$doc" "$work/usr/share/lintian/overrides" "$work/usr/share/man/man8" "$work/usr/share/man/man1"

install -m 755 "$from/bin/diemcau" "$from/bin/diemload" "$work/usr/bin/"
install -m 644 "$from"/deploy/systemd/diemcau.{service,socket} "$work/usr/lib/systemd/system/"
install -m 644 "$from/deploy/sysctl/60-diemcau.conf" "$work/usr/lib/sysctl.d/"
install -m 600 "$from/deploy/diemcau.yaml" "$work/etc/diemcau/diemcau.yaml" # will hold secrets
cp -r "$from/docs" "$from/sbom.cdx.json" "$doc/"
mkdir "$doc/examples"
cp -r "$from/deploy/." "$doc/examples/"
rm -rf "$doc/examples/systemd"/diemcau.{service,socket} "$doc/examples/sysctl"
rmdir "$doc/examples/systemd" 2>/dev/null || true # port-443 stays

{ cat "$here/copyright"
  (cd "$from/licenses" && find . -type f -printf '%P\n' | sort | while read -r f; do printf '\n\n==== %s ====\n\n' "$f"; cat "$f"; done)
} >"$doc/copyright"
date=$(date -u -R -d "@$SOURCE_DATE_EPOCH")
printf 'diemcau (%s) unstable; urgency=medium\n\n  * What changed: docs/CHANGELOG.md beside this file.\n\n -- %s  %s\n' "$version" "$maintainer" "$date" |
  gzip --no-name -9 >"$doc/changelog.gz"
for page in "$here"/*.8 "$here"/*.1; do
  section=${page##*.}
  gzip --no-name -9 <"$page" >"$work/usr/share/man/man$section/$(basename "$page").gz"
done
install -m 644 "$here/lintian-overrides" "$work/usr/share/lintian/overrides/diemcau"

echo /etc/diemcau/diemcau.yaml >"$work/DEBIAN/conffiles"
install -m 755 "$here"/post{inst,rm} "$work/DEBIAN/"
install -m 755 "$here/prerm" "$work/DEBIAN/"
sed -e "s/@VERSION@/$version/" -e "s/@MAINTAINER@/$maintainer/" -e "s/@ARCH@/$arch/" -e "s/@SIZE@/$(du -k -s --apparent-size "$work/usr" | cut -f1)/" "$here/control" >"$work/DEBIAN/control"
chmod -R u=rwX,go=rX "$work/usr" "$work/etc"
chmod 600 "$work/etc/diemcau/diemcau.yaml"
(cd "$work" && find usr etc -type f ! -path etc/diemcau/diemcau.yaml -printf '%p\0' | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
chmod 644 "$work"/DEBIAN/{control,conffiles,md5sums}
dpkg-deb --root-owner-group -Zxz -z3 --build "$work" "$from/diemcau_${version}_$arch.deb" >/dev/null
