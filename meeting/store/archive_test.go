package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"diemcau/meeting"
	"diemcau/meeting/store"
)

// keep puts a recording into the catalogue.
func keep(t *testing.T, s *store.Store, unit meeting.UnitID, begun time.Time, passages ...store.Passage) string {
	t.Helper()
	id := uuid.NewString()
	r := store.Recording{ID: id, Meeting: meeting.ID("m-" + id), Title: "Giao ban", Unit: unit, Begun: begun, Sealed: true, Stamp: "1"}
	if err := s.SaveRecording(t.Context(), r, passages); err != nil {
		t.Fatal(err)
	}
	return id
}

func everybody(string, meeting.ID) (bool, error) { return true, nil }

func found(t *testing.T, s *store.Store, q store.RecordingQuery, may func(string, meeting.ID) (bool, error)) (ids []string, hits [][]int64) {
	t.Helper()
	if q.Limit == 0 {
		q.Limit = 10
	}
	all, err := s.FindRecordings(t.Context(), q, may)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		ids = append(ids, r.ID)
		var at []int64
		for _, h := range r.Hits {
			at = append(at, h.At)
		}
		hits = append(hits, at)
	}
	return ids, hits
}

func TestARC08_AnItemIsFoundAtItsSecondWithOrWithoutMarks(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, address string) {
		s := open(t, address)
		unit := meeting.UnitID(uuid.NewString()) // the database may have others' recordings
		day := time.Date(2026, 11, 3, 8, 0, 0, 0, time.UTC)
		first := keep(t, s, unit, day,
			store.Passage{Kind: store.TitlePassage, Said: "Giao ban tháng 11"},
			store.Passage{At: 61_000, Kind: store.ItemPassage, Said: "Giải ngân vốn đầu tư công"},
			store.Passage{At: 62_000, Kind: store.SpeakerPassage, Ref: "LG-X1", Said: "Hoàng Văn Giả Định Xã Tân Dụ"},
			store.Passage{At: 90_000, Kind: store.MinutesPassage, Said: "đề nghị bổ sung vốn đối ứng; công tác giải tỏa, ngân sách đầu năm, vốn, tư nhân"})
		second := keep(t, s, unit, day.AddDate(0, 0, 1),
			store.Passage{Kind: store.PointPassage, Ref: "LG-X9", Said: "Xã Đồng Thử"},
			store.Passage{At: 5_000, Kind: store.ItemPassage, Said: "Dâu tằm tơ"})
		q := func(text string) store.RecordingQuery { return store.RecordingQuery{Text: text, Unit: unit} }
		for text, want := range map[string][]string{
			"giai ngan von dau tu cong": {first}, "GIẢI NGÂN": {first}, "đầu tư": {first}, "dau t": {second, first}, "dâu": {second}, "dau": {second, first},
			"hoang van gia dinh": {first}, "dong thu": {second}, "khong co": nil, "đ": nil, "'": nil, `" OR *`: nil, "a' & b": nil, "": {second, first},
		} {
			if ids, _ := found(t, s, q(text), everybody); !cmp.Equal(ids, want) {
				t.Errorf("%q finds %d, want %d: %v %v", text, len(ids), len(want), ids, want)
			}
		}
		if _, hits := found(t, s, q("giai ngan von dau tu"), everybody); len(hits) != 1 || hits[0][0] != 61_000 {
			t.Errorf("the item's second is not first: %v", hits)
		}
		for name, c := range map[string]struct {
			q    store.RecordingQuery
			want []string
		}{
			"from":    {store.RecordingQuery{Unit: unit, From: day.Add(time.Hour)}, []string{second}},
			"to":      {store.RecordingQuery{Unit: unit, To: day.Add(time.Hour)}, []string{first}},
			"point":   {store.RecordingQuery{Unit: unit, Point: "LG-X9"}, []string{second}},
			"speaker": {store.RecordingQuery{Unit: unit, Speaker: "gia dinh"}, []string{first}},
			"unit":    {store.RecordingQuery{Unit: "no such unit"}, nil},
			"limit":   {store.RecordingQuery{Unit: unit, Limit: 1}, []string{second}},
		} {
			if ids, _ := found(t, s, c.q, everybody); !cmp.Equal(ids, c.want) {
				t.Errorf("%s: %v", name, ids)
			}
		}
		onlyFirst := func(id string, _ meeting.ID) (bool, error) { return id == first, nil }
		if ids, _ := found(t, s, q("dau"), onlyFirst); !cmp.Equal(ids, []string{first}) {
			t.Errorf("what may not be seen is found: %v", ids)
		}
		if err := s.GoneRecording(t.Context(), first); err != nil {
			t.Fatal(err)
		}
		if ids, _ := found(t, s, q("giai ngan"), everybody); len(ids) != 0 {
			t.Errorf("a recording that is gone is found")
		}
	})
}

