package desk

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/calendar"
	"diemcau/meeting/point"
	"diemcau/meeting/store"
)

// theMap is the id of the one map of points.
const theMap = "points"

// today is the day in Viet Nam.
func (o *Office) today() calendar.Date { return calendar.Of(o.now()) }

// points is the map of points with the number of its version.
func (o *Office) points(ctx context.Context) (point.Tree, int, error) {
	d, err := store.Get[point.Tree](ctx, o.store, store.Maps, "", theMap)
	if meeting.CodeOf(err) == meeting.CodeUnknown {
		return point.Tree{}, 0, nil
	}
	return d.Body, d.Number, err
}

// OnDay is an optional day in a query.
type OnDay struct {
	On string `query:"on" doc:"a day, 2026-12-30; today when left out"`
}

func (o *Office) day(text string) (calendar.Date, error) {
	if text == "" {
		return o.today(), nil
	}
	return calendar.Parse(text)
}

// PointHistory is everything that was, is or will be true of one point.
type PointHistory struct {
	ID meeting.PointID `json:"id"`
	// Now is what is true on the day; nothing when it does not exist that day.
	Now     *point.Record  `json:"now,omitempty"`
	History []point.Record `json:"history" nullable:"false"`
}

// ChangePoint is what becomes true of a point from a day on.
type ChangePoint struct {
	From    calendar.Date    `json:"from" doc:"the first day; not before today"`
	Name    string           `json:"name" minLength:"1" maxLength:"200"`
	Parent  meeting.PointID  `json:"parent,omitempty" maxLength:"64"`
	Kind    point.Kind       `json:"kind" enum:"tinh,so,xa,phuong,dac-khu,khac"`
	Unit    string           `json:"unit,omitempty" maxLength:"300"`
	Contact string           `json:"contact,omitempty" maxLength:"200"`
	Phone   string           `json:"phone,omitempty" maxLength:"64"`
	Line    int              `json:"line,omitempty" doc:"budget of the line in kbit/s"`
	Device  meeting.DeviceID `json:"device,omitempty" maxLength:"128"`
	Standby meeting.DeviceID `json:"standby,omitempty" maxLength:"128"`
}

func (c ChangePoint) record(id meeting.PointID) point.Record {
	return point.Record{ID: id, Parent: c.Parent, Name: c.Name, Kind: c.Kind, Unit: c.Unit, Contact: c.Contact, Phone: c.Phone,
		Line: c.Line, Device: c.Device, Standby: c.Standby, From: c.From}
}

// NewPoint is a point that is not yet on the map.
type NewPoint struct {
	ID meeting.PointID `json:"id" minLength:"1" maxLength:"64" pattern:"^[A-Za-z0-9._-]+$" example:"LG-X6"`
	ChangePoint
}

// MergePoints ends points on the day before and names the one they went into.
type MergePoints struct {
	IDs  []meeting.PointID `json:"ids" minItems:"1"`
	Into meeting.PointID   `json:"into"`
	From calendar.Date     `json:"from"`
}

// OfPoint names a point in a path.
type OfPoint struct {
	Point meeting.PointID `path:"point" maxLength:"64"`
}

func (o *Office) registerPoints(api huma.API) {
	keepers := account.Allow(meeting.Administrator)
	operation(o, api, http.MethodGet, "/api/points", "listPoints", "The map of points on a day", account.Known(), o.listPoints)
	operation(o, api, http.MethodPost, "/api/points", "addPoint", "A new point from a day on", keepers, o.addPoint)
	operation(o, api, http.MethodGet, "/api/points/{point}", "getPoint", "History of a point", account.Known(), o.getPoint)
	operation(o, api, http.MethodPut, "/api/points/{point}", "changePoint", "What is true of a point from a day on: name, place in the tree, contact", keepers, o.changePoint)
	operation(o, api, http.MethodPost, "/api/points/{point}/close", "closePoint", "End a point", keepers, o.closePoint)
	operation(o, api, http.MethodPost, "/api/points/merge", "mergePoints", "Merge points into another", keepers, o.mergePoints)
}

func (o *Office) listPoints(ctx context.Context, in *OnDay) (*tagged[point.Map], error) {
	day, err := o.day(in.On)
	if err != nil {
		return nil, err
	}
	tree, number, err := o.points(ctx)
	m := tree.At(day)
	if m.Points == nil {
		m.Points = []point.Record{}
	}
	return tag(number, m, err)
}

