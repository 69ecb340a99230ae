#!/usr/bin/env bash
# What deploy/ holds, looked at by the programs it is meant for. What is not installed is
# named and passed over; INSTALL=1 as root installs Debian's packages first. Changes
# nothing else on the machine. The bundle itself: deploy/bundle/check.sh.
set -uo pipefail
cd "$(dirname "$0")/.."
if [ "${INSTALL:-}" = 1 ]; then
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends prometheus nginx-light caddy nftables lintian yamllint openssl >/dev/null
fi
work=$(mktemp -d); trap 'rm -rf --one-file-system "$work"' EXIT
failed=0 passed=() over=()
look() { # name, program that it takes, command
  if ! command -v "$2" >/dev/null; then over+=("$1 ($2)"); return; fi
  if bash -euo pipefail -c "$3" >"$work/out" 2>&1; then passed+=("$1"); else failed=1; echo "FAILED: $1"; cat "$work/out"; fi
}
export work
openssl req -x509 -newkey ed25519 -nodes -days 2 -subj /CN=hop.lamgiang.example -keyout "$work/hop.key" -out "$work/hop.crt" 2>/dev/null

look "alarms: rules and their tests" promtool 'cd deploy/prometheus && promtool check rules diemcau.rules.yml && promtool check config prometheus.yml && promtool test rules diemcau.test.yml'
look "nginx sample" nginx 'printf "pid $work/pid; error_log stderr; events {} http { include $work/site.conf; }" >"$work/nginx.conf"
  sed -e "s,/etc/diemcau/tls,$work,; s,/var/log/nginx,$work,; s,listen \(\[::\]:\)\?443,listen 127.0.0.1:18443,; /listen \[::\]:80/d; s,listen 80;,listen 127.0.0.1:18080;," deploy/proxy/nginx.conf | awk "!/listen 127.0.0.1:18443/ || !seen++" >"$work/site.conf"
  nginx -t -c "$work/nginx.conf"'
look "Caddy sample" caddy 'sed "s,/etc/diemcau/tls,$work,g" deploy/proxy/Caddyfile >"$work/Caddyfile" && XDG_DATA_HOME=$work XDG_CONFIG_HOME=$work caddy validate --adapter caddyfile --config "$work/Caddyfile"'
look "firewall sample" nft 'nft -c -f deploy/firewall/diemcau.nft'
# The unit names programs that are not here yet: it is looked at in a folder as a root of its own.
look "unit: verify" systemd-analyze 'mkdir -p "$work/bin" && printf "#!/bin/sh\n" >"$work/bin/diemcau" && chmod +x "$work/bin/diemcau"
  mkdir -p "$work/units" && cp deploy/systemd/*.socket "$work/units/" && sed "s,/usr/bin/diemcau,$work/bin/diemcau,; /^Documentation=/d" deploy/systemd/diemcau.service >"$work/units/diemcau.service"
  systemd-analyze verify --man=no "$work/units/diemcau.service" "$work/units/diemcau.socket"'
look "unit: security, exposure below 2.0" systemd-analyze 'systemd-analyze security --offline=true --threshold=20 "$work/units/diemcau.service"'
compose=${COMPOSE:-docker-compose} # of version 2
if command -v "$compose" >/dev/null && "$compose" version 2>/dev/null | grep -q 'v2\.\|dev'; then
  look "compose file" "$compose" "DIEMCAU_CONFIG_FILE=deploy/diemcau.yaml $compose -f deploy/docker/compose.yaml config --quiet"
else over+=("compose file (docker compose 2)"); fi
helm=${HELM:-helm}
if [ -d deploy/helm/diemcau ]; then
  look "chart: lint, template" "$helm" "$helm lint --strict --set config.secretName=s deploy/helm/diemcau && $helm template x deploy/helm/diemcau --set config.secretName=s >\$work/chart.yaml && grep -q hostNetwork \$work/chart.yaml"
fi
for deb in bundle/*.deb; do
  [ -e "$deb" ] && look "package $deb" lintian "lintian --allow-root --fail-on error,warning $deb && dpkg-deb --info $deb"
done
printf 'passed: %s\n' "${passed[@]}"
[ ${#over[@]} -eq 0 ] || printf 'not looked at, not installed: %s\n' "${over[@]}"
exit $failed