func TestARC08_WordsAreFoundHoweverTheyAreTyped(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, address string) {
		s := open(t, address)
		unit := meeting.UnitID(uuid.NewString())
		day := time.Date(2026, 11, 3, 8, 0, 0, 0, time.UTC)
		id := keep(t, s, unit, day,
			store.Passage{At: 1000, Kind: store.MinutesPassage, Said: "Nghị quyết về Đồng bằng; sức khoẻ, thuỷ lợi, quý IV"},
			store.Passage{At: 2000, Kind: store.ChatPassage, Said: "xin gửi phụ lục"},
			store.Passage{At: 3000, Kind: store.SpokenPassage, Said: "thưa các đồng chí"})
		// Another one of the same second: the numbers of their passages must not meet.
		other := keep(t, s, unit, day, store.Passage{At: 9000, Kind: store.MinutesPassage, Said: "đê điều"})
		long := strings.Repeat("đồng bằng ", 1000)
		for text, want := range map[string]string{
			"dong": id, "đồng": id, "Dong bang": id, "đo\u0302\u0300ng ba\u0306\u0300ng": id, "đông": "", "dông": "", "khoẻ": id, "khỏe": id, "thủy": id, "thuỷ l": id, "quý": id,
			"phu luc": id, "dong chi": id, "đê": other, "de dieu": other, "đi": other, "nghi q": id, "n": "", "iv": id, long: id, long + "x": id,
			"?!": "", "NOT": "", "a OR b": "", "ʘ": "",
		} {
			ids, _ := found(t, s, store.RecordingQuery{Text: text, Unit: unit}, everybody)
			if got := strings.Join(ids, " "); got != want {
				t.Errorf("%.40q finds %q, want %q", text, got, want)
			}
		}
	})
}

func TestARC08_WhatCountsMoreComesFirstEvenWhenItIsOlder(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, address string) {
		s := open(t, address)
		unit := meeting.UnitID(uuid.NewString())
		day := time.Date(2026, 11, 3, 8, 0, 0, 0, time.UTC)
		said := keep(t, s, unit, day.AddDate(0, 1, 0), store.Passage{At: 1, Kind: store.MinutesPassage, Said: "nhắc đến chuyển đổi số"})
		spoken := keep(t, s, unit, day.AddDate(0, 2, 0), store.Passage{At: 1, Kind: store.SpokenPassage, Said: "chuyển đổi số"})
		item := keep(t, s, unit, day, store.Passage{At: 60_000, Kind: store.ItemPassage, Said: "Chuyển đổi số"}, store.Passage{At: 90_000, Kind: store.MinutesPassage, Said: "số liệu chuyển đổi"})
		ids, hits := found(t, s, store.RecordingQuery{Text: "chuyen doi so", Unit: unit}, everybody)
		if !cmp.Equal(ids, []string{item, said, spoken}) || hits[0][0] != 60_000 {
			t.Errorf("%v %v", ids, hits)
		}
		// A day narrows, and what nobody may see makes room for others.
		ids, _ = found(t, s, store.RecordingQuery{Text: "chuyen doi so", Unit: unit, From: day.Add(time.Hour), To: day.AddDate(0, 1, 1)}, everybody)
		if !cmp.Equal(ids, []string{said}) {
			t.Errorf("of a month: %v", ids)
		}
	})
}

func TestSEC06_ViewingsAreKeptInOrder(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, address string) {
		s := open(t, address)
		id := uuid.NewString()
		at := time.Date(2026, 11, 3, 8, 0, 0, 0, time.UTC)
		for i, what := range []string{"open", "track", "refused"} {
			v := store.Viewing{Recording: id, Person: "p", Name: fmt.Sprint("Người ", i), At: at.Add(time.Duration(i) * time.Second), What: what}
			if err := s.NoteViewing(t.Context(), v); err != nil {
				t.Fatal(err)
			}
		}
		all, err := s.Viewings(t.Context(), id)
		if err != nil || len(all) != 3 || all[0].What != "refused" || all[2].What != "open" {
			t.Errorf("%+v, %v", all, err)
		}
	})
}

