// Package layer chooses which layers of a video track a subscriber gets. It is
// pure: sizes and wishes in, layer indices and per-packet decisions out.
package layer

// Wish is what a subscriber wants of a video track. The zero Wish means the
// highest layer.
type Wish struct {
	Disabled      bool // stop forwarding, keep the subscription
	UseQuality    bool
	MaxQuality    int    // with UseQuality: index of the highest layer wanted
	Width, Height uint32 // wanted size in pixels; wins over MaxQuality when > 0
	FPS           uint32 // frames per second; 0 means all
	Priority      uint32 // higher is served first when the line is thin
}
