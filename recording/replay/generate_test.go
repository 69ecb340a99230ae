package replay_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/conduct"
	"diemcau/meeting/sample"
	"diemcau/recording"
	"diemcau/recording/archive"
	"diemcau/recording/evidence"
	"diemcau/recording/webm"
)

var signing = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{9}, 32))

// tape is a clip that is played over and over: its frames of each second.
type tape struct {
	format  recording.Format
	seconds [][]recording.Frame
}

// still is a tape of bytes that are no picture, for tests that do not decode.
func still() tape {
	t := tape{format: recording.Format{Codec: recording.VP8, Width: 320, Height: 180}}
	for range 4 {
		t.seconds = append(t.seconds, []recording.Frame{{Duration: 1e6, Key: true, Held: true, Data: bytes.Repeat([]byte{7}, 64)}})
	}
	return t
}

// filmed makes a tape of moving pictures with a running clock, or of a tone.
func filmed(t testing.TB, video bool, n int) tape {
	t.Helper()
	const length = 20
	args := []string{"-v", "error", "-f", "lavfi", "-i"}
	if video {
		args = append(args, fmt.Sprintf("testsrc2=size=640x360:rate=25:duration=%d,hue=h=%d,drawtext=text='%d':fontsize=90:x=20:y=20", length, n*47, n),
			"-c:v", "libvpx", "-b:v", "150k", "-g", "50", "-deadline", "realtime", "-cpu-used", "8", "-f", "ivf", "-")
	} else {
		args = append(args, fmt.Sprintf("sine=frequency=%d:sample_rate=48000:duration=%d", 220+40*n, length), "-c:a", "libopus", "-b:a", "24k", "-ac", "1", "-f", "ogg", "-")
	}
	out, err := exec.CommandContext(t.Context(), "ffmpeg", args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	cut, step, f := opusPackets, int64(20_000), recording.Format{Codec: recording.Opus, Channels: 1}
	if video {
		cut, step, f = ivfFrames, 40_000, recording.Format{Codec: recording.VP8, Width: 640, Height: 360}
	}
	made := tape{format: f, seconds: make([][]recording.Frame, length)}
	for i, data := range cut(out) {
		at := int64(i) * step
		if at/1e6 >= length {
			break
		}
		s := &made.seconds[at/1e6]
		*s = append(*s, recording.Frame{At: at % 1e6, Duration: step, Key: !video || data[0]&1 == 0, Data: data})
	}
	return made
}

func ivfFrames(b []byte) (frames [][]byte) {
	for b = b[32:]; len(b) > 12; {
		n := 12 + int(binary.LittleEndian.Uint32(b))
		frames, b = append(frames, b[12:n]), b[n:]
	}
	return frames
}

// opusPackets takes the packets out of pages of Ogg (RFC 3533) but the two headers.
func opusPackets(b []byte) (packets [][]byte) {
	var packet []byte
	for len(b) > 27 {
		table := b[27 : 27+int(b[26])]
		b = b[27+len(table):]
		for _, n := range table {
			packet, b = append(packet, b[:n]...), b[n:]
			if n < 255 {
				packets, packet = append(packets, packet), nil
			}
		}
	}
	return packets[2:]
}

// generated describes an archive to make.
type generated struct {
	meeting meeting.ID
	epoch   time.Time
	seconds int
	points  []meeting.PointID
	tapes   func(i int) []tape // of a point
	lasting func(archive.Settings) archive.Settings
	running bool // not sealed
	// opening and log are the meeting; without them the sample one is led through its
	// agenda.
	opening conduct.Opening
	log     []conduct.Event
}

// generate makes a recording of a conducted meeting and returns its folder.
func generate(t testing.TB, root string, g generated) string {
	t.Helper()
	s := archive.Settings{Key: signing}
	if g.lasting != nil {
		s = g.lasting(s)
	}
	e, err := archive.Create(root, archive.About{Meeting: string(g.meeting), Title: "Giao ban kinh tế – xã hội tháng 11", Epoch: g.epoch}, s)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	acts := g.log
	if acts == nil {
		acts = conducted(t, e, g)
	} else {
		e.Event(0, archive.KindOpening, g.opening)
	}
	var legs []*archive.Leg
	var tapes []tape
	for i, p := range g.points {
		for j, tp := range g.tapes(i) {
			header, err := webm.AppendHeader(nil, tp.format, e.About.Epoch, uint64(len(legs)+1))
			if err != nil {
				t.Fatal(err)
			}
			l, err := e.NewLeg(0, archive.Opening{
				Codec: tp.format.Codec, Width: tp.format.Width, Height: tp.format.Height,
				Source: archive.Source{Track: fmt.Sprintf("TR_%d_%d", i, j), Point: string(p), Session: fmt.Sprint("S", i), Name: sample.Briefing().Name(p)},
			}, header)
			if err != nil {
				t.Fatal(err)
			}
			legs, tapes = append(legs, l), append(tapes, tp)
		}
	}
	for s := range g.seconds {
		for i, l := range legs {
			appendSecond(t, l, tapes[i], s)
		}
		for len(acts) > 0 && acts[0].At.Before(g.epoch.Add(time.Duration(s+1)*time.Second)) {
			e.Event(int64(s)*1000, archive.KindAct, acts[0])
			acts = acts[1:]
		}
		speaks(e, g, s)
		if s%10 == 9 {
			if err := e.Checkpoint(int64(s) * 1000); err != nil {
				t.Fatal(err)
			}
		}
	}
	if g.running {
		return e.Dir
	}
	if err := e.Seal(int64(g.seconds) * 1000); err != nil {
		t.Fatal(err)
	}
	return e.Dir
}

func appendSecond(t testing.TB, l *archive.Leg, tp tape, s int) {
	t.Helper()
	frames := append([]recording.Frame{}, tp.seconds[s%len(tp.seconds)]...)
	for i := range frames {
		frames[i].At += int64(s) * 1e6
	}
	b, err := webm.AppendCluster(nil, frames)
	if err != nil {
		t.Fatal(err)
	}
	f := archive.Fragment{At: frames[0].At, Duration: 1e6, Data: b}
	if frames[0].Key {
		f.Flags = evidence.FlagKey
	}
	if err := l.Append(f); err != nil {
		t.Fatal(err)
	}
}

// turn is how long each point speaks.
const turn = 40

func speaks(e *archive.Entry, g generated, s int) {
	if s%turn != 0 {
		return
	}
	say := func(kind string, i int) {
		i %= len(g.points)
		e.Event(int64(s)*1000, kind, map[string]string{"track": fmt.Sprintf("TR_%d_1", i), "point": string(g.points[i])})
	}
	if s > 0 {
		say("speaker.off", s/turn-1)
	}
	say("speaker.on", s/turn)
}

// conducted leads the sample briefing through its agenda in equal parts.
func conducted(t testing.TB, e *archive.Entry, g generated) (log []conduct.Event) {
	t.Helper()
	p := sample.Briefing()
	p.ID = g.meeting
	live, err := conduct.New(conduct.Opening{Plan: p})
	if err != nil {
		t.Fatal(err)
	}
	e.Event(0, archive.KindOpening, live.Opening())
	do := func(second int, by conduct.Actor, d conduct.Deed) {
		events, err := live.Apply(conduct.Act{By: by, At: g.epoch.Add(time.Duration(second) * time.Second), Do: d})
		if err != nil {
			t.Fatalf("%s: %v", d.Name(), err)
		}
		log = append(log, events...)
	}
	chair := conduct.Actor{Person: p.People.Chair.ID}
	for _, id := range g.points {
		do(0, conduct.Actor{System: true}, conduct.Join{Point: id})
	}
	do(0, chair, conduct.SetPhase{Phase: conduct.InSession})
	share := g.seconds / len(p.Agenda)
	for i, item := range p.Agenda {
		do(i*share, chair, conduct.StartItem{Item: item.ID})
		if share > 2 {
			do(i*share+1, chair, conduct.Invite{Point: g.points[(i+1)%len(g.points)]})
		}
	}
	return log
}

// TestGenerateAnArchive makes what measurements in a browser need, when
// DIEMCAU_GENERATE names its folder; DIEMCAU_GENERATE_SECONDS is its length, a minute when
// unset, and DIEMCAU_GENERATE_POINTS how many points it has, all six when unset. The one in
// internal/e2e/spoken has 12 seconds of one point.
func TestGenerateAnArchive(t *testing.T) {
	root := os.Getenv("DIEMCAU_GENERATE")
	if root == "" {
		t.Skip("DIEMCAU_GENERATE is not set")
	}
	seconds, err := strconv.Atoi(os.Getenv("DIEMCAU_GENERATE_SECONDS"))
	if err != nil {
		seconds = 60
	}
	var tapes [][]tape
	points := []meeting.PointID{"LG-00", "LG-X1", "LG-X2", "LG-X3", "LG-P1", "LG-S1"}
	if n, err := strconv.Atoi(os.Getenv("DIEMCAU_GENERATE_POINTS")); err == nil && n > 0 && n < len(points) {
		points = points[:n]
	}
	for i := range points {
		tapes = append(tapes, []tape{filmed(t, true, i), filmed(t, false, i)})
	}
	dir := generate(t, root, generated{
		meeting: "giao-ban", epoch: time.Date(2026, 11, 3, 6, 30, 0, 0, time.UTC), seconds: seconds, points: points,
		tapes: func(i int) []tape { return tapes[i] }, lasting: archive.Settings.Unsynced,
	})
	t.Log(dir)
}
