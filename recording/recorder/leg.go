package recorder

import (
	"bytes"
	"time"

	"diemcau/recording"
	"diemcau/recording/archive"
	"diemcau/recording/depacket"
	"diemcau/recording/fmp4"
	"diemcau/recording/webm"
)

// When a track counts as one that cannot be recorded, ns: keyframes have been asked for
// twenty times by then.
const (
	beginWithin = int64(10 * time.Second)
	pauseLeast  = int64(2 * time.Second) // nothing came for so long: the publisher had stopped
)

// leg is a file in the making; the writer opens it with its first fragment.
type leg struct {
	opening archive.Opening
	header  []byte
	format  recording.Format
	file    *archive.Leg // the writer's
	closed  bool         // the writer's
}

// measure notes when a keyframe has another size than those before. It needs no
// new file: keyframes of all codecs carry their size.
func (t *track) measure(f *recording.Frame) {
	was, is := &t.leg.format, recording.Format{Codec: t.codec}
	if !depacket.Describe(&is, f.Data) || is.Width == was.Width && is.Height == was.Height && bytes.Equal(is.SPS, was.SPS) {
		return
	}
	*was = is
	t.recorder.out.put(job{event: "track.resolution", at: f.At / 1000, data: map[string]any{
		"track": t.who.Track, "width": is.Width, "height": is.Height,
	}})
}

// openLeg begins a file with a keyframe; without one there is nothing to play.
func (t *track) openLeg(f recording.Frame) bool {
	l := &leg{format: recording.Format{Codec: t.codec}}
	if !f.Key || !depacket.Describe(&l.format, f.Data) {
		return false
	}
	var err error
	switch t.codec {
	case recording.H264:
		l.header, err = fmp4.AppendInit(nil, l.format)
	case recording.Raw:
	default:
		l.header, err = webm.AppendHeader(nil, l.format, t.recorder.out.epoch, uint64(f.At)+1) // not negative
	}
	if err != nil {
		return false // parameter sets that contradict themselves: the next may not
	}
	l.opening = archive.Opening{
		Codec: t.codec, MIME: t.info.MIME, Width: l.format.Width, Height: l.format.Height, Source: t.who,
	}
	t.leg, t.legAt, t.number = l, f.At, 0
	return true
}

// closeLeg writes what is left and ends the file, when no more comes of it.
func (t *track) closeLeg(now int64) {
	t.assembler.Flush()
	t.frames()
	if t.held != nil {
		t.release(t.held.At+t.step, now)
	}
	t.roll(now)
	t.lastEnd = 0
}

// roll ends the file in the midst of a track: what the assembler has at hand belongs
// to the next one.
func (t *track) roll(now int64) {
	t.flush()
	if t.leg != nil {
		t.recorder.out.put(job{leg: t.leg, end: true, at: t.recorder.millis(now)})
		t.leg = nil
	}
}

// skip leaves out what has come so far, off the record.
func (t *track) skip(now int64) {
	t.drain(now)
	t.assembler.Skip()
}

// unrecordable reports whether packets have come for long without a frame that a file
// can begin with: keyframes that say too little, as H264 whose parameter sets stand
// in the SDP only, or none at all. It is noted once.
func (t *track) unrecordable(now int64) bool {
	came := t.sink.came.Load()
	if t.leg != nil || t.recorder.paused || came-t.came > pauseLeast {
		t.placed, t.lost = came, t.lost && t.leg == nil
	}
	t.came = came
	if !t.lost && came-t.placed > beginWithin {
		t.lost = true
		t.recorder.noteAt(now, "track.unrecordable", map[string]string{"track": t.who.Track, "mime": t.info.MIME})
	}
	return t.lost
}
