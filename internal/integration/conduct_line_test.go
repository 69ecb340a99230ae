package integration

import (
	"testing"
	"time"

	"diemcau/cmd/diemload/samples"
	"diemcau/internal/lkclient"
	"diemcau/meeting/conduct"
	"diemcau/meeting/live"
	"diemcau/meeting/sample"
)

func TestCON12_TheSpeakersLineIsLostAndComesBackWithTheSameRights(t *testing.T) {
	t.Parallel()
	h := convene(t, sample.Briefing())
	h.secretary().open()
	h.at(main).enter(false)
	other := h.at(x2).enter(false)
	line, err := lkclient.NewImpairment(1)
	if err != nil {
		t.Fatal(err)
	}
	speaker := h.at(x1).enter(false, func(s *lkclient.Settings) { s.Net, s.UDPOnly = line, true })
	speaker.send(samples.Opus, mic)
	h.chair().do(conduct.Invite{Point: x1, Seconds: 600})
	other.hears(x1)
	due := h.chair().board().Live.Speech.Due

	line.Block(true)
	cut := time.Now()
	if err := other.Wait(within(t, 30*time.Second), "the loss of the signal", func(r *lkclient.Room) bool { return stateOf(r).Screen.Lost == x1 }); err != nil {
		t.Fatal(err)
	}
	noticed := time.Since(cut)
	t.Logf("the picture went to the main point %v after the line's loss", noticed)
	if noticed < 4*time.Second || noticed > 15*time.Second {
		t.Errorf("the picture went to the main point after %v", noticed)
	}
	other.knows("the hall's picture", func(s live.State) bool { return s.Screen.Tiles[0] == main && s.Speech != nil })
	line.Block(false)
	back := time.Now()
	other.knows("the signal", func(s live.State) bool { return s.Screen.Lost == "" && s.Screen.Tiles[0] == x1 })
	other.hears(x1)
	t.Logf("the speaker was heard %v after the line's return", time.Since(back))
	b := h.chair().board()
	if b.Live.Speech == nil || b.Live.Speech.Due != due {
		t.Errorf("the speech was %d, is %+v", due, b.Live.Speech)
	}
	if drops := b.Points[x1].Drops; len(drops) != 1 || drops[0].Back.IsZero() || drops[0].From.After(cut.Add(3*time.Second)) {
		t.Errorf("the drops are %+v, the cut was at %v", drops, cut)
	}
}

func TestCON12_WhoReloadsThePageKeepsTheFloor(t *testing.T) {
	t.Parallel()
	h := convene(t, sample.Briefing())
	h.secretary().open()
	h.at(main).enter(false)
	other, speaker := h.at(x2).enter(false), h.at(x1).enter(false)
	speaker.send(samples.Opus, mic)
	h.chair().do(conduct.Invite{Point: x1})
	other.hears(x1)
	again := h.at(x1).enter(false)                                                  // the old page was never closed
	again.send(samples.Opus, mic, func(p *lkclient.Publication) { p.Muted = true }) // as pages do until they know better
	again.mic(x1, "open")
	other.hears(x1)
	if drops := h.chair().board().Points[x1].Drops; len(drops) != 0 {
		t.Errorf("a reload counts as a drop: %+v", drops)
	}
}
