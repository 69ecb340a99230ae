package live_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"diemcau/meeting"
	"diemcau/meeting/air"
	"diemcau/meeting/conduct"
	"diemcau/meeting/live"
	"diemcau/meeting/plan"
	"diemcau/meeting/sample"
)

// draw makes some deed with its actor.
func draw(t *rapid.T, p plan.Plan) (conduct.Actor, conduct.Deed) {
	id := p.Points[rapid.IntRange(0, len(p.Points)-1).Draw(t, "point")].ID
	chair := conduct.Actor{Person: p.People.Chair.ID}
	tech := conduct.Actor{Person: p.People.Technician.ID, Device: "t"}
	bridge := conduct.Actor{System: true}
	switch rapid.IntRange(0, 11).Draw(t, "deed") {
	case 0, 1, 2:
		return bridge, conduct.Join{Point: id, Device: meeting.DeviceID("d-" + id)}
	case 3:
		return bridge, conduct.Drop{Point: id}
	case 4, 5:
		return chair, conduct.Invite{Point: id}
	case 6:
		return chair, conduct.Cut{}
	case 7:
		return chair, conduct.SetMode{Mode: rapid.SampledFrom(plan.Modes()).Draw(t, "mode")}
	case 8:
		return tech, conduct.Preview{Point: id}
	case 9:
		return tech, conduct.Mute{Point: id, Off: rapid.Bool().Draw(t, "off")}
	case 10:
		return chair, conduct.Expel{Point: id, Off: rapid.Bool().Draw(t, "off")}
	}
	return tech, conduct.Show{Layout: rapid.SampledFrom([]conduct.Layout{conduct.Full, conduct.Grid4, conduct.Grid16, conduct.MainSpeaker}).Draw(t, "layout")}
}

func TestCON02_TheOrdersNeverLetAPointBeHeardWithoutTheRight(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := sample.Briefing()
		l, err := conduct.New(conduct.Opening{Plan: p})
		if err != nil {
			t.Fatal(err)
		}
		board, visitor := air.Board("t"), air.GuestIdentity("g")
		now := time.Date(2026, 12, 3, 6, 30, 0, 0, time.UTC)
		for range rapid.IntRange(1, 25).Draw(t, "acts") {
			by, deed := draw(t, p)
			now = now.Add(time.Second)
			_, _ = l.Apply(conduct.Act{By: by, At: now, Do: deed}) // refusals are part of it
			o := live.NewOrders(l, []meeting.PointID{board}, []meeting.PointID{visitor}, now)
			heard := 0
			for _, x := range p.Points {
				order, permit := o.For(x.ID), l.MayPublish(x.ID)
				if order.Sound.Everybody != permit.Mic || order.Mic == air.MicClosed != order.Sound.Nobody() {
					t.Fatalf("after %T: %s may %+v and is ordered %+v", deed, x.ID, permit, order)
				}
				if order.Sound.Everybody && x.ID != l.State().Main {
					heard++
				}
				if !order.Sound.Everybody && slices.ContainsFunc(order.Sound.Only, func(g meeting.PointID) bool { return g != board }) {
					t.Fatalf("%s is heard off the air by %v", x.ID, order.Sound.Only)
				}
				if len(order.Sound.Only) > 0 && l.State().Sound.Previews["t"] != x.ID {
					t.Fatalf("%s is previewed by nobody and heard by %v", x.ID, order.Sound.Only)
				}
				if order.ContentSound.Everybody && !permit.Mic {
					t.Fatalf("%s is heard by its shared screen", x.ID)
				}
			}
			if l.State().Mode == plan.Conference && heard > 1 {
				t.Fatalf("%d points are heard at once in a conference", heard)
			}
			if talk := o.For(board); talk.Camera || talk.Screen || talk.Sound.Everybody {
				t.Fatalf("a board is ordered %+v", talk)
			} else if !talk.Sound.Nobody() {
				p := l.State().Sound.Previews["t"]
				if !slices.Equal(talk.Sound.Only, []meeting.PointID{p}) || l.MayPublish(p).Mic {
					t.Fatalf("while %s is previewed, on the air %v, the technician is heard by %v", p, l.MayPublish(p).Mic, talk.Sound.Only)
				}
			}
			if g := o.For(visitor); g.Screen || g.Pointer || g.Sound.Everybody != (l.State().Mode == plan.Discussion) || g.Picture.Everybody != g.Sound.Everybody ||
				g.Mic == air.MicClosed != g.Sound.Nobody() || g.Attributes[air.AttributeRole] != "guest" {
				t.Fatalf("in %s a guest is ordered %+v", l.State().Mode, g)
			}
			if stranger := o.For("a stranger"); stranger.Microphone || stranger.Camera || stranger.Screen || stranger.Mic != air.MicClosed {
				t.Fatalf("a stranger may %+v", stranger)
			}
		}
	})
}
