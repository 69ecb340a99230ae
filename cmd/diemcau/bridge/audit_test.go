package bridge

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/audit"
)

// asRole lets a test ask as whoever holds the role in the header.
func asRole(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if role := r.Header.Get("Role"); role != "" {
			who := account.Identity{Person: meeting.PersonID("p-" + role), User: role, Rights: []meeting.Right{meeting.Right(role)}, Session: "s1"}
			if unit := r.Header.Get("Unit"); unit != "" {
				who.Unit = meeting.UnitID(unit)
			}
			r = r.WithContext(account.WithProof(account.With(r.Context(), who), time.Now()))
		}
		next.ServeHTTP(w, r)
	})
}

func TestSEC06_WhoDidWhatIsInTheAuditLogWithBeforeAndAfter(t *testing.T) {
	t.Parallel()
	b := newBridge(t)
	b.Identify(asRole)
	h, err := b.routes()
	if err != nil {
		t.Fatal(err)
	}
	do := func(role, method, path, body string, want int) string {
		t.Helper()
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Role", role)
		if method == http.MethodPut {
			r.Header.Set("If-Match", "*")
		}
		if unit, found := strings.CutPrefix(role, "unit "); found {
			r.Header.Set("Role", string(meeting.Administrator))
			r.Header.Set("Unit", unit)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != want {
			t.Fatalf("%s %s for %q: %d %s", method, path, role, w.Code, w.Body)
		}
		return w.Body.String()
	}
	admin, chair := string(meeting.Administrator), string(meeting.Chair)
	do("", http.MethodPost, "/api/session", `{"user":"ke-la","password":"Sai-Mat-Khau-1"}`, http.StatusUnauthorized)
	do(chair, http.MethodGet, "/api/audit", "", http.StatusForbidden)
	do("unit so-tttt", http.MethodGet, "/api/audit", "", http.StatusForbidden)
	limits := do(admin, http.MethodGet, "/api/papers/limits", "", http.StatusOK)
	var was struct {
		Bytes int64 `json:"bytes"`
	}
	if err := json.Unmarshal([]byte(limits), &was); err != nil || was.Bytes == 0 {
		t.Fatalf("%s %v", limits, err)
	}
	changed := strings.Replace(limits, fmt.Sprint(was.Bytes), "1048576", 1)
	r := httptest.NewRequest(http.MethodPut, "/api/papers/limits", strings.NewReader(changed))
	r.Header.Set("Role", admin)
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	first := httptest.NewRequest(http.MethodGet, "/api/papers/limits", nil)
	first.Header.Set("Role", admin)
	h.ServeHTTP(w, first)
	r.Header.Set("If-Match", w.Header().Get("ETag"))
	w = httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	var read struct {
		Items []audit.Shown `json:"items"`
	}
	if err := json.Unmarshal([]byte(do(admin, http.MethodGet, "/api/audit?limit=200", "", http.StatusOK)), &read); err != nil {
		t.Fatal(err)
	}
	has := func(what string, fits func(audit.Shown) bool) {
		t.Helper()
		for _, l := range read.Items {
			if l.What == what && fits(l) {
				return
			}
		}
		t.Errorf("no line %s that fits among %d", what, len(read.Items))
	}
	has("bridge.started", func(audit.Shown) bool { return true })
	has("account.made", func(l audit.Shown) bool { return l.On == firstUser })
	has("signin.failed", func(l audit.Shown) bool { return l.On == "ke-la" && l.Address == "192.0.2.1" && l.Who == "" })
	has("access.refused", func(l audit.Shown) bool { return l.Name == chair && l.On == "/api/audit" })
	has("settings.savePaperLimits", func(l audit.Shown) bool {
		return l.Who == meeting.PersonID("p-"+admin) && strings.Contains(string(l.Before), fmt.Sprint(was.Bytes)) && strings.Contains(string(l.After), "1048576")
	})
	has("audit.read", func(l audit.Shown) bool { return l.Name == admin && l.Session == "s1" }) // this very reading
	table := do(admin, http.MethodGet, "/api/audit/export?format=csv&group=failures", "", http.StatusOK)
	if !strings.Contains(table, "gio_viet_nam") || !strings.Contains(table, "signin.failed") || strings.Contains(table, "account.made") {
		t.Errorf("the table: %s", table)
	}
	var report audit.Report
	if err := json.Unmarshal([]byte(do(admin, http.MethodGet, "/api/audit/check", "", http.StatusOK)), &report); err != nil || !report.OK() || report.Lines < 6 || !report.Trusted {
		t.Errorf("%+v %v", report, err)
	}
}
