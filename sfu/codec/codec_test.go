package codec

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diemcau/sfu"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

type inspected struct {
	Start, Key bool
	D          sfu.Descriptor
}

func inspect(t testing.TB, in *Inspector, p *sfu.Packet) inspected {
	t.Helper()
	if err := in.Inspect(p); err != nil {
		t.Fatalf("%x: %v", p.Payload, err)
	}
	return inspected{p.FrameStart, p.Keyframe, p.Descriptor}
}

func TestPayloadDescriptorsAreRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		mime, payload string
		want          inspected
	}{
		"VP8, keyframe, mandatory octet":    {"video/vp8", "10 00", inspected{true, true, sfu.Descriptor{Size: 1}}},
		"VP8, interframe":                   {"video/VP8", "10 01", inspected{Start: true, D: sfu.Descriptor{Size: 1}}},
		"VP8, second partition is no start": {"video/VP8", "11 00", inspected{D: sfu.Descriptor{Size: 1}}},
		"VP8, continuation":                 {"video/VP8", "00 00", inspected{D: sfu.Descriptor{Size: 1}}},
		"VP8, short picture id": {"video/VP8", "90 80 7f 01",
			inspected{Start: true, D: sfu.Descriptor{Size: 3, HasPicture: true, PictureID: 127}}},
		"VP8, everything": {"video/VP8", "90 f0 ff fe 2a b5 00", inspected{true, true, sfu.Descriptor{
			Size: 6, HasPicture: true, LongID: true, PictureID: 0x7ffe, HasTL0: true, TL0PicIdx: 42,
			HasTID: true, TID: 2, LayerSync: true, HasKeyIdx: true, KeyIdx: 21,
		}}},
		"VP8, KEYIDX without TID": {"video/VP8", "90 10 ff 01",
			inspected{Start: true, D: sfu.Descriptor{Size: 3, HasKeyIdx: true, KeyIdx: 31}}},
		"VP9, keyframe, non-flexible": {"video/VP9", "aa 8123 00 07 18 0280 0168 02 04 01 00 ff", inspected{true, true, sfu.Descriptor{
			Size: 14, HasPicture: true, LongID: true, PictureID: 0x123, HasTID: true, HasTL0: true, TL0PicIdx: 7,
		}}},
		"VP9, interframe of an upper layer, end": {"video/VP9", "ec 12 53 09 ff", inspected{true, false, sfu.Descriptor{
			Size: 4, HasPicture: true, PictureID: 18, HasTID: true, TID: 2, LayerSync: true, SID: 1, InterLayer: true,
			InterPic: true, HasTL0: true, TL0PicIdx: 9, FrameEnd: true,
		}}},
		"VP9, flexible with two references": {"video/VP9", "f8 05 00 03 04 ff", inspected{true, false, sfu.Descriptor{
			Size: 5, HasPicture: true, PictureID: 5, HasTID: true, InterPic: true,
		}}},
		"VP9, upper layer of a keyframe is no start of one": {"video/VP9", "a8 05 03 01 ff", inspected{true, false, sfu.Descriptor{
			Size: 4, HasPicture: true, PictureID: 5, HasTID: true, SID: 1, InterLayer: true, HasTL0: true, TL0PicIdx: 1,
		}}},
		"H264, SPS":                                 {"video/H264", "67 42", inspected{Start: true, Key: true}},
		"H264, slice":                               {"video/H264", "61 42", inspected{Start: true}},
		"H264, IDR without its sets":                {"video/H264", "65 42", inspected{Start: true}},
		"H264, STAP-A with SPS":                     {"video/H264", "78 0002 0910 0002 6742 0001 68", inspected{Start: true, Key: true}},
		"H264, STAP-A without":                      {"video/H264", "78 0002 0910 0001 61", inspected{Start: true}},
		"H264, FU-A begins an SPS":                  {"video/H264", "7c 87 42", inspected{Start: true, Key: true}},
		"H264, FU-A continues it":                   {"video/H264", "7c 07 42", inspected{Start: true}},
		"AV1, new sequence":                         {"video/AV1", "18 0a 0b 00", inspected{Start: true, Key: true}},
		"AV1, sequence header is the second of two": {"video/AV1", "28 02 1200 0a 0b", inspected{Start: true, Key: true}},
		"AV1, elements with their lengths":          {"video/AV1", "08 02 1200 02 0a0b", inspected{Start: true, Key: true}},
		"AV1, N without sequence header":            {"video/AV1", "18 32 00", inspected{Start: true}},
		"AV1, continuation":                         {"video/AV1", "90 32 00", inspected{}},
		"opus":                                      {"audio/opus", "f8 ff fe", inspected{}},
		"padding only":                              {"video/VP8", "", inspected{}},
	} {
		p := &sfu.Packet{Sequence: 1, Payload: unhex(t, c.payload), Keyframe: true, FrameStart: true}
		p.Descriptor.Size = 99
		if diff := cmp.Diff(c.want, inspect(t, NewInspector(c.mime, false), p)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestPayloadsThatLieAreRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ mime, payload string }{
		{"video/VP8", "90"}, {"video/VP8", "90 80"}, {"video/VP8", "90 80 80"}, {"video/VP8", "90 40"},
		{"video/VP8", "90 20"}, {"video/VP8", "90 80 01"}, {"video/VP8", "10"},
		{"video/VP9", "80"}, {"video/VP9", "80 80"}, {"video/VP9", "20"}, {"video/VP9", "20 00"}, {"video/VP9", "08"},
		{"video/VP9", "50 01 01 01 01"}, {"video/VP9", "50 01"}, {"video/VP9", "02"}, {"video/VP9", "02 10 00"},
		{"video/VP9", "02 08"}, {"video/VP9", "02 08 05 00"}, {"video/VP9", "02 08 01 0c 00"},
		{"video/H264", "00"}, {"video/H264", "7e 00"}, {"video/H264", "7c 87"}, {"video/H264", "78"},
		{"video/H264", "78 00"}, {"video/H264", "78 0000"}, {"video/H264", "78 0005 67"},
		{"video/AV1", "18"}, {"video/AV1", "98 0a"}, {"video/AV1", "08 05 0a"}, {"video/AV1", "08 00 0a"},
		{"video/AV1", "08 ffffffffff"}, {"video/AV1", "28 02"},
	} {
		p := &sfu.Packet{Sequence: 1, Payload: unhex(t, c.payload)}
		if err := NewInspector(c.mime, false).Inspect(p); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s %s: %v", c.mime, c.payload, err)
		}
	}
}

