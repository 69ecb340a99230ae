package bridge

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"diemcau/cmd/diemcau/config"
	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/air"
	"diemcau/meeting/calendar"
	"diemcau/meeting/desk"
	"diemcau/meeting/door"
	"diemcau/meeting/door/openid"
	"diemcau/meeting/store"
	"diemcau/signaling/token"
	"diemcau/signaling/wire"
)

// firstUser is the name of the first administrator of a new bridge.
const firstUser = "quantri"

// openDoor makes the part that knows the accounts, takes over those of the
// configuration, and makes the first administrator of a bridge that has none.
func (b *Bridge) openDoor() (err error) {
	provider, err := openProvider(b.cfg.OpenID)
	if err != nil {
		return err
	}
	newcomers, err := b.cfg.OpenID.Newcomers.Rights()
	if err != nil {
		return err
	}
	b.provider = provider
	settings := door.Settings{
		Hosts: b.cfg.Hosts, ProviderName: b.cfg.OpenID.Name, LeaveProvider: b.cfg.OpenID.Leave,
		Newcomers: door.Newcomers{Rights: newcomers, Unit: meeting.UnitID(b.cfg.OpenID.Newcomers.Unit)},
		Audit:     AuditTrail{Log: b.audit, Plain: account.Logger{Logger: b.log}}, Log: b.log, GuestToken: b.guestToken, Present: presence{b},
		Address: func(r *http.Request) string { return wire.ClientAddress(r, b.cfg.Limits.TrustedProxies).String() },
	}
	if provider != nil { // an interface that holds a nil pointer is not nil
		settings.Provider = provider
	}
	if b.door, err = OpenDoor(b.cfg, b.store, settings); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), openPatience)
	defer cancel()
	for _, a := range b.cfg.Accounts {
		rights, err := config.RightsOf(a.Role)
		if err != nil {
			return err
		}
		name := a.Name
		if name == "" {
			name = a.User
		}
		if _, err := b.door.Import(ctx, account.Account{
			Person: meeting.PersonID(a.Person), User: a.User, Name: name, Position: a.Position, Unit: meeting.UnitID(a.Unit), Rights: rights,
		}, string(a.Password)); err != nil {
			return fmt.Errorf("account %q of the configuration: %w", a.User, err)
		}
	}
	b.firstPassword, err = b.door.First(ctx, firstUser, "Quản trị hệ thống")
	return err
}

// openProvider makes what asks the OpenID provider of the house; nil without one. It
// asks nobody yet.
func openProvider(o config.OpenID) (*openid.Provider, error) {
	if o.Issuer == "" {
		return nil, nil
	}
	trust, err := o.Trust()
	if err != nil {
		return nil, err
	}
	return openid.New(openid.Settings{
		Issuer: o.Issuer, Client: o.Client, Secret: string(o.ClientSecret()), Scopes: o.Scopes, Claim: o.Claim, UnitClaim: o.Newcomers.UnitClaim,
		Factors: o.Factors, Hosts: o.Hosts, Trust: trust,
	})
}

// sweepEvery is how often accounts are looked at that nobody uses.
const sweepEvery = time.Hour

// sweepAccounts closes idle accounts and tells of those soon closed, until the end, and
// begins what else looks only now and then.
func (b *Bridge) sweepAccounts() {
	ctx, cancel := context.WithCancel(context.Background())
	b.resting = cancel
	b.retireAudit(ctx)
	b.running.Go(func() { b.entrance.run(ctx) })
	b.running.Go(func() {
		tick := time.NewTicker(sweepEvery)
		defer tick.Stop()
		for {
			if err := b.door.Sweep(ctx); err != nil && ctx.Err() == nil {
				b.log.Error("idle accounts were not looked at", "err", err)
			}
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
		}
	})
}

// First is the name and the one-time password of the administrator that was made at
// this start; empty when there was one. It is to be shown once and not logged.
func (b *Bridge) First() (user, password string) { return firstUser, b.firstPassword }

// OpenDoor makes the part that knows the accounts over an open database, for the
// bridge and for the commands that work beside it. What s leaves open is taken from
// the configuration.
func OpenDoor(cfg config.Config, st *store.Store, s door.Settings) (*door.Door, error) {
	key, err := keptSecret(filepath.Join(cfg.Data, "accounts.key"))
	if err != nil {
		return nil, fmt.Errorf("key of the accounts: %w", err)
	}
	s.Store, s.Key, s.Secure = st, key, !cfg.Dev
	s.Units = func(ctx context.Context) (account.Units, error) { return units(ctx, st) }
	if s.Policy, err = cfg.Policy(); err != nil {
		return nil, err
	}
	return door.New(s)
}

// secretSize is the length of the key that seals second factors, bytes.
const secretSize = 32

// keptSecret reads a key of our own, made at the first start.
func keptSecret(path string) ([]byte, error) {
	key, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		key = make([]byte, secretSize)
		_, _ = rand.Read(key) // never fails since Go 1.24
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return nil, err
		}
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return nil, err
		}
		_, err = f.Write(key)
		return key, errors.Join(err, f.Sync(), f.Close())
	}
	if err == nil && len(key) != secretSize {
		err = fmt.Errorf("%s does not have %d bytes", path, secretSize)
	}
	return key, err
}

// units is the tree of units today: those of the directory, and each point as the
// unit of its own id.
func units(ctx context.Context, s *store.Store) (account.Units, error) {
	return desk.UnitsOn(ctx, s, calendar.Of(time.Now()))
}

// maySit answers whether somebody may sit at a point: one of his unit or below it,
// with a right that has a place in meetings.
func (b *Bridge) maySit(ctx context.Context, who account.Identity, p meeting.PointID) (bool, error) {
	if _, has := standingGrant(who); !has {
		return false, nil
	}
	tree, err := units(ctx, b.store)
	return tree.Covers(who.Unit, meeting.UnitID(p)), err
}

// pointToken lets somebody into a standing meeting at a point.
func (b *Bridge) pointToken(m meeting.ID, p desk.Point, who account.Identity, validFor time.Duration) (string, error) {
	attributes := map[string]string{"kind": p.Kind}
	if who.Device != "" {
		attributes[air.AttributeDevice] = string(who.Device)
	}
	grant, has := standingGrant(who)
	if !has {
		return "", meeting.Refuse(meeting.CodeNoRight, "")
	}
	return b.keys.IssueJoin(token.Join{Room: string(m), Identity: string(p.ID), Name: p.Name, Lifetime: validFor, Attributes: attributes, Grant: grant})
}
