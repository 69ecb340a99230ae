package peerconn

import (
	"encoding/binary"
	"io"
	"slices"
	"sync"
	"sync/atomic"

	"diemcau/sfu"

	"github.com/pion/rtcp"
	"github.com/pion/transport/v5/packetio"
)

// maxStreams bounds the SSRCs that one client may make the bridge remember, of
// streams and of reports each: who reports on very many must still be heard. A full
// simulcast meeting client sends fewer than 20 and hears of some 600.
const maxStreams = 4096

// A Route takes the packets of one stream. It is called from the goroutine that
// decrypted the packet, must not block, and must not keep raw.
type Route func(raw []byte, arrival int64)

// A Binder finds the route of a stream that no SSRC line declared, by what its
// first packets say of themselves. rid is the stream's RID, or the repaired
// stream's if repair is set; it may be empty. nil means not known yet.
type Binder func(ssrc uint32, payloadType uint8, rid string, repair bool) Route

// Demux hands decrypted packets to the routes of their streams, right in the
// goroutine that decrypted them: the socket's reader, or Pion's (see shortcut). It
// takes the place of Pion's packet buffers, so that no track needs a goroutine or a
// queue. Pion reads nothing from it.
//
// The methods may be called from any goroutine.
type Demux struct {
	onPacket func(raw []byte, arrival int64) // sees each RTP packet first

	onControl atomic.Pointer[ControlFunc] // sees each RTCP packet first

	mu       sync.Mutex
	rtp      map[uint32]*rtpStream
	rtcp     map[uint32]*rtcpStream
	declared map[uint32]Route // by SSRC lines
	control  map[uint32]Route // RTCP about an SSRC
	sections map[string]Binder
	ids      streamIDs
	streams  int // of RTP
	controls int // of RTCP
}

// streamIDs are the header extension ids that name a stream; 0 is none.
type streamIDs struct{ mid, rid, repairedRID uint8 }

func newDemux(onPacket func(raw []byte, arrival int64)) *Demux {
	return &Demux{
		onPacket: onPacket,
		rtp:      map[uint32]*rtpStream{},
		rtcp:     map[uint32]*rtcpStream{},
		declared: map[uint32]Route{},
		control:  map[uint32]Route{},
		sections: map[string]Binder{},
	}
}

// SetExtensions tells the ids of the header extensions that name a stream. In a
// BUNDLE they are the same in all sections (RFC 8843 section 10).
func (d *Demux) SetExtensions(ids map[string]uint8) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for uri, into := range map[string]*uint8{URIMid: &d.ids.mid, URIRid: &d.ids.rid, URIRepairedRid: &d.ids.repairedRID} {
		if id := ids[uri]; id != 0 {
			*into = id
		}
	}
}

// Route sends the packets of a declared SSRC to r; nil ends it.
func (d *Demux) Route(ssrc uint32, r Route) {
	d.mu.Lock()
	defer d.mu.Unlock()
	set(d.declared, ssrc, r)
	if s := d.rtp[ssrc]; s != nil {
		s.route.Store(routePointer(r))
	}
}

// RouteControl sends the RTCP packets about an SSRC to r; nil ends it.
func (d *Demux) RouteControl(ssrc uint32, r Route) {
	d.mu.Lock()
	defer d.mu.Unlock()
	set(d.control, ssrc, r)
	if s := d.rtcp[ssrc]; s != nil {
		s.route.Store(routePointer(r))
	}
}

// A ControlFunc takes RTCP about an SSRC, known or not. It is called from the
// goroutine that decrypted the packet, must not block, and must not keep raw.
type ControlFunc func(ssrc uint32, raw []byte, arrival int64)

// OnControl has f see all RTCP, also that about SSRCs without a route: transport
// feedback names any stream of the connection.
func (d *Demux) OnControl(f ControlFunc) { d.onControl.Store(&f) }

// RouteSection asks b for the route of each undeclared stream of an m-section;
// nil ends it.
func (d *Demux) RouteSection(mid string, b Binder) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if b == nil {
		delete(d.sections, mid)
	} else {
		d.sections[mid] = b
	}
}

// Forget ends the routes of an SSRC, of its packets and of its RTCP.
func (d *Demux) Forget(ssrc uint32) {
	d.Route(ssrc, nil)
	d.RouteControl(ssrc, nil)
	d.mu.Lock()
	defer d.mu.Unlock()
	if s := d.rtp[ssrc]; s != nil && s.opened == 0 {
		delete(d.rtp, ssrc)
		d.streams--
	}
}

// deliver hands on a packet that did not come through Pion.
func (d *Demux) deliver(raw []byte, arrival int64) {
	if len(raw) < 12 {
		return
	}
	if s := d.stream(binary.BigEndian.Uint32(raw[8:])); s != nil {
		s.take(raw, arrival)
	}
}

// stream returns that of an SSRC, nil when there are too many.
func (d *Demux) stream(ssrc uint32) *rtpStream {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.rtp[ssrc]
	if s == nil && d.streams < maxStreams {
		s = d.newStream(ssrc)
	}
	return s
}

func (d *Demux) newStream(ssrc uint32) *rtpStream {
	d.streams++
	s := &rtpStream{demux: d, ssrc: ssrc}
	s.route.Store(routePointer(d.declared[ssrc]))
	d.rtp[ssrc] = s
	return s
}

