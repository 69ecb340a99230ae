package integration

import (
	"testing"
	"time"

	"diemcau/cmd/diemload/samples"
	"diemcau/internal/lkclient"
)

// What is sent before a client's line is secured is lost on it, and a picture must not
// begin with its loss: whoever comes in would see nothing until the publisher may be
// asked for another keyframe. On a long way that is the rule and not the exception.
func TestAPictureBeginsWithItsKeyframe(t *testing.T) {
	t.Parallel()
	for name, mode := range map[string]func(*lkclient.Settings){"dual": func(*lkclient.Settings) {}, "single": single} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := startBridge(t)
			room := newRoom()
			join(t, b, room, "sender").plainCamera(samples.VP8)
			for i, identity := range []string{"first", "second", "third"} {
				line, err := lkclient.NewImpairment(uint64(i))
				if err != nil {
					t.Fatal(err)
				}
				line.Set(lkclient.Line{Delay: 40 * time.Millisecond}, lkclient.Line{Delay: 40 * time.Millisecond})
				v := join(t, b, room, identity, mode, func(s *lkclient.Settings) { s.Net, s.UDPOnly = line, true }).sees("sender", cam, 10)
				if s := v.look(); s.early+s.misplaced+s.broken+s.waited != 0 || s.keyframes == 0 {
					t.Errorf("%s: %+v", identity, s)
				}
			}
		})
	}
}
