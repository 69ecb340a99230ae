package integration

import (
	"testing"

	"diemcau/cmd/diemload/samples"
	"diemcau/internal/lkclient"
)

func TestTwoPointsSeeAndHearEachOther(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	dual := func(*lkclient.Settings) {}
	for name, modes := range map[string][2]func(*lkclient.Settings){
		"dual": {dual, dual}, "single": {single, single}, "mixed": {dual, single},
	} {
		for _, codec := range []string{samples.VP8, samples.H264} {
			t.Run(name+" "+codec, func(t *testing.T) {
				t.Parallel()
				room := newRoom()
				one := join(t, b, room, "one", modes[0])
				two := join(t, b, room, "two", modes[1])
				for _, p := range []*point{one, two} {
					p.camera(codec)
					p.microphone()
				}
				one.hasFrom("two")
				two.hasFrom("one")
				for _, v := range one.viewers {
					v.clean(t)
				}
			})
		}
	}
}

func TestALateJoinerGetsEveryTrack(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	room := newRoom()
	for _, name := range []string{"one", "two", "three"} {
		p := join(t, b, room, name)
		p.camera(samples.VP8)
		p.microphone()
	}
	for _, settings := range []func(*lkclient.Settings){func(*lkclient.Settings) {}, single} {
		late := join(t, b, room, "late", settings)
		for _, name := range []string{"one", "two", "three"} {
			late.hasFrom(name)
		}
		late.Close()
	}
}
