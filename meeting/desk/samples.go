package desk

import (
	"context"
	"errors"
	"strings"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/invitation"
	"diemcau/meeting/plan"
	"diemcau/meeting/rehearsal"
	"diemcau/meeting/sample"
	"diemcau/meeting/schedule"
	"diemcau/meeting/store"
)

// LoadSamples fills an empty house with the sample data: points, units, people, a
// room, three meetings to come as seen from now, and what was prepared for them. What
// is there already stays as it is, whoever changed it, so that it may run at every
// start. The briefing is the meeting of the standing room: whoever is in the room at
// its time is in it.
func LoadSamples(ctx context.Context, s *store.Store, standing meeting.ID, now time.Time) error {
	tree, err := sample.Tree()
	if err != nil {
		return err
	}
	from := sample.Since()
	errs := []error{put(ctx, s, store.Maps, "", theMap, from, tree)}
	for _, u := range sampleUnits() {
		errs = append(errs, put(ctx, s, store.Units, "", string(u.ID), from, u))
	}
	for _, p := range sample.Cast() {
		errs = append(errs, put(ctx, s, store.People, "", string(p.ID), from, PersonEntry{ID: p.ID, Name: p.Name, Position: p.Position, Unit: sampleUnitOf(p), UnitName: p.Unit}))
	}
	errs = append(errs, put(ctx, s, store.Rooms, "", "hoi-truong", from, RoomEntry{ID: "hoi-truong", Name: "Hội trường UBND tỉnh", Point: "LG-00", Seats: 120}))
	for _, p := range sample.Upcoming(now) {
		if p.Type == plan.Briefing {
			p.ID = standing
		}
		errs = append(errs, announceSample(ctx, s, p))
		if p.Type == plan.YearEnd {
			errs = append(errs, preparedYearEnd(ctx, s, p))
		}
	}
	return errors.Join(errs...)
}

func sampleUnits() []Unit {
	return []Unit{
		{ID: "LG-00", Name: "UBND tỉnh Lam Giang", Symbol: "UBND"},
		{ID: "VP", Parent: "LG-00", Name: "Văn phòng UBND tỉnh", Symbol: "VP"},
		{ID: "PTDS", Parent: "LG-00", Name: "Ban Chỉ huy Phòng thủ dân sự tỉnh", Symbol: "PTDS"},
		{ID: "LG-S1", Parent: "LG-00", Name: "Sở KH&CN", Symbol: "SKHCN"},
		{ID: "LG-S2", Parent: "LG-00", Name: "Sở NN&MT", Symbol: "SNNMT"},
		{ID: "LG-S3", Parent: "LG-00", Name: "Sở Nội vụ", Symbol: "SNV"},
	}
}

// sampleUnitOf is the unit that a person of the samples belongs to: the one of that name,
// or the point that he leads.
func sampleUnitOf(p meeting.Person) meeting.UnitID {
	for _, u := range sampleUnits() {
		if u.Name == p.Unit {
			return u.ID
		}
	}
	for _, x := range sample.YearEnd().Points {
		if x.Leader.ID == p.ID {
			return meeting.UnitID(x.ID)
		}
	}
	return ""
}

// put adds the first version of something unless there is one.
func put[T any](ctx context.Context, s *store.Store, to store.Shelf, owner meeting.ID, id string, at time.Time, body T) error {
	err := store.Put(ctx, s, to, store.Document[T]{Owner: owner, ID: id, Number: 1, By: "nhap", At: at, Body: body})
	if meeting.CodeOf(err) == store.CodeStale {
		return nil
	}
	return err
}

// announceSample publishes a meeting a week before it is held; the urgent one when
// it was called.
func announceSample(ctx context.Context, s *store.Store, p plan.Plan) error {
	if _, err := s.Standing(ctx, p.ID); meeting.CodeOf(err) != meeting.CodeUnknown {
		return err
	}
	at, why := p.Start.AddDate(0, 0, -7), ""
	if p.Type == plan.Urgent {
		at, why = p.Start.Add(-105*time.Minute), "Họp khẩn ứng phó bão"
	}
	e, err := schedule.Entry{}.Publish(p, p.People.Secretary.ID, at)
	if err != nil {
		return err
	}
	e.Versions[0].Change.Text = why
	return s.SaveVersion(ctx, e)
}

// preparedYearEnd is the test run of the year-end conference with the point that
// failed and was repaired, and a substitute who was agreed to.
func preparedYearEnd(ctx context.Context, s *store.Store, p plan.Plan) error {
	run := p.Start.AddDate(0, 0, -1).Add(6 * time.Hour)
	by := sample.Cast()["kiemthu"]
	errs := []error{put(ctx, s, store.Rehearsals, p.ID, "chay-thu", run, Rehearsal{ID: "chay-thu", Start: run, End: run.Add(2 * time.Hour), By: by.ID})}
	all := rehearsal.Checks{Picture: rehearsal.Pass, Mic: rehearsal.Pass, Speaker: rehearsal.Pass, Content: rehearsal.Pass, Line: rehearsal.Pass}
	sheet := func(id meeting.PointID, try string, at time.Time, c rehearsal.Checks, note string) {
		errs = append(errs, put(ctx, s, store.Sheets, p.ID, strings.ToLower(string(id))+try, at, rehearsal.Sheet{Point: id, Checks: c, Note: note, By: by, At: at}))
	}
	for _, x := range p.Points {
		if x.ID == "LG-X4" {
			bad := all
			bad.Speaker = rehearsal.Fail
			sheet(x.ID, "-1", run.Add(20*time.Minute), bad, "Loa không có tiếng")
			sheet(x.ID, "-2", run.Add(70*time.Minute), all, "Đã thay dây loa")
			continue
		}
		sheet(x.ID, "-1", run.Add(15*time.Minute), all, "")
	}
	leader, _ := p.Point("LG-X5")
	reply := invitation.Reply{
		Point: "LG-X5", Answer: invitation.Sends, Reason: "Đi công tác", For: leader.Leader, By: p.People.Chair.ID, Consent: invitation.Approved,
		Substitute: meeting.Person{Name: "Người dự thay (minh họa)", Position: "Phó Chủ tịch", Unit: leader.Name}, At: p.Start.AddDate(0, 0, -3),
	}
	return errors.Join(append(errs, put(ctx, s, store.Replies, p.ID, "LG-X5", reply.At, reply))...)
}
