package engine

import (
	"testing"
	"testing/synctest"
	"time"

	"diemcau/sfu"
	"diemcau/sfu/peerconn"
	"diemcau/sfu/quality"
	"diemcau/sfu/uplink"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// sending is a track that a client sends, looked at every five seconds.
type sending struct {
	q     sentQuality
	stats uplink.Stats
	info  sfu.SourceInfo
	pub   publication
	top   int
}

// look lets five seconds pass in which packets came and others were lost.
func (s *sending) look(came, lost uint64) float32 {
	s.stats.Packets += came
	s.stats.Lost += lost
	w := s.q.window(s.stats, &s.info, s.top)
	s.pub.track.Kind = s.info.Kind
	w.LossWeight = lossWeight(&s.pub)
	return s.q.mark(w)
}

func (s *sending) live(layers ...bool) {
	s.info.Layers = make([]sfu.LayerInfo, len(layers))
	for i, l := range layers {
		s.info.Layers[i].Live = l
	}
}

func (s *sending) rates(bitrates ...uint32) {
	for i, b := range bitrates {
		s.info.Layers[i].Bitrate = b
	}
}

const (
	excellent = 4.0 // from which the session plane calls a line so
	good      = 2.1
)

func TestALineThatLosesWhatItsClientSendsIsNotExcellent(t *testing.T) {
	t.Parallel()
	s := sending{info: sfu.SourceInfo{Kind: sfu.Audio}}
	s.stats.RoundTrip, s.stats.Jitter = 30*time.Millisecond, 5*time.Millisecond
	if m := s.look(250, 0); m < excellent {
		t.Errorf("at first: %v", m)
	}
	if m := s.look(250, 0); m < excellent {
		t.Errorf("without loss: %v", m)
	}
	for range 3 {
		s.look(200, 50)
	}
	if m := s.look(200, 50); m >= good {
		t.Errorf("with a fifth lost: %v", m)
	}
	for range 12 {
		s.look(250, 0)
	}
	if m := s.look(250, 0); m < excellent {
		t.Errorf("long after: %v", m)
	}
	s.stats.Lost = 0 // the sender has begun anew
	if m := s.look(250, 0); m < excellent {
		t.Errorf("a sender that began anew: %v", m)
	}
}

func TestSilenceAndWhatFollowsItDoesNotCountAgainstALine(t *testing.T) {
	t.Parallel()
	s := sending{info: sfu.SourceInfo{Kind: sfu.Audio}}
	s.look(250, 0)
	s.info.Muted = true
	if m := s.look(0, 40); m < excellent {
		t.Errorf("muted: %v", m)
	}
	s.info.Muted = false
	if m := s.look(100, 60); m < excellent {
		t.Errorf("the look in which it opens: %v", m)
	}
	if m := s.look(0, 0); m < excellent {
		t.Errorf("silent of itself: %v", m)
	}
	v := sending{info: sfu.SourceInfo{Kind: sfu.Video}, top: nobody}
	v.live(false, false, false)
	for range 3 {
		if m := v.look(0, 0); m < excellent {
			t.Errorf("a picture that nobody looks at: %v", m)
		}
	}
}

func TestALayerThatNoLongerComesTellsOfAThinLine(t *testing.T) {
	t.Parallel()
	s := sending{info: sfu.SourceInfo{Kind: sfu.Video}, top: highest}
	s.live(true, true, true)
	s.look(500, 0)
	s.look(500, 0)
	s.live(true, false, false)
	s.stats.Jitter = thinJitter
	if m := s.look(100, 0); m < excellent {
		t.Errorf("missing at one look: %v", m)
	}
	s.stats.Jitter = 0
	s.look(100, 0)
	if m := s.look(100, 0); m >= excellent {
		t.Errorf("two of three layers stay away: %v", m)
	}
	asked := sending{info: sfu.SourceInfo{Kind: sfu.Video}, top: highest}
	asked.live(true, true, true)
	asked.look(500, 0)
	asked.live(true, false, false)
	asked.top = 0 // nobody wants more
	never := sending{info: sfu.SourceInfo{Kind: sfu.Video}, top: highest}
	never.live(true, false, false) // a small camera
	screen := sending{info: sfu.SourceInfo{Kind: sfu.Video, Screen: true}, top: highest}
	screen.live(true, true)
	screen.look(500, 0)
	screen.live(true, false)
	for range 4 {
		for name, s := range map[string]*sending{"asked for no more": &asked, "never sent more": &never, "content": &screen} {
			s.stats.Jitter = thinJitter
			if m := s.look(100, 0); m < excellent {
				t.Errorf("%s: %v", name, m)
			}
		}
	}
}

func TestAWeakMachineIsNoBadLine(t *testing.T) {
	t.Parallel()
	whole := func() *sending {
		s := &sending{info: sfu.SourceInfo{Kind: sfu.Video}, top: highest}
		s.live(true, true, true)
		s.rates(100_000, 400_000, 1_500_000)
		s.stats.Jitter = 8 * time.Millisecond
		s.look(500, 0)
		s.look(500, 1) // one packet in 500 is no sign
		return s
	}
	weak := whole()
	weak.live(true, false, false)
	weak.rates(90_000, 0, 0)
	for range trustLooks {
		if m := weak.look(100, 0); m < excellent {
			t.Fatalf("layers stay away, and nothing is lost: %v", m)
		}
	}
	for range 4 {
		weak.look(100, 2) // long after
	}
	weak.look(100, 0)
	for range 4 {
		weak.look(100, 0)
	}
	if m := weak.look(100, 0); m < excellent {
		t.Errorf("a loss long after is laid to the layers: %v", m)
	}
	for name, sign := range map[string]func(s *sending) uint64{
		"loss":    func(*sending) uint64 { return 2 },
		"jitter":  func(s *sending) uint64 { s.stats.Jitter = 40 * time.Millisecond; return 0 },
		"starved": func(s *sending) uint64 { s.rates(40_000, 0, 0); return 0 },
	} {
		thin := whole()
		thin.live(true, false, false)
		thin.rates(90_000, 0, 0)
		lost := sign(thin)
		for range 3 {
			thin.look(100, lost)
		}
		if m := thin.look(100, 0); m >= excellent {
			t.Errorf("%s: %v", name, m)
		}
		thin.stats.Jitter = 8 * time.Millisecond
		for range 2 * trustLooks {
			thin.look(100, 0)
		}
		if m := thin.look(100, 0); m < excellent {
			t.Errorf("%s, long ago: %v", name, m)
		}
	}
}

func TestALostPacketCostsByWhatRepairsIt(t *testing.T) {
	t.Parallel()
	pub := func(k sfu.Kind, red bool) *publication {
		return &publication{track: PendingTrack{Kind: k}, red: red}
	}
	for want, p := range map[float64]*publication{
		quality.OpusLossWeight: pub(sfu.Audio, false), quality.REDLossWeight: pub(sfu.Audio, true), quality.VideoLossWeight: pub(sfu.Video, false),
	} {
		if got := lossWeight(p); got != want {
			t.Errorf("weight %v, want %v", got, want)
		}
	}
}

func TestAPeerThatOnlySendsIsToldOfItsLine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		source := uplink.NewSource(uplink.Settings{
			Info:     sfu.SourceInfo{ID: "TR_A", Kind: sfu.Audio, MIME: webrtc.MimeTypeOpus},
			Payloads: map[uint8]uplink.Payload{111: {MIME: webrtc.MimeTypeOpus}},
		})
		defer source.Close()
		var told Quality
		p := &Peer{wasConnected: true, events: func(e Event) { told = e.(Quality) }}
		p.pub = &publisher{peer: p, line: newLine(p, Publisher, peerconn.Both), up: map[string]*upTrack{
			"0": {pub: &publication{id: "TR_A", source: source, track: PendingTrack{Kind: sfu.Audio}}},
		}}
		p.sub = &subscriber{peer: p, line: newLine(p, Subscriber, peerconn.Subscribing)}
		var number uint16
		speak := func(every uint16) { // of so many packets one is lost
			for range 250 {
				number++
				if number%every != 0 {
					packet := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 111, SSRC: 7, SequenceNumber: number, Timestamp: uint32(number) * 960}, Payload: []byte("sound")}
					raw, err := packet.Marshal()
					if err != nil {
						t.Fatal(err)
					}
					source.Write(0, raw, sfu.Now())
				}
				time.Sleep(20 * time.Millisecond)
			}
			synctest.Wait()
			p.measureQuality()
		}
		speak(1 << 15)
		speak(1 << 15)
		if told.Score < excellent || told.Lost {
			t.Errorf("without loss: %+v", told)
		}
		speak(5)
		speak(5)
		if told.Score >= good {
			t.Errorf("with a fifth lost: %+v", told)
		}
	})
}
