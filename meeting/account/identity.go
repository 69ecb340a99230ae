// Package account is who may use the bridge: people with their rights, the rules
// for passwords, paired machines. It is pure. Requests carry the Identity of
// whoever makes them in their context; the door of the HTTP API puts it there,
// and every other part only reads it.
package account

import (
	"context"
	"slices"
	"strings"

	"diemcau/meeting"
	"diemcau/meeting/conduct"
)

// Identity is who makes a request: a person, the machine of a point, or a person
// signed in at such a machine (SEC-04).
type Identity struct {
	Person   meeting.PersonID
	User     string // the name he signs in with
	Name     string
	Position string
	Unit     meeting.UnitID
	// Rights hold in the person's unit and those below it. Rights in one meeting
	// come from its plan besides.
	Rights []meeting.Right
	// Device and Point are set for a paired machine.
	Device meeting.DeviceID
	Point  meeting.PointID
	// Session names the sign-in in logs. It is no secret and opens nothing.
	Session string
}

// Has answers whether the person holds the right in his unit. An administrator
// keeps the house and not the meetings: he holds no other right by it.
func (i Identity) Has(r meeting.Right) bool { return slices.Contains(i.Rights, r) }

// Actor is the identity as the log of a meeting writes it.
func (i Identity) Actor() conduct.Actor {
	return conduct.Actor{Person: i.Person, Device: i.Device, Point: i.Point}
}

// boardPrefix begins the id of the machine that a session stands for.
const boardPrefix = "s-"

// BoardOf is the machine that a session stands for in meetings, where no machine is
// paired.
func BoardOf(session string) meeting.DeviceID { return meeting.DeviceID(boardPrefix + session) }

// SessionOf is the session that stands for a machine; false for a paired one.
func SessionOf(d meeting.DeviceID) (string, bool) { return strings.CutPrefix(string(d), boardPrefix) }

type key struct{}

// With returns a context that carries the identity.
func With(ctx context.Context, i Identity) context.Context { return context.WithValue(ctx, key{}, i) }

// Of returns the identity of a request; false for nobody.
func Of(ctx context.Context) (Identity, bool) {
	i, ok := ctx.Value(key{}).(Identity)
	return i, ok
}

type addressKey struct{}

// WithAddress notes in the context where a request comes from, proxies considered.
func WithAddress(ctx context.Context, address string) context.Context {
	return context.WithValue(ctx, addressKey{}, address)
}

// AddressOf is where a request comes from; empty when that is not known.
func AddressOf(ctx context.Context) string {
	address, _ := ctx.Value(addressKey{}).(string)
	return address
}
