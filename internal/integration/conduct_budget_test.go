package integration

import (
	"testing"
	"time"

	"diemcau/cmd/diemload/samples"
	"diemcau/internal/lkclient"
	"diemcau/meeting/conduct"
	"diemcau/meeting/sample"
)

// The line of a point stands in the map of points, and holds without a setting of
// the bridge.
func TestP7ABudgetInTheMapOfPointsIsNeverExceeded(t *testing.T) {
	t.Parallel()
	const kbps = 2500 // of two pictures of 1.7 Mbit/s one
	p := sample.Briefing()
	for i := range p.Points {
		if p.Points[i].ID == x2 {
			p.Points[i].Line = kbps
		}
	}
	h := convene(t, p)
	h.secretary().open()
	line, err := lkclient.NewImpairment(1)
	if err != nil {
		t.Fatal(err)
	}
	hall, speaker := h.at(main).enter(false), h.at(x1).enter(false)
	thin := h.at(x2).enter(false, func(s *lkclient.Settings) { s.Net, s.UDPOnly = line, true })
	for _, s := range []*seat{hall, speaker} {
		s.send(samples.Opus, mic)
		s.send(samples.VP8, cam)
	}
	h.chair().do(conduct.Invite{Point: x1, Seconds: 600})
	thin.hears(x1)
	during(t, 3*time.Second) // a budget holds from the first packet, and is used by now
	line.ResetReports()
	during(t, 4*time.Second)
	thin.hears(x1)
	_, down := line.Reports()
	peak, used := down.Offered.Peak(), down.Offered.Total()*8/4
	t.Logf("fullest second %d kbit/s, %d on average", peak/1000, used/1000)
	if peak > kbps*1000*105/100 {
		t.Errorf("%d bit/s in one second of a budget of %d kbit/s", peak, kbps)
	}
	if timed && used < kbps*1000/4 {
		t.Errorf("%d bit/s: no picture comes within the budget", used)
	}
}
