package bridge

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/cmd/diemcau/config"
	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/desk"
	"diemcau/meeting/door"
)

// allOperations registers everything that the bridge serves below /api with an API
// whose handlers are never reached: the guard alone answers, with 200.
func allOperations(t *testing.T) (http.Handler, huma.API) {
	t.Helper()
	b := newBridge(t, everything)
	mux := http.NewServeMux()
	api := desk.NewAPI(mux)
	api.UseMiddleware(door.Guard(time.Now), func(ctx huma.Context, _ func(huma.Context)) { ctx.SetStatus(http.StatusOK) })
	if err := b.register(api); err != nil {
		t.Fatal(err)
	}
	return mux, api
}

// everything switches on whatever has routes of its own.
func everything(c *config.Config) {
	c.OpenID.Issuer, c.OpenID.Client = "https://sso.example", "diemcau"
}

// operations are those of the API by method and path.
func operations(api huma.API) map[string]*huma.Operation {
	all := map[string]*huma.Operation{}
	for path, item := range api.OpenAPI().Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete, item.Head, item.Options, item.Trace} {
			if op != nil {
				all[op.Method+" "+path] = op
			}
		}
	}
	return all
}

func TestEveryOperationSaysWhoMayCallIt(t *testing.T) {
	t.Parallel()
	_, api := allOperations(t)
	if bad := door.Undeclared(api); len(bad) > 0 {
		t.Errorf("operations that do not say who may call them:\n%s", strings.Join(bad, "\n"))
	}
}

// open are the only operations that somebody may call who is nobody yet: those that
// make him somebody, and those that look at another proof than a session.
var open = []string{
	"DELETE /api/session", "GET /api/authority", "GET /api/demo", "GET /api/guest", "GET /api/session", "POST /api/guest", "POST /api/join", "POST /api/machine",
	"GET /api/session/openid", "GET /api/session/openid/callback", "GET /api/session/ways", "POST /api/session/passkey", "POST /api/session/passkey/finish",
	"POST /api/session/passkeys", "POST /api/session/passkeys/finish", // half-way in, and looked at there
	"POST /api/session/openid/logout", // signed by the provider
	"POST /api/seen", "POST /api/session", "POST /api/session/password", "POST /api/session/second-factor", "POST /api/session/totp", "POST /api/session/totp/confirm",
}

func TestEveryRouteAnswersEveryRoleAsItDeclares(t *testing.T) {
	t.Parallel()
	mux, api := allOperations(t)
	braces := regexp.MustCompile(`\{[^}]*\}`)
	fresh := func(who account.Identity, proved time.Time, method, path string) int {
		r := httptest.NewRequest(method, braces.ReplaceAllString(path, "x"), http.NoBody)
		ctx := account.WithProof(r.Context(), proved)
		if who.Person != "" || who.Device != "" {
			ctx = account.With(ctx, who)
		}
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r.WithContext(ctx))
		return w.Code
	}
	var public []string
	tried := 0
	for path, item := range api.OpenAPI().Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op == nil {
				continue
			}
			rule, _ := account.RuleOf(op.Metadata)
			name := op.Method + " " + path
			if rule.Public {
				public = append(public, name)
			}
			for _, right := range account.Rights() {
				who := account.Identity{Person: "p", Rights: []meeting.Right{right}}
				want := http.StatusOK
				if !rule.Public && (len(rule.Rights) > 0 || rule.Servers) && !slices.Contains(rule.Rights, right) {
					want = http.StatusForbidden
				}
				if got := fresh(who, time.Now(), op.Method, path); got != want {
					t.Errorf("%s for %s: %d, want %d", name, right, got, want)
				}
				if got := fresh(who, time.Now().Add(-time.Hour), op.Method, path); rule.Fresh && got != http.StatusForbidden {
					t.Errorf("%s for %s with an old proof: %d", name, right, got)
				}
				tried++
			}
			for kind, c := range map[string]struct {
				who account.Identity
				may bool
			}{
				"nobody":    {account.Identity{}, rule.Public},
				"a machine": {account.Identity{Device: "d", Point: "LG-X1"}, rule.Public || rule.Machines},
			} {
				got := fresh(c.who, time.Now(), op.Method, path)
				if c.may != (got == http.StatusOK) || !c.may && got != http.StatusUnauthorized {
					t.Errorf("%s for %s: %d", name, kind, got)
				}
			}
		}
	}
	if tried < 300 {
		t.Errorf("only %d pairs of route and role were tried", tried)
	}
	for _, name := range public {
		if !slices.Contains(open, name) {
			t.Errorf("%s is open to everybody and not on the list", name)
		}
	}
}
