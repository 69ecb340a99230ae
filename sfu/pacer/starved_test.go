package pacer_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"diemcau/sfu/pacer"

	"github.com/pion/interceptor/pkg/twcc"
)

// world is a subscriber with sound and a picture in three sizes, on a line that is
// thin, loses, jitters, and whose two ends may be kept waiting by their machines.
type world struct {
	w           *wire
	p           *pacer.Pacer
	sound       *pacer.Stream
	picture     *pacer.Stream
	recorder    *twcc.Recorder
	random      *rand.Rand
	latestSound time.Duration // the longest that speech waited for its turn on the line

	rate    int64   // bit/s of the line
	jitter  int64   // ns, at most
	loss    float64 // share
	ordered bool    // jitter never changes the order
	starved bool    // both machines get little time
	gusts   int64   // ns between two moments at which something arrives
	deep    int64   // ns that a packet may wait for its turn

	free, latest int64
	read         int
	layer        int // of the picture; -1 is none
	due          int64
	coming       []arriving
	sleeps       [2]sleep // the bridge's machine, and the receiver's
}

type arriving struct {
	at      int64
	counter uint16
}

// sleep is a machine that is given time only now and then.
type sleep struct{ until, awake int64 }

// sizes is what the picture costs in each size, bit/s on the wire, and speech is
// what sound does.
var sizes = []int64{170_000, 560_000, 1_800_000}

const speech = 60_000

func newWorld(seed uint64) *world {
	w, p := open()
	x := &world{
		w: w, p: p, picture: video(w, p, 1), recorder: twcc.NewRecorder(7), random: rand.New(rand.NewPCG(seed, 3)),
		rate: 20_000_000, layer: 2, ordered: seed%2 == 0, deep: int64(250 * time.Millisecond),
	}
	x.sound = p.Open(pacer.StreamSettings{Writer: w, Sound: true, TransportCC: 3})
	p.SetNeed((speech + sizes[2]) * 10 / 9)
	return x
}

// play lets time pass until a condition holds, and tells how long it took.
func (x *world) play(d time.Duration, until func() bool) time.Duration {
	from := x.w.now
	for end := from + int64(d); x.w.now < end; {
		x.w.now += 5 * ms
		x.arrive()
		if x.asleep(0) {
			continue
		}
		x.choose()
		x.send()
		x.p.Drain()
		x.carry()
		if x.w.now/ms%500 == 0 {
			x.p.Look()
		}
		if until != nil && until() {
			break
		}
	}
	return time.Duration(x.w.now - from)
}

// asleep tells whether a machine gets no time now.
func (x *world) asleep(machine int) bool {
	s := &x.sleeps[machine]
	if now := x.w.now; x.starved && now >= s.awake {
		s.until = now + 20*ms + x.random.Int64N(300*ms)
		s.awake = s.until + 10*ms + x.random.Int64N(60*ms)
	}
	return x.w.now < s.until
}

// choose takes the size that the line is believed to carry, as the engine does.
func (x *world) choose() {
	line := float64(min(x.p.Room(), 1<<40))
	best := -1
	for i, cost := range sizes {
		if share := map[bool]float64{true: 0.9, false: 1}[i > x.layer]; float64(cost+speech) <= share*line {
			best = i
		}
	}
	x.layer = best
}

// send is what comes of the publisher in 5 ms, or while the bridge slept.
func (x *world) send() {
	slots := (x.w.now - x.due) / (20 * ms)
	for range min(slots, 50) {
		x.due += 20 * ms
		_, _ = x.sound.WriteRTP(header(9, 0), make([]byte, 80))
		if x.layer < 0 {
			continue
		}
		for left := sizes[x.layer] / 8 / 50; left > 0; left -= 1100 {
			_, _ = x.picture.WriteRTP(header(1, 0), make([]byte, min(left, 1100)))
		}
	}
	x.due = max(x.due, x.w.now-20*ms)
}

// carry puts what went out on the line.
func (x *world) carry() {
	for ; x.read < len(x.w.packets); x.read++ {
		s := &x.w.packets[x.read]
		x.free = max(x.free, s.at)
		if x.random.Float64() < x.loss || x.free-s.at > x.deep {
			continue
		}
		x.free += int64(s.bytes) * 8 * 1000 * ms / x.rate
		if s.ssrc == 9 {
			x.latestSound = max(x.latestSound, time.Duration(x.free-s.at))
		}
		at := x.free + 5*ms
		if x.jitter > 0 {
			at += x.random.Int64N(x.jitter)
		}
		if x.gusts > 0 {
			at += x.gusts - at%x.gusts
		}
		if x.ordered {
			at = max(at, x.latest)
		}
		x.latest = max(x.latest, at)
		if s.ssrc == messages {
			continue // nobody reports on them
		}
		x.coming = append(x.coming, arriving{at, s.counter})
	}
}

// arrive hands the receiver what has come, when it is awake, and reports.
func (x *world) arrive() {
	if x.asleep(1) {
		return
	}
	slices.SortStableFunc(x.coming, func(a, b arriving) int { return int(a.at - b.at) })
	n := 0
	for ; n < len(x.coming) && x.coming[n].at <= x.w.now; n++ {
		at := x.coming[n].at
		if x.sleeps[1].until > at {
			at = x.sleeps[1].until // read late
		}
		x.recorder.Record(1, x.coming[n].counter, at/1000)
	}
	x.coming = append(x.coming[:0], x.coming[n:]...)
	if x.w.now/ms%100 != 0 && !x.starved {
		return
	}
	for _, f := range x.recorder.BuildFeedbackPacket() {
		if raw, err := f.Marshal(); err == nil && x.random.Float64() >= x.loss {
			x.p.Feedback(1, raw)
		}
	}
}

