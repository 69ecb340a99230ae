package door

import (
	"context"
	"crypto/cipher"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/chacha20poly1305"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/store"
)

// Settings are the parts that the door works with. Store, Key and Audit are
// required.
type Settings struct {
	Store  *store.Store
	Policy account.Policy
	// Key seals the secrets of second factors in the database: 32 bytes.
	Key   []byte
	Audit account.Audit
	// Log takes what goes wrong inside; nil is nowhere.
	Log *slog.Logger
	// Secure marks cookies so that browsers send them over HTTPS only. Off for
	// development over plain HTTP alone.
	Secure bool
	// Issuer is the name that authenticator applications show.
	Issuer string
	// Address tells the client's address of a request, proxies considered; nil is
	// the other end of the connection.
	Address func(*http.Request) string
	// Units is the tree of units now; nil is one where every unit stands by itself.
	Units func(context.Context) (account.Units, error)
	// GuestToken makes the token of a guest who was admitted; nil lets no guest in.
	GuestToken func(account.Guest) (string, error)
	// MayHost refuses who may not let guests into a meeting, and a meeting that he may not
	// see or that there is none of; nil refuses everybody.
	MayHost func(context.Context, meeting.ID) error
	// Present takes out of meetings whose right ended; nil where none are served.
	Present Presence
	Now     func() time.Time // nil is time.Now
	// Hosts are the names of the bridge under which a provider or a passkey lets in,
	// without ports; without any, every name that browsers use.
	Hosts []string
	// Provider is the OpenID provider of the house; nil without. ProviderName stands on
	// its button.
	Provider     Provider
	ProviderName string
	Newcomers    Newcomers
	// LeaveProvider signs people out at the provider too who came from there.
	LeaveProvider bool
}

// Door serves the API of accounts. It is safe for concurrent use.
type Door struct {
	Settings
	seal   cipher.AEAD
	gate   *gate
	nobody string // a hash that no password fits, as costly as a real one
	// travelled are journeys that came back.
	travelled *once
	origin    *http.CrossOriginProtection
}

// New checks the settings.
func New(s Settings) (*Door, error) {
	if s.Store == nil || s.Audit == nil {
		return nil, errors.New("door: Store and Audit are required")
	}
	if s.Policy.Shortest == 0 {
		s.Policy = account.Default()
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if s.Present == nil {
		s.Present = nobodyPresent{}
	}
	if s.Issuer == "" {
		s.Issuer = "diemcau"
	}
	seal, err := chacha20poly1305.NewX(s.Key)
	if err != nil {
		return nil, fmt.Errorf("door: %w", err)
	}
	return &Door{Settings: s, seal: seal, gate: newGate(), travelled: &once{}, nobody: hashOfNobody(), origin: http.NewCrossOriginProtection()}, nil
}

// Register adds the door's operations.
func (d *Door) Register(api huma.API) {
	d.registerSession(api)
	d.registerProvider(api)
	d.registerPasskeys(api)
	d.registerSecrets(api)
	d.registerAccounts(api)
	d.registerMachines(api)
	d.registerGuests(api)
}

// largestBody is the largest body of the door's operations: they carry names and
// passwords.
const largestBody = 16 << 10

// operation is what all of the door's operations have in common.
func operation(id, method, path, summary string, who account.Declaration, errs ...int) huma.Operation {
	return huma.Operation{
		OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{"accounts"},
		Metadata: who, Errors: errs, MaxBodyBytes: largestBody,
	}
}

// Handler puts in front of all operations below /api what they need to know of who
// asks, and keeps pages of other origins from using a visitor's cookies.
func (d *Door) Handler(next http.Handler) http.Handler {
	return d.origin.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.ContainsRune(r.URL.Path, 0) || !utf8.ValidString(r.URL.Path) {
			http.Error(w, http.StatusText(http.StatusBadRequest), http.StatusBadRequest) // no id has that, and no database keeps it
			return
		}
		v := d.visitor(r)
		ctx := account.WithAddress(context.WithValue(r.Context(), visitorKey{}, v), v.address)
		if who, ok := v.identity(d.Policy, d.Now()); ok {
			ctx = account.WithProof(account.With(ctx, who), v.proved(d.Policy.LockBoards, d.Now()))
		}
		if v.boards() && actOfBoard(r) {
			if err := d.open(ctx, v); err != nil {
				answer(w, err)
				return
			}
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	}))
}

// note tells the audit log of something that the visitor did.
func (d *Door) note(ctx context.Context, what account.Happening, on, detail string) {
	d.tell(ctx, account.Event{What: what, On: on, Detail: detail})
}

// tell notes an event with who did it.
func (d *Door) tell(ctx context.Context, e account.Event) {
	v := visitorOf(ctx)
	e.Address, e.Device = v.address, v.machine.ID
	if v.signed {
		e.By, e.Session = v.account.Person, v.session.ID
	}
	d.Audit.Note(ctx, e)
}

// problem is the answer to an error. What is none of a rule is logged.
func (d *Door) problem(ctx context.Context, err error) error {
	answer := Problem(err)
	var p *problem
	if errors.As(answer, &p) && p.Code == codeInternal && ctx.Err() == nil {
		d.Log.ErrorContext(ctx, "a request for accounts failed", "error", err)
	}
	return answer
}

func (d *Door) units(ctx context.Context) (account.Units, error) {
	if d.Units == nil {
		return nil, nil
	}
	return d.Units(ctx)
}
