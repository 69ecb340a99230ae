package render_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"diemcau/recording"
	"diemcau/recording/archive"
	"diemcau/recording/render"
)

// spoken is a meeting of two points of which A is heard from 0, B from 20 s, with a word
// of B at 5 s, and then, when it is conducted, A has the floor from 40 s to 50 s.
func spoken(conducted bool) *archive.Item {
	item := &archive.Item{Length: 60_000}
	for i, p := range []string{"B", "A"} {
		item.Tracks = append(item.Tracks, archive.TrackItem{
			Opening: archive.Opening{Leg: uint16(i + 1), Codec: recording.VP8, Source: archive.Source{Point: p, Name: "Xã " + p}}, To: 60_000, Fragments: 60,
		})
	}
	for _, e := range []struct {
		at    int64
		kind  string
		point string
	}{{0, "on", "A"}, {5000, "on", "B"}, {5800, "off", "B"}, {18_000, "off", "A"}, {20_000, "on", "B"}, {45_000, "off", "B"}} {
		item.Events = append(item.Events, archive.Moment{At: e.at, Kind: "speaker." + e.kind, Data: json.RawMessage(fmt.Sprintf(`{"point":%q,"track":"TR_%s"}`, e.point, e.point))})
	}
	if conducted {
		item.Chapters = []archive.Chapter{{From: 1000, Kind: "item", Title: "Mở đầu", To: 30_000}, {From: 30_000, Kind: "item", Title: "Kinh tế"}}
		item.Speeches = []archive.Speech{{From: 40_000, To: 50_000, Point: "A", Name: "Nguyễn Văn An", Position: "Chủ tịch"}}
	}
	return item
}

func TestARC02_AnExportShowsWhoHasTheFloorElseWhoIsHeard(t *testing.T) {
	t.Parallel()
	for conducted, want := range map[bool]string{false: "A0 B20 B60", true: "A0 B20 A40 B50 B60"} {
		if got := render.Seen(spoken(conducted)); got != want {
			t.Errorf("conducted %v: %s, want %s", conducted, got, want)
		}
	}
}

func TestARC02_AnExportHasChaptersOfItemsAndOfWhoSpeaks(t *testing.T) {
	t.Parallel()
	for conducted, want := range map[bool][]string{
		false: {"0-20 Xã A", "20-60 Xã B"},
		true:  {"1-30 Mở đầu", "30-40 Kinh tế", "40-50 Kinh tế – Nguyễn Văn An, Chủ tịch, Xã A", "50-60 Kinh tế"},
	} {
		if got := render.Chapters(spoken(conducted)); !slices.Equal(got, want) {
			t.Errorf("conducted %v: %q", conducted, got)
		}
	}
}

// A recording that began while somebody spoke has his item and his speech from its begin.
func TestARC02_AnItemInWhichSomebodySpeaksFromTheBeginIsAChapter(t *testing.T) {
	t.Parallel()
	item := spoken(true)
	item.Chapters = item.Chapters[:1]
	item.Chapters[0].From = 0
	item.Speeches = []archive.Speech{{From: 0, To: 20_000, Point: "A", Name: "Nguyễn Văn An"}, {From: 40_000, To: 50_000, Point: "B"}}
	item.About.Title = "Giao ban"
	want := []string{"0-20 Mở đầu – Nguyễn Văn An, Xã A", "20-30 Mở đầu", "30-40 Giao ban", "40-50 Xã B", "50-60 Giao ban"}
	if got := render.Chapters(item); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestTheTilesOfAGridStayWhereTheyAreWhoeverIsHeard(t *testing.T) {
	t.Parallel()
	item := spoken(false)
	if got := render.Pieces(item, render.Job{Layout: render.Grid, To: item.Length}); !slices.Equal(got, []string{"0-60 [1 2]"}) {
		t.Errorf("two points: %q", got)
	}
	// Of eleven points two have no tile: whoever is given the floor has one.
	item = spoken(true)
	for leg := uint16(3); leg <= 11; leg++ {
		item.Tracks = append(item.Tracks, archive.TrackItem{
			Opening: archive.Opening{Leg: leg, Codec: recording.VP8, Source: archive.Source{Point: fmt.Sprint(leg)}}, To: 60_000, Fragments: 60,
		})
	}
	item.Speeches[0].Point = "11"
	want := []string{"0-40 [1 2 3 4 5 6 7 8 9]", "40-50 [1 2 3 4 5 6 7 8 11]", "50-60 [1 2 3 4 5 6 7 8 9]"}
	if got := render.Pieces(item, render.Job{Layout: render.Grid, To: item.Length}); !slices.Equal(got, want) {
		t.Errorf("eleven points: %q", got)
	}
}
