package bridge

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/account"
)

// routeTable says of every operation who may call it, written down apart from the
// operations themselves: whoever opens a route to more people changes it here too.
// What they then find is the business of each route (see archive_rights_test.go).
const routeTable = "testdata/routes.txt"

// columns of the table, in its order.
var columns = []struct {
	name string
	who  account.Identity
}{
	{"anonymous", account.Identity{}},
	{"room", account.Identity{Device: "d", Point: "LG-X1"}},
	{"delegate", account.Identity{Person: "p", Rights: []meeting.Right{meeting.Delegate}}},
	{"chair", account.Identity{Person: "p", Rights: []meeting.Right{meeting.Chair}}},
	{"secretary", account.Identity{Person: "p", Rights: []meeting.Right{meeting.Secretary}}},
	{"technician", account.Identity{Person: "p", Rights: []meeting.Right{meeting.Technician}}},
	{"archivist", account.Identity{Person: "p", Rights: []meeting.Right{meeting.Archivist}}},
	{"server", account.Identity{}}, // with a token, whatever it grants; told where not everybody may call
	{"administrator", account.Identity{Person: "p", Rights: []meeting.Right{meeting.Administrator}}},
	{"unit-administrator", account.Identity{Person: "p", Unit: "LG-X1", Rights: []meeting.Right{meeting.Administrator}}}, // of one commune
}

func TestSEC04_EveryRouteLetsInExactlyTheRolesOfTheTable(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(routeTable)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for line := range strings.Lines(string(bytes.TrimSpace(raw))) {
		route, roles, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if strings.HasPrefix(route, "plain ") || strings.HasPrefix(route, "#") {
			continue // see TestSEC04_WhatIsServedBesidesTheAPIIsInTheTable
		}
		if !ok || want[route] != "" {
			t.Fatalf("%s: %q is no entry, or the second of its route", routeTable, line)
		}
		want[route] = roles
	}
	mux, api := allOperations(t)
	braces := regexp.MustCompile(`\{[^}]*\}`)
	got := map[string]string{}
	for route := range operations(api) {
		method, path, _ := strings.Cut(route, " ")
		var may []string
		for _, c := range columns {
			ctx := account.WithProof(t.Context(), time.Now())
			if c.who.Person != "" || c.who.Device != "" {
				ctx = account.With(ctx, c.who)
			}
			r := httptest.NewRequestWithContext(ctx, method, braces.ReplaceAllString(path, "x"), http.NoBody)
			if c.name == "server" {
				if slices.Contains(may, "anonymous") {
					continue
				}
				r.Header.Set("Authorization", "Bearer x")
			}
			w := httptest.NewRecorder()
			mux.ServeHTTP(w, r)
			switch w.Code {
			case http.StatusOK:
				may = append(may, c.name)
			case http.StatusUnauthorized, http.StatusForbidden:
			default:
				t.Errorf("%s for %s: %d", route, c.name, w.Code)
			}
		}
		got[route] = strings.Join(may, " ")
		if may == nil {
			got[route] = "nobody"
		}
	}
	var lines []string
	for route, roles := range got {
		lines = append(lines, route+": "+roles)
		if want[route] != roles {
			t.Errorf("%s lets in %q, the table says %q", route, roles, want[route])
		}
	}
	for route := range want {
		if got[route] == "" {
			t.Errorf("%s is in the table and not served", route)
		}
	}
	if t.Failed() {
		slices.Sort(lines)
		t.Logf("the table as the bridge has it:\n%s", strings.Join(lines, "\n"))
	}
}

// What a route besides the API asks for, whatever it is called with.
const (
	asksToken   = "token"   // of a room or of a server
	asksNothing = "nothing" // pages and files that anybody may have
)

func TestSEC04_WhatIsServedBesidesTheAPIIsInTheTable(t *testing.T) {
	t.Parallel()
	b := newBridge(t, everything)
	mux, api, err := b.served()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(routeTable)
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]string{}
	for line := range strings.Lines(string(raw)) {
		if route, asks, ok := strings.Cut(strings.TrimSpace(line), ": "); ok && strings.HasPrefix(route, "plain ") {
			listed[strings.TrimPrefix(route, "plain ")] = asks
		}
	}
	known := operations(api)
	for _, pattern := range mux.patterns {
		if known[pattern] != nil {
			continue
		}
		asks, ok := listed[pattern]
		delete(listed, pattern)
		if !ok || asks != asksToken && asks != asksNothing {
			t.Errorf("%q is served and %s does not say what it asks for", pattern, routeTable)
			continue
		}
		method, path, both := strings.Cut(pattern, " ")
		if !both {
			method, path = http.MethodGet, pattern
		}
		for _, method := range []string{method, http.MethodPost} {
			r := httptest.NewRequest(method, path, strings.NewReader("{}"))
			r.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			mux.ServeHTTP(w, r)
			if asks == asksToken && w.Code != http.StatusUnauthorized && w.Code != http.StatusNotFound && w.Code != http.StatusMethodNotAllowed {
				t.Errorf("%s %s without a token: %d", method, path, w.Code)
			}
			if asks == asksNothing && method == http.MethodPost && w.Code < http.StatusBadRequest {
				t.Errorf("%s %s changes something for anybody: %d", method, path, w.Code)
			}
		}
	}
	for route := range listed {
		t.Errorf("%s is in the table and not served", route)
	}
}

func TestSEC04_WhatIsServedBesidesTheAPIAsksForAToken(t *testing.T) {
	t.Parallel()
	h, err := newBridge(t).routes()
	if err != nil {
		t.Fatal(err)
	}
	for route, want := range map[string]int{
		"GET /rtc/validate":       http.StatusUnauthorized,
		"GET /rtc/v1/validate":    http.StatusUnauthorized,
		"GET /rtc":                http.StatusNotFound, // no upgrade: not for browsers' address bars
		"GET /rtc/v1":             http.StatusNotFound,
		"GET /rtc?access_token=x": http.StatusUnauthorized,
		"POST /twirp/livekit.RoomService/ListRooms": http.StatusUnauthorized,
		"GET /twirp/livekit.RoomService/ListRooms":  http.StatusUnauthorized,
		"GET /diemcau-ca.crt":                       http.StatusNotFound, // no HTTPS, no authority
		"POST /whip":                                http.StatusMethodNotAllowed,
		"POST /":                                    http.StatusMethodNotAllowed,
	} {
		method, path, _ := strings.Cut(route, " ")
		r := httptest.NewRequest(method, path, strings.NewReader("{}"))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%s: %d, want %d: %.80s", route, w.Code, want, w.Body)
		}
	}
	for _, path := range []string{"/metrics", "/debug/pprof/", "/debug/pprof/goroutine?debug=1", "/readyz"} { // the operator's port alone has them
		if _, text := ask(h, path); strings.Contains(text, "goroutine") || strings.Contains(text, "# HELP") || strings.HasPrefix(text, "ready") {
			t.Errorf("%s is served to clients: %.80s", path, text)
		}
	}
}
