package integration

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"diemcau/cmd/diemload/samples"
	"diemcau/internal/lkclient"
	"diemcau/meeting"
	"diemcau/meeting/conduct"
	"diemcau/meeting/live"
	"diemcau/meeting/plan"
	places "diemcau/meeting/point"
	"diemcau/meeting/rollcall"
	"diemcau/meeting/sample"

	"github.com/livekit/protocol/livekit"
	"google.golang.org/protobuf/proto"
)

// What a busy meeting may cost a point.
const (
	stateGoal = 50_000                 // bytes a minute
	reachGoal = 500 * time.Millisecond // from the act's request to the last point
	provinces = 140                    // so many are judged by the slowest act, fewer by half of them
)

// ledger counts what one point is told.
type ledger struct {
	mu    sync.Mutex
	bytes map[string]int
	seqs  []told
}

type told struct {
	seq int
	at  time.Time
}

// note counts a message under its kind; negotiation of media is no state.
func (l *ledger) note(m *livekit.SignalResponse) {
	var kind string
	switch v := m.Message.(type) {
	case *livekit.SignalResponse_RoomUpdate:
		kind = "room"
		s := stateOf(&lkclient.Room{Info: v.RoomUpdate.Room})
		l.mu.Lock()
		l.seqs = append(l.seqs, told{s.Seq, time.Now()})
		l.mu.Unlock()
	case *livekit.SignalResponse_Update:
		kind = "participants"
	case *livekit.SignalResponse_SubscriptionPermissionUpdate, *livekit.SignalResponse_SpeakersChanged, *livekit.SignalResponse_Mute:
		kind = "other"
	case *livekit.SignalResponse_RefreshToken:
		kind = "token"
	default:
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.bytes[kind] += proto.Size(m)
}

// counted is what has come so far; points still hear of each other's leaving.
func (l *ledger) counted() map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.bytes)
}

// reached is when the point was told of the event.
func (l *ledger) reached(seq int) (time.Time, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, t := range l.seqs {
		if t.seq >= seq {
			return t.at, true
		}
	}
	return time.Time{}, false
}

// province is a briefing with n points.
func province(n int) plan.Plan {
	p := sample.Briefing()
	p.Points = p.Points[:1]
	for i := 1; i < n; i++ {
		p.Points = append(p.Points, plan.Point{
			ID: meeting.PointID(fmt.Sprintf("LG-%03d", i)), Name: fmt.Sprintf("Xã Thứ %d", i), Kind: places.Commune, Expected: 10,
			Leader: meeting.Person{Name: fmt.Sprintf("Chủ tịch xã Thứ %d", i), Position: "Chủ tịch UBND xã"},
		})
	}
	for i := range p.Agenda {
		p.Agenda[i].Point = ""
	}
	p.Voters = nil
	return p
}

// TestWhatTheStateCosts_CON03_CON04_CON07 plays a busy meeting: an act every
// 1.2 s. DIEMCAU_TEST_POINTS (20) and DIEMCAU_TEST_SECONDS (12) widen it.
func TestWhatTheStateCosts_CON03_CON04_CON07(t *testing.T) {
	n, seconds := number("DIEMCAU_TEST_POINTS", 20), number("DIEMCAU_TEST_SECONDS", 12)
	h := convene(t, province(n))
	h.secretary().open()
	ledgers := make([]*ledger, n)
	var entering sync.WaitGroup
	turn := make(chan struct{}, 4)
	for i, p := range h.plan.Points {
		ledgers[i] = &ledger{bytes: map[string]int{}}
		entering.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			s, err := h.at(p.ID).tryEnter(false, func(set *lkclient.Settings) {
				set.OnMessage, set.AutoSubscribe, set.OnTrack = ledgers[i].note, false, nil
			})
			if err == nil {
				_, err = s.Publish(soon(t), lkclient.Publication{MIME: samples.Opus, Source: mic})
			}
			if err != nil {
				t.Errorf("%s: %v", p.ID, err)
			}
		})
	}
	entering.Wait()
	h.chair().do(conduct.SetPhase{Phase: conduct.InSession})
	time.Sleep(4 * time.Second) // what was collected while they came has been told by then
	for _, l := range ledgers {
		l.mu.Lock()
		clear(l.bytes)
		l.mu.Unlock()
	}
	began := time.Now()
	urgent, lazy := busy(h, ledgers, time.Duration(seconds)*time.Second)
	took := time.Since(began)
	report(t, ledgers, took, urgent, lazy)
}

