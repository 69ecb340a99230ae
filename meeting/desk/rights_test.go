package desk_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/calendar"
	"diemcau/meeting/desk"
	"diemcau/meeting/paper"
	"diemcau/meeting/plan"
	"diemcau/meeting/point"
	"diemcau/meeting/schedule"
)

func TestRightsOfAMeetingComeFromUnitAndPlan(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		v := h.samples(t).published(t)
		path := "/api/meetings/" + string(v.ID)
		for as, want := range map[string]struct {
			status int
			edit   bool
			point  meeting.PointID
		}{
			"mau": {200, true, ""}, "nhap": {200, true, ""}, "thu": {200, true, "LG-00"}, "kiemthu": {200, false, ""},
			"giadinh": {200, false, "LG-X1"}, "may-x1": {200, false, "LG-X1"}, "vidu": {200, false, "LG-S1"},
			"stranger": {404, false, ""}, "admin": {404, false, ""}, "nobody": {401, false, ""},
		} {
			a := h.ask(t, as, "GET", path, nil)
			if a.status != want.status {
				t.Errorf("%s reads: %d, want %d", as, a.status, want.status)
				continue
			}
			if a.status != 200 {
				continue
			}
			m := into[desk.MeetingView](t, a, 200).Mine
			if m.Edit != want.edit || m.Point != want.point {
				t.Errorf("%s: %+v, want %+v", as, m, want)
			}
			if !want.edit && as != "may-x1" {
				refused(t, h.ask(t, as, "POST", path+"/cancel", desk.PutOff{Why: schedule.Order}), 403, meeting.CodeNoRight)
			}
		}
		refused(t, h.ask(t, "giadinh", "POST", "/api/meetings", desk.NewMeeting{Type: plan.Briefing}), 403, meeting.CodeNoRight)
		refused(t, h.ask(t, "nhap", "POST", "/api/meetings", desk.NewMeeting{Type: plan.Briefing, Unit: "LG-S1"}), 403, meeting.CodeNoRight)
		into[desk.MeetingView](t, h.ask(t, "thu", "POST", "/api/meetings", desk.NewMeeting{Type: plan.Briefing, Unit: "LG-S1"}), 200)
	})
}

