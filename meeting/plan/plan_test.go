package plan_test

import (
	"slices"
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/agenda"
	"diemcau/meeting/calendar"
	"diemcau/meeting/plan"
)

func full() plan.Plan {
	day := calendar.On(2026, time.December, 30)
	return plan.Plan{
		ID: "m", Type: plan.YearEnd, Title: "Hội nghị", Host: "Sở KH&CN", Main: "LG-00",
		People: plan.People{Chair: meeting.Person{Name: "A"}, Secretary: meeting.Person{Name: "B"}, Technician: meeting.Person{Name: "C"}},
		Points: []plan.Point{{ID: "LG-00"}, {ID: "LG-X1"}},
		Start:  day.At(8, 0), End: day.At(11, 15), Secrecy: meeting.NotSecret,
		Agenda: []agenda.Item{{ID: "1", Title: "Khai mạc"}},
	}
}

func TestSCH01_EachMissingFieldIsNamedInVietnamese(t *testing.T) {
	t.Parallel()
	if err := full().CheckPublish(); err != nil {
		t.Fatalf("a complete plan is refused: %v", err)
	}
	clear := map[meeting.Field]func(*plan.Plan){
		"type": func(p *plan.Plan) { p.Type = "" }, "title": func(p *plan.Plan) { p.Title = " " },
		"host":       func(p *plan.Plan) { p.Host = "\u00a0" },
		"chair":      func(p *plan.Plan) { p.People.Chair = meeting.Person{} },
		"secretary":  func(p *plan.Plan) { p.People.Secretary = meeting.Person{} },
		"technician": func(p *plan.Plan) { p.People.Technician = meeting.Person{} },
		"main":       func(p *plan.Plan) { p.Main = "" },
		"points":     func(p *plan.Plan) { p.Points = p.Points[:1] },
		"start":      func(p *plan.Plan) { p.Start = time.Time{} }, "end": func(p *plan.Plan) { p.End = time.Time{} },
		"agenda": func(p *plan.Plan) { p.Agenda = nil }, "secrecy": func(p *plan.Plan) { p.Secrecy = "" },
	}
	for _, f := range plan.Required() {
		p := full()
		clear[f](&p)
		if got := p.Missing(); !slices.Equal(got, []meeting.Field{f}) {
			t.Errorf("without %s the check names %v", f, got)
		}
		if plan.FieldName(f) == "" {
			t.Errorf("%s has no Vietnamese name", f)
		}
		if meeting.CodeOf(p.CheckPublish()) != meeting.CodeMissing {
			t.Errorf("published without %s", f)
		}
	}
	if got := (plan.Plan{}).Missing(); len(got) != 12 {
		t.Errorf("an empty plan lacks %d fields, want 12", len(got))
	}
}

func TestSCH01_WhatIsSaidMustAlsoBeRight(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*plan.Plan){
		"the end before the start": func(p *plan.Plan) { p.End = p.Start },
		"a main point not in it":   func(p *plan.Plan) { p.Main = "LG-99" },
		"a point twice":            func(p *plan.Plan) { p.Points = append(p.Points, p.Points[1]) },
		"an item twice":            func(p *plan.Plan) { p.Agenda = append(p.Agenda, p.Agenda[0]) },
		"an item elsewhere":        func(p *plan.Plan) { p.Agenda[0].Point = "LG-99" },
		"an unknown type":          func(p *plan.Plan) { p.Type = "x" },
	} {
		p := full()
		spoil(&p)
		if p.CheckPublish() == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestSEC01_ADraftWithAStateSecretIsNotCreated(t *testing.T) {
	t.Parallel()
	p := full()
	p.Secrecy = meeting.Secret
	if meeting.CodeOf(p.CheckDraft()) != meeting.CodeSecret || meeting.CodeOf(p.CheckPublish()) != meeting.CodeSecret {
		t.Error("a secret meeting is created")
	}
	if (plan.Plan{}).CheckDraft() != nil {
		t.Error("a draft may leave the level open")
	}
}

func TestSCH02_LateSendingNeedsUrgencyOrAReason(t *testing.T) {
	t.Parallel()
	p, table, rules := full(), calendar.Solar(2026, 2027), calendar.Usual()
	due := calendar.On(2026, time.December, 25)
	if late, err := p.Sending(due, table, rules, ""); late || err != nil {
		t.Errorf("on the day it is due: late %v, %v", late, err)
	}
	if _, err := p.Sending(due.AddDays(1), table, rules, " "); meeting.CodeOf(err) != plan.CodeLate {
		t.Errorf("late without a reason: %v", err)
	}
	if late, err := p.Sending(due.AddDays(1), table, rules, "chỉ đạo đột xuất"); !late || err != nil {
		t.Errorf("late with a reason: late %v, %v", late, err)
	}
	p.Type = plan.Urgent
	if late, err := p.Sending(due.AddDays(5), table, rules, ""); !late || err != nil {
		t.Errorf("urgent: late %v, %v", late, err)
	}
}

func TestSCH08_ATypePresetsWhatIsNotSaidAndWarnsOfLength(t *testing.T) {
	t.Parallel()
	for _, ty := range plan.Types() {
		i := slices.IndexFunc(plan.Templates(), func(x plan.Template) bool { return x.Type == ty })
		if i < 0 {
			t.Fatalf("%s has no template", ty)
		}
		tpl := plan.Templates()[i]
		p := full()
		p.Agenda, p.Type = nil, ""
		p = tpl.Fill(p)
		if p.Type != ty || len(p.Agenda) == 0 || p.Conduct.Mode == "" || p.Kept == (plan.Retention{}) {
			t.Errorf("%s presets %+v", ty, p)
		}
		if err := p.CheckPublish(); err != nil {
			t.Errorf("%s: the preset agenda is refused: %v", ty, err)
		}
		p.End = p.Start.Add(tpl.Longest + time.Hour)
		if p.TooLong(tpl) != time.Hour {
			t.Errorf("%s: no warning for an hour too much", ty)
		}
	}
	p := full()
	p.Conduct.Mode = plan.Training
	if got := plan.Templates()[4].Fill(p); len(got.Agenda) != 1 || got.Conduct.Mode != plan.Training {
		t.Error("the template overwrites what somebody entered")
	}
}
