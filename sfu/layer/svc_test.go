package layer

import (
	"testing"

	"pgregory.net/rapid"

	"diemcau/sfu"
)

// svcEncoder produces pictures of several spatial layers with the temporal
// pattern 0 2 1 2, and knows what each frame is predicted from.
type svcEncoder struct {
	spatial  int
	keyOnly  bool // spatial layers depend on each other at keyframes only
	told     bool // by dependency descriptor
	sequence uint64
	number   uint16
	picture  int
	phase    int
	last     [3][3]int // newest frame of each layer, by frame index; -1: none
	frames   int
}

type svcFrame struct {
	packets []*sfu.Packet
	refs    []int
	index   int
	sid     int
	tid     int
}

func (e *svcEncoder) next(key bool, packets int) []svcFrame {
	if key {
		e.phase = 0
	}
	tid := [...]int{0, 2, 1, 2}[e.phase%4]
	e.picture++
	var out []svcFrame
	for sid := range e.spatial {
		f := svcFrame{index: e.frames, sid: sid, tid: tid}
		e.frames++
		if !key {
			f.refs = append(f.refs, e.reference(sid, tid))
		}
		if sid > 0 && (key || !e.keyOnly) {
			f.refs = append(f.refs, f.index-1)
		}
		e.number++
		for n := range packets {
			f.packets = append(f.packets, e.packet(sid, tid, key, n == 0, n == packets-1))
		}
		out = append(out, f)
	}
	for sid := range e.spatial {
		e.last[sid][tid] = out[sid].index
	}
	e.phase++
	return out
}

// reference is the newest frame of a lower temporal layer, or of the base.
func (e *svcEncoder) reference(sid, tid int) int {
	switch {
	case tid == 2 && e.phase%4 == 3:
		return e.last[sid][1]
	default:
		return e.last[sid][0]
	}
}

func (e *svcEncoder) packet(sid, tid int, key, start, end bool) *sfu.Packet {
	e.sequence++
	p := &sfu.Packet{
		Sequence: e.sequence, Timestamp: uint32(e.picture) * 3000, Payload: []byte{1},
		FrameStart: start, Keyframe: key && start && sid == 0,
		Marker: end && sid == e.spatial-1,
	}
	p.Descriptor = sfu.Descriptor{
		HasTID: true, TID: uint8(tid), SID: uint8(sid), LayerSync: true, FrameEnd: end,
		InterPic: !key, InterLayer: sid > 0 && (key || !e.keyOnly),
	}
	if e.told {
		d := &p.Descriptor
		d.FrameNumber = e.number
		d.InterPic = !key || sid > 0
		for s := range e.spatial {
			for t := range 3 {
				e.indicate(d, s, t, key)
			}
		}
	}
	return p
}

func (e *svcEncoder) indicate(d *sfu.Descriptor, s, t int, key bool) {
	sid, tid := int(d.SID), int(d.TID)
	bit := uint64(1) << (8*s + t)
	d.Active |= bit
	needed := tid <= t && (sid == s || (sid < s && (key || !e.keyOnly)))
	if !needed {
		return
	}
	d.Targets |= bit
	if key || (sid == s && (tid == 0 || tid < t)) {
		d.Switches |= bit
	}
}

func checkSVC(t *rapid.T, told bool) {
	e := &svcEncoder{told: told, spatial: rapid.IntRange(1, 3).Draw(t, "layers"), keyOnly: rapid.Bool().Draw(t, "keyOnly")}
	s := NewSelector("video/VP9")
	wantS, wantT := AllSpatial, AllTemporal
	sent := map[int]bool{}
	joined := false // a keyframe came since more was wanted
	for n := range rapid.IntRange(1, 100).Draw(t, "pictures") {
		change := rapid.IntRange(0, 9).Draw(t, "change") == 0
		if change {
			wantS, wantT = rapid.IntRange(0, 3).Draw(t, "S"), rapid.IntRange(0, 2).Draw(t, "T")
			s.Want(wantS, wantT)
			joined = false
		}
		key := n == 0 || rapid.IntRange(0, 20).Draw(t, "key") == 0
		joined = joined || key
		frames := e.next(key, rapid.IntRange(1, 3).Draw(t, "packets"))
		top, marked := -1, 0
		for _, f := range frames {
			forward := false
			for i, p := range f.packets {
				ok, end := s.Select(p)
				if i > 0 && ok != forward {
					t.Fatal("a frame was torn apart")
				}
				forward = ok
				if ok && (end || p.Marker) {
					marked++
					top = f.sid
				} else if ok {
					top = -1
				}
			}
			sent[f.index] = forward
			if !forward {
				continue
			}
			for _, ref := range f.refs {
				if !sent[ref] {
					t.Fatalf("picture %d layer %d/%d needs a frame that was held back", n, f.sid, f.tid)
				}
			}
			if f.tid > wantT && (joined || !told || !e.keyOnly) {
				t.Fatalf("temporal layer %d with %d wanted", f.tid, wantT)
			}
			if f.sid > wantS && (joined || !told || !e.keyOnly) {
				t.Fatalf("spatial layer %d with %d wanted", f.sid, wantS)
			}
		}
		if frames[0].tid == 0 && (marked != 1 || top < 0) {
			t.Fatalf("picture %d ends %d times", n, marked)
		}
		if joined {
			if s.NeedKeyframe() && wantS < e.spatial {
				t.Fatal("asks for a keyframe after it came")
			}
			if frames[0].tid == 0 && !sent[frames[min(wantS, e.spatial-1)].index] {
				t.Fatal("the wanted layer does not come after a keyframe")
			}
		}
	}
}

func TestSVCStaysDecodableByPayloadDescriptor(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) { checkSVC(t, false) })
}

func TestSVCStaysDecodableByDependencyDescriptor(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) { checkSVC(t, true) })
}

func TestATargetThatIsNoLongerProducedIsLeft(t *testing.T) {
	t.Parallel()
	e := &svcEncoder{told: true, spatial: 3}
	s := NewSelector("video/AV1")
	for _, f := range e.next(true, 1) {
		s.Select(f.packets[0])
	}
	for _, f := range e.next(false, 1) {
		if f.sid == 2 {
			continue // the encoder has stopped its top layer
		}
		f.packets[0].Descriptor.Active = 0x0707
		ok, end := s.Select(f.packets[0])
		if !ok || end != (f.sid == 1) {
			t.Fatalf("layer %d: forward %v, end of picture %v", f.sid, ok, end)
		}
	}
	if s.NeedKeyframe() {
		t.Fatal("a keyframe would not bring the layer back")
	}
}

func BenchmarkSelect(b *testing.B) {
	for name, told := range map[string]bool{"VP9": false, "DependencyDescriptor": true} {
		b.Run(name, func(b *testing.B) {
			e := &svcEncoder{told: told, spatial: 3}
			var packets []*sfu.Packet
			for n := range 200 {
				for _, f := range e.next(n == 0, 3) {
					packets = append(packets, f.packets...)
				}
			}
			s := NewSelector("video/VP9")
			s.Want(1, 1)
			b.ReportAllocs()
			for n := 0; b.Loop(); n++ {
				s.Select(packets[n%len(packets)])
			}
		})
	}
}
