package conduct_test

import (
	"errors"
	"testing"

	"diemcau/meeting"
	"diemcau/meeting/conduct"
	"diemcau/meeting/plan"
)

func TestCON10_AbsentPointsHaveNoTileAndEveryTileAName(t *testing.T) {
	t.Parallel()
	p := running(t, opening(12))
	p.do(bridge, conduct.Drop{Point: "P3"})
	seen := map[meeting.PointID]bool{}
	for page, want := range []int{9, 3, 3} {
		p.do(tech, conduct.Show{Layout: conduct.Grid9, Page: page})
		s := p.live.Screen(p.now)
		if len(s.Tiles) != want {
			t.Errorf("page %d has %d tiles, want %d", page, len(s.Tiles), want)
		}
		if s.Page != min(page, 1) || s.Pages != 2 {
			t.Errorf("asked for page %d, told page %d of %d", page, s.Page, s.Pages)
		}
		for _, tile := range s.Tiles {
			seen[tile.Point] = true
			if tile.Name == "" || tile.Point == "P3" {
				t.Errorf("tile %+v", tile)
			}
		}
	}
	if len(seen) != 12 {
		t.Errorf("%d points on all pages, want 12", len(seen))
	}
	p.refused(meeting.CodeInvalid, tech, conduct.Show{Layout: "x"})
	p.refused(meeting.CodeUnknown, tech, conduct.Show{Layout: conduct.Full, Source: "unlisted"})
	p.refused(meeting.CodeNoRight, scribe, conduct.Show{Layout: conduct.Grid4})
	p.do(tech, conduct.Show{Layout: conduct.SpeakerStrip, Focus: "P5"})
	if s := p.live.Screen(p.now); len(s.Tiles) != 7 || s.Tiles[0].Point != "P5" {
		t.Errorf("strip %+v", s.Tiles)
	}
	p.do(tech, conduct.ShareContent{Point: "P5"})
	if !p.live.MayPublish("P5").Screen || p.live.MayPublish("P6").Screen {
		t.Error("one point may share its screen, and one only")
	}
}

func TestCON16_TheCeremonyMutesAllOthersAndFollowsTheList(t *testing.T) {
	t.Parallel()
	p := running(t, opening(3))
	p.do(chair, conduct.SetMode{Mode: plan.Discussion})
	p.do(tech, conduct.Ceremony{On: true})
	p.wantMics("P0")
	if s := p.live.Screen(p.now); s.LowerThird[0] != "Tập thể A" || !s.Music {
		t.Errorf("screen %+v", s)
	}
	p.do(tech, conduct.Ceremony{On: true, Award: 1})
	p.wantMics("P0", "P2")
	if s := p.live.Screen(p.now); s.LowerThird[0] != "Ông B" || s.Tiles[0].Point != "P2" {
		t.Errorf("the local hand-over is not shown: %+v", s)
	}
	p.refused(meeting.CodeInvalid, tech, conduct.Ceremony{On: true, Award: 2})
	p.do(tech, conduct.Ceremony{})
	p.wantMics("P0", "P1", "P2", "P3")
}

func TestCON16_WhatIsSharedWaitsBehindTheCeremonyAndIsShownAfterIt(t *testing.T) {
	t.Parallel()
	p := running(t, opening(3))
	p.do(tech, conduct.ShareContent{Point: "P0"})
	for award := range 2 {
		p.do(tech, conduct.Ceremony{On: true, Award: award})
		if s := p.live.Screen(p.now); s.Content != "" || !p.live.MayPublish("P0").Screen {
			t.Errorf("award %d: content %q on the screens", award, s.Content)
		}
	}
	p.do(tech, conduct.Ceremony{})
	if s := p.live.Screen(p.now); s.Content != "P0" {
		t.Errorf("after the ceremony content is %q", s.Content)
	}
}

func TestCON18_LoudspeakersAreTheChairsAndNeverForInternalMeetings(t *testing.T) {
	t.Parallel()
	o := opening(2)
	p := running(t, o)
	p.refused(meeting.CodeNoRight, tech, conduct.Broadcast{On: true})
	p.do(chair, conduct.Broadcast{On: true})
	if !p.live.Screen(p.now).Loudspeaker {
		t.Error("no banner")
	}
	o.Plan.Secrecy = meeting.Internal
	running(t, o).refused(conduct.CodeRestricted, chair, conduct.Broadcast{On: true})
}

func TestSEC01_ASecretMeetingNeverBecomesLive(t *testing.T) {
	t.Parallel()
	o := opening(2)
	o.Plan.Secrecy = meeting.TopSecret
	if _, err := conduct.New(o); !errors.Is(err, meeting.Refuse(meeting.CodeSecret, "")) {
		t.Errorf("got %v", err)
	}
}

func TestSEC09_TheDoorIsLockedAndAPointExpelled(t *testing.T) {
	t.Parallel()
	o := opening(3)
	o.Plan.Conduct.Cap = 3
	p := start(t, o)
	p.do(bridge, conduct.Join{Point: "P0"})
	p.do(bridge, conduct.Join{Point: "P1"})
	p.do(scribe, conduct.Lock{On: true})
	p.refused(conduct.CodeLocked, bridge, conduct.Join{Point: "P2"})
	p.do(bridge, conduct.Drop{Point: "P1"})
	p.do(bridge, conduct.Join{Point: "P1"})
	p.do(scribe, conduct.Lock{})
	p.do(bridge, conduct.Join{Point: "P2"})
	p.refused(conduct.CodeFull, bridge, conduct.Join{Point: "P3"})
	p.do(chair, conduct.Invite{Point: "P2"})
	p.do(tech, conduct.Expel{Point: "P2"})
	p.refused(conduct.CodeBanned, bridge, conduct.Join{Point: "P2"})
	if p.live.State().Floor.Now != nil || p.live.MayPublish("P2").Camera {
		t.Error("an expelled point keeps the floor or its camera")
	}
	p.refused(meeting.CodeInvalid, tech, conduct.Expel{Point: "P0"})
	p.refused(meeting.CodeNoRight, chair, conduct.Join{Point: "P3"})
}
