package codec

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"diemcau/sfu"
)

// vp8Packet builds a packet as Inspect leaves it.
func vp8Packet(t interface{ Fatal(...any) }, layer int, seq uint64, d sfu.Descriptor, start, key bool) *sfu.Packet {
	b := []byte{0x80, 0}
	if start {
		b[0] |= 0x10
	}
	if d.HasPicture {
		b[1] |= 0x80
		if d.LongID {
			b = append(b, 0x80|byte(d.PictureID>>8), byte(d.PictureID))
		} else {
			b = append(b, byte(d.PictureID&0x7f))
		}
	}
	if d.HasTL0 {
		b[1] |= 0x40
		b = append(b, d.TL0PicIdx)
	}
	if d.HasTID || d.HasKeyIdx {
		v := d.TID<<6 | d.KeyIdx&0x1f
		if d.LayerSync {
			v |= 0x20
		}
		if d.HasTID {
			b[1] |= 0x20
		}
		if d.HasKeyIdx {
			b[1] |= 0x10
		}
		b = append(b, v)
	}
	first := byte(1)
	if key {
		first = 0
	}
	b = append(b, first, 0xaa, 0xbb, byte(seq))
	p := &sfu.Packet{Layer: layer, Sequence: seq, Payload: b}
	if err := NewInspector("video/VP8", false).Inspect(p); err != nil {
		t.Fatal(err)
	}
	if p.Keyframe != (start && key) || p.Descriptor.PictureID != d.PictureID {
		t.Fatal("the packet builder and the inspector disagree")
	}
	return p
}

// vp8Source is one layer of an encoder with the temporal pattern 0 2 1 2.
type vp8Source struct {
	layer int
	long  bool
	seq   uint64
	id    uint16
	tl0   uint8
	key   uint8
	phase int
}

func (s *vp8Source) picture(t interface{ Fatal(...any) }, packets int, key bool) []*sfu.Packet {
	tid := [...]uint8{0, 2, 1, 2}[s.phase%4]
	if key {
		s.phase, tid = 0, 0
		s.key = (s.key + 1) & 0x1f
	}
	s.phase++
	mask := uint16(0x7f)
	if s.long {
		mask = 0x7fff
	}
	s.id = (s.id + 1) & mask
	if tid == 0 {
		s.tl0++
	}
	out := make([]*sfu.Packet, 0, packets)
	for n := range packets {
		s.seq++
		out = append(out, vp8Packet(t, s.layer, s.seq, sfu.Descriptor{
			HasPicture: true, LongID: s.long, PictureID: s.id, HasTL0: true, TL0PicIdx: s.tl0,
			HasTID: true, TID: tid, HasKeyIdx: true, KeyIdx: s.key,
		}, n == 0, key))
	}
	return out
}

func drawSources(t *rapid.T) []*vp8Source {
	sources := make([]*vp8Source, 3)
	for i := range sources {
		sources[i] = &vp8Source{
			layer: i, long: rapid.Bool().Draw(t, "long"),
			seq: rapid.Uint64Range(1, 1<<20).Draw(t, "seq"),
			tl0: rapid.Uint8().Draw(t, "tl0"), key: rapid.Uint8Range(0, 31).Draw(t, "key"),
		}
		sources[i].id = rapid.Uint16Range(0, 0x7fff).Draw(t, "id")
		if !sources[i].long {
			sources[i].id &= 0x7f
		}
	}
	return sources
}

func TestPictureIDsHaveNoGapOverDropsAndSwitches(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sources := drawSources(t)
		var r VP8Rewriter
		current, limit := -1, uint8(2)
		var last VP8Patch
		sent := false
		for range rapid.IntRange(1, 300).Draw(t, "pictures") {
			next := rapid.IntRange(0, 60).Draw(t, "event")
			switching := current < 0 || next < 3
			if switching {
				current = next % 3
			}
			if next == 10 {
				limit = uint8(rapid.IntRange(0, 2).Draw(t, "limit"))
			}
			if next == 11 { // the encoder begins its count anew
				sources[current].id = rapid.Uint16Range(0, 0x7f).Draw(t, "restart")
			}
			packets := sources[current].picture(t, rapid.IntRange(1, 3).Draw(t, "packets"), switching || next == 11)
			if switching {
				r.Switch(packets[0])
			}
			if packets[0].Descriptor.TID > limit {
				for _, p := range packets {
					r.Drop(p)
				}
				continue
			}
			for n, p := range packets {
				patch, ok := r.Rewrite(p)
				if !ok {
					t.Fatal("a forwarded packet was refused")
				}
				checkApplied(t, p, patch)
				if n > 0 {
					if patch != last {
						t.Fatalf("one picture, two patches: %v %v", patch, last)
					}
					continue
				}
				checkStep(t, sent, last, patch, p)
				last, sent = patch, true
			}
		}
	})
}

