package sequence_test

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"diemcau/sfu/sequence"
)

// model says what should have come of the packets so far.
type model struct {
	m       sequence.Map
	outs    map[uint64]uint64 // output -> source, over all runs
	bySrc   map[uint64]uint64 // source -> output, of this run
	dropped map[uint64]bool
	holes   map[uint64]bool // source numbers passed over in this run
	lost    int             // holes of the runs before
	lateCut int             // dropped too late
	high    uint64
	inserts int
}

func (d *model) begin(t *rapid.T, seq uint64) {
	d.lost += len(d.holes)
	d.bySrc, d.dropped, d.holes = map[uint64]uint64{}, map[uint64]bool{}, map[uint64]bool{}
	d.high = seq
	d.take(t, seq, d.m.Begin(seq))
}

func (d *model) pass(seq uint64) {
	for n := d.high + 1; n < seq; n++ {
		d.holes[n] = true
	}
	d.high = max(d.high, seq)
	delete(d.holes, seq)
}

func (d *model) take(t *rapid.T, seq, out uint64) {
	if other, ok := d.outs[out]; ok {
		t.Fatalf("output %d for %d and %d", out, other, seq)
	}
	d.outs[out], d.bySrc[seq] = seq, out
}

func (d *model) step(t *rapid.T) {
	next := d.high + 1 + uint64(rapid.SampledFrom([]int{0, 0, 0, 0, 1, 3}).Draw(t, "gap"))
	late := slices.Sorted(maps.Keys(d.holes))
	switch rapid.IntRange(0, 9).Draw(t, "op") {
	case 0, 1, 2, 3:
		d.pass(next)
		out, ok := d.m.Forward(next)
		if !ok {
			t.Fatalf("%d was refused", next)
		}
		d.take(t, next, out)
	case 4, 5, 6:
		d.pass(next)
		d.dropped[next] = true
		if !d.m.Drop(next) {
			t.Fatalf("%d was not dropped in order", next)
		}
	case 7:
		d.inserts++
		d.take(t, 1<<62+uint64(d.inserts), d.m.Insert())
	case 8:
		if len(late) > 0 {
			d.late(t, rapid.SampledFrom(late[max(0, len(late)-5):]).Draw(t, "late"))
		}
	case 9:
		if rapid.IntRange(0, 9).Draw(t, "begin") == 0 {
			d.begin(t, rapid.Uint64Range(1, 1<<40).Draw(t, "seq"))
		}
	}
}

// late lets a packet come that was passed over: it fills its hole, or stays one.
func (d *model) late(t *rapid.T, seq uint64) {
	delete(d.holes, seq)
	if rapid.Bool().Draw(t, "drop") {
		if d.m.Drop(seq) {
			t.Fatalf("%d was dropped behind its successors", seq)
		}
		d.lateCut++
		return
	}
	out, ok := d.m.Forward(seq)
	if !ok {
		d.lateCut++ // forgotten: allowed only after spanLimit drops
		if len(d.dropped) < 60 {
			t.Fatalf("late %d was refused after %d drops", seq, len(d.dropped))
		}
		return
	}
	d.take(t, seq, out)
}

func TestAMapLeavesNoHoleButThoseOfRealLoss(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := &model{outs: map[uint64]uint64{}}
		d.begin(t, 100000)
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			d.step(t)
			order := slices.Sorted(maps.Keys(d.bySrc))
			for i := 1; i < len(order); i++ {
				if order[i] < 1<<62 && d.bySrc[order[i]] <= d.bySrc[order[i-1]] {
					t.Fatalf("%d -> %d, but %d -> %d", order[i-1], d.bySrc[order[i-1]], order[i], d.bySrc[order[i]])
				}
			}
		}
		holes := int(d.m.Last()) - len(d.outs)
		if want := d.lost + len(d.holes) + d.lateCut; holes > want {
			t.Fatalf("%d holes, but only %d packets were lost", holes, want)
		}
	})
}

func TestADroppedPacketStaysDropped(t *testing.T) {
	t.Parallel()
	var m sequence.Map
	m.Begin(1000)
	m.Drop(1001)
	m.Drop(1002)
	if out, _ := m.Forward(1003); out != 2 {
		t.Errorf("1003 -> %d, want 2", out)
	}
	for _, seq := range []uint64{999, 1001, 1002} {
		if out, ok := m.Forward(seq); ok {
			t.Errorf("%d -> %d, want none", seq, out)
		}
	}
	m.End()
	if _, ok := m.Forward(1004); ok {
		t.Error("a packet was placed after the end of the run")
	}
	if out := m.Begin(5); out != 3 {
		t.Errorf("the next run begins with %d, want 3", out)
	}
}

func TestALogFindsWhatWasSentAndNothingElse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		log := sequence.NewLog[int](100)
		last := rapid.Uint64Range(1, 1<<33).Draw(t, "first")
		sent := map[uint64]bool{}
		for range rapid.IntRange(0, 400).Draw(t, "packets") {
			last += uint64(rapid.IntRange(1, 3).Draw(t, "step"))
			sent[last] = true
			log.Add(last, sequence.Sent[int]{Source: last + 7})
		}
		for back := range uint64(600) {
			e := log.Find(uint16(last-back), last)
			known := sent[last-back] && back < last && back < 128
			if (e != nil) != known {
				t.Fatalf("%d back: found %v, want %v", back, e != nil, known)
			}
			if e != nil && e.Source != last-back+7 {
				t.Fatalf("%d back is %d", back, e.Source)
			}
		}
	})
}

func FuzzMap(f *testing.F) {
	f.Add([]byte{0, 1, 2, 64, 65, 128, 129, 200})
	f.Fuzz(func(t *testing.T, b []byte) {
		var m sequence.Map
		seen := map[uint64]uint64{}
		seq, run := uint64(1000), uint64(0)
		for _, v := range b {
			last := m.Last()
			step := uint64(v & 0x0f)
			switch v >> 4 {
			case 0:
				seq += step + 1000
				run++
				m.Begin(seq)
			case 1, 2:
				m.Drop(seq + step - 4)
			case 3:
				m.Insert()
			default:
				n := seq + step - 4
				seq = max(seq, n)
				out, ok := m.Forward(n)
				if was, twice := seen[out]; ok && twice && was != run<<48|n {
					t.Fatalf("output %d for %x and %x", out, was, run<<48|n)
				}
				if ok {
					seen[out] = run<<48 | n
				}
			}
			if m.Last() < last {
				t.Fatalf("last went from %d to %d", last, m.Last())
			}
		}
	})
}
