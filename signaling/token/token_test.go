package token_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"
	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/livekit"
	"google.golang.org/protobuf/testing/protocmp"

	"diemcau/signaling/token"
)

const (
	firstSecret  = "first-secret-that-is-long-enough-0123456789"
	secondSecret = "second-secret-that-is-long-enough-9876543210"
)

func keys(t testing.TB) *token.Keys {
	t.Helper()
	k, err := token.NewKeys(map[string]string{"first": firstSecret, "second": secondSecret}, "second")
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// sign makes a token with any claims and any algorithm.
func sign(t testing.TB, method jwt.SigningMethod, key any, claims jwt.MapClaims) string {
	t.Helper()
	raw, err := jwt.NewWithClaims(method, claims).SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func inOneHour() int64 { return time.Now().Add(time.Hour).Unix() }

func TestOnlyAWholeTokenIsAccepted(t *testing.T) {
	t.Parallel()
	first := []byte(firstSecret)
	unix := func(d time.Duration) int64 { return time.Now().Add(d).Unix() }
	tests := []struct {
		name string
		raw  string
		code string // empty: accepted
		text string // prefix of the error's text
	}{
		{"good", sign(t, jwt.SigningMethodHS256, first, jwt.MapClaims{"iss": "first", "exp": inOneHour()}), "", ""},
		{"other key", sign(t, jwt.SigningMethodHS256, []byte(secondSecret), jwt.MapClaims{"iss": "second", "exp": inOneHour()}), "", ""},
		{"expired within the leeway", sign(t, jwt.SigningMethodHS256, first, jwt.MapClaims{"iss": "first", "exp": unix(-30 * time.Second)}), "", ""},
		{"valid soon, within the leeway", sign(t, jwt.SigningMethodHS256, first, jwt.MapClaims{"iss": "first", "exp": inOneHour(), "nbf": unix(30 * time.Second)}), "", ""},
		{"expired", sign(t, jwt.SigningMethodHS256, first, jwt.MapClaims{"iss": "first", "exp": unix(-2 * time.Minute)}), token.CodeInvalid, "invalid authorization token: "},
		{"not yet valid", sign(t, jwt.SigningMethodHS256, first, jwt.MapClaims{"iss": "first", "exp": inOneHour(), "nbf": unix(2 * time.Minute)}), token.CodeInvalid, "invalid authorization token: "},
		{"never expires", sign(t, jwt.SigningMethodHS256, first, jwt.MapClaims{"iss": "first"}), token.CodeInvalid, "invalid authorization token: "},
		{"signed by another key", sign(t, jwt.SigningMethodHS256, []byte(secondSecret), jwt.MapClaims{"iss": "first", "exp": inOneHour()}), token.CodeInvalid, "invalid authorization token: "},
		{"HS384", sign(t, jwt.SigningMethodHS384, first, jwt.MapClaims{"iss": "first", "exp": inOneHour()}), token.CodeInvalid, "invalid authorization token: "},
		{"unsigned", sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, jwt.MapClaims{"iss": "first", "exp": inOneHour()}), token.CodeInvalid, "invalid authorization token: "},
		{"unknown key", sign(t, jwt.SigningMethodHS256, first, jwt.MapClaims{"iss": "third", "exp": inOneHour()}), "unknown_api_key", "invalid API key"},
		{"no key", sign(t, jwt.SigningMethodHS256, first, jwt.MapClaims{"exp": inOneHour()}), "unknown_api_key", "invalid API key"},
		{"garbage", "garbage", "unparsable_token", "invalid authorization token"},
		{"empty parts", "..", "unparsable_token", "invalid authorization token"},
	}
	k := keys(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			claims, err := k.Verify(tt.raw)
			if tt.code == "" {
				if err != nil || claims == nil {
					t.Fatalf("refused: %v", err)
				}
				return
			}
			var refusal *token.Error
			if !errors.As(err, &refusal) {
				t.Fatalf("error %v is no refusal", err)
			}
			if refusal.Code != tt.code {
				t.Errorf("code %q (%s), want %q", refusal.Code, refusal.Text, tt.code)
			}
			if !strings.HasPrefix(refusal.Text, tt.text) {
				t.Errorf("text %q does not start with %q", refusal.Text, tt.text)
			}
		})
	}
}

// RFC 7515 section 4.1.11.
func TestATokenWithDemandsThatAreNotKnownIsRefused(t *testing.T) {
	t.Parallel()
	made := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{"iss": "first", "exp": inOneHour()})
	made.Header["crit"] = []string{"one-time"}
	made.Header["one-time"] = true
	raw, err := made.SignedString([]byte(firstSecret))
	if err != nil {
		t.Fatal(err)
	}
	var refusal *token.Error
	if _, err := keys(t).Verify(raw); !errors.As(err, &refusal) || refusal.Code != token.CodeInvalid {
		t.Errorf("error %v, want the code %s", err, token.CodeInvalid)
	}
}