func checkStep(t *rapid.T, sent bool, last, patch VP8Patch, p *sfu.Packet) {
	if !sent {
		return
	}
	if patch.PictureID != (last.PictureID+1)&0x7fff {
		t.Fatalf("picture id %d after %d", patch.PictureID, last.PictureID)
	}
	want := last.TL0
	if p.Descriptor.TID == 0 {
		want++
	}
	if patch.TL0 != want {
		t.Fatalf("TL0PICIDX %d after %d with TID %d", patch.TL0, last.TL0, p.Descriptor.TID)
	}
	wantKey := last.KeyIdx
	if p.Keyframe {
		wantKey = (wantKey + 1) & 0x1f
	}
	if patch.KeyIdx != wantKey {
		t.Fatalf("KEYIDX %d after %d, keyframe %v", patch.KeyIdx, last.KeyIdx, p.Keyframe)
	}
}

func checkApplied(t *rapid.T, p *sfu.Packet, patch VP8Patch) {
	dst := make([]byte, len(p.Payload)+MaxVP8Growth)
	n := ApplyVP8(dst, p, patch)
	q := &sfu.Packet{Sequence: 1, Payload: dst[:n]}
	if err := NewInspector("video/VP8", false).Inspect(q); err != nil {
		t.Fatal(err)
	}
	in, out := p.Descriptor, q.Descriptor
	if !bytes.Equal(p.Payload[in.Size:], q.Payload[out.Size:]) {
		t.Fatal("the frame's own bytes changed")
	}
	if p.Keyframe != q.Keyframe || p.FrameStart != q.FrameStart {
		t.Fatal("the start of the frame moved")
	}
	in.Size, in.LongID = out.Size, true
	in.PictureID, in.TL0PicIdx, in.KeyIdx = patch.PictureID, patch.TL0, patch.KeyIdx
	if in != out {
		t.Fatalf("written %+v, want %+v", out, in)
	}
}

// Over a bad line pictures go missing and come late. Those that were forwarded
// must keep their order and never share a number, and each hole must be exactly
// as wide as the pictures that were neither forwarded nor dropped.
func TestALatePictureFillsItsHole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		source := drawSources(t)[0]
		var r VP8Rewriter
		type held struct {
			p   *sfu.Packet
			due int
		}
		var late []held
		known := map[uint16]uint64{} // output id -> source picture
		order := map[uint64]uint16{} // source picture -> output id
		feed := func(p *sfu.Packet, number uint64) {
			if p.Descriptor.TID == 2 {
				r.Drop(p)
				return
			}
			patch, ok := r.Rewrite(p)
			if !ok {
				return
			}
			if was, taken := known[patch.PictureID]; taken && was != number {
				t.Fatalf("pictures %d and %d share the id %d", was, number, patch.PictureID)
			}
			known[patch.PictureID], order[number] = number, patch.PictureID
		}
		numbers := map[*sfu.Packet]uint64{}
		for n := range rapid.IntRange(1, 200).Draw(t, "pictures") {
			p := source.picture(t, 1, n == 0)[0]
			numbers[p] = uint64(n)
			switch {
			case n == 0:
				r.Switch(p)
				feed(p, 0)
			case rapid.IntRange(0, 9).Draw(t, "line") == 0:
				late = append(late, held{p, n + rapid.IntRange(1, 20).Draw(t, "delay")})
			default:
				feed(p, uint64(n))
			}
			for len(late) > 0 && late[0].due <= n {
				feed(late[0].p, numbers[late[0].p])
				late = late[1:]
			}
		}
		var last uint64
		for n := uint64(1); n < 200; n++ {
			if id, ok := order[n]; ok {
				step := (id - order[last]) & 0x7fff
				if step == 0 || uint64(step) > n-last {
					t.Fatalf("pictures %d and %d are %d apart", last, n, step)
				}
				last = n
			}
		}
	})
}

