package account

import (
	"context"
	"log/slog"

	"diemcau/meeting"
)

// Happening is the stable name of something that the audit log must know (SEC-06).
type Happening string

// What happens at the door.
const (
	SignedInOK      Happening = "signin.ok"
	SignInFailed    Happening = "signin.failed"
	SignInHeld      Happening = "signin.held"
	Locked          Happening = "account.locked"
	SignedOut       Happening = "signout"
	ProvedAgain     Happening = "proof.ok"
	ProofFailed     Happening = "proof.failed"
	PasswordChanged Happening = "password.changed"
	PasswordReset   Happening = "password.reset"
	FactorOn        Happening = "second_factor.on"
	FactorOff       Happening = "second_factor.off"
	RecoveryUsed    Happening = "recovery_code.used"
	RecoveryMade    Happening = "recovery_codes.made"
	PasskeyAdded    Happening = "passkey.added"
	PasskeyRemoved  Happening = "passkey.removed"
	ProviderBound   Happening = "openid.bound"
	ProviderFreed   Happening = "openid.freed"
	AccountMade     Happening = "account.made"
	AccountChanged  Happening = "account.changed"
	AccountDisabled Happening = "account.disabled"
	AccountEnabled  Happening = "account.enabled"
	AccountIdleSoon Happening = "account.idle_soon"
	AccountIdle     Happening = "account.idle"
	BoardLocked     Happening = "board.locked"
	Unlocked        Happening = "account.unlocked"
	SessionEnded    Happening = "session.ended"
	PairingMade     Happening = "pairing.made"
	PairingFailed   Happening = "pairing.failed"
	Paired          Happening = "pairing.done"
	MachineRevoked  Happening = "machine.revoked"
	LinkMade        Happening = "guest_link.made"
	LinkRevoked     Happening = "guest_link.revoked"
	GuestAsked      Happening = "guest.asked"
	GuestAdmitted   Happening = "guest.admitted"
	GuestRefused    Happening = "guest.refused"
)

// Event is one line for the audit log. It holds no secret.
type Event struct {
	What Happening
	// By is who did it; empty for somebody who is not signed in.
	By      meeting.PersonID
	Device  meeting.DeviceID
	Session string
	Address string
	// On is the name, account, machine, link or guest it was done to.
	On string
	// Detail is a stable word: a refusal's code, a point, a right.
	Detail string
	// Before and After are what an account holds, where that is given or changed.
	Before, After *Holding
}

// Holding is what an account may do, and where.
type Holding struct {
	Unit   meeting.UnitID  `json:"unit"`
	Rights []meeting.Right `json:"rights"`
}

// HoldingOf is what the account holds.
func HoldingOf(a Account) *Holding {
	return &Holding{Unit: a.Unit, Rights: append([]meeting.Right{}, a.Rights...)}
}

// Audit takes events. Note must not block for long: it is called in requests.
type Audit interface {
	Note(ctx context.Context, e Event)
}

// Logger is an Audit that writes to a log.
type Logger struct{ *slog.Logger }

// Note writes one line.
func (l Logger) Note(ctx context.Context, e Event) {
	level := slog.LevelInfo
	switch e.What {
	case SignInFailed, SignInHeld, Locked, ProofFailed, PairingFailed:
		level = slog.LevelWarn
	}
	l.LogAttrs(ctx, level, "security", slog.String("event", string(e.What)), slog.String("by", string(e.By)), slog.String("device", string(e.Device)),
		slog.String("session", e.Session), slog.String("address", e.Address), slog.String("on", e.On), slog.String("detail", e.Detail))
}
