package integration

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/livekit/protocol/livekit"

	"diemcau/cmd/diemload/samples"
	"diemcau/internal/lkclient"
	"diemcau/meeting"
	"diemcau/meeting/conduct"
	"diemcau/meeting/plan"
	"diemcau/meeting/rollcall"
	"diemcau/meeting/sample"
	"diemcau/meeting/store"
	"diemcau/meeting/vote"
	"diemcau/recording/archive"
)

// gapAllowed is how long media may be missing while one process takes over from
// another, and how long a hole of the recording may be.
const gapAllowed = 5 * time.Second

// recordedVote keeps in a database a meeting in session, recorded, in which a vote is
// open.
func recordedVote(t *testing.T, data string) plan.Plan {
	t.Helper()
	p := sample.Briefing()
	p.Points = p.Points[:5]
	p.Voters = nil
	p.Conduct.Mode = plan.Discussion
	for _, x := range p.Points {
		for i := range votersEach {
			p.Voters = append(p.Voters, vote.Voter{Person: meeting.PersonID(fmt.Sprintf("%s-%03d", x.ID, i)), Name: "Thành viên", Point: x.ID})
		}
	}
	announce(t, data, p)
	withStore(t, data, func(s *store.Store) error {
		o, err := s.Prepare(t.Context(), p.ID)
		if err != nil {
			return err
		}
		return s.SaveOpening(t.Context(), o)
	})
	by := func(who meeting.PersonID, d conduct.Deed) {
		t.Helper()
		withStore(t, data, func(s *store.Store) error {
			l, _, err := s.Load(t.Context(), p.ID)
			if err != nil {
				return err
			}
			events, err := l.Apply(conduct.Act{By: conduct.Actor{Person: who}, At: time.Now(), Do: d})
			return errors.Join(err, s.Append(t.Context(), p.ID, events))
		})
	}
	chair, scribe := p.People.Chair.ID, p.People.Secretary.ID
	for _, x := range p.Points {
		by(scribe, conduct.Mark{Point: x.ID, Status: rollcall.Present})
	}
	by(chair, conduct.SetPhase{Phase: conduct.InSession})
	by(chair, conduct.Show{Layout: conduct.Grid4})
	by(scribe, conduct.Prepare{Motion: vote.Usual("quy-che", "Quy chế", vote.Named, nil)})
	by(chair, conduct.OpenVote{Motion: "quy-che"})
	by(chair, conduct.Record{On: true})
	return p
}

// handed starts the program with a socket as a service manager hands it over.
func handed(t *testing.T, binary, data string, socket *net.TCPListener) *program {
	t.Helper()
	f, err := socket.File()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), "sh", "-c", `LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" "$@"`,
		binary, "serve", "--dev", "--data", data, "--http", socket.Addr().String(), "--admin", "127.0.0.1:0", "--rtc-udp", "0", "--rtc-tcp", "0")
	cmd.ExtraFiles = append(cmd.ExtraFiles, f)
	out, err := cmd.StdoutPipe()
	if err = errors.Join(err, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	p := &program{cmd: cmd, url: "ws://" + socket.Addr().String()}
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("the bridge did not start: %v", err)
		}
		if strings.Contains(line, "is ready: ") {
			break
		}
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }() // until the process ends
	t.Cleanup(p.kill)
	return p
}

// crossing is a point that comes anew when it is told to, and what it saw of that.
type crossing struct {
	t     *testing.T
	url   string
	plan  plan.Plan
	id    meeting.PointID
	told  atomic.Bool // to come anew
	sends *publisher

	mu    sync.Mutex
	last  time.Time       // packet
	fresh map[string]bool // sessions heard since the last join
	away  time.Duration   // from the last packet before until all others were heard again
}

// packet notes that somebody was heard.
func (c *crossing) packet(from string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = time.Now()
	c.fresh[from] = true
}

// hears counts from how many others something came since the last join.
func (c *crossing) hears() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.fresh)
}

// join comes in, sends, and listens.
func (c *crossing) join(ctx context.Context) error {
	token, err := lkclient.Token("devkey", "secret", string(c.plan.ID), string(c.id), nil)
	if err != nil {
		return err
	}
	client, err := lkclient.Join(ctx, lkclient.Settings{
		URL: c.url, Token: token, AutoSubscribe: true,
		OnTrack: func(_ *lkclient.Client, track *lkclient.Track) lkclient.PacketFunc {
			from, _, _ := strings.Cut(track.StreamID, "|")
			return func(*lkclient.Packet) { c.packet(from) }
		},
		OnMessage: func(m *livekit.SignalResponse) {
			if l := m.GetLeave(); l.GetAction() == livekit.LeaveRequest_RECONNECT && l.GetReason() == livekit.DisconnectReason_SERVER_SHUTDOWN {
				c.told.Store(true)
			}
		},
	})
	if err != nil {
		return err
	}
	playing, stop := context.WithCancel(context.WithoutCancel(c.t.Context()))
	c.sends = &publisher{Client: client, stop: stop}
	if err := client.WaitConnected(ctx); err != nil {
		return err
	}
	return errors.Join(c.sends.send(c.t, playing, samples.VP8, cam), c.sends.send(c.t, playing, samples.Opus, mic))
}

// cross waits to be told, and comes anew as the stock client does: at once, and again
// while nobody answers.
func (c *crossing) cross(ctx context.Context) {
	for !c.told.Load() {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			c.t.Errorf("%s was not told to come anew", c.id)
			return
		}
	}
	c.sends.abandon()
	c.mu.Lock()
	c.fresh = map[string]bool{}
	last := c.last
	c.mu.Unlock()
	for try := 0; ; try++ {
		err := c.join(ctx)
		if err == nil {
			break
		}
		if ctx.Err() != nil {
			c.t.Errorf("%s cannot come back: %v", c.id, err)
			return
		}
		time.Sleep(time.Duration(min(try, 3)) * 100 * time.Millisecond) // as a client waits between tries
	}
	for c.hears() < 3 {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			c.t.Errorf("%s hears %d others after the upgrade", c.id, c.hears())
			return
		}
	}
	c.away = time.Since(last)
}

