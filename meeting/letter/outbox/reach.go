package outbox

import (
	"context"
	"sync"
	"time"
)

// Greeter is a Carrier that can try its server without sending anything.
type Greeter interface {
	Greet(ctx context.Context) error
}

// greetEvery is how long the server is left alone when there is nothing to send.
const greetEvery = 10 * time.Minute

// Contact is when the mail server last answered. A server that refuses a letter has
// answered.
type Contact struct {
	Tried time.Time // zero: not yet
	Away  time.Time // since when it does not answer; zero while it does
}

// reach is written by the outbox's goroutine and read by whoever looks.
type reach struct {
	mu sync.Mutex
	Contact
}

func (c *reach) note(now time.Time, answered bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Tried = now
	switch {
	case answered:
		c.Away = time.Time{}
	case c.Away.IsZero():
		c.Away = now
	}
}

// Contact reads it.
func (o *Outbox) Contact() Contact {
	o.contact.mu.Lock()
	defer o.contact.mu.Unlock()
	return o.contact.Contact
}

// greet tries the server when nobody has for long, so that a wrong address is known
// before the first invitation has to leave.
func (o *Outbox) greet(ctx context.Context) {
	g, can := o.s.Carrier.(Greeter)
	if now := o.s.Now(); !can || now.Sub(o.Contact().Tried) < greetEvery {
		return
	}
	err := g.Greet(ctx)
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		o.s.Log.Warn("the mail server does not answer as it is set", "err", err)
	}
	o.contact.note(o.s.Now(), err == nil)
}

// Greet connects, signs in and says goodbye.
func (s SMTP) Greet(ctx context.Context) error {
	client, err := s.client()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := client.DialWithContext(ctx); err != nil {
		return err
	}
	return client.Close()
}
