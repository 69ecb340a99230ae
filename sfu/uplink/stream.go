package uplink

import (
	"time"

	"diemcau/sfu"
	"diemcau/sfu/codec"
	"diemcau/sfu/history"
	"diemcau/sfu/sequence"
)

// How often a publisher is asked for a keyframe of a layer at most. Higher
// layers have larger keyframes.
const (
	keyframeEveryLow = int64(500 * time.Millisecond)
	keyframeEvery    = int64(time.Second)
)

// stream is the receiving state of one layer.
type stream struct {
	ssrc      uint32
	unwrapper sequence.Unwrapper
	inspector *codec.Inspector
	ring      *history.Ring
	nacks     nacker
	reception reception
	frame     frame
	beginning beginning

	lastTimestamp uint32
	lastPacket    int64 // ns, arrival of the last packet with a payload
	packets       uint64
	rate          rate
	live          bool

	keyframeWait int64 // ns between requests
	keyframeSent int64
	keyframeWish bool
}

func newStream(s *Settings, index int) *stream {
	depth := history.VideoDepth
	if s.Info.Kind == sfu.Audio {
		depth = history.AudioDepth
	}
	wait := keyframeEvery
	if index == 0 {
		wait = keyframeEveryLow
	}
	return &stream{
		inspector:    codec.NewInspector(s.Info.MIME, s.Info.Encrypted),
		ring:         history.NewRing(s.Pool, depth),
		keyframeWait: wait,
		keyframeSent: -wait,
		ssrc:         s.Info.Layers[index].SSRC,
	}
}

// restart forgets what belongs to a sender that has begun anew.
func (st *stream) restart() {
	st.unwrapper.Restart()
	st.nacks.clear()
	st.frame, st.beginning = frame{}, beginning{}
}

// number finds the place of a packet. It reports false when the number is not
// believed.
func (st *stream) number(number uint16, now int64) (uint64, bool) {
	before := st.unwrapper.Highest()
	seq, ok := st.unwrapper.Unwrap(number)
	if !ok || before == 0 {
		return seq, ok
	}
	switch {
	case seq > before+runDistance:
		st.nacks.clear()
	case seq > before+1:
		st.nacks.miss(before+1, seq, now)
	case seq < before:
		st.nacks.got(seq, false, now)
	}
	return seq, true
}

// again finds the place of a retransmission. It reports false for one that
// nobody waits for.
func (st *stream) again(number uint16, now int64) (uint64, bool) {
	seq, ok := st.unwrapper.Locate(number)
	if !ok {
		return 0, false
	}
	if seq > st.unwrapper.Highest() {
		return st.number(number, now)
	}
	return seq, st.nacks.got(seq, true, now)
}

// keyframeDue tells whether to ask for a keyframe now.
func (st *stream) keyframeDue(now int64) bool {
	if !st.keyframeWish || now-st.keyframeSent < st.keyframeWait {
		return false
	}
	st.keyframeWish, st.keyframeSent = false, now
	return true
}