// acrossRestart casts all votes of a point, over the end of a process: what was not
// acknowledged is asked again with the same key.
func acrossRestart(ctx context.Context, t *testing.T, url string, p plan.Plan, b *ballots, acked func()) {
	for b.next < votersEach && ctx.Err() == nil {
		c, err := call(t, url, p.ID, b.point)
		if err != nil {
			continue
		}
		for b.next < votersEach {
			voter := meeting.PersonID(fmt.Sprintf("%s-%03d", b.point, b.next))
			one, cancel := context.WithTimeout(ctx, time.Second)
			err := c.do(one, "k-"+string(voter), conduct.CastVote{Motion: "quy-che", Voter: voter, Choice: vote.For})
			cancel()
			if err != nil {
				break
			}
			b.next++
			b.acked = append(b.acked, voter)
			acked()
			time.Sleep(20 * time.Millisecond) // the votes last over the upgrade
		}
		c.Abandon()
	}
}

// recordedPoints counts the points of which something is on disk.
func recordedPoints(root string) int {
	items, err := archive.Rebuild(root)
	if err != nil || len(items) != 1 {
		return 0
	}
	points := map[string]bool{}
	for _, leg := range items[0].Tracks {
		if leg.Fragments > 0 {
			points[leg.Point] = true
		}
	}
	return len(points)
}

// holeOf is the longest time that one recording, which must be the only one, has
// nothing of a point's camera or microphone between two of its legs.
func holeOf(t *testing.T, root string) (worst time.Duration) {
	t.Helper()
	_, item := only(t, root)
	legs := map[string][]archive.TrackItem{}
	for _, leg := range item.Tracks {
		if leg.Fragments > 0 {
			name := leg.Point + "/" + fmt.Sprint(leg.Codec)
			legs[name] = append(legs[name], leg)
		}
	}
	for name, all := range legs {
		slices.SortFunc(all, func(a, b archive.TrackItem) int { return int(a.From - b.From) })
		if len(all) < 2 {
			t.Errorf("%s was not recorded after the upgrade", name)
		}
		for i := 1; i < len(all); i++ {
			worst = max(worst, time.Duration(all[i].From-all[i-1].To)*time.Millisecond)
		}
	}
	return worst
}

// TestOPS_AnUpgradeUnderARecordedMeetingLosesNoActAndLessThanFiveSeconds ends the
// program as `systemctl restart` does and starts it anew on the same socket, while four
// points speak, are recorded, and vote.
func TestOPS_AnUpgradeUnderARecordedMeetingLosesNoActAndLessThanFiveSeconds(t *testing.T) {
	t.Parallel()
	binary, data := build(t), t.TempDir()
	p := recordedVote(t, data)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	socket := listener.(*net.TCPListener)
	old := handed(t, binary, data, socket)
	var points []*crossing
	for _, x := range p.Points[:4] {
		c := &crossing{t: t, url: old.url, plan: p, id: x.ID, fresh: map[string]bool{}}
		if err := c.join(soon(t)); err != nil {
			t.Fatalf("%s: %v", c.id, err)
		}
		points = append(points, c)
	}
	eventually(t, 2*soonLimit, "everybody hears others", func() bool {
		for _, c := range points {
			if c.hears() < 3 {
				return false
			}
		}
		return true
	})
	all, done, acked := []*ballots{}, sync.WaitGroup{}, atomic.Int64{}
	voting, stopVoting := context.WithTimeout(t.Context(), time.Minute)
	defer stopVoting()
	begun := make(chan struct{})
	var once sync.Once
	voter := &ballots{point: p.Points[4].ID}
	all = append(all, voter)
	done.Go(func() {
		acrossRestart(voting, t, old.url, p, voter, func() { acked.Add(1); once.Do(func() { close(begun) }) })
	})
	<-begun
	eventually(t, 2*soonLimit, "something of all on disk", func() bool { return recordedPoints(filepath.Join(data, "archive")) == 4 })

	began := time.Now()
	if err := old.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	var back sync.WaitGroup
	for _, c := range points {
		back.Go(func() { c.cross(voting) })
	}
	if err := old.cmd.Wait(); err != nil {
		t.Errorf("the old process: %v", err)
	}
	ended := time.Since(began)
	newer := handed(t, binary, data, socket)
	started := time.Since(began)
	back.Wait()
	done.Wait()
	var worst time.Duration
	for _, c := range points {
		worst = max(worst, c.away)
		c.sends.abandon()
	}
	if err := newer.cmd.Process.Signal(syscall.SIGTERM); err != nil { // what is under way is written
		t.Fatal(err)
	}
	_ = newer.cmd.Wait() // looked at above
	kept(t, data, p.ID, all)
	hole := holeOf(t, filepath.Join(data, "archive"))
	t.Logf("old process ended after %v, new one served after %v; media was away for %v at most; hole of the recording %v; %d votes acknowledged",
		ended.Round(time.Millisecond), started.Round(time.Millisecond), worst.Round(time.Millisecond), hole.Round(time.Millisecond), acked.Load())
	if timed && (worst > gapAllowed || hole > gapAllowed) {
		t.Errorf("media was away for %v, the recording has a hole of %v", worst, hole)
	}
	if acked.Load() != votersEach {
		t.Errorf("%d of %d votes were acknowledged", acked.Load(), votersEach)
	}
}
