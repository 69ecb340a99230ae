package subscription

import (
	"testing"
	"time"

	"diemcau/meeting"

	"pgregory.net/rapid"
)

func TestWhatIsReceivedIsWhatIsWantedAndAllowed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := NewSet(rapid.Bool().Draw(t, "auto"))
		const id = meeting.TrackID("TR_x")
		receives, allowed, failed, knows := false, true, false, true
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0:
				s.Say(id, rapid.Bool().Draw(t, "subscribe"), time.Now())
				failed = false
			case 1:
				allowed = !allowed
			case 2:
				s.Bound(id)
			case 3:
				if s.Failed(id) {
					receives, failed = false, true
				}
			case 4:
				s.Settings(id, nil)
			}
			step, told := s.Reconcile(id, allowed, time.Now())
			switch step {
			case Subscribe:
				receives = true
			case Unsubscribe:
				receives = false
			}
			if told {
				knows = allowed
			}
			if want := s.Wants(id) && allowed && !failed; receives != want || s.Has(id) != want {
				t.Fatalf("receives %v, has %v; wants %v, allowed %v, failed %v", receives, s.Has(id), s.Wants(id), allowed, failed)
			}
			if s.Wants(id) && !failed && knows != allowed {
				t.Fatalf("the client believes allowed = %v, it is %v", knows, allowed)
			}
			if again, _ := s.Reconcile(id, allowed, time.Now()); again != Nothing {
				t.Fatal("not settled after one step")
			}
		}
	})
}

func TestAClientCannotFillTheMemory(t *testing.T) {
	t.Parallel()
	s := NewSet(true)
	for i := range 3 * maxEntries {
		s.Say(meeting.TrackID(rune(i)), true, time.Now())
		s.Settings(meeting.TrackID(rune(-i)), nil)
	}
	if len(s.tracks) > maxEntries {
		t.Errorf("%d entries", len(s.tracks))
	}
}
