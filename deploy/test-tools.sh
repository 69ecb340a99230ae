#!/usr/bin/env bash
# Makes sure that the programs which the tests drive are there: Chromium for the
# end-to-end suite, ffmpeg and ffprobe for media, a PostgreSQL server, readers of PDF and
# calendar files; with the argument "documents" LibreOffice too. Installs them from
# Debian's packages when run as root; otherwise says what is missing.
set -euo pipefail

missing=()
command -v chromium >/dev/null || missing+=(chromium)
command -v chromium-headless-shell >/dev/null || missing+=(chromium-headless-shell) # two thirds of the time of the whole browser
command -v ffmpeg >/dev/null || missing+=(ffmpeg)
command -v mkvmerge >/dev/null || missing+=(mkvtoolnix) # a second reader of recordings
ls -d /usr/lib/postgresql/*/bin >/dev/null 2>&1 || command -v pg_config >/dev/null || missing+=(postgresql) # the store is tested on both databases
command -v gcc >/dev/null || missing+=(gcc libc6-dev) # the race detector needs cgo
command -v openssl >/dev/null || missing+=(openssl) # a time-stamping authority
command -v pdftotext >/dev/null || missing+=(poppler-utils)
/usr/bin/python3 -c 'import icalendar' 2>/dev/null || missing+=(python3-icalendar)
if [ "${1:-}" = documents ]; then
  command -v soffice >/dev/null || missing+=(libreoffice-writer-nogui fonts-liberation2)
  command -v zbarimg >/dev/null || missing+=(zbar-tools)
fi
# A foreign server that speaks S3, for the copies of recordings.
tools=$(cd "$(dirname "$0")/.." && pwd)/.tools
versitygw=v1.8.0
if [ ! -x "$tools/versitygw-$versitygw" ]; then
  mkdir -p "$tools"
  GOBIN=$tools CGO_ENABLED=0 go install "github.com/versity/versitygw/cmd/versitygw@$versitygw"
  mv "$tools/versitygw" "$tools/versitygw-$versitygw"
fi
# The Library of Congress's validator of bags, where PyPI can be reached; the tests
# have sha256sum besides.
if [ ! -d "$tools/bagit-1.9.0" ] && python3 -m pip --version >/dev/null 2>&1; then
  python3 -m pip install -q --no-deps --retries 0 --timeout 10 --target "$tools/bagit-1.9.0" bagit==1.9.0 >/dev/null 2>&1 || true
  mkdir -p "$tools/bagit-1.9.0" # where it cannot be reached it is not tried again
fi
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}"
else
  echo "the tests need these packages: ${missing[*]}" >&2
  echo "install them, for example: sudo apt-get install ${missing[*]}" >&2
  exit 1
fi
