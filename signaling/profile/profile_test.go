package profile

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/livekit"
)

func someone() *Profile {
	claims := &auth.ClaimGrants{Identity: "a", Name: "A", Attributes: map[string]string{"x": "1"}, Video: &auth.VideoGrant{RoomJoin: true}}
	return New("PA_a", claims, time.Now(), func() []*livekit.TrackInfo { return nil })
}

func TestTheStateNeverGoesBack(t *testing.T) {
	t.Parallel()
	p := someone()
	if !p.Advance(livekit.ParticipantInfo_ACTIVE) || p.Advance(livekit.ParticipantInfo_JOINED) || p.Advance(livekit.ParticipantInfo_ACTIVE) {
		t.Error("wrong order of states")
	}
	if p.State() != livekit.ParticipantInfo_ACTIVE {
		t.Errorf("state %v", p.State())
	}
}

func TestASnapshotDoesNotChangeUnderItsReader(t *testing.T) {
	t.Parallel()
	p := someone()
	before := p.Info()
	if err := p.Update("B", "", map[string]string{"x": "", "y": "2"}); err != nil {
		t.Fatal(err)
	}
	p.Changed()
	after := p.Info()
	if before.Name != "A" || before.Attributes["x"] != "1" || before.Version >= after.Version {
		t.Errorf("before %v, after %v", before, after)
	}
	if after.Name != "B" || len(after.Attributes) != 1 || after.Attributes["y"] != "2" {
		t.Errorf("after %v", after)
	}
	if c := p.Claims(); c.Name != "B" || c.Attributes["y"] != "2" || c.Identity != "a" {
		t.Errorf("claims %v", c)
	}
}

func TestAChangeBeyondALimitChangesNothing(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", MaxMetadata+1)
	for _, change := range []func(*Profile) error{
		func(p *Profile) error { return p.Update(long, "", nil) },
		func(p *Profile) error { return p.Update("n", long, nil) },
		func(p *Profile) error { return p.Update("n", "m", map[string]string{"k": long}) },
	} {
		p := someone()
		if err := change(p); !errors.Is(err, ErrTooLarge) || p.Info().Name != "A" {
			t.Errorf("%v, %v", err, p.Info())
		}
	}
}

func TestPermissionsAreReplacedWholly(t *testing.T) {
	t.Parallel()
	p := someone()
	if !p.SetPermission(&livekit.ParticipantPermission{CanSubscribe: true}) || p.SetPermission(&livekit.ParticipantPermission{CanSubscribe: true}) {
		t.Error("a change is a change once")
	}
	p.Changed()
	if g := p.Grants(); g.GetCanPublish() || g.GetCanPublishData() || !g.GetCanSubscribe() || p.Info().Permission.CanPublish {
		t.Errorf("grants %v", p.Info().Permission)
	}
}
