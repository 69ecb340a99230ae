package room

import (
	"maps"
	"runtime"
	"strconv"
	"testing"

	"diemcau/meeting"

	"pgregory.net/rapid"
)

// What is kept once for all must be what each was told, whatever happens in whatever
// order: a model with a map for each observer says what that is.
func TestWhatIsKeptOnceForAllIsWhatEachWasTold(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		room := &Room{members: map[meeting.PointID]*member{}}
		told := map[*member]map[meeting.PointID]sight{}
		points := []meeting.PointID{"a", "b", "c", "d"}
		for _, p := range points {
			m := &member{point: p}
			room.members[p], told[m] = m, map[meeting.PointID]sight{}
		}
		for range rapid.IntRange(1, 60).Draw(r, "acts") {
			o := room.members[rapid.SampledFrom(points).Draw(r, "observer")]
			p := rapid.SampledFrom(points).Draw(r, "point")
			now := sight{rapid.SampledFrom([]string{"first", "second"}).Draw(r, "session"), uint32(rapid.IntRange(0, 3).Draw(r, "version"))}
			switch rapid.IntRange(0, 5).Draw(r, "act") {
			case 0, 1:
				room.sights.note(&o.seen, p, now)
				told[o][p] = now
			case 2:
				room.sights.forget(&o.seen, p)
				delete(told[o], p)
			case 3:
				room.sights.follow(&o.seen)
			case 4:
				room.settle(p, now)
			case 5:
				room.settle(p, sight{})
			}
		}
		for o, want := range told {
			got := map[meeting.PointID]sight{}
			room.sights.each(&o.seen, func(p meeting.PointID, was sight) { got[p] = was })
			if !maps.Equal(got, want) {
				r.Fatalf("%s was told %v, and %v is kept", o.point, want, got)
			}
			for _, p := range points {
				if was, known := room.sights.of(&o.seen, p); known != (want[p] != sight{}) || was != want[p] {
					r.Fatalf("%s was told %v of %s, and %v is kept", o.point, want[p], p, was)
				}
			}
		}
	})
}

// full is a room of so many, each of whom was told of everybody as they came and as
// they changed.
func full(points int) *Room {
	room := &Room{members: map[meeting.PointID]*member{}}
	everybody := func(point meeting.PointID, now sight) {
		for _, o := range room.members {
			room.sights.note(&o.seen, point, now)
		}
		room.settle(point, now)
	}
	for i := range points {
		m := &member{point: meeting.PointID("point-" + strconv.Itoa(i))}
		room.members[m.point] = m
		for point, now := range room.sights.common { // the Join
			room.sights.note(&m.seen, point, now)
		}
		room.sights.follow(&m.seen)
		everybody(m.point, sight{string(m.point), 1})
	}
	for point := range room.members {
		everybody(point, sight{string(point), 2})
	}
	return room
}

func TestWhatPointsWereToldOfEachOtherGrowsWithTheRoomAlone(t *testing.T) {
	t.Parallel()
	for _, points := range []int{140, 300} {
		room := full(points)
		if n := len(room.sights.common); n != points {
			t.Errorf("%d of %d points are known", n, points)
		}
		for _, m := range room.members {
			if m.seen.own != nil {
				t.Fatalf("%s keeps %d sights of its own, in a room where all were told the same", m.point, len(m.seen.own))
			}
		}
	}
}

func BenchmarkSights(b *testing.B) {
	for _, points := range []int{140, 1000} {
		b.Run(strconv.Itoa(points), func(b *testing.B) {
			var before, after runtime.MemStats
			for b.Loop() {
				runtime.GC()
				runtime.ReadMemStats(&before)
				room := full(points)
				runtime.GC()
				runtime.ReadMemStats(&after)
				runtime.KeepAlive(room)
			}
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(points), "B/point")
		})
	}
}
