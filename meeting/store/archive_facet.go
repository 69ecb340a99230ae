package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/calendar"
)

// RecordingState is how a recording stands.
type RecordingState string

// The states; a recording is in one of them, and a redacted version in Redacted too.
const (
	SealedRecording  RecordingState = "sealed"
	RunningRecording RecordingState = "running"
	FlawedRecording  RecordingState = "flawed"
	RedactedVersion  RecordingState = "redacted"
)

// conditionOf is a state as SQL; "" for none that there is.
func conditionOf(s RecordingState) string {
	switch s {
	case SealedRecording:
		return " AND r.flawed = 0 AND r.sealed = 1"
	case RunningRecording:
		return " AND r.flawed = 0 AND r.sealed = 0"
	case FlawedRecording:
		return " AND r.flawed = 1"
	case RedactedVersion:
		return " AND r.origin <> ''"
	}
	return ""
}

// Count is how many recordings have something in common.
type Count struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

// Facets are how many recordings each further choice of a filter would leave, the other
// filters being as they are.
type Facets struct {
	Units  []Count `json:"units" nullable:"false" doc:"most first"`
	Months []Count `json:"months" nullable:"false" doc:"2026-11 and the like, in which they began, latest first"`
	States []Count `json:"states" nullable:"false" doc:"sealed, running, flawed; redacted besides"`
}

// faceted is a row that is counted.
type faceted struct {
	id     string
	of     meeting.ID
	unit   string
	begun  time.Time
	states []RecordingState
}

// FacetsOf counts what one may see. The words of a search do not matter to it.
func (s *Store) FacetsOf(ctx context.Context, q RecordingQuery, may func(recording string, of meeting.ID) (bool, error)) (Facets, error) {
	f := &finder{store: s, q: RecordingQuery{Meeting: q.Meeting, Point: q.Point, Speaker: q.Speaker}, may: may}
	if err := f.narrow(ctx); err != nil {
		return Facets{}, err
	}
	units, months, states := map[string]int{}, map[string]int{}, map[string]int{}
	err := f.faceted(ctx, func(r faceted) {
		unit := q.Unit == "" || string(q.Unit) == r.unit
		begun := (q.From.IsZero() || !r.begun.Before(q.From)) && (q.To.IsZero() || r.begun.Before(q.To))
		state := q.State == "" || slices.Contains(r.states, q.State)
		if begun && state && r.unit != "" {
			units[r.unit]++
		}
		if unit && state {
			months[r.begun.In(calendar.Zone()).Format("2006-01")]++
		}
		if unit && begun {
			for _, is := range r.states {
				states[string(is)]++
			}
		}
	})
	counted := func(of map[string]int, order func(a, b Count) int) []Count {
		all := make([]Count, 0, len(of))
		for value, n := range of {
			all = append(all, Count{value, n})
		}
		slices.SortFunc(all, order)
		return all
	}
	most := func(a, b Count) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value)) }
	return Facets{
		Units: counted(units, most), Months: counted(months, func(a, b Count) int { return cmp.Compare(b.Value, a.Value) }), States: counted(states, most),
	}, err
}

// faceted gives the recordings that one may see, whatever the filters that have facets
// say. It asks who may see what when it has read all: that reads, too, and the rows would
// hold their connection meanwhile.
func (f *finder) faceted(ctx context.Context, each func(faceted)) error {
	all, err := f.counted(ctx)
	if err != nil {
		return err
	}
	for _, r := range all {
		ok, err := f.may(r.id, r.of)
		if err != nil {
			return err
		}
		if ok {
			each(r)
		}
	}
	return nil
}

// counted reads the recordings that may count.
func (f *finder) counted(ctx context.Context) (all []faceted, err error) {
	filter, args := f.conditions(nil)
	rows, err := f.rows(ctx, `SELECT r.id, r.meeting, r.unit, r.begun, r.sealed, r.flawed, r.origin FROM recordings r WHERE r.gone = 0`+filter, args)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var begun, origin string
		var r faceted
		var sealed, flawed int
		if err := rows.Scan(&r.id, &r.of, &r.unit, &begun, &sealed, &flawed, &origin); err != nil {
			return nil, err
		}
		if f.only != nil && !f.only[r.id] {
			continue
		}
		if r.begun, err = time.Parse(layout, begun); err != nil {
			return nil, fmt.Errorf("store: recording %s: %w", r.id, err)
		}
		switch {
		case flawed != 0:
			r.states = append(r.states, FlawedRecording)
		case sealed != 0:
			r.states = append(r.states, SealedRecording)
		default:
			r.states = append(r.states, RunningRecording)
		}
		if origin != "" {
			r.states = append(r.states, RedactedVersion)
		}
		all = append(all, r)
	}
	return all, rows.Err()
}
