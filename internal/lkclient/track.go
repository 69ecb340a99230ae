package lkclient

import (
	"encoding/binary"
	"strings"
	"sync"
	"time"

	"github.com/livekit/protocol/livekit"
	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
)

// Packet is one received RTP packet. The payload is valid within PacketFunc only.
type Packet struct {
	Sequence  uint64 // unwrapped
	Timestamp uint32
	Marker    bool
	Payload   []byte // without padding; empty for padding only
	Arrival   time.Time
}

// PacketFunc is called for each packet in order of arrival, on the track's
// goroutine; not for duplicates.
type PacketFunc func(*Packet)

// Counters are what a track has received.
type Counters struct {
	Packets  uint64 // with different sequence numbers, padding too
	Padding  uint64 // of them without payload
	Bytes    uint64 // of RTP payload
	Lost     uint64 // never arrived, by gaps in the sequence
	Repeated uint64
	Frames   uint64 // markers seen (video), packets (audio)
	First    time.Time
	Last     time.Time
	MaxGap   time.Duration // longest time without a packet
}

// Track is one received track.
type Track struct {
	SID      string // TR_...
	StreamID string
	Kind     webrtc.RTPCodecType
	MIME     string
	Since    time.Time // when it was announced

	remote *webrtc.TrackRemote
	pc     *webrtc.PeerConnection
	ended  chan struct{}

	mu    sync.Mutex // a leaf: guards what follows, for Counters
	seq   sequence
	count Counters
	sent  sent
}

// SSRC is that of the track's stream.
func (t *Track) SSRC() uint32 { return uint32(t.remote.SSRC()) }

// HasRTX tells whether lost packets can be repaired on a stream of their own.
func (t *Track) HasRTX() bool { return t.remote.HasRTX() }

// Ended is closed when nothing more will be received.
func (t *Track) Ended() <-chan struct{} { return t.ended }

// Counters returns what has been received so far.
func (t *Track) Counters() Counters {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.count
	n.Packets, n.Lost, n.Repeated = t.seq.unique, t.seq.lost(), t.seq.twice
	return n
}

// RequestKeyframe sends a PLI, RFC 4585 section 6.3.1.
func (t *Track) RequestKeyframe() error {
	return t.pc.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: t.SSRC()}})
}

// arrived starts the reader of a track.
func (c *Client) arrived(p *peer, remote *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
	t := &Track{
		SID: c.sid(p, remote, receiver), StreamID: remote.StreamID(), Kind: remote.Kind(),
		MIME: remote.Codec().MimeType, Since: time.Now(), remote: remote, pc: p.pc, ended: make(chan struct{}),
	}
	c.room.Tracks[t.SID] = t
	var each PacketFunc
	if c.set.OnTrack != nil {
		each = c.set.OnTrack(c, t)
	}
	c.reading[t] = struct{}{}
	c.tasks.Add(2)
	go func() {
		defer c.tasks.Done()
		t.read(each)
		close(t.ended)
		c.box.Post(func() {
			delete(c.reading, t)
			if c.room.Tracks[t.SID] == t {
				delete(c.room.Tracks, t.SID)
			}
		})
	}()
	go func() {
		defer c.tasks.Done()
		t.readReports(receiver)
	}()
}

// sid finds the track's sid: browsers and servers disagree on where it is.
func (c *Client) sid(p *peer, remote *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) string {
	if id := remote.ID(); strings.HasPrefix(id, "TR") {
		return id
	}
	if _, id, ok := strings.Cut(remote.StreamID(), "|"); ok && strings.HasPrefix(id, "TR") {
		return id
	}
	for _, transceiver := range p.pc.GetTransceivers() {
		if transceiver.Receiver() == receiver {
			return p.mids[transceiver.Mid()]
		}
	}
	return remote.ID()
}

func (t *Track) read(each PacketFunc) {
	var buffer [1600]byte
	var p Packet
	for {
		n, _, err := t.remote.Read(buffer[:])
		if err != nil {
			return
		}
		p.Arrival = time.Now()
		number, ok := parse(buffer[:n], &p)
		if !ok {
			continue
		}
		if t.tally(number, &p) && each != nil {
			each(&p)
		}
	}
}

// tally counts a packet and tells whether it is new.
func (t *Track) tally(number uint16, p *Packet) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	full, fresh := t.seq.add(number)
	p.Sequence = full
	if !fresh {
		return false
	}
	n := &t.count
	if len(p.Payload) == 0 {
		n.Padding++
		return true
	}
	if n.First.IsZero() {
		n.First = p.Arrival
	} else {
		n.MaxGap = max(n.MaxGap, p.Arrival.Sub(n.Last))
	}
	n.Last = p.Arrival
	n.Bytes += uint64(len(p.Payload))
	if p.Marker || t.Kind == webrtc.RTPCodecTypeAudio {
		n.Frames++
	}
	return true
}

// parse reads the fixed RTP header, RFC 3550 section 5.1, and finds the payload.
// Extensions are skipped unread: nothing here needs them.
func parse(b []byte, p *Packet) (number uint16, ok bool) {
	if len(b) < 12 {
		return 0, false
	}
	start := 12 + 4*int(b[0]&0x0f)
	if b[0]&0x10 != 0 {
		if len(b) < start+4 {
			return 0, false
		}
		start += 4 + 4*int(binary.BigEndian.Uint16(b[start+2:]))
	}
	end := len(b)
	if b[0]&0x20 != 0 {
		end -= int(b[len(b)-1])
	}
	if start > end {
		return 0, false
	}
	p.Marker = b[1]&0x80 != 0
	p.Timestamp = binary.BigEndian.Uint32(b[4:])
	p.Payload = b[start:end]
	return binary.BigEndian.Uint16(b[2:]), true
}

// Subscribe asks for tracks, or no longer.
func (c *Client) Subscribe(owner string, want bool, sids ...string) error {
	return c.sendNow(&livekit.SignalRequest{Message: &livekit.SignalRequest_Subscription{
		Subscription: &livekit.UpdateSubscription{
			TrackSids: sids, Subscribe: want,
			ParticipantTracks: []*livekit.ParticipantTracks{{ParticipantSid: owner, TrackSids: sids}},
		},
	}})
}

// TrackSettings tells what is wanted of tracks: size, quality, or nothing.
func (c *Client) TrackSettings(s *livekit.UpdateTrackSettings) error {
	return c.sendNow(&livekit.SignalRequest{Message: &livekit.SignalRequest_TrackSetting{TrackSetting: s}})
}

// sendNow sends from any goroutine, the owner's too, without waiting for it.
func (c *Client) sendNow(m *livekit.SignalRequest) error {
	if !c.box.Post(func() { c.complain(c.sock.send(m)) }) {
		return ErrClosed
	}
	return nil
}
