package dossier_test

import (
	"testing"
	"time"

	"diemcau/cmd/diemcau/dossier"
	"diemcau/meeting"
	"diemcau/meeting/conduct"
	"diemcau/meeting/minutes"
	"diemcau/meeting/store"
	"diemcau/recording/keeper"
)

func anyRecording(string) (bool, error) { return true, nil }

// catalogued tells the database of recordings of the meeting: the one that was made,
// one that is gone, and one that began an hour later.
func (h *held) catalogued() (later string) {
	h.t.Helper()
	add := func(id string, begun time.Time, length int64) {
		h.must(h.store.SaveRecording(h.t.Context(), store.Recording{
			ID: id, Meeting: meeting.ID(h.item.About.Meeting), Title: "Giao ban", Begun: begun, Length: length, Sealed: true, Stamp: "1",
		}, nil))
	}
	begun := h.item.About.Epoch
	add("disposed-of", begun, 20*60_000)
	h.must(h.store.GoneRecording(h.t.Context(), "disposed-of"))
	add(h.item.About.ID, begun, 20*60_000)
	add("later", begun.Add(20*time.Minute), 3*3_600_000)
	h.must(store.Put(h.t.Context(), h.store, store.Custodies, store.Document[keeper.Custody]{
		ID: h.item.About.ID, Number: 1, At: begun, Body: keeper.Custody{Recording: h.item.About.ID, Root: "ab", Checked: begun.AddDate(0, 0, 1), Sound: true, Copied: begun.AddDate(0, 0, 1)},
	}))
	return "later"
}

func TestARC03_TheFileOfAMeetingIsOneViewAndEachLineKnowsItsSecond(t *testing.T) {
	t.Parallel()
	h := hold(t)
	later := h.catalogued()
	_, log, err := h.store.Load(t.Context(), meeting.ID(h.item.About.Meeting))
	h.must(err)
	l, err := conduct.Replay(h.opening(), log)
	h.must(err)
	m, err := minutes.Draft(l.Opening(), log)
	h.must(err)
	h.must(store.Put(t.Context(), h.store, store.Minutes, store.Document[minutes.Version]{Owner: l.Plan().ID, ID: "1", Number: 1, At: time.Now(), Body: minutes.Begin(m)}))

	v, err := dossier.Look(t.Context(), dossier.Source{Store: h.store}, h.item, anyRecording)
	h.must(err)
	if !v.Conducted || v.Title != l.Plan().Title || v.Chair != l.Plan().People.Chair.Name || v.Minutes == nil || v.Minutes.Stage != minutes.Drafted || v.Log != len(log) {
		t.Errorf("%+v", v)
	}
	if len(v.Papers) != 2 || v.Papers[1].Recalled.IsZero() || len(v.Attendance) != len(l.Plan().Points) || v.Attendance[0].Joined == nil {
		t.Errorf("papers %+v, attendance %+v", v.Papers, v.Attendance)
	}
	if len(v.Parts) != 3 || v.Parts[0].ID != h.item.About.ID || !v.Parts[0].Sound || v.Parts[0].Copies != 1 || !v.Parts[1].Gone {
		t.Errorf("recordings %+v", v.Parts)
	}
	// The vote was opened behind the end of the first recording: its second is in the next one.
	opened := l.State().Votes[0].Opened
	if q := v.Votes; len(q) != 1 || q[0].Place == nil || q[0].Place.Recording != later || q[0].Place.At != opened.Sub(h.item.About.Epoch.Add(20*time.Minute)).Milliseconds() {
		t.Errorf("votes %+v", q)
	}
	lines, all, err := dossier.Log(t.Context(), dossier.Source{Store: h.store}, h.item, 1, anyRecording)
	h.must(err)
	if all != len(log) || len(lines) != len(log)-1 || lines[0].Number != 2 || lines[0].About == "" || lines[0].Place == nil {
		t.Errorf("%d lines of %d: %+v", len(lines), all, lines[:1])
	}
}

func TestSEC02_RecordingsThatOneMayNotSeeAreNotInTheFile(t *testing.T) {
	t.Parallel()
	h := hold(t)
	h.catalogued()
	v, err := dossier.Look(t.Context(), dossier.Source{Store: h.store}, h.item, func(id string) (bool, error) { return id == h.item.About.ID, nil })
	h.must(err)
	if len(v.Parts) != 1 || len(v.Votes) != 1 || v.Votes[0].Place != nil {
		t.Errorf("%+v %+v", v.Parts, v.Votes)
	}
}
