package wire

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/livekit/protocol/livekit"
)

func newTestPoints(r Rate) (*points, *time.Time) {
	now := time.Unix(1_800_000_000, 0)
	p := newPoints(r, 10)
	p.now = func() time.Time { return now }
	return p, &now
}

func TestOneTokenOpensNoMoreThanItsPointNeedsAndOthersJoin(t *testing.T) {
	t.Parallel()
	p, now := newTestPoints(Rate{PerPoint: 1, PerPointBurst: 3})
	thief := pointName{"giao-ban", "xa-1"}
	tries := func() (n int) {
		for p.allow(thief) == nil {
			n++
		}
		return n
	}
	if n := tries(); n != 3 {
		t.Errorf("%d at once, want 3", n)
	}
	if err := p.allow(thief); !errors.Is(err, errPointTooOften) {
		t.Errorf("one more: %v", err)
	}
	*now = now.Add(2 * time.Second)
	if n := tries(); n != 2 {
		t.Errorf("%d after two seconds, want 2", n)
	}
	for _, other := range []pointName{{"giao-ban", "xa-2"}, {"hop-khac", "xa-1"}} {
		if err := p.allow(other); err != nil {
			t.Errorf("%v: %v", other, err)
		}
	}
}

func TestAllSocketsOfAPointShareOnePace(t *testing.T) {
	t.Parallel()
	p, now := newTestPoints(Rate{PerPoint: 1, PerPointBurst: 10})
	first, closeFirst := p.opens(pointName{"giao-ban", "xa-1"})
	second, closeSecond := p.opens(pointName{"giao-ban", "xa-1"})
	other, closeOther := p.opens(pointName{"giao-ban", "xa-2"})
	defer closeSecond()
	defer closeOther()
	if !first.AllowN(*now, first.Burst()) || second.AllowN(*now, 1) || !other.AllowN(*now, 1) {
		t.Error("what one socket has used is not missing to the other, or to another point")
	}
	closeFirst()
	again, closeAgain := p.opens(pointName{"giao-ban", "xa-1"})
	defer closeAgain()
	if again.AllowN(*now, 1) {
		t.Error("a new socket brings a new pace")
	}
}

func TestPointsKeptAreBoundedAndForgottenWhenQuiet(t *testing.T) {
	t.Parallel()
	p, now := newTestPoints(Rate{PerPoint: 1, PerPointBurst: 2})
	for i := range 2 * maxBuckets {
		if err := p.allow(pointName{"r", strconv.Itoa(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(p.known); n > maxBuckets {
		t.Errorf("%d points are kept", n)
	}
	_, closed := p.opens(pointName{"r", "1"})
	*now = now.Add(time.Minute)
	if err := p.allow(pointName{"r", "new"}); err != nil {
		t.Fatal(err)
	}
	if n := len(p.known); n != 2 { // the new one and the one with a socket
		t.Errorf("%d points are kept after a minute of silence", n)
	}
	closed()
}

func TestWhatCostsMoreToReadCountsLikeMore(t *testing.T) {
	t.Parallel()
	known := &livekit.SignalRequest{Message: &livekit.SignalRequest_Ping{Ping: 1}}
	for _, tt := range []struct {
		name        string
		frame, size int
		request     *livekit.SignalRequest
		want        int
	}{
		{"small", websocket.BinaryMessage, 100, known, 1},
		{"of a large meeting", websocket.BinaryMessage, 200 << 10, known, 7},
		{"large JSON", websocket.TextMessage, 12 << 10, known, 7},
		{"of no kind", websocket.TextMessage, 14, &livekit.SignalRequest{}, inboundUnknown},
	} {
		if got := price(tt.frame, tt.size, tt.request); got != tt.want {
			t.Errorf("%s counts like %d, want %d", tt.name, got, tt.want)
		}
	}
}

func TestTooManyJoinsOfAPointAreToldSoAndWait(t *testing.T) {
	t.Parallel()
	if r := refusal(errPointTooOften); r.Status != 429 || !strings.Contains(r.Text, "participant") {
		t.Errorf("%+v", r)
	}
	f := newFlood(Rate{}.withDefaults())
	if !f.held(errPointTooOften, errPointTooOften) {
		t.Error("the answer does not wait")
	}
}
