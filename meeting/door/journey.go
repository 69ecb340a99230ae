package door

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"diemcau/meeting/account"
)

// journey is what a sign-in under way keeps in the browser, sealed, until somebody else
// (a provider, an authenticator) has answered.
type journey struct {
	Kind    string          `json:"k"`
	Session string          `json:"s,omitempty"` // whose it is, when somebody is signed in
	Ends    time.Time       `json:"e"`
	Once    string          `json:"o"`
	Data    json.RawMessage `json:"d"`
}

// Kinds of journeys: a cookie of one opens no other.
const (
	journeyOpenID  = "openid"
	journeyLogin   = "passkey"
	journeyPasskey = "new-passkey"
)

// journeyLife is how long a person may take at a provider or with an authenticator.
const journeyLife = 10 * time.Minute

// setOut seals what the browser brings back.
func (d *Door) setOut(ctx context.Context, kind string, data any) (http.Cookie, error) {
	raw, err := json.Marshal(data)
	if err != nil {
		return http.Cookie{}, err
	}
	j, err := json.Marshal(journey{Kind: kind, Session: visitorOf(ctx).session.ID, Ends: d.Now().Add(journeyLife), Once: secret(), Data: raw})
	if err != nil {
		return http.Cookie{}, err
	}
	nonce := make([]byte, d.seal.NonceSize(), d.seal.NonceSize()+len(j)+d.seal.Overhead())
	_, _ = rand.Read(nonce) // never fails since Go 1.24
	return d.put(journeyCookie, base64.RawURLEncoding.EncodeToString(d.seal.Seal(nonce, nonce, j, []byte("journey"))), journeyLife), nil
}

// comeBack opens what the browser brings, once, and for the session that set out.
func (d *Door) comeBack(ctx context.Context, kind string, data any) bool {
	v := visitorOf(ctx)
	sealed, err := base64.RawURLEncoding.DecodeString(v.journey)
	if err != nil || len(sealed) < d.seal.NonceSize() {
		return false
	}
	n := d.seal.NonceSize()
	raw, err := d.seal.Open(nil, sealed[:n], sealed[n:], []byte("journey"))
	if err != nil {
		return false
	}
	var j journey
	if json.Unmarshal(raw, &j) != nil || j.Kind != kind || j.Session != v.session.ID || !d.Now().Before(j.Ends) || !d.travelled.first(j.Once, j.Ends, d.Now()) {
		return false
	}
	return json.Unmarshal(j.Data, data) == nil
}

// arrived takes the cookie of a journey away.
func (d *Door) arrived() http.Cookie { return d.put(journeyCookie, "", 0) }

// once remembers what was used until it would no longer be taken anyway. It is a leaf.
type once struct {
	mu   sync.Mutex
	used map[string]time.Time
}

func (o *once) first(mark string, ends, now time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	for m, e := range o.used {
		if now.After(e) {
			delete(o.used, m)
		}
	}
	if _, used := o.used[mark]; used {
		return false
	}
	if o.used == nil {
		o.used = make(map[string]time.Time)
	}
	o.used[mark] = ends
	return true
}

// hostname is the bridge's name as the browser has it, without a port, when it is one
// under which people are let in by a provider or a passkey; empty otherwise.
func (d *Door) hostname(v visitor) string {
	host := v.host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.ToLower(host)
	if len(d.Hosts) > 0 && !slices.Contains(d.Hosts, host) {
		return ""
	}
	return host
}

// address of the bridge as the browser has it.
func (d *Door) ownAddress(v visitor) string {
	if d.Secure {
		return "https://" + v.host
	}
	return "http://" + v.host
}

type waysOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Provider string `json:"openid,omitempty" doc:"what the button to the OpenID provider says; without it there is none"`
		Passkeys bool   `json:"passkeys" doc:"whether passkeys can be used at this address: a name, not a number"`
	}
}

func (d *Door) ways(ctx context.Context, _ *struct{}) (*waysOutput, error) {
	out := &waysOutput{CacheControl: "no-store"}
	if d.Provider != nil {
		out.Body.Provider = d.ProviderName
	}
	out.Body.Passkeys = d.passkeyHost(visitorOf(ctx)) != ""
	return out, nil
}

// fail notes a refused sign-in.
func (d *Door) fail(ctx context.Context, what account.Happening, user string, way account.Way, code string) {
	d.note(ctx, what, account.UserName(user), string(way)+" "+code)
}
