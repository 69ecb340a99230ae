package uplink_test

import (
	"testing"

	"diemcau/meeting"
)

// What was seen by few, or before the camera was switched off, is not what newcomers
// begin with.
func TestNobodyBeginsWithPicturesOfBeforeTheAudienceChangedOrTheMute(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*call){
		"audience": func(c *call) { c.source.SetAudience(map[meeting.SessionID]bool{"PA_technician": true}) },
		"mute":     func(c *call) { c.source.SetMuted(true) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCall(t.Fatalf, 1, 1)
			c.run(500 * ms)
			if first, last, bytes := c.source.Beginning(0); first == 0 || last < first || bytes == 0 {
				t.Fatalf("%d to %d, %d bytes: no keyframe is known", first, last, bytes)
			}
			change(c)
			c.source.Step(c.now)
			if first, _, _ := c.source.Beginning(0); first != 0 {
				t.Errorf("one begins with packet %d of before", first)
			}
			c.settle()
		})
	}
}
