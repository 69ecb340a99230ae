package layer

import "diemcau/sfu"

// AllTemporal as a temporal layer means every one.
const AllTemporal = 7

// tolerance lets a layer serve a view that is a little larger than itself: the
// eye does not see ten percent, the line sees the next layer.
const tolerance = 0.9

// assumedRate is the frame rate of a full stream, frames per second. Publishers
// do not declare theirs, and each temporal layer doubles the rate of the last.
const assumedRate = 30

// Index returns the spatial layer (an index into info.Layers, 0 without any)
// and the highest temporal layer that satisfy a wish. It looks at what was
// declared, not at what is live; w.Disabled is the caller's business.
func Index(info sfu.SourceInfo, w Wish) (spatial, temporal int) {
	return spatialIndex(info.Layers, w), temporalIndex(w.FPS)
}

func spatialIndex(layers []sfu.LayerInfo, w Wish) int {
	top := len(layers) - 1
	switch {
	case top <= 0:
		return 0
	case w.Width > 0 || w.Height > 0:
		return sizeIndex(layers, w)
	case w.UseQuality:
		return max(0, min(w.MaxQuality, top))
	}
	return top
}

func sizeIndex(layers []sfu.LayerInfo, w Wish) int {
	height := w.Height
	if height == 0 {
		height = w.Width * 9 / 16
	}
	for _, l := range layers {
		if l.Height == 0 {
			return undeclaredIndex(len(layers)-1, w, height)
		}
	}
	want := float64(height) * tolerance
	top := len(layers) - 1
	for i := range top {
		// Of layers of one size the highest is the better encoded.
		if float64(layers[i].Height) >= want && layers[i].Height != layers[i+1].Height {
			return i
		}
	}
	return top
}

// undeclaredIndex assumes the usual sizes: a short side of 180, 360, original.
func undeclaredIndex(top int, w Wish, height uint32) int {
	short := height
	if w.Width > 0 {
		short = min(short, w.Width)
	}
	want := float64(short) * tolerance
	switch {
	case want <= 180:
		return 0
	case want <= 360:
		return min(1, top)
	}
	return top
}

func temporalIndex(fps uint32) int {
	want := float64(fps) * tolerance
	switch {
	case fps == 0:
		return AllTemporal
	case want <= assumedRate/4.0:
		return 0
	case want <= assumedRate/2.0:
		return 1
	}
	return AllTemporal
}

// NearestLive returns the layer to forward while the wanted one may be silent:
// the highest live layer not above wanted, else the lowest live one above it,
// else -1.
func NearestLive(info sfu.SourceInfo, wanted int) int {
	for i := min(wanted, len(info.Layers)-1); i >= 0; i-- {
		if info.Layers[i].Live {
			return i
		}
	}
	for i := max(0, wanted+1); i < len(info.Layers); i++ {
		if info.Layers[i].Live {
			return i
		}
	}
	return -1
}
