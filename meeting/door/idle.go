package door

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/account"
)

// boards answers whether the visitor is somebody whose boards lock.
func (v visitor) boards() bool {
	return v.signed && v.stage == account.In && slices.ContainsFunc(account.Boards(), func(r meeting.Right) bool { return slices.Contains(v.account.Rights, r) })
}

// opening are the operations below /api/session with which a locked board is opened, left
// or locked again; others change what proves who somebody is. "active" looks itself.
var opening = []string{"proof", "passkey", "passkey/finish", "second-factor", "lock", "active", "openid/logout"}

// actOfBoard answers whether the request changes something that a locked board keeps.
// Signing in and proving is how it opens, and entering a meeting is media: a line that
// broke comes back by itself.
func actOfBoard(r *http.Request) bool {
	path := "/" + strings.TrimLeft(r.URL.Path, "/")
	switch {
	case r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions:
		return false
	case path == "/api/session" || slices.Contains(opening, strings.TrimPrefix(path, "/api/session/")):
		return false
	case path == "/api/join" || path == "/api/machine" || path == "/api/seen" || path == "/api/guest":
		return false
	}
	return !strings.HasSuffix(path, "/enter")
}

// open refuses an act of a board that is locked, and notes that somebody is there when
// it is not.
func (d *Door) open(ctx context.Context, v visitor) error {
	now := d.Now()
	if v.session.Held(d.Policy.LockBoards, now) {
		return meeting.Refuse(account.CodeHeld, "")
	}
	if now.Sub(v.session.Active) > touchEvery {
		// Ended meanwhile: the next request sees it. Locked meanwhile stays locked.
		_ = d.Store.ChangeSession(ctx, v.session.ID, "", func(s *account.Session) { s.Active = now })
	}
	return nil
}

func (d *Door) lock(ctx context.Context, _ *struct{}) (*doneOutput, error) {
	v, now := visitorOf(ctx), d.Now()
	if err := d.Store.ChangeSession(ctx, v.session.ID, "", func(s *account.Session) { s.Locked, s.Proved = now, time.Time{} }); err != nil {
		return nil, d.problem(ctx, err)
	}
	d.note(ctx, account.BoardLocked, v.account.User, "")
	return &doneOutput{CacheControl: "no-store"}, nil
}

func (d *Door) active(ctx context.Context, _ *struct{}) (*doneOutput, error) {
	if v := visitorOf(ctx); v.boards() {
		if err := d.open(ctx, v); err != nil {
			return nil, d.problem(ctx, err)
		}
	}
	return &doneOutput{CacheControl: "no-store"}, nil
}

// soon answers whether the account will be closed for idleness within the time in
// which administrators are told.
func (d *Door) soon(a account.Account) bool {
	closes, now := d.Policy.Closes(a), d.Now()
	return !a.Disabled && !closes.IsZero() && now.After(closes.Add(-d.Policy.WarnBefore)) && !now.After(closes)
}

// Sweep tells of accounts that will be closed for idleness, and of those that are now,
// each once (SEC-05). It changes nothing else: that they are closed is the rule's doing
// (Policy.Open), by the time of the moment. A clock that was wrong for an hour closes
// nobody beyond it. No session outlives the closing: the longest is shorter. Call it now
// and then.
func (d *Door) Sweep(ctx context.Context) error {
	all, err := d.Store.Accounts(ctx)
	if err != nil {
		return err
	}
	for _, a := range all {
		told := a.Warned
		if told.After(d.Now()) { // by a clock that was wrong
			told = time.Time{}
		}
		what, closes := account.AccountIdleSoon, d.Policy.Closes(a)
		switch {
		case d.soon(a) && told.Before(a.Seen.Add(1)):
		case meeting.CodeOf(d.Policy.Open(a, d.Now())) == account.CodeIdle && !told.After(closes):
			what = account.AccountIdle
		default:
			continue
		}
		if _, err := d.Store.ChangeAccount(ctx, a.Person, func(a *account.Account) error { a.Warned = d.Now(); return nil }); err != nil {
			return err
		}
		d.note(ctx, what, a.User, closes.UTC().Format(time.DateOnly))
	}
	return nil
}