func number(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// busy does an act every 1.2 s and returns how long each took to reach the last
// point, those that screens wait for apart from sums that may come later.
func busy(h *hall, ledgers []*ledger, d time.Duration) (urgent, lazy []time.Duration) {
	points := h.plan.Points
	pick := func(i int) meeting.PointID { return points[1+i%(len(points)-1)].ID }
	for i, end := 0, time.Now().Add(d); time.Now().Before(end); i++ {
		next := time.Now().Add(1200 * time.Millisecond)
		at := time.Now()
		var s live.State
		sum := false
		switch i % 8 {
		case 0:
			s = h.chair().do(conduct.Invite{Point: pick(i * 7)})
		case 4: // the first of the queue
			first := h.chair().board().Queue[0]
			s = h.chair().do(conduct.Invite{Point: first.Point, Entry: first.ID})
		case 1:
			s = h.at(pick(i)).do(conduct.Ask{Point: pick(i), Topic: "Kiến nghị của xã"})
		case 2, 6:
			s, sum = h.secretary().do(conduct.Mark{Point: pick(i), Status: rollcall.Present}), true
		case 3:
			s = h.chair().do(conduct.Cut{})
		case 5:
			s = h.at(pick(i)).do(conduct.Ask{Point: pick(i), Topic: "Ý kiến về ngân sách"})
		case 7:
			s = h.secretary().do(conduct.StartItem{Item: h.plan.Agenda[i/8%len(h.plan.Agenda)].ID})
		}
		var worst time.Duration
		for _, l := range ledgers {
			var when time.Time
			eventually(h.t, 10*time.Second, "the act's arrival everywhere", func() (ok bool) { when, ok = l.reached(s.Seq); return ok })
			worst = max(worst, when.Sub(at))
		}
		if sum {
			lazy = append(lazy, worst)
		} else {
			urgent = append(urgent, worst)
		}
		time.Sleep(time.Until(next))
	}
	return urgent, lazy
}

func report(t *testing.T, ledgers []*ledger, took time.Duration, urgent, lazy []time.Duration) {
	minute := float64(time.Minute) / float64(took)
	worst, kinds := 0.0, map[string]float64{}
	for _, l := range ledgers {
		sum := 0.0
		for kind, n := range l.counted() {
			kinds[kind] += float64(int(float64(n) * minute / float64(len(ledgers))))
			sum += float64(n) * minute
		}
		worst = max(worst, sum)
	}
	slices.Sort(urgent)
	slices.Sort(lazy)
	t.Logf("%d points, %d acts in %v: worst point %.1f kB a minute (goal %d), mean by kind %v", len(ledgers), len(urgent)+len(lazy), took.Round(time.Second), worst/1000, stateGoal/1000, kinds)
	t.Logf("an act reaches everybody: p50 %v, worst %v (goal %v); sums of the roll: worst %v", urgent[len(urgent)/2], urgent[len(urgent)-1], reachGoal, slices.Max(append(lazy, 0)))
	if worst > stateGoal {
		t.Errorf("a point was told %.1f kB a minute", worst/1000)
	}
	if slowest := urgent[len(urgent)-1]; timed && len(ledgers) >= provinces && slowest > reachGoal {
		t.Errorf("an act took %v to reach everybody", slowest)
	}
	if p50 := urgent[len(urgent)/2]; timed && p50 > reachGoal {
		t.Errorf("half of the acts took longer than %v to reach everybody", p50)
	}
}
