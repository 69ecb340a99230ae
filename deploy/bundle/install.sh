#!/bin/sh
# Installs diemcau from this folder, after a look whether everything in it is as it was
# signed. Needs no internet: openssl and sha256sum, both in every Debian.
#   ./install.sh --fingerprint HEX     the signer's, received by another way than the bundle
#   ./install.sh --key FILE            the signer's public key, likewise
#   --verify-only                      look, install nothing
#   --root DIR                         install into the folder of another system
# Who does not trust this very script looks by hand: docs/installation.md.
set -eu
cd "$(dirname "$0")"
fingerprint='' key='' root='' only=''
while [ $# -gt 0 ]; do
  case $1 in
    --fingerprint) fingerprint=$2; shift 2 ;;
    --key) key=$2; shift 2 ;;
    --root) root=${2%/}; shift 2 ;;
    --verify-only) only=yes; shift ;;
    *) sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 2 ;;
  esac
done
die() { echo "$*" >&2; exit 1; }
command -v openssl >/dev/null || die "openssl is missing / thiếu openssl"

print=$(openssl pkey -pubin -in signer.pub.pem -outform DER | sha256sum | cut -d' ' -f1)
if [ -n "$key" ]; then
  fingerprint=$(openssl pkey -pubin -in "$key" -outform DER | sha256sum | cut -d' ' -f1)
fi
if [ -z "$fingerprint" ]; then
  echo "Signed by / Khóa ký: $print"
  [ -t 0 ] || die "not installed: give --fingerprint or --key / chưa cài: cần --fingerprint hoặc --key"
  printf 'Is it the fingerprint you were given on paper? / Có đúng dấu vân tay đã nhận không? (yes/no) '
  read -r answer
  [ "$answer" = yes ] || die "not installed / chưa cài"
  fingerprint=$print
fi
given=$(printf %s "$fingerprint" | tr -d ' :' | tr 'A-F' 'a-f')
[ "$given" = "$print" ] || die "NOT installed: signed by another key, $print / KHÔNG cài: gói do khóa khác ký"
openssl pkeyutl -verify -rawin -pubin -inkey signer.pub.pem -in SHA256SUMS -sigfile SHA256SUMS.sig >/dev/null ||
  die "NOT installed: the signature is wrong / KHÔNG cài: chữ ký sai"
sha256sum --check --strict --quiet SHA256SUMS || die "NOT installed: files were changed / KHÔNG cài: tệp đã bị sửa"
# What is not listed was not signed.
listed=$(sed 's/^.\{66\}//' SHA256SUMS | sort)
there=$(find . -type f ! -path ./SHA256SUMS ! -path ./SHA256SUMS.sig | sed 's,^\./,,' | sort)
[ "$listed" = "$there" ] || die "NOT installed: files that nobody signed / KHÔNG cài: có tệp lạ"
[ -z "$(find . -type l)" ] || die "NOT installed: links that nobody signed / KHÔNG cài: có liên kết lạ"
echo "verified: everything is as it was signed / đã kiểm tra: đúng như lúc ký"
[ -z "$only" ] || exit 0

if [ -z "$root" ] && command -v dpkg >/dev/null; then
  dpkg --install ./*.deb
else
  put() { # mode, file, place
    mkdir -p "$root$(dirname "$3")"
    install -m "$1" "$2" "$root$3"
  }
  put 0755 bin/diemcau /usr/bin/diemcau
  put 0755 bin/diemload /usr/bin/diemload
  put 0644 deploy/systemd/diemcau.service /usr/lib/systemd/system/diemcau.service
  put 0644 deploy/systemd/diemcau.socket /usr/lib/systemd/system/diemcau.socket
  put 0644 deploy/sysctl/60-diemcau.conf /usr/lib/sysctl.d/60-diemcau.conf
  # Settings of a bridge that is here already stay.
  [ -e "$root/etc/diemcau/diemcau.yaml" ] || put 0600 deploy/diemcau.yaml /etc/diemcau/diemcau.yaml
  mkdir -p "$root/usr/share/doc/diemcau"
  cp -r docs deploy licenses sbom.cdx.json "$root/usr/share/doc/diemcau/"
  [ -n "$root" ] || ! [ -d /run/systemd/system ] || systemctl daemon-reload
fi
cat <<'NEXT'

What next / Việc tiếp theo:
  1. /etc/diemcau/diemcau.yaml            hosts, recording.dir, mail
  2. sysctl --system                      buffers for media / bộ đệm cho truyền thông
  3. systemctl enable --now diemcau.service
  4. journalctl -u diemcau                one-time password of the first administrator / mật khẩu dùng một lần
  5. https://MAY-CHU:7443/chung-thu       certificate for the rooms / chứng thư cho các điểm cầu
  /usr/share/doc/diemcau/docs/installation.md, operation.md
NEXT