func (x *world) best() bool { return x.layer == 2 }
func (x *world) seen() bool { return x.layer >= 0 }

// simulated runs of each kind; enough that half a minute without a picture, as one
// run in twenty had when trains were short, would be seen.
const simulated = 16

// slowest is the longest that anything took, and the median.
func slowest(t *testing.T, what string, list []time.Duration) time.Duration {
	t.Helper()
	slices.Sort(list)
	t.Logf("%s: median %v, 95 %% %v, worst %v", what, list[len(list)/2], list[len(list)*95/100], list[len(list)-1])
	return list[len(list)-1]
}

func jitters(t *testing.T, run func(t *testing.T, jitter int64)) {
	t.Helper()
	for _, jitter := range []int64{0, 30 * ms, 60 * ms} {
		t.Run(time.Duration(jitter).String(), func(t *testing.T) {
			t.Parallel()
			run(t, jitter)
		})
	}
}

// A machine that is kept waiting, at either end, is no thin line: nothing comes for
// long and then all at once.
func TestAPictureStaysWhileBothMachinesStarve(t *testing.T) {
	t.Parallel()
	jitters(t, func(t *testing.T, jitter int64) {
		looks, shown := 0, 0
		var best []time.Duration
		for seed := range uint64(simulated) {
			x := newWorld(seed)
			x.jitter = jitter
			x.play(5*time.Second, nil)
			x.starved = true
			x.play(15*time.Second, func() bool {
				looks++
				if x.layer >= 0 {
					shown++
				}
				return false
			})
			x.starved, x.sleeps = false, [2]sleep{}
			best = append(best, x.play(time.Minute, x.best))
		}
		share := float64(shown) / float64(looks)
		t.Logf("a picture in %.1f %% of the time", 100*share)
		if share < 0.85 {
			t.Errorf("a picture was shown in %.1f %% of the time only", 100*share)
		}
		if worst := slowest(t, "the largest", best); worst > 10*time.Second {
			t.Errorf("not the largest for %v after the machines were free again", worst)
		}
	})
}

// A line that carries hardly speech is tried with few packets.
func TestAPictureComesBackSoonOnALineThatCarriedHardlySpeech(t *testing.T) {
	t.Parallel()
	jitters(t, func(t *testing.T, jitter int64) {
		var any, best []time.Duration
		for seed := range uint64(simulated) {
			x := newWorld(seed)
			x.jitter, x.rate = jitter, 70_000
			x.play(15*time.Second, nil)
			x.rate = 20_000_000
			d := x.play(time.Minute, x.seen)
			any, best = append(any, d), append(best, d+x.play(time.Minute, x.best))
		}
		if worst := slowest(t, "any picture", any); worst > 10*time.Second {
			t.Errorf("no picture for %v after the line was good again", worst)
		}
		if worst := slowest(t, "the largest", best); worst > 15*time.Second {
			t.Errorf("not the largest for %v", worst)
		}
	})
}

// What excuses a machine that stands still must not excuse a line that delivers in
// gusts, as radio does, whether it drops what waits long or keeps it.
func TestALineThatDeliversInGustsIsFoundThinAllTheSame(t *testing.T) {
	t.Parallel()
	for _, deep := range []time.Duration{200 * time.Millisecond, 2 * time.Second} {
		var step []time.Duration
		for seed := range uint64(simulated) {
			x := newWorld(seed)
			x.rate, x.gusts, x.deep = 4_000_000, 100*ms, int64(deep)
			x.play(10*time.Second, nil)
			x.rate = 512_000
			step = append(step, x.play(20*time.Second, func() bool { return x.layer < 2 }))
		}
		if worst := slowest(t, "stepped down, queue "+deep.String(), step); worst > 2*time.Second {
			t.Errorf("the picture stepped down after %v on a line that keeps %v", worst, deep)
		}
	}
}

func TestP6ALineThatJittersStepsDownAndComesBackInTime(t *testing.T) {
	t.Parallel()
	jitters(t, func(t *testing.T, jitter int64) {
		var step, back []time.Duration
		late := time.Duration(0)
		for seed := range uint64(simulated) {
			x := newWorld(seed)
			x.jitter, x.rate = jitter, 4_000_000
			x.play(10*time.Second, nil)
			x.rate, x.loss = 512_000, 0.05
			step = append(step, x.play(20*time.Second, func() bool { return x.layer < 2 }))
			x.play(2*time.Second, nil)
			x.latestSound = 0
			x.play(8*time.Second, nil)
			late = max(late, x.latestSound)
			x.rate, x.loss = 4_000_000, 0
			back = append(back, x.play(time.Minute, x.best))
		}
		if worst := slowest(t, "stepped down", step); worst > 2*time.Second {
			t.Errorf("the picture stepped down after %v", worst)
		}
		if worst := slowest(t, "came back", back); worst > 10*time.Second {
			t.Errorf("the picture was back after %v", worst)
		}
		if late > 225*time.Millisecond { // by trains and picture, once the line is known
			t.Errorf("speech waited for %v, and was all but dropped", late)
		}
	})
}
