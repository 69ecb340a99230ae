package downlink

import (
	"github.com/pion/rtp"

	"diemcau/sfu"
)

// maxExtensions is how many header extensions a packet may get.
const maxExtensions = 6

// output writes packets with one header and one set of buffers, so that no
// packet costs an allocation. Pion copies both before WriteRTP returns.
type output struct {
	settings  *Settings
	line      Line
	header    rtp.Header
	storage   [maxExtensions]rtp.Extension
	sendTime  [3]byte
	transport [2]byte // filled in by the line
	mid       []byte
	scratch   []byte // patched payloads
	dirty     bool   // written since the last flush
}

func newOutput(s *Settings) output {
	line, ok := s.Writer.(Line)
	if !ok {
		line = &free{Writer: s.Writer}
	}
	return output{settings: s, line: line, mid: []byte(s.MID)}
}

// buffer returns scratch memory of at least size bytes.
func (o *output) buffer(size int) []byte {
	if len(o.scratch) < size {
		o.scratch = make([]byte, max(size, 1500))
	}
	return o.scratch
}

// begin prepares the header of a packet.
func (o *output) begin(number uint64, ts uint32, marker bool) *rtp.Header {
	h := &o.header
	*h = rtp.Header{
		Version: 2, Marker: marker, PayloadType: o.settings.PayloadType,
		SequenceNumber: uint16(number), // the low bits are the RTP number
		Timestamp:      ts, SSRC: o.settings.SSRC,
		Extensions: o.storage[:0],
	}
	return h
}

// extend adds the header extensions; p is nil for packets of the bridge's own.
func (o *output) extend(p *sfu.Packet) {
	ids := &o.settings.Extensions
	h := &o.header
	h.ExtensionProfile = rtp.ExtensionProfileOneByte
	if p != nil && ids.DependencyDescriptor != 0 && len(p.DependencyDescriptor) > 16 {
		h.ExtensionProfile = rtp.ExtensionProfileTwoByte // RFC 8285: one-byte headers end at 16
	}
	if max(ids.AbsSendTime, ids.TransportCC, ids.AbsCaptureTime, ids.PlayoutDelay, ids.DependencyDescriptor, ids.MID) > 14 {
		h.ExtensionProfile = rtp.ExtensionProfileTwoByte
	}
	if ids.AbsSendTime != 0 {
		putAbsSendTime(o.sendTime[:], o.settings.Now())
		o.add(ids.AbsSendTime, o.sendTime[:])
	}
	if ids.TransportCC != 0 {
		o.add(ids.TransportCC, o.transport[:])
	}
	if len(o.mid) > 0 {
		o.add(ids.MID, o.mid)
	}
	if p == nil {
		return
	}
	o.add(ids.DependencyDescriptor, p.DependencyDescriptor)
	o.add(ids.AbsCaptureTime, p.AbsCaptureTime)
	delay := o.settings.PlayoutDelay
	if delay == nil {
		delay = p.PlayoutDelay
	}
	o.add(ids.PlayoutDelay, delay)
}

// add appends one extension. With Extension set before, SetExtension stays
// within the storage and keeps the profile.
func (o *output) add(id uint8, value []byte) {
	if id == 0 || len(value) == 0 {
		return
	}
	o.header.Extension = true
	_ = o.header.SetExtension(id, value) // refuses only what the profile cannot say
}

// write sends the packet whose header was prepared.
func (o *output) write(payload []byte) error {
	o.dirty = true
	_, err := o.line.WriteRTP(&o.header, payload)
	return err
}

// again sends it as a retransmission: under another number, or just as it was.
func (o *output) again(payload []byte, verbatim bool) bool {
	o.dirty = true
	if verbatim {
		return o.line.Verbatim(&o.header, payload)
	}
	return o.line.Again(&o.header, payload)
}

// flush tells the writer that a burst is over.
func (o *output) flush() {
	if o.dirty {
		o.dirty = false
		o.settings.Flush()
	}
}

// putAbsSendTime writes a time (sfu.Now) as seconds of 6.18 bits.
func putAbsSendTime(b []byte, now int64) {
	const second = 1_000_000_000
	v := uint32(now/second)<<18 | uint32(now%second<<18/second) // wraps every 64 s by design
	b[0], b[1], b[2] = byte(v>>16), byte(v>>8), byte(v)
}
