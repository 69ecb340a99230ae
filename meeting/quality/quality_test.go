package quality_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/quality"
)

const (
	step = 10 * time.Second
	x1   = meeting.PointID("LG-X1")
)

var eight = time.Date(2026, 12, 30, 1, 0, 0, 0, time.UTC)

// line is a point that sends 50 packets a second of 100 bytes and a picture of 100.
type line struct {
	packets, lost, picture uint64
	quality.Line
}

// look lets ten seconds pass, with some of the sound lost on the way.
func (l *line) look(lost uint64, moves bool) quality.Line {
	l.packets, l.lost = l.packets+500-lost, l.lost+lost
	if moves {
		l.picture += 1000
	}
	out := l.Line
	out.Point, out.Connected = x1, true
	out.Tracks = []quality.Track{
		{ID: "sound", Wanted: true, Packets: l.packets, Bytes: 100 * l.packets, Lost: l.lost},
		{ID: "camera", Picture: true, Wanted: true, Packets: l.picture, Bytes: 1000 * l.picture},
	}
	return out
}

func near(t *testing.T, what string, is, want float64) {
	t.Helper()
	if math.Abs(is-want) > 0.005*max(1, want) {
		t.Errorf("%s is %v, want %v", what, is, want)
	}
}

func TestOPS02_LossRoundTripAndPicturesOfALineAreAddedUpWithTheTimesWhenItWasBad(t *testing.T) {
	t.Parallel()
	var b quality.Book
	var l line
	at := eight
	take := func(lines ...quality.Line) {
		b.Take(at, step, lines)
		at = at.Add(step)
	}
	take(l.look(0, true)) // the first look has nothing to compare with
	for range 10 {
		take(l.look(0, true))
	}
	for range 3 { // a tenth of all is lost
		take(l.look(150, true))
	}
	for range 2 { // the picture stands still, the way is long
		l.RoundTrip = 400 * time.Millisecond
		take(l.look(0, false))
	}
	l.RoundTrip, l.Held = 0, 1
	take(l.look(0, true))
	take() // it is away: nothing is measured
	p, ok := b.Turn()
	f := p.Points[x1]
	if !ok || !p.From.Equal(eight) || !p.To.Equal(at.Add(-step)) {
		t.Fatalf("the period is from %v to %v", p.From, p.To)
	}
	near(t, "time measured", f.Seconds, 160)
	near(t, "loss", f.Loss, 3*0.1/16)
	near(t, "worst loss", f.LossWorst, 0.1)
	near(t, "round trip", f.Round, 2*400.0/16)
	near(t, "worst round trip", f.RoundWorst, 400)
	near(t, "weak", f.Weak, 30)
	near(t, "fair", f.Fair, 20)
	near(t, "audio only", f.AudioOnly, 10)
	near(t, "still picture", f.Still, 20)
	// 50 packets and 100 pictures a second, with what stands around them on the line.
	near(t, "sent", f.Up, 8*(158*(50*16-15*3)/16.0+1058*100*14/16.0))
	if len(f.Spells) != 2 || f.Spells[0].Grade != quality.Weak || f.Spells[1].Grade != quality.AudioOnly {
		t.Fatalf("spells %+v", f.Spells)
	}
	if s := f.Spells[0]; !s.From.Equal(eight.Add(100*time.Second)) || !s.To.Equal(eight.Add(130*time.Second)) || s.Loss != 0.1 {
		t.Errorf("the weak spell is %+v", s)
	}
	if _, ok := b.Turn(); ok {
		t.Error("a period in which nobody was there is kept")
	}
}

func TestOPS02_ASpellGoesOnOverTheEndOfAPeriodAndASleepIsNotMeasured(t *testing.T) {
	t.Parallel()
	var b quality.Book
	var l line
	var periods []quality.Period
	at := eight
	for i := range 6 {
		b.Take(at, step-3*time.Millisecond, []quality.Line{l.look(150, true)}) // two clocks never quite agree
		at = at.Add(step)
		if i == 3 {
			p, _ := b.Turn()
			periods = append(periods, p)
		}
	}
	b.Take(at.Add(time.Hour), time.Hour, []quality.Line{l.look(150, true)})
	p, _ := b.Turn()
	periods = append(periods, p)
	body, err := json.Marshal(periods)
	if err != nil {
		t.Fatal(err)
	}
	var kept []quality.Period
	if err := json.Unmarshal(body, &kept); err != nil {
		t.Fatal(err)
	}
	f := quality.Sum(kept)[x1]
	near(t, "time measured", f.Seconds, 50)
	if len(f.Spells) != 1 || f.Spells[0].To.Sub(f.Spells[0].From) != 50*time.Second {
		t.Errorf("spells %+v", f.Spells)
	}
}

func TestOPS04_TheLoadIsThe95thPercentileOfFiveMinutesInTheWorstWeek(t *testing.T) {
	t.Parallel()
	if p := quality.Percentile95(nil); p != 0 {
		t.Errorf("of nothing: %v", p)
	}
	var hundred []float64
	for i := range 100 {
		hundred = append(hundred, float64(100-i))
	}
	if p := quality.Percentile95(hundred); p != 95 {
		t.Errorf("of 1 to 100: %v", p)
	}
	var all []quality.Sample
	for i := range 100 { // a quiet month with one full day: 2 of 2 Mbit/s
		down := 500_000.0
		if i >= 90 {
			down = 1_900_000
		}
		all = append(all, quality.Sample{At: eight.AddDate(0, 0, i/10*3), Down: down, Up: 100_000, Line: 2000})
	}
	l := quality.LoadOf(all)
	near(t, "the month's percentile", l.Down, 1_900_000)
	near(t, "the worst week's part", l.Part, 0.95)
	if !l.Over() || l.Line != 2000 {
		t.Errorf("%+v is not over", l)
	}
	if l := quality.LoadOf(all[:90]); l.Over() || l.Part != 0.25 {
		t.Errorf("%+v is over", l)
	}
	for i := range all {
		all[i].Line = 0
	}
	if l := quality.LoadOf(all); l.Part != 0 || l.Over() {
		t.Errorf("a line of unknown size is judged: %+v", l)
	}
}