func TestARetransmittedPacketHasTheSameBytes(t *testing.T) {
	t.Parallel()
	s := &vp8Source{seq: 7, id: 126, tl0: 254, key: 30}
	var r VP8Rewriter
	p := s.picture(t, 1, true)[0]
	r.Switch(p)
	patch, _ := r.Rewrite(p)
	first, again := make([]byte, 100), make([]byte, 100)
	n := ApplyVP8(first, p, patch)
	for range 50 {
		for _, q := range s.picture(t, 2, false) {
			r.Rewrite(q)
		}
	}
	if m := ApplyVP8(again, p, patch); !bytes.Equal(first[:n], again[:m]) {
		t.Fatalf("%x, then %x", first[:n], again[:m])
	}
	if ApplyVP8(first[:n-1], p, patch) != 0 {
		t.Fatal("wrote past a short buffer")
	}
}

func TestPacketsOfAnEarlierRunAreRefused(t *testing.T) {
	t.Parallel()
	low, high := &vp8Source{layer: 0, long: true}, &vp8Source{layer: 1, long: true, seq: 500, id: 9000}
	var r VP8Rewriter
	if _, ok := r.Rewrite(low.picture(t, 1, false)[0]); ok {
		t.Fatal("forwarded before any switch")
	}
	key := low.picture(t, 1, true)[0]
	r.Switch(key)
	r.Rewrite(key)
	old := low.picture(t, 1, false)[0]
	before := high.picture(t, 1, false)[0]
	next := high.picture(t, 1, true)[0]
	r.Switch(next)
	r.Rewrite(next)
	for _, p := range []*sfu.Packet{old, before} {
		if _, ok := r.Rewrite(p); ok {
			t.Fatal("a packet of an earlier run was let through")
		}
	}
}

func TestAPictureOnceBegunIsNotTakenBack(t *testing.T) {
	t.Parallel()
	s := &vp8Source{long: true}
	var r VP8Rewriter
	key := s.picture(t, 2, true)
	r.Switch(key[0])
	first, _ := r.Rewrite(key[0])
	r.Drop(key[1])
	next, ok := r.Rewrite(s.picture(t, 1, false)[0])
	if !ok || next.PictureID != first.PictureID+1 {
		t.Fatalf("picture id %d after %d", next.PictureID, first.PictureID)
	}
}

func TestALatePacketDoesNotSetTheCountsBack(t *testing.T) {
	t.Parallel()
	s := &vp8Source{long: true}
	var r VP8Rewriter
	var late *sfu.Packet
	var newest VP8Patch
	for n := range 9 { // base layer pictures are 0, 4 and 8
		p := s.picture(t, 1, n == 0)[0]
		switch n {
		case 0:
			r.Switch(p)
		case 4:
			late = p
			continue
		}
		newest, _ = r.Rewrite(p)
	}
	filled, ok := r.Rewrite(late)
	if !ok || filled.PictureID != newest.PictureID-4 || filled.TL0 != newest.TL0-1 {
		t.Fatalf("the hole got %+v, the newest %+v", filled, newest)
	}
	again := &vp8Source{layer: 1, seq: 70, id: 5, tl0: 200, key: 3}
	p := again.picture(t, 1, true)[0]
	r.Switch(p)
	patch, ok := r.Rewrite(p)
	want := VP8Patch{newest.PictureID + 1, newest.TL0 + 1, newest.KeyIdx + 1}
	if !ok || patch != want {
		t.Fatalf("after the switch %+v, want %+v", patch, want)
	}
}

func BenchmarkRewriteVP8(b *testing.B) {
	s := &vp8Source{long: true}
	packets := make([]*sfu.Packet, 0, 512)
	for n := range 512 {
		packets = append(packets, s.picture(b, 1, n == 0)...)
	}
	var r VP8Rewriter
	dst := make([]byte, 1500)
	r.Switch(packets[0])
	b.ReportAllocs()
	var shift uint64
	for n := 0; b.Loop(); n++ {
		p := packets[n%512]
		if n%512 == 0 && n > 0 {
			shift += 512
		}
		p.Sequence = uint64(n%512) + 1 + shift
		if p.Descriptor.TID == 2 {
			r.Drop(p)
			continue
		}
		patch, _ := r.Rewrite(p)
		ApplyVP8(dst, p, patch)
	}
}
