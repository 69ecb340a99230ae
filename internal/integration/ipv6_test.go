package integration

import (
	"testing"

	"diemcau/cmd/diemcau/config"
	"diemcau/cmd/diemload/samples"
	"diemcau/internal/lkclient"

	"github.com/pion/ice/v4"
)

// A point that has IPv6 only takes part, and the longer header counts towards its
// budget.
func TestP7APointOverIPv6IsSeenAndHeardWithinItsBudget(t *testing.T) {
	t.Parallel()
	const budget = 700_000
	b := startOwn(t, func(c *config.Config) { c.Room.LineKbps = budget / 1000 })
	line, err := lkclient.NewImpairment(1)
	if err != nil {
		t.Fatal(err)
	}
	socket, err := line.ListenPacket("udp6", "[::1]:0")
	if err != nil {
		t.Skip("this machine has no IPv6:", err)
	}
	mux := ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: socket})
	t.Cleanup(func() { _ = mux.Close() })
	room := newRoom()
	far := join(t, b, room, "far", func(s *lkclient.Settings) {
		s.UDPMux, s.Single = mux, true // the mux tells connections apart by the bridge's address, which two would share
	})
	for _, name := range []string{"one", "two"} {
		p := join(t, b, room, name)
		p.publish(samples.VP8, cam, 0)
		p.microphone()
		far.sees(name, mic, 25)
	}
	far.publish(samples.VP8, cam, 0)
	two := join(t, b, room, "three")
	two.sees("far", cam, 15)
	line.ResetReports() // handshakes are done
	far.sees("one", cam, 60)
	_, down := line.Reports()
	t.Logf("fullest second %d kbit/s in %d datagrams", down.Offered.Peak()/1000, down.Carried)
	if down.Carried == 0 {
		t.Fatal("the media took another way")
	}
	if peak := down.Offered.Peak(); peak > budget*105/100 {
		t.Errorf("%d bit/s in one second of a budget of %d", peak, budget)
	}
}
