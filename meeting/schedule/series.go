package schedule

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/teambition/rrule-go"

	"diemcau/meeting"
	"diemcau/meeting/calendar"
	"diemcau/meeting/plan"
)

// Series is a meeting that comes again by a rule of RFC 5545 section 3.3.10.
type Series struct {
	// First is the meeting of which the others are copies; it starts the rule.
	First plan.Plan `json:"first"`
	// Rule is an RRULE value: "FREQ=MONTHLY;BYDAY=1MO;COUNT=12".
	Rule string `json:"rule"`
	// Except are days on which it is left out (EXDATE).
	Except []calendar.Date `json:"except,omitempty"`
}

// most is how many meetings one call gives at most: a rule without an end must not
// fill the store.
const most = 400

// Occurrences are the meetings of the series that start in [from, to), at most
// 400. The first keeps its id; the others have the day added to it, so that making
// them again gives the same ids.
func (s Series) Occurrences(from, to time.Time) ([]plan.Plan, error) {
	if s.First.Start.IsZero() || !s.First.End.After(s.First.Start) {
		return nil, meeting.Refuse(meeting.CodeMissing, "start")
	}
	// Rules finer than a day make no meetings, only work for the processor.
	if up := strings.ToUpper(s.Rule); strings.Contains(up, "SECOND") || strings.Contains(up, "MINUTE") || strings.Contains(up, "HOUR") {
		return nil, meeting.Refuse(meeting.CodeInvalid, "rule").With(s.Rule)
	}
	opt, err := rrule.StrToROptionInLocation(s.Rule, calendar.Zone())
	if err != nil {
		return nil, meeting.Refuse(meeting.CodeInvalid, "rule").With(s.Rule)
	}
	opt.Dtstart = s.First.Start.In(calendar.Zone())
	if opt.Until.IsZero() || opt.Until.After(to) {
		opt.Until = to // a rule that never comes true must end all the same
	}
	rule, err := rrule.NewRRule(*opt)
	if err != nil {
		return nil, meeting.Refuse(meeting.CodeInvalid, "rule").With(s.Rule)
	}
	var list []plan.Plan
	next := rule.Iterator()
	for len(list) < most {
		at, ok := next()
		if !ok || !at.Before(to) {
			break
		}
		day := calendar.Of(at)
		if at.Before(from) || slices.Contains(s.Except, day) {
			continue
		}
		list = append(list, s.on(at, day))
	}
	return list, nil
}

// on is the copy of the first meeting that starts at the time.
func (s Series) on(at time.Time, day calendar.Date) plan.Plan {
	p := s.First.At(at)
	if !at.Equal(s.First.Start) {
		p.ID = meeting.ID(fmt.Sprintf("%s-%04d%02d%02d", p.ID, day.Year, int(day.Month), day.Day))
	}
	return p
}
