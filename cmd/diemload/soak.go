package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"time"

	"diemcau/cmd/diemload/samples"
	"diemcau/internal/lkclient"

	"github.com/livekit/protocol/livekit"
)

type soakCommand struct {
	Bridge   string        `name:"server" aliases:"bridge" default:"bin/diemcau" help:"Program to soak."`
	Duration time.Duration `default:"30m" help:"How long points come and go."`
	Points   int           `default:"6" help:"Points present at a time."`
	Every    time.Duration `default:"3s" help:"A point leaves and another joins this often."`
}

const (
	// soakRoom is how many joins a room sees before the next one opens.
	soakRoom = 25
	// soakPatience is how long the bridge may take to forget points that vanished
	// without a word: ICE notices after 15 s, resuming is open for 5 s more.
	soakPatience = 90 * time.Second
	// What may be more at the end: goroutines of idle HTTP connections, and what
	// the runtime, pools and tables of codecs keep for the next meeting.
	soakGoroutines = 6
	soakHeap       = 8 << 20 // bytes
)

// Run starts a fresh bridge, lets points come and go, and fails when the bridge
// ends with more than it began with.
func (s *soakCommand) Run(ctx context.Context) error {
	data, err := os.MkdirTemp("", "diemload")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(data) }()
	own, admin, err := ownBridge(s.Bridge, data, "room: {departure_timeout: 1s}\n")
	if err != nil {
		return err
	}
	t, stop, err := own.start(ctx)
	if err != nil {
		return err
	}
	defer stop()
	k := &soak{soakCommand: s, target: t, admin: admin}
	return k.run(ctx)
}

// soak is one run.
type soak struct {
	*soakCommand
	target
	admin string

	points []*publisher
	joined int
	failed int
	leaves [3]int // with a word, without, after a resume
	tasks  sync.WaitGroup
}

func (k *soak) run(ctx context.Context) error {
	// What is made once and kept, as pools are, is made before the measuring.
	k.turn(ctx, max(20*time.Second, 4*k.Every))
	begin, err := k.rest(ctx, footprint{})
	if err != nil {
		return err
	}
	fmt.Printf("begin: %v\n", begin)
	k.turn(ctx, k.Duration)
	end, err := k.rest(ctx, begin)
	if err != nil {
		return err
	}
	fmt.Printf("end:   %v\n%d joins (%d failed); %d left, %d vanished, %d resumed and left\n",
		end, k.joined, k.failed, k.leaves[0], k.leaves[1], k.leaves[2])
	switch {
	case end.exceeds(begin):
		return errors.Join(fmt.Errorf("the bridge has not returned to what it was: %v, then %v", begin, end), k.explain(ctx))
	case k.failed > 0:
		return fmt.Errorf("%d of %d joins failed", k.failed, k.joined)
	}
	return ctx.Err()
}

// explain keeps what the bridge holds, for `go tool pprof`.
func (k *soak) explain(ctx context.Context) error {
	for _, what := range []string{"heap", "goroutine"} {
		profile, err := adminGet(ctx, k.admin, "/debug/pprof/"+what)
		if err != nil {
			return err
		}
		path := "soak-" + what + ".pprof"
		if err := os.WriteFile(path, []byte(profile), 0o600); err != nil {
			return err
		}
		fmt.Println("what it holds is in", path)
	}
	return nil
}

// turn lets points come and go for a while, then all leave.
func (k *soak) turn(ctx context.Context, d time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	tick, minute := time.NewTicker(k.Every), time.NewTicker(time.Minute)
	defer tick.Stop()
	defer minute.Stop()
	for ctx.Err() == nil {
		for len(k.points) < k.Points && ctx.Err() == nil {
			k.join(context.WithoutCancel(ctx))
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
			k.leave()
		case <-minute.C:
			if now, err := readFootprint(ctx, k.admin); err == nil {
				fmt.Printf("%s  %v, %d joins\n", time.Now().UTC().Format(time.TimeOnly), now, k.joined)
			}
		}
	}
	for len(k.points) > 0 {
		k.leave()
	}
	k.tasks.Wait()
}

// join lets one point in that sends and receives.
func (k *soak) join(ctx context.Context) {
	k.joined++
	l := &load{target: k.target, streams: newStreams(), scenario: scenario{
		Room: fmt.Sprint("soak-", k.joined/soakRoom), Video: "180p", Codec: []string{"vp8", "h264"}[k.joined%2], Single: k.joined%3 == 0,
	}}
	watch := func(*lkclient.Client, *lkclient.Track) lkclient.PacketFunc { return nil }
	client, err := l.join(ctx, fmt.Sprint("point-", k.joined), true, watch)
	if err != nil {
		k.fail(err)
		return
	}
	play, stop := context.WithCancel(ctx)
	p := &publisher{client: client, stop: stop}
	k.points = append(k.points, p)
	bounded, cancel := context.WithTimeout(ctx, joinPatience)
	defer cancel()
	err = errors.Join(
		p.video(bounded, play, l, 0),
		p.publish(bounded, play, l, 0, samples.Opus, livekit.TrackSource_MICROPHONE, nil),
		client.SendText(bounded, livekit.DataPacket_RELIABLE, "soak", []byte("hello")),
	)
	if err != nil {
		k.fail(err)
	}
}

func (k *soak) fail(err error) {
	k.failed++
	fmt.Printf("%s  join %d: %v\n", time.Now().UTC().Format(time.TimeOnly), k.joined, err)
}

// leave lets a point go: most say so, some vanish, some come back for a moment.
func (k *soak) leave() {
	i := rand.IntN(len(k.points))
	p := k.points[i]
	k.points = append(k.points[:i], k.points[i+1:]...)
	way := []int{0, 0, 1, 2}[rand.IntN(4)]
	k.leaves[way]++
	k.tasks.Go(func() {
		switch way {
		case 1:
			p.client.Abandon()
		case 2:
			ctx, cancel := context.WithTimeout(context.Background(), joinPatience)
			defer cancel()
			_ = p.client.CutSocket(ctx)
			_ = p.client.Resume(ctx) // it leaves in any case
		}
		p.close()
	})
}

// rest waits until the bridge has let go of everything, or for what it may take.
func (k *soak) rest(ctx context.Context, begin footprint) (footprint, error) {
	deadline := time.Now().Add(soakPatience)
	var last footprint
	for {
		if err := sleep(ctx, 5*time.Second); err != nil {
			return last, err
		}
		now, err := readFootprint(ctx, k.admin)
		if err != nil {
			return now, err
		}
		settled := begin != (footprint{}) && !now.exceeds(begin) || begin == (footprint{}) && now.goroutines == last.goroutines && time.Now().After(deadline.Add(-soakPatience/2))
		if settled || time.Now().After(deadline) {
			return now, nil
		}
		last = now
	}
}
