package live_test

import (
	"slices"
	"testing"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/air"
	"diemcau/meeting/conduct"
	"diemcau/meeting/plan"
	"diemcau/meeting/sample"
)

func TestSEC09_AGuestIsInAPlannedMeetingAndTheFloorIsNotHis(t *testing.T) {
	t.Parallel()
	h := hold(t, sample.Briefing())
	h.arrive("LG-00", "LG-X1")
	guest, late := air.GuestIdentity("a"), air.GuestIdentity("b")
	h.arrive(guest)
	if len(h.bridge.expelled) > 0 {
		t.Fatalf("expelled: %v", h.bridge.expelled)
	}
	if o := h.bridge.order(guest); o.Attributes[air.AttributeRole] != "guest" || !o.Sound.Nobody() || o.Mic != air.MicClosed {
		t.Errorf("in %s he is ordered %+v", h.plan.Conduct.Mode, o)
	}
	h.do(h.chair(), conduct.SetPhase{Phase: conduct.InSession})
	h.do(h.chair(), conduct.SetMode{Mode: plan.Discussion})
	if o := h.bridge.order(guest); !o.Sound.Everybody || o.Mic != air.MicFree || o.Screen {
		t.Errorf("in free discussion he is ordered %+v", o)
	}
	h.do(h.chair(), conduct.Lock{On: true})
	if err := h.house.Attend(t.Context(), h.plan.ID, air.Guest{Point: late}); meeting.CodeOf(err) != conduct.CodeLocked {
		t.Errorf("a guest before a locked room: %v", err)
	}
	h.house.Report(h.plan.ID, air.Departed{Point: guest})
	h.settle()
	if o := h.bridge.order(guest); o.Sound.Everybody {
		t.Error("who has gone is ordered to be heard")
	}
	h.arrive(guest) // who has been in comes back
	h.house.Report(h.plan.ID, air.Arrived{Guest: air.Guest{Point: late}})
	h.settle()
	if !slices.Equal(h.bridge.expelled, []meeting.PointID{late}) {
		t.Errorf("expelled: %v", h.bridge.expelled)
	}
}

func TestSEC09_ALockedRoomLetsItsGuestsBackInAfterARestart(t *testing.T) {
	t.Parallel()
	h := hold(t, sample.Briefing())
	for _, id := range []string{"a", "b"} {
		g := account.Guest{ID: id, Link: "l", Meeting: h.plan.ID, Name: "Khách Mẫu", State: account.Admitted}
		if err := h.database().AddGuest(t.Context(), "secret-"+id, g, 10); err != nil {
			t.Fatal(err)
		}
	}
	guest, late := air.GuestIdentity("a"), air.GuestIdentity("b")
	h.arrive("LG-00", guest)
	h.do(h.chair(), conduct.SetPhase{Phase: conduct.InSession})
	h.do(h.chair(), conduct.Lock{On: true})
	h.restart()
	h.arrive(guest)
	if err := h.house.Attend(t.Context(), h.plan.ID, air.Guest{Point: late}); meeting.CodeOf(err) != conduct.CodeLocked {
		t.Errorf("a guest who was not in: %v", err)
	}
	if len(h.bridge.expelled) > 0 {
		t.Errorf("expelled: %v", h.bridge.expelled)
	}
}
