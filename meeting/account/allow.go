package account

import (
	"context"
	"slices"
	"time"

	"diemcau/meeting"
)

// Declaration says who may call an operation of the HTTP API. It is the Metadata
// of a huma.Operation:
//
//	huma.Register(api, huma.Operation{..., Metadata: account.Allow(meeting.Secretary)}, ...)
//
// The guard of the door (meeting/door) enforces it before the handler runs, and
// refuses an operation without one. It looks at the rights that somebody holds in
// his unit. Rights in one meeting come from its plan: an operation that they open
// is declared Known, and its handler asks the meeting's own rules.
type Declaration map[string]any

// ruleKey is where the rule stands in the metadata.
const ruleKey = "diemcau.rule"

// Public lets anybody call: signing in, what the join page shows.
func Public() Declaration { return declare(Rule{Public: true}) }

// Known lets persons with an account and paired machines of a point call. What a
// machine may do is what its point may do: the handler looks at Identity.
func Known() Declaration { return declare(Rule{Machines: true}) }

// SignedIn lets every person with an account call, at whatever machine.
func SignedIn() Declaration { return declare(Rule{}) }

// Allow lets persons call who hold one of the rights in their unit.
func Allow(rights ...meeting.Right) Declaration {
	if len(rights) == 0 {
		panic("account: Allow without a right would let everybody in")
	}
	return declare(Rule{Rights: rights})
}

// Servers lets programs call that show an access token of the house's server API, whose
// grants the handler looks at, and persons who hold one of the rights; without rights, no
// person at all.
func Servers(rights ...meeting.Right) Declaration {
	return declare(Rule{Servers: true, Rights: rights})
}

// Fresh asks besides that the person has proved himself within FreshFor: for acts
// that cannot be taken back.
func (d Declaration) Fresh() Declaration {
	r, _ := RuleOf(d)
	r.Fresh = true
	return declare(r)
}

// House asks besides that the right is held in the whole house, not in one unit: for what
// is one for all units.
func (d Declaration) House() Declaration {
	r, _ := RuleOf(d)
	r.House = true
	return declare(r)
}

func declare(r Rule) Declaration { return Declaration{ruleKey: r} }

// Rule is what a Declaration says.
type Rule struct {
	Public   bool
	Machines bool            // a paired machine with nobody signed in is enough
	Servers  bool            // a server's token, which the handler looks at
	Rights   []meeting.Right // one of them is enough; none means that being signed in is
	Fresh    bool
	House    bool // held in the whole house
}

// RuleOf reads the metadata of an operation; false when it declares nothing.
func RuleOf(metadata map[string]any) (Rule, bool) {
	r, ok := metadata[ruleKey].(Rule)
	return r, ok
}

// FreshFor is how long a proof of identity counts for acts that ask for one.
const FreshFor = 5 * time.Minute

// Codes of refusals at the door.
const (
	CodeSignedOut meeting.Code = "account.signed_out"
	CodeProve     meeting.Code = "account.prove_again"
)

// Check answers whether whoever the context carries may call at the given time.
func (r Rule) Check(ctx context.Context, now time.Time) error {
	if r.Public {
		return nil
	}
	who, known := Of(ctx)
	if !known || who.Person == "" && !r.Machines {
		return meeting.Refuse(CodeSignedOut, "")
	}
	if r.Servers && len(r.Rights) == 0 {
		return meeting.Refuse(meeting.CodeNoRight, "")
	}
	if len(r.Rights) > 0 && (who.Person == "" || !slices.ContainsFunc(r.Rights, who.Has)) {
		return meeting.Refuse(meeting.CodeNoRight, "").With(string(r.Rights[0]))
	}
	if r.House && who.Unit != "" {
		return meeting.Refuse(meeting.CodeNoRight, "unit").With(string(who.Unit))
	}
	if r.Fresh {
		if at := ProvedAt(ctx); at.IsZero() || at.After(now) || now.Sub(at) > FreshFor {
			return meeting.Refuse(CodeProve, "")
		}
	}
	return nil
}

type provedKey struct{}

// WithProof notes in the context when the person last proved himself by password
// or second factor.
func WithProof(ctx context.Context, at time.Time) context.Context {
	return context.WithValue(ctx, provedKey{}, at)
}

// ProvedAt is when the person last proved himself; the zero time is never.
func ProvedAt(ctx context.Context) time.Time {
	at, _ := ctx.Value(provedKey{}).(time.Time)
	return at
}