func TestATokenWithAChangedPayloadIsRefused(t *testing.T) {
	t.Parallel()
	k := keys(t)
	raw := sign(t, jwt.SigningMethodHS256, []byte(firstSecret), jwt.MapClaims{"iss": "first", "sub": "xã A", "exp": inOneHour()})
	other := sign(t, jwt.SigningMethodHS256, []byte("not the secret"), jwt.MapClaims{"iss": "first", "sub": "xã B", "exp": inOneHour()})
	mine, theirs := strings.Split(raw, "."), strings.Split(other, ".")
	if _, err := k.Verify(mine[0] + "." + theirs[1] + "." + mine[2]); err == nil {
		t.Error("a payload under a foreign signature was accepted")
	}
	if _, err := k.Verify(mine[0] + "." + mine[1] + "."); err == nil {
		t.Error("a payload without signature was accepted")
	}
}

func TestIdentityIsSubThenJTI(t *testing.T) {
	t.Parallel()
	k := keys(t)
	for _, tt := range []struct {
		claims jwt.MapClaims
		want   string
	}{
		{jwt.MapClaims{"sub": "a", "jti": "b", "identity": "c"}, "a"},
		{jwt.MapClaims{"jti": "b", "identity": "c"}, "b"},
		{jwt.MapClaims{"identity": "c"}, ""},
	} {
		tt.claims["iss"], tt.claims["exp"] = "first", inOneHour()
		c, err := k.Verify(sign(t, jwt.SigningMethodHS256, []byte(firstSecret), tt.claims))
		if err != nil {
			t.Fatal(err)
		}
		if c.Grants.Identity != tt.want {
			t.Errorf("%v: identity %q, want %q", tt.claims, c.Grants.Identity, tt.want)
		}
	}
}

func yes() *bool { v := true; return &v }
func no() *bool  { v := false; return &v }

// full has every claim that the specification lists.
func full() *auth.ClaimGrants {
	return &auth.ClaimGrants{
		Identity: "xa-tan-phu", Name: "Xã Tân Phú", Kind: "agent", KindDetails: []string{"forwarded"},
		Metadata: "m", Attributes: map[string]string{"k": "v"}, RoomPreset: "p",
		RoomConfig: (*auth.RoomConfiguration)(&livekit.RoomConfiguration{Name: "r", EmptyTimeout: 7, MaxParticipants: 3, Tags: map[string]string{"a": "b"}}),
		SIP:        &auth.SIPGrant{Admin: true},
		Video: &auth.VideoGrant{
			RoomCreate: true, RoomList: true, RoomRecord: true, RoomAdmin: true, RoomJoin: true, Room: "phòng",
			CanPublish: yes(), CanSubscribe: no(), CanPublishData: no(), CanPublishSources: []string{"camera"},
			CanUpdateOwnMetadata: yes(), IngressAdmin: true, Hidden: true, Recorder: true, Agent: true,
			CanSubscribeMetrics: yes(), CanManageAgentSession: no(), DestinationRoom: "d",
		},
	}
}

func TestARenewedTokenKeepsEveryClaim(t *testing.T) {
	t.Parallel()
	k := keys(t)
	for _, tt := range []struct {
		name    string
		expires time.Time
		left    time.Duration
	}{
		{"long life left", time.Now().Add(2 * time.Hour), 2 * time.Hour},
		{"little left", time.Now().Add(time.Minute), token.LeastLifetime},
		{"nothing left", time.Now().Add(-time.Hour), token.LeastLifetime},
		{"unknown", time.Time{}, token.LeastLifetime},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			raw, err := k.Renew("first", full(), tt.expires)
			if err != nil {
				t.Fatal(err)
			}
			c, err := k.Verify(raw)
			if err != nil {
				t.Fatal(err)
			}
			if c.APIKey != "first" {
				t.Errorf("renewed with key %q", c.APIKey)
			}
			if diff := cmp.Diff(full(), c.Grants, cmp.Transformer("proto", func(c *auth.RoomConfiguration) *livekit.RoomConfiguration {
				return (*livekit.RoomConfiguration)(c)
			}), protocmp.Transform()); diff != "" {
				t.Error(diff)
			}
			if left := time.Until(c.Expires); (left - tt.left).Abs() > 5*time.Second {
				t.Errorf("valid for %v, want %v", left, tt.left)
			}
		})
	}
}

