package desk

import (
	"context"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/calendar"
	"diemcau/meeting/schedule"
)

// NewSeries is a rule by which a meeting comes again.
type NewSeries struct {
	Rule   string          `json:"rule" minLength:"1" maxLength:"500" example:"FREQ=MONTHLY;BYDAY=1MO;COUNT=12"`
	Except []calendar.Date `json:"except,omitempty" doc:"days on which it is left out"`
	Until  time.Time       `json:"until" doc:"no meeting starts at or after it"`
	// Preview makes nothing and shows what would be made.
	Preview bool `json:"preview,omitempty"`
}

// SeriesView are the meetings of a series, the first among them.
type SeriesView struct {
	Items []SeriesItem `json:"items" nullable:"false"`
}

// SeriesItem is one meeting of a series.
type SeriesItem struct {
	ID        meeting.ID     `json:"id"`
	Start     time.Time      `json:"start"`
	End       time.Time      `json:"end"`
	Made      bool           `json:"made" doc:"there is a meeting with this id"`
	Conflicts []ConflictView `json:"conflicts" nullable:"false"`
}

func (o *Office) makeSeries(ctx context.Context, in *struct {
	OfMeeting
	Body NewSeries
}) (*answer[SeriesView], error) {
	now, m, err := o.seen(ctx, in.Meeting)
	if err != nil {
		return nil, err
	}
	if !m.Edit {
		return nil, meeting.Refuse(meeting.CodeNoRight, "").With(string(meeting.Secretary))
	}
	s := schedule.Series{First: now.Plan.WithoutPapers(), Rule: in.Body.Rule, Except: in.Body.Except}
	plans, err := s.Occurrences(now.Plan.Start, in.Body.Until)
	if err != nil {
		return nil, err
	}
	view := SeriesView{Items: []SeriesItem{}}
	for _, p := range plans {
		item := SeriesItem{ID: p.ID, Start: p.Start, End: p.End}
		if item.Conflicts, err = o.conflicts(ctx, p); err != nil {
			return nil, err
		}
		_, err := o.store.Standing(ctx, p.ID)
		switch {
		case err == nil:
			item.Made = true
		case meeting.CodeOf(err) != meeting.CodeUnknown:
			return nil, err
		case !in.Body.Preview:
			if err := o.store.SaveDraft(ctx, p, 0, who(ctx).Person, o.now()); err != nil {
				return nil, err
			}
			item.Made = true
		}
		view.Items = append(view.Items, item)
	}
	return give(view, nil)
}