func TestARC04_WhatWasCutOutOfOneRecordingIsForgottenOfTheOthersAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, address string) {
		s := open(t, address)
		of, unit := meeting.ID(uuid.NewString()), meeting.UnitID(uuid.NewString())
		day := time.Date(2026, 11, 3, 8, 0, 0, 0, time.UTC)
		add := func(origin string, after time.Duration) (id string) {
			id = uuid.NewString()
			r := store.Recording{ID: id, Meeting: of, Unit: unit, Title: "Giao ban", Begun: day.Add(after), Sealed: true, Origin: origin, Stamp: "1"}
			if err := s.SaveRecording(t.Context(), r, []store.Passage{{Kind: store.ChatPassage, Said: "điều kín đáo"}}); err != nil {
				t.Fatal(err)
			}
			return id
		}
		first := add("", 0)
		version, second := add(first, time.Minute), add("", time.Hour)
		all := []store.Silence{{Original: first, Version: version, From: day.Add(time.Second), To: day.Add(2 * time.Second)}}
		for range 2 { // the second time it is known
			if err := s.SaveSilences(t.Context(), of, all); err != nil {
				t.Fatal(err)
			}
			ids, _ := found(t, s, store.RecordingQuery{Text: "kin dao", Unit: unit}, everybody)
			if diff := cmp.Diff([]string{version, first}, ids); diff != "" {
				t.Error(diff)
			}
		}
		kept, err := s.SilencesOf(t.Context(), of)
		if diff := cmp.Diff(all, kept); diff != "" || err != nil {
			t.Error(diff, err)
		}
		counts, err := s.SilenceCounts(t.Context())
		known, moreErr := s.KnownRecordings(t.Context())
		if counts[of] != 1 || known[second].Stamp != "" || known[first].Stamp != "1" || err != nil || moreErr != nil {
			t.Errorf("%d %+v %v %v", counts[of], known[second], err, moreErr)
		}
	})
}

func TestARC04_ACutIsKeptWithWhoMayWatchOrNotAtAll(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, address string) {
		s := open(t, address)
		of, first, version := meeting.ID(uuid.NewString()), uuid.NewString(), uuid.NewString()
		day := time.Date(2026, 11, 3, 8, 0, 0, 0, time.UTC)
		cut := []store.Silence{{Original: first, Version: version, From: day, To: day.Add(time.Second)}}
		access := func(id string, number int, level store.AccessLevel) store.Document[store.Access] {
			return store.Document[store.Access]{ID: id, Number: number, By: "luu", At: day, Body: store.Access{Level: level}}
		}
		// Somebody else has changed who may watch the original meanwhile.
		err := s.SaveCut(t.Context(), of, cut, []store.Document[store.Access]{access(version, 1, store.OfficeLevel), access(first, 2, store.ClosedLevel)})
		kept, moreErr := s.SilencesOf(t.Context(), of)
		_, changes, lastErr := s.AccessOf(t.Context(), version)
		if meeting.CodeOf(err) != store.CodeStale || len(kept) != 0 || changes != 0 || moreErr != nil || lastErr != nil {
			t.Errorf("%v: %+v is kept, and %d changes; %v %v", err, kept, changes, moreErr, lastErr)
		}
		err = s.SaveCut(t.Context(), of, cut, []store.Document[store.Access]{access(version, 1, store.OfficeLevel), access(first, 1, store.ClosedLevel)})
		kept, moreErr = s.SilencesOf(t.Context(), of)
		closed, changes, lastErr := s.AccessOf(t.Context(), first)
		if diff := cmp.Diff(cut, kept); diff != "" || closed.Level != store.ClosedLevel || changes != 1 || errors.Join(err, moreErr, lastErr) != nil {
			t.Errorf("%s%+v %d %v %v %v", diff, closed, changes, err, moreErr, lastErr)
		}
	})
}

