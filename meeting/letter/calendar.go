package letter

import (
	"fmt"
	"net/mail"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"diemcau/meeting/calendar"
	"diemcau/meeting/plan"
	"diemcau/meeting/schedule"
)

// zone names the time zone of Viet Nam in calendar files.
const zone = "Asia/Ho_Chi_Minh"

// Envelope says between whom a calendar file goes. Both may be empty: a file that
// is only fetched invites nobody by name.
type Envelope struct {
	From mail.Address
	To   mail.Address
}

// Calendar is the newest version of a meeting as an iCalendar message (RFC 5546):
// REQUEST for one that is held, first or changed, CANCEL for one that is put off or
// called off. The number of the version is its SEQUENCE, so that no older file takes
// the place of a newer one.
func Calendar(v schedule.Version, e Envelope) []byte {
	method := method(v.State)
	c := file(method)
	event(c, v, e, method, v.Plan)
	return []byte(c.Serialize())
}

// Series is a meeting that comes again as one event with its rule. The version is
// that of its first meeting.
func Series(v schedule.Version, s schedule.Series, e Envelope) []byte {
	method := method(v.State)
	c := file(method)
	x := event(c, v, e, method, s.First)
	x.AddRrule(strings.TrimPrefix(s.Rule, "RRULE:"))
	start := s.First.Start.In(calendar.Zone())
	for _, d := range s.Except {
		x.AddExdate(local(d.At(start.Hour(), start.Minute())), ics.WithTZID(zone))
	}
	return []byte(c.Serialize())
}

func method(s schedule.State) ics.Method {
	if s == schedule.Cancelled || s == schedule.Postponed {
		return ics.MethodCancel
	}
	return ics.MethodRequest
}

// file is a calendar with the time zone and no event.
func file(m ics.Method) *ics.Calendar {
	c := ics.NewCalendarFor("diemcau")
	c.SetMethod(m)
	c.SetCalscale("GREGORIAN")
	standard := c.AddTimezone(zone).AddStandard()
	// The offset has been +07 since 13 June 1975 (time zone database).
	standard.SetProperty(ics.ComponentPropertyDtStart, "19750613T000000")
	standard.SetProperty("TZOFFSETFROM", "+0700")
	standard.SetProperty("TZOFFSETTO", "+0700")
	standard.SetProperty("TZNAME", "+07")
	return c
}

// local is a time as clocks in Viet Nam show it, without its zone.
func local(t time.Time) string { return t.In(calendar.Zone()).Format("20060102T150405") }

func event(c *ics.Calendar, v schedule.Version, e Envelope, m ics.Method, p plan.Plan) *ics.VEvent {
	x := c.AddEvent(UID(p))
	x.SetSequence(v.Number - 1)
	x.SetDtStampTime(v.Change.At)
	x.SetProperty(ics.ComponentPropertyDtStart, local(p.Start), ics.WithTZID(zone))
	x.SetProperty(ics.ComponentPropertyDtEnd, local(p.End), ics.WithTZID(zone))
	x.SetSummary(p.Title)
	x.SetLocation(place(p))
	x.SetDescription(describe(p))
	x.SetStatus(ics.ObjectStatusConfirmed)
	if m == ics.MethodCancel {
		x.SetStatus(ics.ObjectStatusCancelled)
	}
	if e.From.Address != "" {
		x.SetOrganizer("mailto:"+e.From.Address, named(e.From)...)
	}
	if e.To.Address != "" {
		x.AddAttendee("mailto:"+e.To.Address, append(named(e.To), ics.ParticipationRoleReqParticipant, ics.ParticipationStatusNeedsAction, ics.WithRSVP(true))...)
	}
	return x
}

// named is the parameter with a name. Values of parameters know no double quotes
// and no ends of lines (RFC 5545 section 3.2).
func named(a mail.Address) []ics.PropertyParameter {
	if a.Name == "" {
		return nil
	}
	return []ics.PropertyParameter{ics.WithCN(strings.Join(strings.Fields(strings.ReplaceAll(a.Name, `"`, "'")), " "))}
}

// UID names the meeting in calendars, the same in all versions.
func UID(p plan.Plan) string { return string(p.ID) + "@diemcau" }

func place(p plan.Plan) string {
	main := p.Place
	if main == "" {
		main = p.Name(p.Main)
	}
	return fmt.Sprintf("%s (điểm cầu chính); trực tuyến tới %d điểm cầu", main, len(p.Points)-1)
}

func describe(p plan.Plan) string {
	lines := []string{"Cơ quan chủ trì: " + p.Host, "Chủ trì: " + p.People.Chair.Name}
	for i, it := range p.Agenda {
		at := ""
		if !it.Start.IsZero() {
			at = it.Start.In(calendar.Zone()).Format("15.04") + " "
		}
		lines = append(lines, fmt.Sprintf("%d. %s%s", i+1, at, it.Title))
	}
	return strings.Join(lines, "\n")
}
