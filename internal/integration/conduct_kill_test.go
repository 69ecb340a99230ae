package integration

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"diemcau/internal/lkclient"
	"diemcau/meeting"
	"diemcau/meeting/conduct"
	"diemcau/meeting/live"
	"diemcau/meeting/plan"
	"diemcau/meeting/rollcall"
	"diemcau/meeting/sample"
	"diemcau/meeting/store"
	"diemcau/meeting/vote"

	"github.com/google/uuid"
	"github.com/livekit/protocol/livekit"
)

// A killed bridge: how many members vote at each point, and how soon after a
// restart the meeting must go on.
const (
	votersEach = 200
	goesOn     = 10 * time.Second
)

// caller is a stock client that does acts by remote procedure call.
type caller struct {
	*lkclient.Client
	id meeting.PointID

	mu      sync.Mutex
	waiting map[string]chan *livekit.RpcResponse
}

func call(t *testing.T, url string, room meeting.ID, id meeting.PointID) (*caller, error) {
	t.Helper()
	token, err := lkclient.Token("devkey", "secret", string(room), string(id), nil)
	if err != nil {
		return nil, err
	}
	c := &caller{id: id, waiting: map[string]chan *livekit.RpcResponse{}}
	c.Client, err = lkclient.Join(within(t, 5*time.Second), lkclient.Settings{URL: url, Token: token, OnData: c.answered})
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { c.Close() })
	return c, c.WaitConnected(within(t, 10*time.Second))
}

func (c *caller) answered(dp *livekit.DataPacket) {
	r := dp.GetRpcResponse()
	c.mu.Lock()
	defer c.mu.Unlock()
	if w := c.waiting[r.GetRequestId()]; w != nil {
		delete(c.waiting, r.GetRequestId())
		w <- r
	}
}

// errCall is what the meeting answered instead.
type errCall struct{ *livekit.RpcError }

func (e errCall) Error() string { return e.Message }

