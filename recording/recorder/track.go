package recorder

import (
	"time"

	"github.com/pion/rtp"

	"diemcau/recording"
	"diemcau/recording/archive"
	"diemcau/recording/chunk"
	"diemcau/recording/depacket"
	"diemcau/recording/evidence"
	"diemcau/recording/fmp4"
	"diemcau/recording/webm"
	"diemcau/sfu"
)

// How frames are put into fragments, µs.
const (
	holdMost  = 2 * fragmentLength // a picture waits no longer for the next
	holeLeast = int64(100 * time.Millisecond / time.Microsecond)
	earlyCut  = fragmentLength / 2 // a keyframe begins a new fragment from here on
	fillMost  = 2 * fragmentLength // silence put in at most; a longer hole is a gap
)

// track makes fragments of the packets of one source. It belongs to the owner.
type track struct {
	recorder *Recorder
	sink     *sink
	info     sfu.SourceInfo
	who      archive.Source
	codec    recording.Codec

	assembler *depacket.Assembler
	line      *depacket.Timeline
	refs      map[int]reference
	layer     int // whose clock line follows; -1 before the first frame
	counted   depacket.Counts
	jumps     uint64

	leg     *leg
	held    *recording.Frame // the newest picture, until its duration is known
	pending []recording.Frame
	since   int64 // ns, when the first of pending or held was made
	legAt   int64 // µs, time of the leg's first frame
	lastEnd int64 // µs, end of the newest frame; 0 before the first
	step    int64 // µs, usual distance of pictures
	keyAt   int64 // ns, of the last keyframe
	askedAt int64
	stamped int64
	number  uint32
	spare   []sfu.Packet

	came   int64 // ns, of the newest packet when this was last looked at
	placed int64 // ns, of the newest packet that a file was open for
	lost   bool  // packets come, and no file can be begun with them
}

func newTrack(r *Recorder, source sfu.Source, info sfu.SourceInfo, who archive.Source) *track {
	t := &track{recorder: r, who: who, sink: newSink(source, &r.counters, r.settings.PacketBytes)}
	t.begin(info)
	return t
}

// begin sets everything up for a codec.
func (t *track) begin(info sfu.SourceInfo) {
	t.info, t.codec = info, recording.CodecOf(info.MIME)
	if (info.Kind == sfu.Audio) != (t.codec == recording.Opus) {
		t.codec = recording.Raw
	}
	redType := uint8(0)
	if r, ok := t.sink.source.(redder); ok && t.codec == recording.Opus {
		redType = r.REDPayloadType()
	}
	t.assembler = depacket.New(t.codec, info.Kind, redType)
	t.line = depacket.NewTimeline(info.ClockRate)
	t.refs, t.layer, t.counted, t.step = map[int]reference{}, -1, depacket.Counts{}, 33_000
}

// drain takes what the sink has collected.
func (t *track) drain(now int64) {
	packets, refs := t.sink.take(t.spare)
	t.look(now)
	for _, ref := range refs {
		t.refs[ref.layer] = ref
		if ref.layer == t.layer { // that of a layer to come is for when its frames come
			t.line.Reference(ref.rtp, ref.local)
		}
		t.stamp(ref, now)
	}
	if t.recorder.paused {
		packets = packets[:0]
	}
	for i := range packets {
		if t.codec == recording.Raw {
			t.raw(&packets[i])
			continue
		}
		t.assembler.Push(packets[i])
	}
	t.assembler.Advance(now)
	t.frames()
	clear(packets)
	t.spare = packets
	t.count()
}

// look notices a change of codec and of mute.
func (t *track) look(now int64) {
	info := t.sink.source.Info()
	if info.MIME != t.info.MIME {
		t.recorder.noteAt(now, "track.codec", map[string]string{"track": t.who.Track, "mime": info.MIME})
		t.closeLeg(now)
		t.begin(info)
	}
	if info.Muted != t.info.Muted {
		t.info.Muted = info.Muted
		t.recorder.noteAt(now, "track.mute", map[string]any{"track": t.who.Track, "muted": info.Muted})
	}
}

// stamp keeps a pair of the publisher's clock, so that times can be computed
// anew.
func (t *track) stamp(ref reference, now int64) {
	if now-t.stamped < int64(checkpointEvery) && t.stamped != 0 {
		return
	}
	t.stamped = now
	t.recorder.noteAt(now, "clock.sr", map[string]any{
		"track": t.who.Track, "layer": ref.layer, "rtp": ref.rtp, "us": t.recorder.micros(ref.local),
	})
}

func (t *track) count() {
	c := t.assembler.Counts()
	t.recorder.counters.lost.Add(c.Lost - t.counted.Lost)
	t.recorder.counters.broken.Add(c.Broken - t.counted.Broken)
	t.counted = c
	if t.line.Jumps != t.jumps {
		t.jumps = t.line.Jumps
		t.recorder.note("clock.jump", map[string]string{"track": t.who.Track})
	}
}

// raw keeps a packet of an unknown codec as it came.
func (t *track) raw(p *sfu.Packet) {
	packet := rtp.Packet{Header: rtp.Header{
		Version: 2, Marker: p.Marker, PayloadType: p.PayloadType, Timestamp: p.Timestamp,
		SequenceNumber: uint16(p.Sequence), // the low bits are the RTP number
	}, Payload: p.Payload}
	b, err := packet.Marshal()
	if err != nil {
		return
	}
	at := t.recorder.micros(p.Arrival)
	t.add(recording.Frame{At: max(at, t.lastEnd), Duration: 1, Key: true, Data: chunk.AppendPacket(nil, at, b)}, p.Arrival)
}

