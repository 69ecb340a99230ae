#!/usr/bin/env bash
# Makes the bundle that is carried to a machine without internet: programs with the web
# application inside, Debian package, documents, samples, licences, list of parts (SBOM),
# checksums and their signature. The same sources are meant to give the same bytes, but for the
# signature's key. Called by `make bundle`; asks no outside host.
#   SIGNING_KEY  Ed25519 private key, PEM; made at the first time where there is none
#   OUT          where the bundle goes; bundle/
set -euo pipefail
cd "$(dirname "$0")/../.."

commit=$(git rev-parse --short=12 HEAD)
export SOURCE_DATE_EPOCH; SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export TZ=UTC LC_ALL=C CGO_ENABLED=0 GOFLAGS=-mod=readonly
umask 022
arch=${GOARCH:-$(go env GOARCH)}
# A tag v1.2.3 is version 1.2.3; between tags the date and commit tell versions apart.
if tag=$(git describe --tags --exact-match 2>/dev/null); then version=${tag#v}
else version=0.0~git$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y%m%d%H%M).$commit; fi
[ -z "$(git status --porcelain --untracked-files=no)" ] || version=$version+changed
key=${SIGNING_KEY:-${XDG_CONFIG_HOME:-$HOME/.config}/diemcau/signing.pem}
out=${OUT:-bundle}
name=diemcau-$version-linux-$arch
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
b=$work/$name
mkdir -p "$b/bin" "$out"

if [ ! -f "$key" ]; then
  mkdir -p "$(dirname "$key")"
  (umask 077; openssl genpkey -algorithm ed25519 -out "$key")
  echo "made a signing key: $key"
  echo "keep it away from this machine and give its fingerprint (below) to those who install."
fi

GOOS=linux GOARCH=$arch go build -trimpath -buildvcs=false -ldflags "-s -w -buildid= -X main.version=$version" -o "$b/bin/" ./cmd/diemcau ./cmd/diemload
go run ./deploy/inventory -out "$b" -version "$version" -at "$SOURCE_DATE_EPOCH"
cp -r docs "$b/docs"
mkdir "$b/deploy"
git ls-files -z deploy | grep -zv '^deploy/\(test-\|check\|bundle/\(build\|check\|province\)\|inventory/\|debian/\)' | xargs -0 cp --parents -t "$b"
# Commands (diemcau backup, account, audit) read where the service keeps everything from the
# file that is installed: the unit says it by a flag, which they do not see.
sed -i 's,^data: data$,data: /var/lib/diemcau,' "$b/deploy/diemcau.yaml"
grep -qx 'data: /var/lib/diemcau' "$b/deploy/diemcau.yaml"
mv "$b/deploy/bundle/install.sh" "$b/install.sh"
rmdir "$b/deploy/bundle"
deploy/debian/build.sh "$b" "$version" "$arch"

openssl pkey -in "$key" -pubout -out "$b/signer.pub.pem"
chmod -R u=rwX,go=rX "$b"
chmod 755 "$b"/bin/* "$b/install.sh"
(cd "$b" && find . -type f ! -name SHA256SUMS -printf '%P\0' | sort -z | xargs -0 sha256sum >SHA256SUMS)
openssl pkeyutl -sign -rawin -inkey "$key" -in "$b/SHA256SUMS" -out "$b/SHA256SUMS.sig"

tar --create --directory "$work" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --format=ustar "$name" |
  gzip --no-name -6 >"$out/$name.tar.gz"
cp "$b"/*.deb "$out/"
echo "bundle:      $out/$name.tar.gz"
echo "package:     $out/$(basename "$b"/*.deb)"
echo "fingerprint: $(openssl pkey -pubin -in "$b/signer.pub.pem" -outform DER | sha256sum | cut -d' ' -f1)"
