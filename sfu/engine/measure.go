package engine

// measureLevels reports the tracks whose loudness changed. Room goroutine.
func (r *Room) measureLevels() {}

// measureQuality reports the state of the peer's line. Owner goroutine.
func (p *Peer) measureQuality() {}