func TestARenewedTokenCarriesNoStorageSecret(t *testing.T) {
	t.Parallel()
	k := keys(t)
	claims := full()
	claims.RoomConfig = (*auth.RoomConfiguration)(&livekit.RoomConfiguration{
		EmptyTimeout: 7,
		Egress:       &livekit.RoomEgress{Tracks: &livekit.AutoTrackEgress{Output: &livekit.AutoTrackEgress_S3{S3: &livekit.S3Upload{Secret: "s3cret"}}}},
	})
	raw, err := k.Renew("first", claims, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	c, err := k.Verify(raw)
	if err != nil {
		t.Fatal(err)
	}
	if c.Grants.RoomConfig.Egress != nil {
		t.Error("the storage secret is in the token")
	}
	if c.Grants.RoomConfig.EmptyTimeout != 7 {
		t.Error("the rest of the room's configuration is lost")
	}
	if claims.RoomConfig.Egress == nil {
		t.Error("the caller's claims were changed")
	}
}

func TestAJoinTokenOfOurPagesJoinsItsRoom(t *testing.T) {
	t.Parallel()
	k := keys(t)
	raw, err := k.IssueJoin(token.Join{Room: "giao-ban", Identity: "xa-1", Name: "Xã 1", Grant: &auth.VideoGrant{CanPublish: no()}})
	if err != nil {
		t.Fatal(err)
	}
	c, err := k.Verify(raw)
	if err != nil {
		t.Fatal(err)
	}
	v := c.Video()
	if c.APIKey != "second" || !v.RoomJoin || v.Room != "giao-ban" || c.Grants.Identity != "xa-1" || c.Grants.Name != "Xã 1" || v.GetCanPublish() || v.RoomAdmin {
		t.Errorf("unexpected claims %+v of key %s", c.Grants, c.APIKey)
	}
	if _, err := k.IssueJoin(token.Join{Room: "giao-ban"}); err == nil {
		t.Error("a token without identity was issued")
	}
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	t.Parallel()
	k := keys(t)
	var b bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&b, verb, k)
		fmt.Fprintf(&b, verb, *k)
	}
	slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "keys", k)
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "keys", k)
	if err := json.NewEncoder(&b).Encode(struct{ K *token.Keys }{k}); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"first-secret", "second-secret", "66697273742d736563"} {
		if strings.Contains(b.String(), secret) {
			t.Errorf("a secret is printed: %s", b.String())
		}
	}
}

func TestKeysWithoutSecretAreRefused(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		secrets map[string]string
		issuer  string
	}{
		{nil, ""}, {map[string]string{"a": ""}, ""}, {map[string]string{"": "b"}, ""}, {map[string]string{"a": "b"}, "c"},
	} {
		if _, err := token.NewKeys(tt.secrets, tt.issuer); err == nil {
			t.Errorf("%v with issuer %q accepted", tt.secrets, tt.issuer)
		}
	}
}

func TestTheTokenComesFromTheHeaderElseTheQuery(t *testing.T) {
	t.Parallel()
	k := keys(t)
	one := sign(t, jwt.SigningMethodHS256, []byte(firstSecret), jwt.MapClaims{"iss": "first", "sub": "one", "exp": inOneHour()})
	two := sign(t, jwt.SigningMethodHS256, []byte(firstSecret), jwt.MapClaims{"iss": "first", "sub": "two", "exp": inOneHour()})
	for _, tt := range []struct {
		name, header, query, identity string
		err                           error
	}{
		{"header", "Bearer " + one, "", "one", nil},
		{"query", "", two, "two", nil},
		{"header before query", "Bearer " + one, two, "one", nil},
		{"nothing", "", "", "", nil},
		{"lower case", "bearer " + one, "", "", token.ErrHeader},
		{"lower case, good query", "bearer " + one, two, "", token.ErrHeader},
		{"basic", "Basic eDp5", "", "", token.ErrHeader},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest("GET", "/rtc?access_token="+tt.query, nil)
			if tt.header != "" {
				r.Header.Set("Authorization", tt.header)
			}
			c, err := k.FromRequest(r)
			if !errors.Is(err, tt.err) {
				t.Fatalf("error %v, want %v", err, tt.err)
			}
			identity := ""
			if c != nil {
				identity = c.Grants.Identity
			}
			if identity != tt.identity {
				t.Errorf("identity %q, want %q", identity, tt.identity)
			}
		})
	}
}

func FuzzVerify(f *testing.F) {
	k, err := token.NewKeys(map[string]string{"first": firstSecret}, "")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sign(f, jwt.SigningMethodHS256, []byte(firstSecret), jwt.MapClaims{"iss": "first", "exp": int64(4102444800)}))
	f.Add(sign(f, jwt.SigningMethodHS256, []byte("x"), jwt.MapClaims{"iss": "first", "exp": int64(4102444800)}))
	f.Add("")
	f.Fuzz(func(t *testing.T, raw string) {
		c, err := k.Verify(raw)
		if (c == nil) == (err == nil) {
			t.Fatal("neither claims nor an error, or both")
		}
		if err != nil {
			if refusal := (*token.Error)(nil); !errors.As(err, &refusal) || refusal.Code == "" {
				t.Fatalf("error %v has no code", err)
			}
			if strings.Contains(err.Error(), firstSecret) {
				t.Fatal("the secret is in the error")
			}
			return
		}
		if c.Grants == nil || c.APIKey != "first" || c.Expires.IsZero() {
			t.Fatalf("incomplete claims %+v", c)
		}
	})
}
