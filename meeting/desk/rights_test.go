package desk_test

import (
	"encoding/json"
	"strings"
	"testing"

	"diemcau/meeting"
	"diemcau/meeting/desk"
	"diemcau/meeting/plan"
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
