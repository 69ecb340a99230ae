package door

import (
	"context"
	"slices"

	"diemcau/meeting"
	"diemcau/meeting/account"
)

// Make adds an account with a password to be changed at the first sign-in, and
// returns it. An empty password is made up.
func (d *Door) Make(ctx context.Context, a account.Account, text string, mustChange bool) (account.Account, string, error) {
	a.User = account.UserName(a.User)
	if a.Person == "" {
		a.Person = person()
	}
	if a.Rights == nil {
		a.Rights = []meeting.Right{}
	}
	if err := a.Check(); err != nil {
		return a, "", err
	}
	if text == "" {
		text = account.OneTime()
	} else if err := d.Policy.Check(a, text); err != nil {
		return a, "", err
	}
	hash, err := d.gate.hash(ctx, text)
	if err != nil {
		return a, "", err
	}
	return a, text, d.keep(ctx, &a, hash, mustChange)
}

func (d *Door) keep(ctx context.Context, a *account.Account, hash string, mustChange bool) error {
	now := d.Now()
	a.Created, a.Seen, a.Disabled, a.Secrets = now, now, false, account.Secrets{}
	a.SetPassword(hash, d.Policy, mustChange, now)
	if err := d.Store.AddAccount(ctx, *a); err != nil {
		return err
	}
	d.tell(ctx, account.Event{What: account.AccountMade, On: a.User, After: account.HoldingOf(*a)})
	return nil
}

// Import adds an account whose password is hashed already, unless the name is
// there. It reports whether it was added.
func (d *Door) Import(ctx context.Context, a account.Account, hash string) (bool, error) {
	a.User = account.UserName(a.User)
	if a.Person == "" {
		a.Person = person()
	}
	if err := a.Check(); err != nil {
		return false, err
	}
	err := d.keep(ctx, &a, hash, false)
	if meeting.CodeOf(err) == meeting.CodeDuplicate {
		return false, nil
	}
	return err == nil, err
}

// Reset gives the account a new password, made up when empty, that must be changed
// at the next sign-in, and ends its sessions.
func (d *Door) Reset(ctx context.Context, p meeting.PersonID, text string) (string, error) {
	a, err := d.Store.Account(ctx, p)
	if err != nil {
		return "", err
	}
	if text == "" {
		text = account.OneTime()
	}
	if _, err := d.setPassword(ctx, a, text, true); err != nil {
		return "", err
	}
	if err := d.endSessions(ctx, p, ""); err != nil {
		return "", err
	}
	if _, err := d.unlock(ctx, a); err != nil {
		return "", err
	}
	d.note(ctx, account.PasswordReset, a.User, "")
	return text, nil
}

// Disable ends an account and its sessions; it stays in the logs.
func (d *Door) Disable(ctx context.Context, p meeting.PersonID) error {
	a, err := d.Store.ChangeAccount(ctx, p, func(a *account.Account) error { a.Disabled = true; return nil })
	if err != nil {
		return err
	}
	if err := d.endSessions(ctx, p, ""); err != nil {
		return err
	}
	d.note(ctx, account.AccountDisabled, a.User, "")
	return nil
}

// Enable opens an account again: one that was disabled, idle too long, or locked by
// wrong tries.
func (d *Door) Enable(ctx context.Context, p meeting.PersonID) error {
	was := false
	a, err := d.Store.ChangeAccount(ctx, p, func(a *account.Account) error {
		was, a.Disabled = a.Disabled, false
		if d.Policy.Open(*a, d.Now()) != nil {
			was, a.Seen = true, d.Now()
		}
		return nil
	})
	if err != nil {
		return err
	}
	if was {
		d.note(ctx, account.AccountEnabled, a.User, "")
	}
	locked, err := d.unlock(ctx, a)
	if locked {
		d.note(ctx, account.Unlocked, a.User, "")
	}
	return err
}

// Locked answers whether wrong tries hold the account off now: at signing in, or at the
// proof that one of its sessions waits for.
func (d *Door) Locked(ctx context.Context, a account.Account) (bool, error) {
	keys, err := d.counted(ctx, a)
	if err != nil {
		return false, err
	}
	all, err := d.Store.TriesOf(ctx, keys...)
	return slices.ContainsFunc(all, func(t account.Tries) bool { return t.Wait(d.Policy.LockAfter, d.Policy.LockFor, d.Now()) > 0 }), err
}

// unlock forgets wrong tries of an account, and reports whether there were any.
func (d *Door) unlock(ctx context.Context, a account.Account) (bool, error) {
	keys, err := d.counted(ctx, a)
	if err != nil {
		return false, err
	}
	return d.Store.ForgetTries(ctx, keys...)
}

// counted lists under what wrong tries of an account are counted: its name, its second
// factor, and each session that has not run out.
func (d *Door) counted(ctx context.Context, a account.Account) ([]string, error) {
	all, err := d.Store.Sessions(ctx, a.Person)
	keys := []string{nameKey(a.User), factorKey(a.User)}
	for _, s := range all {
		if s.Valid(d.Policy.Limits(a.Rights), d.Now()) {
			keys = append(keys, sessionKey(s.ID))
		}
	}
	return keys, err
}

// Change edits what an account is, and ends its sessions when its rights change: who
// loses a right loses it now, and who gains one begins anew.
func (d *Door) Change(ctx context.Context, p meeting.PersonID, edit func(*account.Account) error) (account.Account, error) {
	var before account.Account
	a, err := d.Store.ChangeAccount(ctx, p, func(a *account.Account) error {
		before = *a
		before.Rights = slices.Clone(a.Rights)
		if err := edit(a); err != nil {
			return err
		}
		a.User, a.Secrets = before.User, before.Secrets
		return a.Check()
	})
	if err != nil {
		return a, err
	}
	if !slices.Equal(before.Rights, a.Rights) || before.Unit != a.Unit {
		if err := d.endSessions(ctx, p, ""); err != nil {
			return a, err
		}
	}
	d.tell(ctx, account.Event{What: account.AccountChanged, On: a.User, Before: account.HoldingOf(before), After: account.HoldingOf(a)})
	return a, nil
}

// First makes the first administrator of a house that has none, with a one-time
// password; "" means that there is one.
func (d *Door) First(ctx context.Context, user, name string) (string, error) {
	all, err := d.Store.Accounts(ctx)
	if err != nil {
		return "", err
	}
	if slices.ContainsFunc(all, func(a account.Account) bool { return slices.Contains(a.Rights, meeting.Administrator) }) {
		return "", nil
	}
	_, text, err := d.Make(ctx, account.Account{User: user, Name: name, Rights: []meeting.Right{meeting.Administrator}}, "", true)
	return text, err
}
