package uplink

import (
	"slices"

	"diemcau/sfu"
)

func (c *core) attach(sink sfu.Sink) {
	if slices.Contains(c.sinks, sink) {
		return
	}
	c.sinks = append(c.sinks, sink)
	c.seat()
	if t, ok := sink.(ticker); ok {
		c.tickers = append(c.tickers, t)
		c.sinkTick = 0
	}
}

func (c *core) detach(sink sfu.Sink) {
	i := slices.Index(c.sinks, sink)
	if i < 0 {
		return
	}
	c.sinks = slices.Delete(c.sinks, i, i+1)
	c.leave(sink)
	if t, ok := sink.(ticker); ok {
		if i := slices.Index(c.tickers, t); i >= 0 {
			c.tickers = slices.Delete(c.tickers, i, i+1)
		}
	}
	sink.Closed()
}

// close lets all sinks go and gives the memory back.
func (c *core) close() {
	c.publishStats()
	for _, s := range c.sinks {
		s.Closed()
	}
	c.sinks, c.heard, c.tickers = nil, nil, nil
	for _, st := range c.streams {
		st.ring.Clear()
	}
	c.settings.Logger.Debug("source closed",
		"track", c.info.ID, "drops", c.drops, "disbelieved", c.clocks.Rejected())
}