func TestAnH264KeyframeStartsOnce(t *testing.T) {
	t.Parallel()
	in := NewInspector("video/H264", false)
	for n, c := range []struct {
		sequence   uint64
		timestamp  uint32
		payload    string
		start, key bool
	}{
		{1, 10, "0910", true, false},
		{2, 10, "6742", false, true},
		{3, 10, "6842", false, false},
		{4, 10, "7c8500", false, false}, // the IDR slice of the same keyframe
		{5, 20, "6100", true, false},    // then an interframe
		{6, 30, "7c8500", true, true},   // a bare IDR: its sets came before
		{7, 30, "7c0500", false, false}, // and goes on
		{9, 40, "6500", true, false},    // packet 8 may have been its SPS
		{8, 40, "6742", false, true},    // as it was
		{10, 50, "6100", true, false},   //
		{11, 50, "6100", false, false},  // second slice
	} {
		p := &sfu.Packet{Sequence: c.sequence, Timestamp: c.timestamp, Payload: unhex(t, c.payload)}
		got := inspect(t, in, p)
		if got.Start != c.start || got.Key != c.key {
			t.Errorf("step %d: start %v, key %v", n, got.Start, got.Key)
		}
	}
}

// Chromium's VP9 L3T3_KEY; see the test of package depdesc.
const capturedStructure = "c1017280081485214eafffaaaa863cf0430c10c302afc0aaa0063c00430010c002a000a80006000040001d954926e082b04a0941b820ac1282503157f974000ca864330e222222eca8655304224230eca877530077004200ef008601df010d"