// deliverRTCP hands each packet of a compound that did not come through Pion to
// the routes of the SSRCs that it is about, once.
func (d *Demux) deliverRTCP(raw []byte, arrival int64) {
	observe := d.onControl.Load()
	var parts [16]rtcp.RawPacket
	var ssrcs [64]uint32
	packets, err := rtcp.AppendRawPackets(parts[:0], raw)
	if err != nil {
		return
	}
	for _, p := range packets {
		about, err := p.ParseDestinationSSRC(ssrcs[:0])
		if err != nil {
			continue
		}
		slices.Sort(about)
		for _, ssrc := range slices.Compact(about) {
			if observe != nil {
				(*observe)(ssrc, p, arrival)
			}
			if r := d.controlOf(ssrc); r != nil {
				r(p, arrival)
			}
		}
	}
}

func (d *Demux) controlOf(ssrc uint32) Route {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.control[ssrc]
}

// factory is Pion's BufferFactory.
func (d *Demux) factory(kind packetio.BufferPacketType, ssrc uint32) io.ReadWriteCloser {
	d.mu.Lock()
	defer d.mu.Unlock()
	if kind == packetio.RTPBufferPacket && d.rtp[ssrc] != nil {
		d.rtp[ssrc].opened++
		return d.rtp[ssrc]
	}
	if kind == packetio.RTCPBufferPacket {
		if d.controls >= maxStreams {
			return discard{}
		}
		d.controls++
		s := &rtcpStream{demux: d, ssrc: ssrc}
		s.route.Store(routePointer(d.control[ssrc]))
		d.rtcp[ssrc] = s
		return s
	}
	if d.streams >= maxStreams {
		return discard{}
	}
	s := d.newStream(ssrc)
	s.opened = 1
	return s
}

// find looks a binder up for a packet of an unrouted stream.
func (d *Demux) find(raw []byte) (b Binder, rid string, repair bool) {
	d.mu.Lock()
	ids := d.ids
	d.mu.Unlock()
	var mid string
	extensions(raw, func(id uint8, value []byte) {
		switch id {
		case ids.mid:
			mid = string(value)
		case ids.rid:
			rid = string(value)
		case ids.repairedRID:
			rid, repair = string(value), true
		}
	})
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.sections[mid], rid, repair
}

func (d *Demux) bound(ssrc uint32, r Route) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.declared[ssrc] = r
}

func (d *Demux) close(ssrc uint32, kind packetio.BufferPacketType) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if kind == packetio.RTCPBufferPacket {
		d.controls--
		delete(d.rtcp, ssrc)
		return
	}
	if s := d.rtp[ssrc]; s != nil {
		if s.opened--; s.opened == 0 {
			d.streams--
			delete(d.rtp, ssrc)
		}
	}
}

// rtpStream is one SSRC, and Pion's buffer of it.
type rtpStream struct {
	demux  *Demux
	ssrc   uint32
	opened int // times that Pion holds it; guarded by demux.mu
	route  atomic.Pointer[Route]
}

// Write takes one decrypted packet from Pion's SRTP goroutine. It never fails: to
// Pion an error here would be a line in the log for each packet.
func (s *rtpStream) Write(raw []byte) (int, error) {
	if len(raw) >= 12 {
		s.take(raw, sfu.Now())
	}
	return len(raw), nil
}

// take leads one decrypted packet to its route.
func (s *rtpStream) take(raw []byte, arrival int64) {
	s.demux.onPacket(raw, arrival)
	if r := s.route.Load(); r != nil {
		(*r)(raw, arrival)
		return
	}
	if r := s.bind(raw); r != nil {
		r(raw, arrival)
	}
}

// bind asks the m-section that the packet names for a route.
func (s *rtpStream) bind(raw []byte) Route {
	b, rid, repair := s.demux.find(raw)
	if b == nil {
		return nil
	}
	r := b(s.ssrc, raw[1]&0x7f, rid, repair)
	if r != nil {
		s.demux.bound(s.ssrc, r)
		s.route.Store(&r)
	}
	return r
}

// Read is for Pion's search for the m-section of an unknown SSRC, which is not
// needed here: it ends at once.
func (s *rtpStream) Read([]byte) (int, error) { return 0, io.EOF }

// Close is called when Pion has closed the stream.
func (s *rtpStream) Close() error {
	s.demux.close(s.ssrc, packetio.RTPBufferPacket)
	return nil
}

// rtcpStream is Pion's buffer of the RTCP about one SSRC.
type rtcpStream struct {
	demux *Demux
	ssrc  uint32
	route atomic.Pointer[Route]
}

func (s *rtcpStream) Write(raw []byte) (int, error) {
	if f := s.demux.onControl.Load(); f != nil {
		(*f)(s.ssrc, raw, sfu.Now())
	}
	if r := s.route.Load(); r != nil {
		(*r)(raw, sfu.Now())
	}
	return len(raw), nil
}

func (s *rtcpStream) Read([]byte) (int, error) { return 0, io.EOF }

func (s *rtcpStream) Close() error {
	s.demux.close(s.ssrc, packetio.RTCPBufferPacket)
	return nil
}

// discard is the buffer of a client that invents SSRCs without end.
type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) Read([]byte) (int, error)    { return 0, io.EOF }
func (discard) Close() error                { return nil }

func set(m map[uint32]Route, ssrc uint32, r Route) {
	if r == nil {
		delete(m, ssrc)
	} else {
		m[ssrc] = r
	}
}

func routePointer(r Route) *Route {
	if r == nil {
		return nil
	}
	return &r
}