// grow changes the map and keeps the version before.
// from is the day from which on.
func (o *Office) grow(ctx context.Context, from calendar.Date, change func(point.Tree, calendar.Date, reach) (point.Tree, error)) (point.Tree, error) {
	o.growing.Lock()
	defer o.growing.Unlock()
	tree, number, err := o.points(ctx)
	if err != nil {
		return tree, err
	}
	r, err := o.reach(ctx, tree, []meeting.Right{meeting.Administrator}, from)
	if err != nil {
		return tree, err
	}
	grown, err := change(tree, o.today(), r)
	if err != nil {
		return tree, err
	}
	return grown, store.Put(ctx, o.store, store.Maps, document(ctx, o, "", theMap, number+1, grown))
}

func (o *Office) history(tree point.Tree, id meeting.PointID, day calendar.Date, err error) (*answer[PointHistory], error) {
	if err == nil && !tree.Knows(id) {
		err = meeting.Refuse(meeting.CodeUnknown, "point").With(string(id))
	}
	h := PointHistory{ID: id, History: tree.History(id)}
	if r, ok := tree.At(day).Point(id); ok {
		h.Now = &r
	}
	return give(h, err)
}

func (o *Office) getPoint(ctx context.Context, in *struct {
	OfPoint
	OnDay
}) (*answer[PointHistory], error) {
	day, err := o.day(in.On)
	if err != nil {
		return nil, err
	}
	tree, _, err := o.points(ctx)
	return o.history(tree, in.Point, day, err)
}

func (o *Office) addPoint(ctx context.Context, in *struct{ Body NewPoint }) (*answer[PointHistory], error) {
	tree, err := o.grow(ctx, in.Body.From, func(t point.Tree, today calendar.Date, r reach) (point.Tree, error) {
		if err := o.overNewPoint(ctx, r, t, in.Body); err != nil {
			return t, err
		}
		if len(t.Records) > 0 && in.Body.From.Before(today) {
			return t, meeting.Refuse(meeting.CodePast, "from").With(today.String())
		}
		return t.Add(in.Body.record(in.Body.ID), today)
	})
	if err != nil {
		return nil, err
	}
	return o.history(tree, in.Body.ID, in.Body.From, nil)
}

func (o *Office) changePoint(ctx context.Context, in *struct {
	OfPoint
	Body ChangePoint
}) (*answer[PointHistory], error) {
	tree, err := o.grow(ctx, in.Body.From, func(t point.Tree, today calendar.Date, r reach) (point.Tree, error) {
		if err := r.overPoint(t.At(in.Body.From), in.Point, in.Body.Parent); err != nil {
			return t, err
		}
		return t.Change(in.Point, in.Body.From, today, func(r *point.Record) { *r = in.Body.record(in.Point) })
	})
	if err != nil {
		return nil, err
	}
	return o.history(tree, in.Point, in.Body.From, nil)
}

func (o *Office) closePoint(ctx context.Context, in *struct {
	OfPoint
	Body struct {
		From calendar.Date `json:"from" doc:"the first day without the point"`
	}
}) (*answer[PointHistory], error) {
	tree, err := o.grow(ctx, in.Body.From, func(t point.Tree, today calendar.Date, r reach) (point.Tree, error) {
		if err := r.overEnd(t.At(in.Body.From), in.Point); err != nil {
			return t, err
		}
		return t.Close(in.Point, in.Body.From, today)
	})
	if err != nil {
		return nil, err
	}
	return give(PointHistory{ID: in.Point, History: append([]point.Record{}, tree.History(in.Point)...)}, nil)
}

func (o *Office) mergePoints(ctx context.Context, in *struct{ Body MergePoints }) (*answer[point.Map], error) {
	tree, err := o.grow(ctx, in.Body.From, func(t point.Tree, today calendar.Date, r reach) (point.Tree, error) {
		if err := errors.Join(r.over(meeting.UnitID(in.Body.Into)), r.overEnd(t.At(in.Body.From), in.Body.IDs...)); err != nil {
			return t, err
		}
		return t.Merge(in.Body.IDs, in.Body.Into, in.Body.From, today)
	})
	return give(tree.At(in.Body.From), err)
}
