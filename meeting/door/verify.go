package door

import (
	"context"
	"crypto/rand"
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"diemcau/internal/password"
	"diemcau/meeting"
	"diemcau/meeting/account"
)

// id makes an id that sorts by time.
func id() string { return strings.ReplaceAll(uuid.Must(uuid.NewV7()).String(), "-", "") }

func hashOfNobody() string { return password.Hash(rand.Text()) }

// gate lets one wrong-or-right question be asked at a time for each name, so that
// questions asked at once are counted like those asked one after the other, and
// few hashes be made at once in all: each takes 64 MiB. It is a leaf.
type gate struct {
	hashing chan struct{}

	mu    sync.Mutex
	names map[string]*turn
}

type turn struct {
	free    chan struct{}
	waiting int
}

// Hashes made at once, and requests that may wait for one name.
const (
	hashesAtOnce = 4
	mostWaiting  = 200
)

func newGate() *gate {
	return &gate{hashing: make(chan struct{}, hashesAtOnce), names: make(map[string]*turn)}
}

// enter waits for the name's turn. leave must be called.
func (g *gate) enter(ctx context.Context, name string) (leave func(), err error) {
	g.mu.Lock()
	t := g.names[name]
	if t == nil {
		t = &turn{free: make(chan struct{}, 1)}
		g.names[name] = t
	}
	if t.waiting >= mostWaiting {
		g.mu.Unlock()
		return nil, meeting.Refuse(account.CodeTooMany, "").With("1")
	}
	t.waiting++
	g.mu.Unlock()
	gone := func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		if t.waiting--; t.waiting == 0 {
			delete(g.names, name)
		}
	}
	select {
	case t.free <- struct{}{}:
		return func() { <-t.free; gone() }, nil
	case <-ctx.Done():
		gone()
		return nil, ctx.Err()
	}
}

// fits compares a password with a stored hash.
func (g *gate) fits(ctx context.Context, hash, text string) (bool, error) {
	select {
	case g.hashing <- struct{}{}:
	case <-ctx.Done():
		return false, ctx.Err()
	}
	defer func() { <-g.hashing }()
	return password.Verify(hash, account.Normal(text))
}

// hash makes the hash of a new password.
func (g *gate) hash(ctx context.Context, text string) (string, error) {
	select {
	case g.hashing <- struct{}{}:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	defer func() { <-g.hashing }()
	return password.Hash(account.Normal(text)), nil
}

// Keys of the counts of wrong tries.
func nameKey(user string) string       { return "name:" + account.UserName(user) }
func factorKey(user string) string     { return "factor:" + account.UserName(user) }
func sessionKey(id string) string      { return "session:" + id }
func pairingKey(address string) string { return "pairing:" + line(address) }

// origin is where tries are counted besides the name: the paired machine, else the
// line. A stranger behind the same address translation does not hold off the machine
// of a point, and a machine is held off wherever it stands.
func (v visitor) origin() string {
	if v.machine.ID != "" {
		return "machine:" + string(v.machine.ID)
	}
	return "address:" + line(v.address)
}

// line is an address as tries are counted: of IPv6 the /64, which is what one line
// gets.
func line(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if a = a.Unmap().WithZone(""); a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.Addr().String()
		}
	}
	return a.String()
}