func TestTheDescriptionNamesEveryOperationOfTheOffice(t *testing.T) {
	t.Parallel()
	h := newHouse(t, t.TempDir()+"/d.db")
	var doc struct {
		Paths map[string]map[string]struct {
			ID string `json:"operationId"`
		} `json:"paths"`
		Components struct {
			Schemas map[string]json.RawMessage `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(h.ask(t, "", "GET", "/api/openapi.json", nil).raw, &doc); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for path, item := range doc.Paths {
		for method, op := range item {
			if op.ID == "" || ids[op.ID] {
				t.Errorf("%s %s has the id %q", method, path, op.ID)
			}
			ids[op.ID] = true
		}
	}
	for _, want := range []string{"listMeetings", "publishMeeting", "addPaper", "reply", "signMinutes", "reportProgress"} {
		if !ids[want] {
			t.Errorf("no operation %s", want)
		}
	}
	for _, want := range []string{"MeetingView", "Plan", "PlanPoint", "PointRecord", "MinutesView"} {
		if doc.Components.Schemas[want] == nil {
			t.Errorf("no schema %s", want)
		}
	}
}

func TestSEC04_WherePeopleAreReachedIsToldToThoseWhoKeepTheDirectory(t *testing.T) {
	t.Parallel()
	h := newHouse(t, t.TempDir()+"/d.db")
	who := desk.PersonEntry{ID: "moi", Name: "Người Mới", Position: "Chuyên viên", Phone: "0900000001", Mail: "moi@lamgiang.example"}
	into[desk.PersonEntry](t, h.ask(t, "admin", "POST", "/api/people", who), 200)
	for as, told := range map[string]bool{"admin": true, "thu": true, "stranger": false} {
		got := into[desk.PersonEntry](t, h.ask(t, as, "GET", "/api/people/moi", nil), 200)
		list := h.ask(t, as, "GET", "/api/people", nil)
		if got.Name != who.Name || (got.Phone != "") != told || (got.Mail != "") != told || strings.Contains(string(list.raw), who.Mail) != told {
			t.Errorf("%s sees %+v and %s", as, got, list.raw)
		}
	}
}

// keeping is a change of directory or map, and who of the keepers may make it.
type keeping struct {
	why, method, path string
	body              any
	may               string // of admin, admin-00, admin-x1, thu-x1, thu
}

func TestSEC04_WhoKeepsOneUnitKeepsNothingAboveOrBesideIt(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		h.samples(t)
		for id, unit := range map[string]meeting.UnitID{"cu": "CU", "cu2": "CU2"} {
			a := account.Account{Person: meeting.PersonID(id), User: id, Name: "Cũ", Unit: unit, Rights: []meeting.Right{meeting.Delegate}, Created: day}
			if err := h.store.AddAccount(t.Context(), a); err != nil {
				t.Fatal(err)
			}
		}
		from := calendar.On(2027, 1, 1)
		pt := func(name string, up meeting.PointID) desk.ChangePoint {
			return desk.ChangePoint{From: from, Name: name, Kind: point.Commune, Parent: up}
		}
		for _, k := range []keeping{
			{"the root below the commune", "PUT", "/api/units/LG-00", desk.Unit{ID: "LG-00", Parent: "LG-X1", Name: "x"}, ""},
			{"a department below the commune", "PUT", "/api/units/LG-S1", desk.Unit{ID: "LG-S1", Parent: "LG-X1", Name: "x"}, "admin admin-00"},
			{"a department's name", "PUT", "/api/units/LG-S1", desk.Unit{ID: "LG-S1", Parent: "LG-00", Name: "x"}, "admin admin-00"},
			{"a point as a unit of the commune", "POST", "/api/units", desk.Unit{ID: "LG-X2", Parent: "LG-X1", Name: "x"}, "admin admin-00"},
			{"its own name", "POST", "/api/units", desk.Unit{ID: "LG-X1", Parent: "LG-00", Name: "x"}, "admin admin-00 admin-x1"},
			{"itself at the top", "POST", "/api/units", desk.Unit{ID: "LG-X3", Parent: "LG-X3", Name: "x"}, ""},
			{"a unit of accounts", "POST", "/api/units", desk.Unit{ID: "CU", Parent: "LG-X1", Name: "x"}, "admin"},
			{"a room of the configuration", "POST", "/api/units", desk.Unit{ID: "KHO", Parent: "LG-X1", Name: "x"}, "admin"},
			{"a root", "POST", "/api/units", desk.Unit{ID: "GOC", Name: "x"}, "admin"},
			{"below itself", "POST", "/api/units", desk.Unit{ID: "X1-VP", Parent: "LG-X1", Name: "x"}, "admin admin-00 admin-x1"},
			{"a point below itself", "POST", "/api/points", desk.NewPoint{ID: "X1-A", ChangePoint: pt("Thôn A", "LG-X1")}, "admin admin-00 admin-x1"},
			{"a point beside itself", "POST", "/api/points", desk.NewPoint{ID: "X9", ChangePoint: pt("Xã 9", "LG-00")}, "admin admin-00"},
			{"a point of accounts", "POST", "/api/points", desk.NewPoint{ID: "CU2", ChangePoint: pt("Cũ", "LG-X1")}, "admin"},
			{"another commune below itself", "PUT", "/api/points/LG-X4", pt("Xã 4", "LG-X1"), "admin admin-00"},
			{"itself as it stands", "PUT", "/api/points/LG-X1", pt("Xã 1", "LG-00"), "admin admin-00 admin-x1"},
			{"itself elsewhere", "PUT", "/api/points/LG-X1", pt("Xã 1", "LG-S1"), "admin admin-00"},
			{"its own end", "POST", "/api/points/LG-X1/close", map[string]any{"from": from}, "admin admin-00"},
			{"another commune into itself", "POST", "/api/points/merge", desk.MergePoints{IDs: []meeting.PointID{"LG-X5"}, Into: "LG-X1", From: from}, "admin admin-00"},
			{"what is accepted as papers", "PUT", "/api/papers/limits", paper.Limits{Bytes: 1 << 20, Types: []string{".pdf"}}, "admin"},
			{"presets", "PUT", "/api/templates/giao-ban", plan.Template{Type: plan.Briefing, Name: "Giao ban"}, "admin"},
			{"the chair's mail", "PUT", "/api/people/mau", desk.PersonEntry{ID: "mau", Name: "Mẫu", Unit: "LG-00", Mail: "x@x.example"}, "admin admin-00 thu"},
			{"the chair into the commune", "PUT", "/api/people/mau", desk.PersonEntry{ID: "mau", Name: "Mẫu", Unit: "LG-X1", Mail: "x@x.example"}, "admin admin-00 thu"},
			{"its own leader's mail", "PUT", "/api/people/giadinh", desk.PersonEntry{ID: "giadinh", Name: "Giả Định", Unit: "LG-X1", Mail: "x@x.example"}, "admin admin-00 admin-x1 thu thu-x1"},
			{"its own leader elsewhere", "PUT", "/api/people/giadinh", desk.PersonEntry{ID: "giadinh", Name: "Giả Định", Unit: "LG-S2"}, "admin admin-00 thu"},
			{"somebody of its own", "POST", "/api/people", desk.PersonEntry{ID: "moi", Name: "Mới", Unit: "LG-X1"}, "admin admin-00 admin-x1 thu thu-x1"},
			{"somebody's account as its own", "POST", "/api/people", desk.PersonEntry{ID: "cu2", Name: "Cũ", Unit: "LG-X1", Mail: "x@x.example"}, "admin"},
			{"somebody of the house", "POST", "/api/people", desk.PersonEntry{ID: "chung", Name: "Chung"}, "admin"},
		} {
			for _, as := range []string{"admin-x1", "thu-x1", "admin-00", "thu", "admin"} {
				// Whoever is let by must not leave anything: only the refusal of rights is asked for.
				a := h.ask(t, as, k.method, k.path, k.body, "If-Match", `"999"`)
				barred := a.status == http.StatusForbidden
				if may := slices.Contains(strings.Fields(k.may), as); barred == may && !(k.may == "" && a.status == http.StatusUnprocessableEntity) {
					t.Errorf("%s, by %s: %d %s", k.why, as, a.status, a.raw)
				}
			}
		}
	})
}
