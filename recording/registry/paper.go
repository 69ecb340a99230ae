package registry

import (
	"context"
	"strings"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/calendar"
	"diemcau/meeting/document"
	"diemcau/recording/lifetime"
)

type paperInput struct {
	ListPath
	File string `path:"file" enum:"record.docx,record.pdf"`
}

// paper is the list, or the record of what was erased, as people sign and file it.
func (r *Registry) paper(ctx context.Context, in *paperInput) (*document.File, error) {
	d, err := r.listFor(ctx, in.Disposal, lookers)
	if err != nil {
		return nil, err
	}
	paper := paperOf(d.Body)
	issue := document.Issue{Place: r.Place, Date: calendar.Of(paper.Proposed.At)}
	name := "danh-muc-de-nghi-huy"
	if paper.Done {
		name, issue.Date = "bien-ban-huy", calendar.Of(paper.Carried.At)
	}
	if paper.Host, err = r.hostOf(ctx, d.Body); err != nil {
		return nil, err
	}
	_, format, _ := strings.Cut(in.File, ".")
	return document.Draw(name, document.Format(format), document.DisposalRecord(paper, issue))
}

// hostOf is who held the first planned meeting of a list.
func (r *Registry) hostOf(ctx context.Context, d lifetime.Disposal) (string, error) {
	for _, i := range d.Items {
		now, err := r.Store.Standing(ctx, i.Meeting)
		if meeting.CodeOf(err) == meeting.CodeUnknown {
			continue // a room without a plan
		}
		return now.Plan.Host, err
	}
	return "…", nil
}

func paperOf(d lifetime.Disposal) document.Disposal {
	out := document.Disposal{
		ID: d.ID, Reason: d.Proposed.Reason, Proposed: stepOf(&d.Proposed), Decided: stepOf(d.Decided), Carried: stepOf(d.Carried),
		Refused: d.Stage == lifetime.Refused, Done: d.Stage == lifetime.Done,
	}
	out.Proposed.Reason, out.Proposed.Proved = "", time.Time{} // said above; proposing needs no proof
	for _, i := range d.Items {
		out.Items = append(out.Items, document.Disposed{
			ID: i.Recording, Title: i.Title, Begun: i.Begun, Length: time.Duration(i.Seconds * float64(time.Second)), Bytes: i.Bytes,
			Years: i.Kept.Years, Until: i.Until, Root: i.Root, Erased: i.Erased, Error: i.Error,
		})
	}
	return out
}

func stepOf(a *lifetime.Act) document.Step {
	if a == nil {
		return document.Step{}
	}
	name := a.Name
	if name == "" {
		name = string(a.By)
	}
	return document.Step{Name: name, At: a.At, Proved: a.Proved, Reason: a.Reason}
}