// held refuses while a name or an address has had too many wrong tries. A name that
// nobody has is locked like any other, so that locks tell nothing.
func (d *Door) held(ctx context.Context, key string, code meeting.Code, limit int, span time.Duration) error {
	t, err := d.Store.Tries(ctx, key)
	if err != nil {
		return err
	}
	if wait := t.Wait(limit, span, d.Now()); wait > 0 {
		return meeting.Refuse(code, "").With(strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	}
	return nil
}

// proof asks who has a session, or the password, for another proof. Wrong answers of
// somebody signed in count for his session alone: what strangers try by his name must not
// keep him from his board. Those to the second factor of a sign-in count for the name,
// apart from its passwords, which a right one forgets.
func (d *Door) proof(ctx context.Context, user string, right func() (bool, error)) error {
	if v := visitorOf(ctx); v.signed && v.account.User == account.UserName(user) && v.stage != account.SecondFactor {
		return d.try(ctx, sessionKey(v.session.ID), user, account.ProofFailed, right)
	}
	return d.try(ctx, factorKey(user), user, account.ProofFailed, right)
}

// try asks one question that can be answered wrongly: right is called alone for the key,
// and never while the key is held off, or the address of who is not signed in.
func (d *Door) try(ctx context.Context, key, user string, failed account.Happening, right func() (bool, error)) error {
	origin, p := visitorOf(ctx).origin(), d.Policy
	leave, err := d.gate.enter(ctx, key)
	if err != nil {
		return err
	}
	defer leave()
	if v := visitorOf(ctx); !v.signed || key != sessionKey(v.session.ID) {
		err = d.held(ctx, origin, account.CodeTooMany, p.AddressAfter, p.AddressWindow)
	}
	if err == nil {
		err = d.held(ctx, key, account.CodeLocked, p.LockAfter, p.LockFor)
	}
	if err != nil {
		d.note(ctx, account.SignInHeld, account.UserName(user), string(meeting.CodeOf(err)))
		return err
	}
	ok, err := right()
	if err != nil {
		return err
	}
	if ok {
		_, err := d.Store.ForgetTries(ctx, key)
		return err
	}
	d.note(ctx, failed, account.UserName(user), "")
	if _, err := d.Store.CountTry(ctx, origin, p.AddressWindow, d.Now()); err != nil {
		return err
	}
	t, err := d.Store.CountTry(ctx, key, p.LockFor, d.Now())
	if err != nil {
		return err
	}
	if t.Wrong == p.LockAfter {
		d.note(ctx, account.Locked, account.UserName(user), fmt.Sprint(p.LockAfter))
	}
	return meeting.Refuse(account.CodeWrong, "")
}

// Verify checks name and password and returns the account. It counts wrong tries
// and takes as much time for a name that nobody has. The account may still have
// stages before it: see account.Policy.Stage.
func (d *Door) Verify(ctx context.Context, user, text string) (account.Account, error) {
	a, err := d.Store.AccountOf(ctx, user)
	known := meeting.CodeOf(err) != meeting.CodeUnknown
	if known && err != nil {
		return a, err
	}
	hash := d.nobody
	if known {
		hash = a.Secrets.Password
	}
	err = d.try(ctx, nameKey(user), user, account.SignInFailed, func() (bool, error) {
		ok, err := d.gate.fits(ctx, hash, text)
		return ok && known, err
	})
	if err != nil {
		return account.Account{}, err
	}
	if err := d.mayEnter(ctx, a, false); err != nil { // told only to who has the password
		return account.Account{}, err
	}
	return a, nil
}

// mayEnter refuses an account that is closed, and one without a second factor from
// outside.
func (d *Door) mayEnter(ctx context.Context, a account.Account, second bool) error {
	err := d.Policy.Open(a, d.Now())
	if err == nil && !second && !a.Secrets.HasFactor() && d.Policy.Outside(visitorOf(ctx).address) {
		err = meeting.Refuse(account.CodeOutside, "")
	}
	if err != nil {
		d.note(ctx, account.SignInFailed, a.User, string(meeting.CodeOf(err)))
	}
	return err
}

// SignInOnce checks name and password for one request without a session: for
// clients that send them with it. An account with stages before it is refused.
func (d *Door) SignInOnce(ctx context.Context, user, text string) (account.Identity, error) {
	a, err := d.Verify(ctx, user, text)
	if err != nil {
		return account.Identity{}, err
	}
	if stage := d.Policy.Stage(a, account.ByPassword, false, d.Now()); stage != account.In {
		return account.Identity{}, meeting.Refuse(account.CodeStage, "").With(string(stage))
	}
	d.seen(ctx, a)
	d.note(ctx, account.SignedInOK, a.User, "once")
	who := a.Identity()
	v := visitorOf(ctx)
	who.Device, who.Point = v.machine.ID, v.machine.Point
	return who, nil
}

// seen writes down a sign-in, once a minute at most.
func (d *Door) seen(ctx context.Context, a account.Account) {
	if now := d.Now(); now.Sub(a.Seen).Abs() > touchEvery {
		_, _ = d.Store.ChangeAccount(ctx, a.Person, func(a *account.Account) error { a.Seen = now; return nil }) // only the idle rule needs it
	}
}
