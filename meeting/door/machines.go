package door

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"math/big"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/meeting/account"
)

func (d *Door) registerMachines(api huma.API) {
	keepers := account.Allow(meeting.Administrator, meeting.Technician)
	huma.Register(api, operation("make-pairing", http.MethodPost, "/api/pairings", "Make a one-time code for the machine of a point", keepers, 403, 422), d.makePairing)
	huma.Register(api, operation("redeem-pairing", http.MethodPost, "/api/machine", "Make this machine the machine of a point", account.Public(), 403, 429), d.redeem)
	huma.Register(api, operation("list-machines", http.MethodGet, "/api/machines", "Paired machines", keepers, 403), d.listMachines)
	huma.Register(api, operation("revoke-machine", http.MethodDelete, "/api/machines/{machine}", "End a machine's pairing", keepers, 403, 404), d.revokeMachine)
}

// Letters of pairing codes: none that is taken for another when it is read out.
const codeLetters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

// Parts of a pairing code: the first finds the pairing, the second proves it. With
// five tries a guess has one chance in six million.
const (
	codeFinds  = 3
	codeProves = 5
)

func letters(n int) string {
	var b strings.Builder
	for range n {
		i, _ := rand.Int(rand.Reader, big.NewInt(int64(len(codeLetters)))) // never fails since Go 1.24
		b.WriteByte(codeLetters[i.Int64()])
	}
	return b.String()
}

// splitCode reads a code as somebody typed it: without regard to case, spaces and
// dashes.
func splitCode(text string) (finds, proves string, ok bool) {
	text = strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(text))
	if len(text) != codeFinds+codeProves || strings.Trim(text, codeLetters) != "" {
		return "", "", false
	}
	return text[:codeFinds], text[codeFinds:], true
}

type pairingInput struct {
	Body struct {
		Point meeting.PointID `json:"point" minLength:"1" maxLength:"128"`
		Name  string          `json:"name,omitempty" maxLength:"120" doc:"what the machine is, for lists"`
	}
}

type pairingOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Code  string          `json:"code" example:"K7M-2PQ9X" doc:"to be typed at the machine"`
		Point meeting.PointID `json:"point"`
		Ends  time.Time       `json:"ends"`
	}
}

// keepsMachines answers whether the asker may keep the machines of a point: an
// administrator or technician of its unit or one above.
func (d *Door) keepsMachines(ctx context.Context, p meeting.PointID) error {
	units, err := d.units(ctx)
	if err != nil {
		return err
	}
	who, _ := account.Of(ctx)
	unit := meeting.UnitID(p)
	if units.Holds(who, meeting.Administrator, unit) || units.Holds(who, meeting.Technician, unit) {
		return nil
	}
	return meeting.Refuse(meeting.CodeNoRight, "point").With(string(p))
}

func (d *Door) makePairing(ctx context.Context, in *pairingInput) (*pairingOutput, error) {
	b := in.Body
	if !account.Printable(b.Name) || !account.Printable(string(b.Point)) {
		return nil, d.problem(ctx, meeting.Refuse(meeting.CodeInvalid, "name"))
	}
	if err := d.keepsMachines(ctx, b.Point); err != nil {
		return nil, d.problem(ctx, err)
	}
	who, _ := account.Of(ctx)
	p := account.Pairing{Point: b.Point, Name: b.Name, By: who.Person, Created: d.Now()}
	proves, err := letters(codeProves), error(nil)
	for range 5 { // the short id may be another code's
		p.ID = letters(codeFinds)
		if err = d.Store.AddPairing(ctx, hashOf(p.ID+proves), p); err == nil {
			break
		}
	}
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	d.note(ctx, account.PairingMade, string(b.Point), b.Name)
	out := &pairingOutput{CacheControl: "no-store"}
	out.Body.Code, out.Body.Point, out.Body.Ends = p.ID+"-"+proves, p.Point, p.Created.Add(account.PairingLife)
	return out, nil
}

// machineLife is how long a machine's cookie lasts: as long as browsers keep any.
const machineLife = 400 * 24 * time.Hour

// redeem is open to everybody who has the code. Wrong codes are counted by address
// besides the tries of each code.
func (d *Door) redeem(ctx context.Context, in *codeInput) (*whoOutput, error) {
	v, p := visitorOf(ctx), d.Policy
	if err := d.held(ctx, pairingKey(v.address), account.CodeTooMany, p.AddressAfter, p.AddressWindow); err != nil {
		return nil, d.problem(ctx, err)
	}
	finds, proves, ok := splitCode(in.Body.Code)
	key, now := secret(), d.Now()
	m, err := account.Machine{}, error(meeting.Refuse(account.CodePairing, "code"))
	if ok {
		m, err = d.Store.Redeem(ctx, finds, hashOf(finds+proves), now, sameHash, func(p account.Pairing) (account.Machine, string) {
			return account.Machine{ID: meeting.DeviceID("d-" + id()), Point: p.Point, Name: p.Name, By: p.By, Created: now, Seen: now}, hashOf(key)
		})
	}
	if err != nil {
		if meeting.CodeOf(err) == account.CodePairing {
			d.note(ctx, account.PairingFailed, finds, "")
			if _, err := d.Store.CountTry(ctx, pairingKey(v.address), p.AddressWindow, now); err != nil {
				return nil, d.problem(ctx, err)
			}
		}
		return nil, d.problem(ctx, err)
	}
	v.machine = m
	d.note(context.WithValue(ctx, visitorKey{}, v), account.Paired, string(m.ID), string(m.Point))
	return d.who(v, d.put(machineCookie, key, machineLife)), nil
}

func sameHash(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

type machinesOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Items []account.Machine `json:"items" nullable:"false"`
	}
}

func (d *Door) listMachines(ctx context.Context, _ *struct{}) (*machinesOutput, error) {
	all, err := d.Store.Machines(ctx)
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	out := &machinesOutput{CacheControl: "no-store"}
	out.Body.Items = []account.Machine{}
	for _, m := range all {
		if d.keepsMachines(ctx, m.Point) == nil {
			out.Body.Items = append(out.Body.Items, m)
		}
	}
	return out, nil
}

type machineInput struct {
	Machine meeting.DeviceID `path:"machine" maxLength:"128"`
}

func (d *Door) revokeMachine(ctx context.Context, in *machineInput) (*doneOutput, error) {
	all, err := d.Store.Machines(ctx)
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	for _, m := range all {
		if m.ID != in.Machine {
			continue
		}
		if err := d.keepsMachines(ctx, m.Point); err != nil {
			return nil, d.problem(ctx, err)
		}
		_, err := d.Store.ChangeMachine(ctx, m.ID, func(m *account.Machine) {
			if m.Revoked.IsZero() {
				m.Revoked = d.Now()
			}
		})
		if err != nil {
			return nil, d.problem(ctx, err)
		}
		d.Present.ExpelDevice(m.ID)
		d.note(ctx, account.MachineRevoked, string(m.ID), string(m.Point))
		return &doneOutput{CacheControl: "no-store"}, nil
	}
	return nil, d.problem(ctx, meeting.Refuse(meeting.CodeUnknown, "machine"))
}
