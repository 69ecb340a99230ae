package bridge

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"diemcau/meeting/account"
	"diemcau/meeting/store"
)

// archiveTable says of every route to something of a recording, and of every level at
// which one can be watched, who is let at it, and who knows of it and is refused. It is
// written down apart from the routes.
const archiveTable = "testdata/archive.txt"

const archiveRoute = "/api/archive/recordings/{recording}"

// archiveQueries make requests whole, so that a missing field does not hide who is let in.
var archiveQueries = map[string]string{
	"GET " + archiveRoute + "/clip":               "?from=0&to=1000",
	"GET " + archiveRoute + "/tracks/{leg}/bytes": "?from=0&to=100000",
	"GET " + archiveRoute + "/mix/bytes":          "?from=0&to=1000",
}

// answered is what somebody is told, with the id of the recording taken out: what is the
// same for a recording that there is none of tells nothing.
func (h *archiveHouse) answered(who account.Identity, method, path, recording, body string) string {
	at := strings.NewReplacer("{recording}", recording, "{leg}", "1", "{block}", "0", "{language}", "vi", "{export}", "x", "{sheet}", "0").Replace(path)
	status, text := h.ask(who, method, at, body)
	return fmt.Sprint(status, " ", strings.ReplaceAll(text, recording, "X"))
}

func TestSEC04_EveryRouteToARecordingLetsInExactlyWhoTheTableSaysAndTellsOthersNotEvenThatThereIsOne(t *testing.T) {
	t.Parallel()
	h := newArchiveHouse(t)
	none := h.recording[:len(h.recording)-4] + "0000"
	roles := archiveRoles()
	roles["named reader"] = account.Identity{Person: "thanh-tra", Name: "Thanh tra", Unit: "KHAC", Session: "s-tt"}
	readers := []store.Reader{{Person: "thanh-tra"}}
	want, err := os.ReadFile(archiveTable)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	changes := 0
	for _, level := range []store.AccessLevel{store.MeetingLevel, store.OfficeLevel, store.ClosedLevel} {
		if err := h.store.SaveAccess(t.Context(), h.recording, changes, "luu", time.Now(), store.Access{Level: level, Readers: readers}); err != nil {
			t.Fatal(err)
		}
		changes++
		for route := range operations(h.api) {
			method, path, _ := strings.Cut(route, " ")
			if !strings.HasPrefix(path, archiveRoute) || method == http.MethodPut && strings.HasSuffix(path, "/access") && level != store.OfficeLevel {
				continue
			}
			body := archiveBodies[route]
			if strings.HasSuffix(path, "/access") { // too late, so that nothing is changed
				body = strings.Replace(body, `"changes":0`, `"changes":99`, 1)
			}
			if strings.HasSuffix(path, "/exports") { // of nothing, so that nothing is made
				body = `{"layout":"grid","from":90000000}`
			}
			if strings.HasSuffix(path, "/redactions") { // of nothing, so that nothing is closed
				body = strings.Replace(body, `"from":0,"to":1000`, `"from":90000000,"to":90001000`, 1)
			}
			var in, no []string
			for _, name := range slices.Sorted(maps.Keys(roles)) {
				at := path + archiveQueries[route]
				switch told := h.answered(roles[name], method, at, h.recording, body); {
				case told == h.answered(roles[name], method, at, none, body):
				case strings.HasPrefix(told, "403 "):
					no = append(no, name)
				default:
					in = append(in, name)
				}
			}
			line := fmt.Sprintf("%s %s: %s", level, route, strings.Join(in, ", "))
			if len(no) > 0 {
				line += "; told that they may not: " + strings.Join(no, ", ")
			}
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	got := strings.Join(lines, "\n") + "\n"
	if !bytes.Equal([]byte(got), want) {
		wanted := strings.Split(string(want), "\n")
		for _, l := range lines {
			if !slices.Contains(wanted, l) {
				t.Errorf("not in %s: %s", archiveTable, l)
			}
		}
		t.Logf("the table as the bridge has it:\n%s", got)
		t.Error("the table and the routes differ")
	}
}
