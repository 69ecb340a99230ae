package integration

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"diemcau/cmd/diemcau/config"
	"diemcau/cmd/diemload/samples"
	"diemcau/internal/lkclient"
)

// TestPointsThatComeAndGoLeaveNothingBehind is the short form of make soak. It
// counts goroutines of the whole process, so it does not run beside others.
func TestPointsThatComeAndGoLeaveNothingBehind(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	if startBridge(t).stop == nil {
		t.Skip("another server's goroutines cannot be counted")
	}
	b := startOwn(t, func(c *config.Config) { c.Room.DepartureTimeout = time.Second })
	before := runtime.NumGoroutine()
	round := func(n int) {
		t.Run(fmt.Sprint("round ", n), func(t *testing.T) {
			room := newRoom()
			var all sync.WaitGroup
			for i := range 4 {
				mode := func(*lkclient.Settings) {}
				if i%2 == 1 {
					mode = single
				}
				p := join(t, b, room, fmt.Sprint("point ", i), mode)
				p.plainCamera(samples.VP8)
				p.microphone()
				all.Go(func() {
					switch i {
					case 1:
						p.Abandon()
					case 2:
						_ = p.CutSocket(soon(t)) // it goes in any case
						_ = p.Resume(soon(t))
						p.Close()
					}
				})
			}
			all.Wait()
		})
	}
	for n := range 8 {
		round(n)
	}
	const allowance = 5           // idle connections
	ctx := within(t, time.Minute) // who vanished is noticed after 20 s
	for runtime.NumGoroutine() > before+allowance {
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			stack := make([]byte, 1<<20)
			t.Fatalf("%d goroutines, before %d:\n%s", runtime.NumGoroutine(), before, stack[:runtime.Stack(stack, true)])
		}
	}
}

// The end of a connection meets its beginning: Pion's sessions and receivers start
// just then. What is left behind shows in TestMain.
func TestPointsThatLeaveAsSoonAsTheyAreConnectedLeaveNothingBehind(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	room := newRoom()
	one := join(t, b, room, "one")
	one.camera(samples.VP8)
	one.microphone()
	var visitors sync.WaitGroup
	for v := range 4 {
		visitors.Go(func() {
			for n := range 25 { // five times under a name: one name may not come faster
				p, err := tryJoin(t, b, room, fmt.Sprint("visitor-", v, "-", n/5), nil)
				if err != nil {
					t.Error(err)
					return
				}
				if err := p.WaitConnected(soon(t)); err != nil {
					t.Error(err)
				}
				p.Close()
			}
		})
	}
	visitors.Wait()
}