func TestTheDependencyDescriptorTellsTheLayers(t *testing.T) {
	t.Parallel()
	for _, mime := range []string{"video/AV1", "video/VP9"} {
		payload := unhex(t, "18 0a 0b 00")
		if mime == "video/VP9" {
			payload = unhex(t, "ae 12 00 00 00 ff")
		}
		in := NewInspector(mime, false)
		early := &sfu.Packet{Sequence: 1, Payload: payload, DependencyDescriptor: unhex(t, "860173")}
		if got := inspect(t, in, early); got.D.Targets != 0 {
			t.Errorf("%s: layers from a structure that has not come", mime)
		}
		key := &sfu.Packet{Sequence: 2, Timestamp: 1, Payload: payload, DependencyDescriptor: unhex(t, capturedStructure)}
		got := inspect(t, in, key)
		if !got.Key || !got.Start || !got.D.FrameEnd || got.D.Targets != 0x070707 || got.D.Switches != 0x070707 {
			t.Errorf("%s: %+v", mime, got)
		}
		upper := &sfu.Packet{Sequence: 3, Timestamp: 1, Payload: payload, DependencyDescriptor: unhex(t, "86017340fc")}
		got = inspect(t, in, upper)
		if got.Key || got.D.SID != 1 || got.D.Targets != 0x070700 || got.D.Active != 0x0707 || got.D.FrameNumber != 0x173 {
			t.Errorf("%s: %+v", mime, got)
		}
		bad := &sfu.Packet{Sequence: 4, Payload: payload, DependencyDescriptor: []byte{1}}
		if err := in.Inspect(bad); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", mime, err)
		}
	}
}

func TestEncryptedAV1IsJudgedByItsHeaderAlone(t *testing.T) {
	t.Parallel()
	p := &sfu.Packet{Sequence: 1, Payload: unhex(t, "08 ff ff ff")}
	if got := inspect(t, NewInspector("video/AV1", true), p); !got.Key {
		t.Error("the N bit did not count")
	}
}

func FuzzInspect(f *testing.F) {
	mimes := []string{"video/VP8", "video/VP9", "video/H264", "video/AV1"}
	for i := range mimes {
		f.Add(uint8(i), []byte{0x90, 0xf0, 0xff, 0xfe, 0x2a, 0xb5, 0}, unhex(f, capturedStructure))
		f.Add(uint8(i), []byte{0x78, 0, 2, 9, 16, 0, 2, 0x67, 0x42}, []byte{0x86, 1, 0x73})
		f.Add(uint8(i), []byte{0x08, 2, 0x12, 0, 2, 0x0a, 0x0b}, []byte(nil))
		f.Add(uint8(i), []byte{0xaa, 0x81, 0x23, 0, 7, 0x18, 2, 0x80, 1, 0x68, 2, 4, 1, 0, 0xff}, []byte(nil))
	}
	f.Fuzz(func(t *testing.T, mime uint8, payload, dd []byte) {
		in := NewInspector(mimes[int(mime)%len(mimes)], false)
		var r VP8Rewriter
		for n := range uint64(3) {
			p := &sfu.Packet{Sequence: n + 1, Payload: payload, DependencyDescriptor: dd}
			if in.Inspect(p) != nil {
				continue
			}
			if p.Descriptor.Size >= len(payload) && len(payload) > 0 {
				t.Fatalf("descriptor of %d bytes in %d", p.Descriptor.Size, len(payload))
			}
			if p.Keyframe && !p.FrameStart && mimes[int(mime)%len(mimes)] != "video/H264" {
				t.Fatal("a keyframe that is no frame")
			}
			if mime%4 == 0 && len(payload) > 0 {
				r.Switch(p)
				patch, ok := r.Rewrite(p)
				dst := make([]byte, len(payload)+MaxVP8Growth)
				if !ok || ApplyVP8(dst, p, patch) < len(payload) {
					t.Fatal("an inspected packet cannot be rewritten")
				}
			}
		}
	})
}

func BenchmarkInspect(b *testing.B) {
	for _, c := range []struct{ mime, payload, dd string }{
		{"video/VP8", "90 f0 ff fe 2a b5 00", ""},
		{"video/VP9", "ec 12 53 09 ff", ""},
		{"video/VP9", "ec 12 53 09 ff", "860173"},
		{"video/H264", "7c 85 42", ""},
		{"video/AV1", "90 32 00", "860173"},
	} {
		b.Run(c.mime[6:]+map[bool]string{true: "/DependencyDescriptor"}[c.dd != ""], func(b *testing.B) {
			in := NewInspector(c.mime, false)
			p := &sfu.Packet{Payload: unhex(b, c.payload)}
			if c.dd != "" {
				p.DependencyDescriptor = unhex(b, capturedStructure)
				in.Inspect(p)
				p.DependencyDescriptor = unhex(b, c.dd)
			}
			b.ReportAllocs()
			for b.Loop() {
				p.Sequence++
				if err := in.Inspect(p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