// do calls the meeting and waits for its answer.
func (c *caller) do(ctx context.Context, key string, d conduct.Deed) error {
	body, err := json.Marshal(map[string]any{"do": d.Name(), "with": d, "key": key})
	if err != nil {
		return err
	}
	id := uuid.NewString()
	answer := make(chan *livekit.RpcResponse, 1)
	c.mu.Lock()
	c.waiting[id] = answer
	c.mu.Unlock()
	err = c.SendData(ctx, &livekit.DataPacket{
		Kind: livekit.DataPacket_RELIABLE, DestinationIdentities: []string{"diemcau"},
		Value: &livekit.DataPacket_RpcRequest{RpcRequest: &livekit.RpcRequest{Id: id, Method: "act", Payload: string(body), ResponseTimeoutMs: 5000, Version: 1}},
	})
	if err != nil {
		return err
	}
	select {
	case r := <-answer:
		if e := r.GetError(); e != nil {
			return errCall{e}
		}
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// midVote is a meeting in the middle of a named vote, with a speaker and a queue,
// kept in a database as if a bridge had held it so far.
func midVote(t *testing.T, data string) plan.Plan {
	t.Helper()
	p := sample.Briefing()
	p.Points = p.Points[:5]
	p.Voters = nil
	for _, x := range p.Points {
		for i := range votersEach {
			p.Voters = append(p.Voters, vote.Voter{Person: meeting.PersonID(fmt.Sprintf("%s-%03d", x.ID, i)), Name: "Thành viên", Point: x.ID})
		}
	}
	announce(t, data, p)
	s, err := store.Open(t.Context(), filepath.Join(data, "diemcau.db"))
	if err != nil {
		t.Fatal(err)
	}
	o, err := s.Prepare(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	l, err := conduct.New(o)
	if err = errors.Join(err, s.SaveOpening(t.Context(), o)); err != nil {
		t.Fatal(err)
	}
	do := func(by conduct.Actor, d conduct.Deed) {
		t.Helper()
		events, err := l.Apply(conduct.Act{By: by, At: time.Now(), Do: d})
		if err = errors.Join(err, s.Append(t.Context(), p.ID, events)); err != nil {
			t.Fatalf("%s: %v", d.Name(), err)
		}
	}
	chair, scribe, bridge := conduct.Actor{Person: p.People.Chair.ID}, conduct.Actor{Person: p.People.Secretary.ID}, conduct.Actor{System: true}
	for _, x := range p.Points {
		do(scribe, conduct.Mark{Point: x.ID, Status: rollcall.Present})
	}
	do(chair, conduct.SetPhase{Phase: conduct.InSession})
	second := p.Points[1].ID
	do(bridge, conduct.Join{Point: second})
	do(chair, conduct.Invite{Point: second, Seconds: 3600})
	do(conduct.Actor{Point: second}, conduct.Ask{Entry: "e1", Point: second, Topic: "tiếp"})
	do(scribe, conduct.Prepare{Motion: vote.Usual("quy-che", "Quy chế", vote.Named, nil)})
	do(chair, conduct.OpenVote{Motion: "quy-che"})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return p
}

// program is diemcau as a process of its own.
type program struct {
	cmd *exec.Cmd
	url string
}

// programs is the folder of the program that tests run as processes; it is removed
// when all have ended.
var programs = filepath.Join(os.TempDir(), "diemcau-integration-"+uuid.NewString())

// built makes the program once, and as `make build` does, without cgo: what it
// compiled is there already, with the race detector and without.
var built = sync.OnceValues(func() (string, error) {
	binary := filepath.Join(programs, "diemcau")
	cmd := exec.Command("go", "build", "-o", binary, "diemcau/cmd/diemcau")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return binary, nil
})

func build(t *testing.T) string {
	t.Helper()
	binary, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return binary
}

func run(t *testing.T, binary, data string) *program {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, "serve", "--dev", "--data", data, "--http", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--rtc-udp", "0", "--rtc-tcp", "0")
	out, err := cmd.StdoutPipe()
	if err = errors.Join(err, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	p := &program{cmd: cmd}
	lines := bufio.NewReader(out)
	for p.url == "" {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("the bridge did not start: %v", err)
		}
		if _, url, ready := strings.Cut(line, "is ready: "); ready {
			p.url = strings.Replace(strings.TrimSpace(url), "http", "ws", 1)
		}
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }() // until the process ends
	t.Cleanup(p.kill)
	return p
}

func (p *program) kill() {
	_ = p.cmd.Process.Kill() // SIGKILL; it may be dead already
	_ = p.cmd.Wait()         // says that it was killed
}

// ballots are the votes still to be cast at one point, and those acknowledged.
type ballots struct {
	point meeting.PointID
	next  int
	acked []meeting.PersonID
}

// vote casts until the bridge does not answer any more.
func (b *ballots) vote(ctx context.Context, t *testing.T, c *caller, acked func()) {
	for b.next < votersEach {
		voter := meeting.PersonID(fmt.Sprintf("%s-%03d", b.point, b.next))
		err := c.do(ctx, "k-"+string(voter), conduct.CastVote{Motion: "quy-che", Voter: voter, Choice: vote.For})
		var refused errCall
		if errors.As(err, &refused) {
			t.Errorf("%s: %v %s", voter, refused.Message, refused.Data)
		}
		if err != nil {
			return // asked again with the same key after the restart
		}
		b.next++
		b.acked = append(b.acked, voter)
		acked()
	}
}

// TestAKilledBridgeLosesNoAct kills the process in mid-vote, DIEMCAU_TEST_KILLS
// times (3).
func TestAKilledBridgeLosesNoAct_VOT01(t *testing.T) {
	t.Parallel()
	kills := 3
	if n, err := strconv.Atoi(os.Getenv("DIEMCAU_TEST_KILLS")); err == nil {
		kills = n
	}
	binary, data := build(t), t.TempDir()
	p := midVote(t, data)
	holder := p.Points[1].ID
	all := []*ballots{}
	for _, x := range p.Points[:4] {
		all = append(all, &ballots{point: x.ID})
	}
	var worst time.Duration
	for round := range kills {
		started := time.Now()
		bridge := run(t, binary, data)
		ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
		var done sync.WaitGroup
		var acked, left atomic.Int64
		left.Store(1 + rand.Int64N(60))
		enough := make(chan struct{})
		var first atomic.Int64
		for _, b := range all {
			done.Go(func() {
				c, err := call(t, bridge.url, p.ID, b.point)
				if err != nil {
					t.Errorf("round %d: %s cannot come back: %v", round, b.point, err)
					return
				}
				defer c.Abandon()
				intact(ctx, t, c, holder)
				b.vote(ctx, t, c, func() {
					first.CompareAndSwap(0, int64(time.Since(started)))
					acked.Add(1)
					if left.Add(-1) == 0 {
						close(enough)
					}
				})
			})
		}
		select {
		case <-enough:
		case <-ctx.Done():
			t.Errorf("round %d: %d acts only", round, acked.Load())
		}
		bridge.kill()
		time.AfterFunc(200*time.Millisecond, stop) // answers under way have come by then
		done.Wait()
		stop()
		worst = max(worst, time.Duration(first.Load()))
		kept(t, data, p.ID, all)
	}
	total := 0
	for _, b := range all {
		total += len(b.acked)
	}
	t.Logf("%d kills, %d votes acknowledged, all kept once; the meeting went on within %v of the start", kills, total, worst)
	if worst > goesOn {
		t.Errorf("the meeting went on after %v", worst)
	}
}

// intact checks that floor, clock, queue and vote are as before the kill.
func intact(ctx context.Context, t *testing.T, c *caller, holder meeting.PointID) {
	var s live.State
	err := c.Wait(ctx, "the state", func(r *lkclient.Room) bool { s = stateOf(r); return s.Version != 0 })
	switch {
	case err != nil:
		t.Errorf("%s: %v", c.id, err)
	case s.Speech == nil || s.Speech.Point != holder || s.Speech.Due-s.Speech.Started != time.Hour.Milliseconds():
		t.Errorf("the floor is %+v", s.Speech)
	case s.Waiting != 1 || s.Vote == nil || s.Vote.Phase != vote.Open || s.Phase != conduct.InSession:
		t.Errorf("queue %d, vote %+v, phase %s", s.Waiting, s.Vote, s.Phase)
	}
}

// kept checks that every acknowledged vote is in the database once.
func kept(t *testing.T, data string, id meeting.ID, all []*ballots) {
	t.Helper()
	s, err := store.Open(context.WithoutCancel(t.Context()), filepath.Join(data, "diemcau.db"))
	if err != nil {
		t.Fatal(err)
	}
	l, _, err := s.Load(context.WithoutCancel(t.Context()), id)
	if err = errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	times := map[meeting.PersonID]int{}
	for _, c := range l.State().Votes[0].Casts {
		times[c.Voter]++
	}
	for _, b := range all {
		for _, voter := range b.acked {
			if times[voter] != 1 {
				t.Errorf("the acknowledged vote of %s is kept %d times", voter, times[voter])
			}
		}
	}
}