func TestARC04_AClosingForACutIsNoDecisionOfAPersonWhicheverReleaseKeptIt(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, address string) {
		s := open(t, address)
		of, first := meeting.ID(uuid.NewString()), uuid.NewString()
		day := time.Date(2026, 11, 3, 8, 0, 0, 0, time.UTC)
		if err := s.SaveAccess(t.Context(), first, 0, "luu", day, store.Access{Level: store.MeetingLevel, Reason: "công khai"}); err != nil {
			t.Fatal(err)
		}
		before := func(want store.AccessLevel) {
			t.Helper()
			if a, err := s.AccessBeforeCuts(t.Context(), first); err != nil || a.Level != want {
				t.Errorf("%+v %v, want %s", a, err, want)
			}
		}
		for i, closedFor := range []string{"", "a version"} { // by an earlier release, and by this one
			access := func(id string, number int, level store.AccessLevel) store.Document[store.Access] {
				return store.Document[store.Access]{ID: id, Number: number, By: "luu", At: day.Add(time.Duration(i+1) * time.Minute), Body: store.Access{Level: level, Reason: "bí mật"}}
			}
			closing := access(first, i+2, store.ClosedLevel)
			closing.Body.ClosedFor = closedFor
			if err := s.SaveCut(t.Context(), of, nil, []store.Document[store.Access]{access(uuid.NewString(), 1, store.MeetingLevel), closing}); err != nil {
				t.Fatal(err)
			}
			before(store.MeetingLevel)
		}
		if err := s.SaveAccess(t.Context(), first, 3, "luu", day.Add(time.Hour), store.Access{Level: store.ClosedLevel, Reason: "bí mật"}); err != nil {
			t.Fatal(err)
		}
		before(store.ClosedLevel)
	})
}

func TestARC08_EachChoiceOfAFilterTellsHowManyRecordingsItWouldLeave(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, address string) {
		s := open(t, address)
		of, a, b := meeting.ID(uuid.NewString()), meeting.UnitID("a-"+uuid.NewString()), meeting.UnitID("b-"+uuid.NewString())
		// Half past eleven at night on 31 October in Viet Nam, and an hour later.
		october := time.Date(2026, 10, 31, 16, 30, 0, 0, time.UTC)
		for i, r := range []store.Recording{
			{Unit: a, Begun: october, Sealed: true}, {Unit: a, Begun: october.Add(time.Hour), Sealed: true, Origin: "x"},
			{Unit: a, Begun: october.Add(2 * time.Hour)}, {Unit: b, Begun: october.Add(3 * time.Hour), Sealed: true, Flawed: true}, {Unit: b, Begun: october, Sealed: true},
		} {
			r.ID, r.Meeting, r.Stamp = fmt.Sprint("facet-", i, "-", of), of, "1"
			if err := s.SaveRecording(t.Context(), r, nil); err != nil {
				t.Fatal(err)
			}
		}
		unseen := fmt.Sprint("facet-4-", of)
		may := func(id string, _ meeting.ID) (bool, error) { return id != unseen, nil }
		all, err := s.FacetsOf(t.Context(), store.RecordingQuery{Meeting: of}, may)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(store.Facets{
			Units: []store.Count{{Value: string(a), Count: 3}, {Value: string(b), Count: 1}}, Months: []store.Count{{Value: "2026-11", Count: 3}, {Value: "2026-10", Count: 1}},
			States: []store.Count{{Value: "sealed", Count: 2}, {Value: "flawed", Count: 1}, {Value: "redacted", Count: 1}, {Value: "running", Count: 1}},
		}, all); diff != "" {
			t.Error(diff)
		}
		// A facet tells what its other choices would leave; the others follow the choice.
		chosen, err := s.FacetsOf(t.Context(), store.RecordingQuery{Meeting: of, Unit: b, State: store.FlawedRecording}, may)
		if diff := cmp.Diff(store.Facets{
			Units: []store.Count{{Value: string(b), Count: 1}}, Months: []store.Count{{Value: "2026-11", Count: 1}}, States: []store.Count{{Value: "flawed", Count: 1}},
		}, chosen); diff != "" || err != nil {
			t.Error(diff, err)
		}
		for _, c := range []struct {
			state store.RecordingState
			want  int
		}{{"sealed", 2}, {"running", 1}, {"flawed", 1}, {"redacted", 1}} {
			if ids, _ := found(t, s, store.RecordingQuery{Meeting: of, State: c.state}, may); len(ids) != c.want {
				t.Errorf("%s lists %d", c.state, len(ids))
			}
		}
	})
}
