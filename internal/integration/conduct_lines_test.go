package integration

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"diemcau/cmd/diemcau/bridge"
	"diemcau/cmd/diemload/samples"
	"diemcau/meeting"
	"diemcau/meeting/conduct"
	"diemcau/meeting/sample"
)

func TestCON15_TheTechnicianSeesWhatIsMeasuredOfEveryLine(t *testing.T) {
	t.Parallel()
	h := convene(t, sample.Briefing())
	h.secretary().open()
	hall, one := h.at(main).enter(false), h.at(x1).enter(false)
	h.technician().enter(true)
	one.send(samples.Opus, mic)
	one.send(samples.VP8, cam)
	h.chair().do(conduct.Invite{Point: x1})
	hall.hears(x1)

	look := func() (lines bridge.Lines, of func(meeting.PointID, string) bridge.TrackLine) {
		t.Helper()
		if err := h.technician().ask(http.MethodGet, "/lines", nil, &lines); err != nil {
			t.Fatal(err)
		}
		return lines, func(p meeting.PointID, source string) bridge.TrackLine {
			for _, l := range lines.Items {
				for _, track := range l.Tracks {
					if l.Point == p && track.Source == source {
						return track
					}
				}
			}
			return bridge.TrackLine{}
		}
	}
	var first bridge.TrackLine
	eventually(t, 20*time.Second, "the figures of the speaker", func() bool {
		lines, of := look()
		first = of(x1, "camera")
		sound := of(x1, "microphone")
		return len(lines.Items) == 2 && lines.Missing == 0 && first.Wanted && first.Packets > 0 && len(first.Layers) > 0 && first.Layers[0].Bitrate > 0 && sound.Packets > 0 && !sound.Muted
	})
	eventually(t, 20*time.Second, "the counters to grow", func() bool {
		lines, of := look()
		for _, l := range lines.Items {
			if !l.Connected || l.Standby || l.Joined.IsZero() {
				t.Fatalf("the line is %+v", l)
			}
			if l.Point == main && l.Down.Sending == 0 {
				return false // the hall receives the speaker
			}
		}
		return of(x1, "camera").Packets > first.Packets
	})
	h.chair().do(conduct.Cut{})
	eventually(t, 20*time.Second, "the closed microphone", func() bool {
		_, of := look()
		return of(x1, "microphone").Muted
	})

	for name, w := range map[string]who{"the chair": h.chair(), "the secretary": h.secretary(), "a point's machine": h.at(x1)} {
		var lines bridge.Lines
		var r *refusal
		if err := w.ask(http.MethodGet, "/lines", nil, &lines); !errors.As(err, &r) || r.Status != http.StatusForbidden && r.Status != http.StatusUnauthorized {
			t.Errorf("%s looks at the lines: %v", name, err)
		}
	}
}
