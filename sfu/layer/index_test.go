package layer

import (
	"testing"

	"pgregory.net/rapid"

	"diemcau/sfu"
)

func heights(hs ...uint32) []sfu.LayerInfo {
	var out []sfu.LayerInfo
	for _, h := range hs {
		out = append(out, sfu.LayerInfo{Width: h * 16 / 9, Height: h})
	}
	return out
}

func TestAWishPicksTheSmallestLayerThatFillsIt(t *testing.T) {
	t.Parallel()
	hd := heights(180, 360, 720)
	unknown := make([]sfu.LayerInfo, 3)
	portrait := []sfu.LayerInfo{{Width: 180, Height: 320}, {Width: 360, Height: 640}, {Width: 720, Height: 1280}}
	for name, c := range map[string]struct {
		layers []sfu.LayerInfo
		wish   Wish
		want   int
	}{
		"no wish means the best":                    {hd, Wish{}, 2},
		"no layers":                                 {nil, Wish{Height: 720, Width: 1280}, 0},
		"exact size":                                {hd, Wish{Width: 640, Height: 360}, 1},
		"a tenth larger is near enough":             {hd, Wish{Width: 711, Height: 400}, 1},
		"more than a tenth larger":                  {hd, Wish{Width: 720, Height: 405}, 2},
		"larger than all":                           {hd, Wish{Width: 3840, Height: 2160}, 2},
		"size wins over quality":                    {hd, Wish{Width: 320, Height: 180, UseQuality: true, MaxQuality: 2}, 0},
		"quality":                                   {hd, Wish{UseQuality: true, MaxQuality: 1}, 1},
		"quality beyond the layers":                 {heights(180, 360), Wish{UseQuality: true, MaxQuality: 2}, 1},
		"lowest quality":                            {hd, Wish{UseQuality: true}, 0},
		"of two layers of one size the better":      {heights(360, 360, 720), Wish{Width: 640, Height: 360}, 1},
		"portrait compares the stored height":       {portrait, Wish{Width: 360, Height: 640}, 1},
		"sizes unknown: the usual ones":             {unknown, Wish{Width: 320, Height: 180}, 0},
		"sizes unknown: the short side counts":      {unknown, Wish{Width: 360, Height: 640}, 1},
		"sizes unknown: large":                      {unknown, Wish{Width: 1280, Height: 720}, 2},
		"sizes unknown, two layers":                 {unknown[:2], Wish{Width: 1280, Height: 720}, 1},
		"only the width: sixteen to nine":           {hd, Wish{Width: 640}, 1},
		"negative quality is nobody's but harmless": {hd, Wish{UseQuality: true, MaxQuality: -1}, 0},
	} {
		if got, _ := Index(sfu.SourceInfo{Layers: c.layers}, c.wish); got != c.want {
			t.Errorf("%s: layer %d, want %d", name, got, c.want)
		}
	}
}

func TestAFrameRateLimitsTheTemporalLayers(t *testing.T) {
	t.Parallel()
	for fps, want := range map[uint32]int{0: AllTemporal, 5: 0, 8: 0, 10: 1, 15: 1, 16: 1, 20: AllTemporal, 30: AllTemporal, 60: AllTemporal} {
		if _, got := Index(sfu.SourceInfo{}, Wish{FPS: fps}); got != want {
			t.Errorf("%d frames per second: layer %d, want %d", fps, got, want)
		}
	}
}

func TestALargerWishNeverGetsASmallerLayer(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		info := sfu.SourceInfo{}
		h := uint32(0)
		for range rapid.IntRange(0, 4).Draw(t, "layers") {
			h += rapid.Uint32Range(0, 500).Draw(t, "step")
			info.Layers = append(info.Layers, sfu.LayerInfo{Width: h * 2, Height: h})
		}
		size := rapid.Uint32Range(1, 3000)
		small, large := size.Draw(t, "small"), size.Draw(t, "large")
		if small > large {
			small, large = large, small
		}
		a, _ := Index(info, Wish{Width: small * 2, Height: small})
		b, _ := Index(info, Wish{Width: large * 2, Height: large})
		if a > b || a < 0 || b > max(0, len(info.Layers)-1) {
			t.Fatalf("height %d gets layer %d, %d gets %d", small, a, large, b)
		}
	})
}

func TestTheNearestLiveLayerIsBelowIfItCanBe(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		live   []bool
		wanted int
		want   int
	}{
		{[]bool{true, true, true}, 2, 2},
		{[]bool{true, true, false}, 2, 1},
		{[]bool{true, false, false}, 2, 0},
		{[]bool{false, false, true}, 0, 2},
		{[]bool{false, true, true}, 0, 1},
		{[]bool{false, false, false}, 1, -1},
		{[]bool{true}, 7, 0},
		{nil, 0, -1},
		{[]bool{false, true}, -1, 1},
	} {
		info := sfu.SourceInfo{}
		for _, live := range c.live {
			info.Layers = append(info.Layers, sfu.LayerInfo{Live: live})
		}
		if got := NearestLive(info, c.wanted); got != c.want {
			t.Errorf("%v, %d wanted: %d, want %d", c.live, c.wanted, got, c.want)
		}
	}
}
