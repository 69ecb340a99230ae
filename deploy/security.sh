#!/usr/bin/env bash
# Looks up what is built into the program in the lists of known faults: of Go modules
# (govulncheck, which faults the program can reach) and of the pages' packages (npm
# audit). The lists are kept outside. Where one cannot be had, as on a network without
# internet, that is said and is no failure; a fault that is found is one.
#   GOVULNDB=file:///srv/vulndb    a copy of the list of Go, brought by hand
#   SECURITY_STRICT=1              a list that cannot be had is a failure too (releases)
set -uo pipefail
cd "$(dirname "$0")/.."
govulncheck=$1
failed=0 missing=0

not_looked_up() {
  echo "NOT LOOKED UP: $1: its list of known faults cannot be reached from here ($2)"
  missing=1
}

# Go. The list is asked for once before, so that a machine without it does not load the
# whole program first.
list=${GOVULNDB:-https://vuln.go.dev}
case $list in
  file://*) reachable() { [ -e "${list#file://}/index/db.json" ]; } ;;
  *) reachable() { curl -fsS -m 10 -o /dev/null "$list/index/db.json" 2>/dev/null; } ;;
esac
if reachable; then
  "$govulncheck" -db "$list" ./... || failed=1 # 3 is a fault found, others that it did not work
else
  not_looked_up "Go modules" "$list"
fi

# The pages: what is shipped, not what builds and tests them. Answers of npm are read,
# for it ends alike for a fault and for a registry that does not answer.
answer=$(cd web && npm audit --omit=dev --json 2>/dev/null)
node -e '
  let a; try { a = JSON.parse(require("fs").readFileSync(0, "utf8")); } catch { process.exit(2); }
  if (!a.metadata?.vulnerabilities) process.exit(2);
  for (const v of Object.values(a.vulnerabilities)) console.log(`npm: ${v.name} ${v.range}: ${v.severity}`);
  process.exit(a.metadata.vulnerabilities.total > 0 ? 1 : 0);
' <<<"$answer"
case $? in
  0) echo "npm audit: no known fault in what the pages ship" ;;
  1) failed=1 ;;
  *) not_looked_up "npm packages" "$(npm config get registry)" ;;
esac

[ "$failed" = 0 ] || { echo "known faults were found"; exit 1; }
[ "$missing" = 0 ] || [ "${SECURITY_STRICT:-}" = "" ] || exit 1
