package porter

import (
	"context"
	"net"
	"time"
)

// badCosts is how many connections a bad attempt counts like at the door: it costs the
// bridge far more than one that is only opened. A house where some old page tries in
// vain does not feel it; one that does nothing else is soon outside.
const badCosts = 5

type doorKey struct{}

// Context is for http.Server.ConnContext: handlers may then Blame.
func Context(ctx context.Context, c net.Conn) context.Context {
	if over, ok := c.(interface{ NetConn() net.Conn }); ok { // TLS
		c = over.NetConn()
	}
	if c, ok := c.(*conn); ok {
		return context.WithValue(ctx, doorKey{}, c)
	}
	return ctx
}

// Blame lets the address of a request pay for a bad attempt at the door, and tells
// whether it can pay no more: then who asked should lose his connection and come by the
// door the next time, or his neighbours would pay for what he goes on with. Addresses
// that are free pay nothing: others stand behind them.
func Blame(ctx context.Context) bool {
	c, ok := ctx.Value(doorKey{}).(*conn)
	if !ok || c.of.free(c.from) {
		return false
	}
	c.of.mu.Lock()
	defer c.of.mu.Unlock()
	return c.of.came.charge(c.from, badCosts, time.Now())
}