// frames places in time what the assembler has finished.
func (t *track) frames() {
	for _, f := range t.assembler.Take() {
		if t.codec == recording.Opus && !opusSound(f.Data) {
			t.recorder.counters.broken.Add(1)
			continue // decoders end at it; the hole is filled
		}
		if f.Restarted || f.Layer != t.layer {
			t.layer = f.Layer
			t.line.Restart()
			if ref := t.refs[f.Layer]; ref.seen {
				t.line.Reference(ref.rtp, ref.local)
			}
		}
		at := t.recorder.micros(t.line.At(f.Timestamp, f.Arrival))
		frame := recording.Frame{At: at, Key: f.Key, Damaged: f.Damaged, Data: f.Data}
		if t.codec == recording.Opus {
			frame.Duration = opusDuration(f.Data)
			t.fill(at, f.Data[0], f.Arrival)
		} else if f.Key {
			t.keyAt = f.Arrival
		}
		t.add(frame, f.Arrival)
	}
}

func (t *track) gap(at int64) {
	t.recorder.out.put(job{event: "track.gap", at: at / 1000, data: map[string]any{
		"track": t.who.Track, "from": t.lastEnd / 1000, "to": at / 1000,
	}})
}

// add takes the next frame. A picture is held back until the next tells how long
// it lasts.
func (t *track) add(f recording.Frame, now int64) {
	if len(t.pending) == 0 && t.held == nil {
		t.since = now
	}
	if !t.codec.Video() {
		t.lastEnd = f.At + f.Duration
		t.place(f, now)
		return
	}
	if t.held != nil {
		t.release(f.At, now)
	} else if t.leg != nil && t.lastEnd > 0 && f.At-t.lastEnd > holdMost { // tick has released it
		t.gap(f.At)
		if !f.Key {
			t.sink.source.RequestKeyframe(t.sink.layerNow()) // behind a hole players show nothing before one
		}
	}
	t.held = &f
}

// release puts the held picture in its place, lasting until next.
func (t *track) release(next, now int64) {
	h := t.held
	t.held = nil
	h.Duration = max(next-h.At, 1)
	switch {
	case h.Duration > holdMost:
		h.Duration = t.step
		t.lastEnd = h.At + h.Duration
		t.gap(next)
	case h.Duration > holeLeast:
		h.Held = true
	default:
		t.step += (h.Duration - t.step) / 8
	}
	t.lastEnd = h.At + h.Duration
	t.place(*h, now)
}

// place puts a frame into the fragment at hand, or begins the next with it.
func (t *track) place(f recording.Frame, now int64) {
	if n := len(t.pending); n > 0 {
		length := f.At - t.pending[0].At
		if length >= fragmentLength || f.Key && t.codec.Video() && length >= earlyCut {
			t.flush()
		}
	}
	if t.leg != nil && f.Key && f.At-t.legAt > legLength {
		t.roll(now)
	}
	if t.leg == nil && !t.openLeg(f) {
		return
	}
	if len(t.pending) == 0 {
		t.since = now
	}
	if f.Key && t.codec.Video() {
		t.measure(&f)
	}
	t.pending = append(t.pending, f)
}

// flush makes a fragment of what is pending and hands it to the writer.
func (t *track) flush() {
	frames := t.pending
	if len(frames) == 0 {
		return
	}
	t.number++
	last := &frames[len(frames)-1]
	f := archive.Fragment{At: frames[0].At, Duration: last.At + last.Duration - frames[0].At}
	if frames[0].Key {
		f.Flags |= evidence.FlagKey
	}
	size := 0
	for i := range frames {
		size += len(frames[i].Data) + 32
		if frames[i].Damaged {
			f.Flags |= evidence.FlagDamaged
		}
		if frames[i].Fill {
			f.Flags |= evidence.FlagFill
		}
	}
	var err error
	b := make([]byte, 0, size+512)
	switch t.codec {
	case recording.H264:
		f.Data, err = fmp4.AppendFragment(b, t.number, frames)
	case recording.Raw:
		f.Data, err = rawChunk(b, t.number, frames, f)
	default:
		f.Data, err = webm.AppendCluster(b, frames)
	}
	clear(frames)
	t.pending = frames[:0]
	if err != nil {
		t.recorder.counters.droppedFragments.Add(1)
		t.recorder.out.put(job{event: "fragment.dropped", at: f.At / 1000, data: err.Error()})
		return
	}
	t.recorder.out.put(job{leg: t.leg, fragment: f, video: t.info.Kind == sfu.Video, at: f.At / 1000})
}

func rawChunk(b []byte, number uint32, frames []recording.Frame, f archive.Fragment) ([]byte, error) {
	b = chunk.Begin(b, chunk.Header{Kind: chunk.RTP, Flags: chunk.FlagKey, Number: number, At: f.At, Duration: f.Duration})
	for i := range frames {
		b = append(b, frames[i].Data...)
	}
	return b, chunk.End(b)
}

// tick flushes what waits too long and asks for keyframes.
func (t *track) tick(now int64) {
	if t.held != nil && t.recorder.micros(now)-t.held.At > holdMost {
		next := t.held.At + t.step
		if t.info.Screen {
			next = t.held.At + holdMost // a slow presentation: it stands still
		}
		t.release(next, now)
	}
	if len(t.pending) > 0 && now-t.since > fragmentLength*1000+int64(tickEvery) {
		t.flush()
	}
	if !t.info.Muted && t.sink.layerNow() >= 0 && now-t.askedAt > askEvery &&
		(t.assembler.Wanting() || t.info.Kind == sfu.Video && now-t.keyAt > keyframeEvery) {
		t.askedAt = now
		if now-t.keyAt > keyframeEvery {
			t.keyAt = now
		}
		t.sink.source.RequestKeyframe(t.sink.layerNow())
	}
}

func (t *track) end(now int64) {
	t.closeLeg(now)
	t.count()
}
