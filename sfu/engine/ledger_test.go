package engine

import (
	"fmt"
	"testing"

	"diemcau/meeting"
	"diemcau/sfu"
	"diemcau/sfu/uplink"

	"pgregory.net/rapid"
)

func testSource() *uplink.Source {
	return uplink.NewSource(uplink.Settings{Info: sfu.SourceInfo{
		ID: "TR_1", Kind: sfu.Audio, MIME: "audio/opus", ClockRate: 48000, Layers: []sfu.LayerInfo{{}},
	}})
}

func TestSumsNeverShrinkWhateverComesAndGoes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := newLedger()
		var open []*account
		var before uint64
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch rapid.IntRange(0, 2).Draw(t, "what") {
			case 0:
				open = append(open, l.open(meeting.ID(fmt.Sprint(rapid.IntRange(0, 3).Draw(t, "room")))))
			case 1:
				if len(open) > 0 {
					l.mu.Lock()
					open[rapid.IntRange(0, len(open)-1).Draw(t, "which")].gone[sfu.Audio].up.Bytes += 7
					l.mu.Unlock()
				}
			case 2:
				if len(open) > 0 {
					i := rapid.IntRange(0, len(open)-1).Draw(t, "which")
					open[i].close()
					open = append(open[:i], open[i+1:]...)
				}
			}
			r := l.read()
			if sum := r.total[sfu.Audio].up.Bytes; sum < before {
				t.Fatalf("%d bytes after %d", sum, before)
			} else {
				before = sum
			}
			rooms := 0
			for _, room := range r.rooms {
				rooms += room.rooms
			}
			if rooms != len(open) {
				t.Fatalf("%d rooms, not %d", rooms, len(open))
			}
		}
	})
}

func TestRoomsBeyondTheBoundShareOneAccount(t *testing.T) {
	t.Parallel()
	l := newLedger()
	for i := range maxAccounts + 50 {
		l.open(meeting.ID(fmt.Sprint("room-", i))).joined(1)
	}
	l.open("\xff not UTF-8")
	r := l.read()
	if len(r.rooms) != maxAccounts+1 || r.rooms[otherAccount].peers != 50 || r.rooms[otherAccount].rooms != 51 {
		t.Errorf("%d accounts, %d peers in the shared one", len(r.rooms), r.rooms[otherAccount].peers)
	}
}

func TestASourceThatEndsLeavesItsCounters(t *testing.T) {
	t.Parallel()
	l := newLedger()
	a := l.open("room")
	s := testSource()
	a.addSource(s, sfu.Audio)
	for range 5 {
		s.Write(0, []byte("not RTP"), sfu.Now())
	}
	if got := l.read().now[sfu.Audio].sources; got != 1 {
		t.Errorf("%d sources run", got)
	}
	done := make(chan struct{})
	s.Do(func() { close(done) })
	<-done
	s.Close()
	a.removeSource(s)
	a.removeSource(s)
	a.close()
	r := l.read()
	u := r.total[sfu.Audio].up
	if r.now[sfu.Audio].sources != 0 || u.Malformed+u.Codec == 0 {
		t.Errorf("after the end: %+v", r.total[sfu.Audio].up)
	}
}
