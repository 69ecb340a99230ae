package speaker

import (
	"testing"

	"diemcau/meeting"

	"pgregory.net/rapid"
)

func TestDeltasAddUpToWhatTheReceiverHears(t *testing.T) {
	t.Parallel()
	people := []meeting.SessionID{"PA_a", "PA_b", "PA_c"}
	rapid.Check(t, func(t *rapid.T) {
		room, told := NewRoom(), &Told{}
		client := make(map[string]float32) // what its user sees
		hears := make(map[meeting.SessionID]bool)
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			who := rapid.SampledFrom(people).Draw(t, "who")
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0:
				hears[who] = !hears[who]
			case 1:
				room.Drop(who, "TR_1")
			case 2:
				room.Leave(who)
			default:
				eighths := rapid.IntRange(0, 8).Draw(t, "eighths")
				track := rapid.SampledFrom([]meeting.TrackID{"TR_1", "TR_2"}).Draw(t, "track")
				room.Set(who, track, Level{Linear: float32(eighths) / 8, Active: eighths > 0})
			}
			delta := told.Delta(room, func(id meeting.SessionID) bool { return hears[id] })
			for i, s := range delta {
				if i > 0 && s.Level > delta[i-1].Level {
					t.Fatal("not loudest first")
				}
				if s.Active {
					client[s.Sid] = s.Level
				} else {
					delete(client, s.Sid)
				}
			}
			for _, p := range people {
				want := room.Level(p).Linear
				if !hears[p] {
					want = 0
				}
				if client[string(p)] != want {
					t.Fatalf("the client sees %s at %v, it is %v", p, client[string(p)], want)
				}
			}
			if again := told.Delta(room, func(id meeting.SessionID) bool { return hears[id] }); again != nil {
				t.Fatalf("told twice: %v", again)
			}
		}
	})
}
