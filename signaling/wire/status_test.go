package wire_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/gorilla/websocket"
	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/livekit"
	"google.golang.org/protobuf/proto"

	"diemcau/signaling/session"
	"diemcau/signaling/wire"
)

// wrap makes the value of the join_request parameter.
func wrap(t testing.TB, compression livekit.WrappedJoinRequest_Compression, raw []byte, encoding *base64.Encoding) string {
	t.Helper()
	b, err := proto.Marshal(&livekit.WrappedJoinRequest{Compression: compression, JoinRequest: raw})
	if err != nil {
		t.Fatal(err)
	}
	return encoding.EncodeToString(b)
}

func joinBytes(t testing.TB, join *livekit.JoinRequest) []byte {
	t.Helper()
	b, err := proto.Marshal(join)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func gzipped(t testing.TB, raw []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(raw); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func attributes(json string) string { return base64.URLEncoding.EncodeToString([]byte(json)) }

func yes() *bool { v := true; return &v }
func no() *bool  { v := false; return &v }

func grants(change func(*auth.ClaimGrants)) *auth.ClaimGrants {
	c := joinGrant()
	change(c)
	return c
}

func jwtOf(t *testing.T, claims jwt.MapClaims, secret string) string {
	t.Helper()
	raw, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// refusalRow is one row of the protocol's table of refusals.
type refusalRow struct {
	name   string
	v1     bool
	query  string
	claims *auth.ClaimGrants
	header string // instead of claims
	refuse error  // what the session core says
	status int
	body   string // prefix
}

func refusalRows(t *testing.T) []refusalRow {
	later := time.Now().Add(time.Hour).Unix()
	own := grants(func(c *auth.ClaimGrants) { c.Video.CanUpdateOwnMetadata = yes() })
	joined := url.QueryEscape(wrap(t, livekit.WrappedJoinRequest_NONE, joinBytes(t, &livekit.JoinRequest{Metadata: "x"}), base64.URLEncoding))
	tooLarge := make([]byte, 1<<20+1)
	for i := range tooLarge { // one valid string field that is too long
		tooLarge[i] = 'a'
	}
	big := joinBytes(t, &livekit.JoinRequest{Metadata: string(tooLarge)})
	v1 := func(compression livekit.WrappedJoinRequest_Compression, raw []byte) string {
		return "join_request=" + url.QueryEscape(wrap(t, compression, raw, base64.URLEncoding))
	}
	return []refusalRow{
		{name: "no token", status: 401, body: "no permissions to access the room"},
		{name: "no token on v1", v1: true, status: 401, body: "no permissions to access the room"},
		{name: "no video grant", claims: &auth.ClaimGrants{Identity: "a"}, status: 401, body: "no permissions to access the room"},
		{name: "lower case bearer", header: "bearer x", status: 401, body: "invalid authorization header. Must start with Bearer "},
		{name: "unparsable token", header: "Bearer x", status: 401, body: "invalid authorization token"},
		{name: "unknown key", header: "Bearer " + jwtOf(t, jwt.MapClaims{"iss": "nobody", "exp": later}, keySecret), status: 401, body: "invalid API key"},
		{name: "bad signature", header: "Bearer " + jwtOf(t, jwt.MapClaims{"iss": "key", "exp": later}, "wrong"), status: 401, body: "invalid authorization token: "},
		{name: "expired", header: "Bearer " + jwtOf(t, jwt.MapClaims{"iss": "key", "exp": 1}, keySecret), status: 401, body: "invalid authorization token: "},
		{name: "may not join", claims: grants(func(c *auth.ClaimGrants) { c.Video.RoomJoin = false }), status: 401, body: "permissions denied"},
		{name: "no identity", claims: grants(func(c *auth.ClaimGrants) { c.Identity = "" }), status: 400, body: "identity cannot be empty"},
		{name: "long identity", claims: grants(func(c *auth.ClaimGrants) { c.Identity = strings.Repeat("a", 257) }), status: 400, body: "participant identity length exceeds limits"},
		{name: "no room", claims: grants(func(c *auth.ClaimGrants) { c.Video.Room = "" }), status: 400, body: "no room name"},
		{name: "long room", claims: grants(func(c *auth.ClaimGrants) { c.Video.Room = strings.Repeat("ờ", 129) }), status: 400, body: "room name length exceeds limits"},
		{name: "attributes no base64", query: "attributes=*", claims: own, status: 400, body: "cannot decode attributes"},
		{name: "attributes no JSON", query: "attributes=" + attributes("{"), claims: own, status: 400, body: "cannot decode attributes"},
		{name: "attributes no strings", query: "attributes=" + attributes(`{"a":1}`), claims: own, status: 400, body: "cannot decode attributes"},
		{name: "attributes not allowed", query: "attributes=" + attributes(`{"a":"b"}`), claims: joinGrant(), status: 401, body: "permissions denied"},
		{name: "metadata not allowed", v1: true, query: "join_request=" + joined, claims: joinGrant(), status: 401, body: "permissions denied"},
		{name: "publish not allowed", query: "publish=x", claims: grants(func(c *auth.ClaimGrants) { c.Video.CanPublish = no() }), status: 401, body: "permissions denied"},
		{name: "long publish suffix", query: "publish=" + strings.Repeat("a", 255), claims: joinGrant(), status: 400, body: "participant identity length exceeds limits"},
		{name: "join_request missing", v1: true, claims: joinGrant(), status: 400, body: "join_request is required"},
		{name: "join_request no base64", v1: true, query: "join_request=*", claims: joinGrant(), status: 400, body: "cannot base64 decode wrapped join request"},
		{name: "join_request no wrapper", v1: true, query: "join_request=_w", claims: joinGrant(), status: 400, body: "cannot unmarshal wrapped join request"},
		{name: "join_request garbage", v1: true, query: v1(livekit.WrappedJoinRequest_NONE, []byte{0xff}), claims: joinGrant(), status: 400, body: "cannot unmarshal join request"},
		{name: "join_request no gzip", v1: true, query: v1(livekit.WrappedJoinRequest_GZIP, []byte("x")), claims: joinGrant(), status: 400, body: "cannot read decompressed join request"},
		{name: "join_request bomb", v1: true, query: v1(livekit.WrappedJoinRequest_GZIP, gzipped(t, big)), claims: joinGrant(), status: 400, body: "join request too large"},
		{name: "join_request of unknown compression", v1: true, query: v1(9, nil), claims: joinGrant(), status: 400, body: "unknown compression"},
		{name: "room absent", claims: joinGrant(), refuse: session.ErrNoRoom, status: 404, body: "requested room does not exist"},
		{name: "room full", claims: joinGrant(), refuse: session.ErrRoomFull, status: 503, body: "room is full"},
		{name: "server full", claims: joinGrant(), refuse: session.ErrServerFull, status: 503, body: "server is full"},
		{name: "shutting down", claims: joinGrant(), refuse: session.ErrShuttingDown, status: 503, body: "server is shutting down"},
		{name: "media failed", claims: joinGrant(), refuse: session.ErrMedia, status: 500, body: "could not start"},
		{name: "inner error", claims: joinGrant(), refuse: errors.New("inner detail"), status: 500, body: "could not start the session"},
	}
}

// TestEveryRefusalSaysTheSameOnTheSocketAndOnValidate checks the upgrade, and
// what browsers ask after it, which do not see the upgrade's status.
func TestEveryRefusalSaysTheSameOnTheSocketAndOnValidate(t *testing.T) {
	t.Parallel()
	for _, row := range refusalRows(t) {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, nil)
			s.desk.refuse = func(session.Params) error { return row.refuse }
			path := "/rtc"
			if row.v1 {
				path = "/rtc/v1"
			}
			header := http.Header{"Origin": {"https://meet.example"}}
			if row.header != "" {
				header.Set("Authorization", row.header)
			} else if row.claims != nil {
				header.Set("Authorization", "Bearer "+s.token(t, row.claims))
			}
			_, response, err := websocket.DefaultDialer.Dial(s.wsURL(path+"?"+row.query), header)
			if err == nil {
				t.Fatal("the upgrade was accepted")
			}
			if response == nil {
				t.Fatal(err)
			}
			row.check(t, response, "https://meet.example")

			request, err := http.NewRequest("GET", s.URL+path+"/validate?"+row.query, nil)
			if err != nil {
				t.Fatal(err)
			}
			request.Header = header
			response, err = http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			row.check(t, response, "*")
		})
	}
}

func (row refusalRow) check(t *testing.T, response *http.Response, origin string) {
	t.Helper()
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != row.status || !strings.HasPrefix(string(body), row.body) {
		t.Errorf("%d %q, want %d %q", response.StatusCode, body, row.status, row.body)
	}
	if strings.Contains(string(body), "inner detail") {
		t.Error("an inner error reached the client")
	}
	if got := response.Header.Get("Content-Type"); !strings.HasPrefix(got, "text/plain") {
		t.Errorf("content type %q", got)
	}
	if got := response.Header.Get("Access-Control-Allow-Origin"); got != origin {
		t.Errorf("allowed origin %q, want %q", got, origin)
	}
}

func get(t *testing.T, method, url string, header http.Header) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequest(method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if header != nil {
		request.Header = header
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

func TestAGoodTokenValidates(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	wrapped := "join_request=" + url.QueryEscape(wrap(t, livekit.WrappedJoinRequest_NONE, joinBytes(t, &livekit.JoinRequest{ClientInfo: &livekit.ClientInfo{Protocol: 17}}), base64.URLEncoding))
	for _, path := range []string{"/rtc/validate?", "//rtc/validate?", "/rtc/v1/validate?" + wrapped + "&", "//rtc/v1/validate?" + wrapped + "&"} {
		response, body := get(t, "GET", s.URL+path+"access_token="+s.token(t, joinGrant()), nil)
		if response.StatusCode != 200 || body != "success" || response.Header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: %d %q, origin %q", path, response.StatusCode, body, response.Header.Get("Access-Control-Allow-Origin"))
		}
	}
	if n := len(s.desk.seats); n != 0 {
		t.Errorf("validating admitted %d clients", n)
	}
}

func TestWithoutUpgradeThePathIsNotFound(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	for _, path := range []string{"/rtc", "/rtc/v1", "//rtc", "//rtc/v1"} {
		response, body := get(t, "GET", s.URL+path+"?access_token="+s.token(t, joinGrant()), nil)
		if response.StatusCode != 404 || body != "" {
			t.Errorf("%s: %d %q", path, response.StatusCode, body)
		}
	}
	response, _ := get(t, "GET", s.URL+"/rtc/v0", nil)
	if response.StatusCode != 404 {
		t.Errorf("/rtc/v0: %d", response.StatusCode)
	}
}

func TestDoubledSlashesReachTheSocket(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	s.join(t, "//rtc")
	s.join(t, "//rtc/v1?join_request="+url.QueryEscape(wrap(t, livekit.WrappedJoinRequest_NONE, joinBytes(t, &livekit.JoinRequest{ClientInfo: &livekit.ClientInfo{Protocol: 17}}), base64.URLEncoding)))
}

func TestPreflightsAndErrorsNameTheOrigin(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	response, _ := get(t, "OPTIONS", s.URL+"/rtc", http.Header{
		"Origin": {"https://a.example"}, "Access-Control-Request-Method": {"POST"},
		"Access-Control-Request-Headers": {"authorization,x-livekit-request-id"},
	})
	if response.StatusCode != 204 {
		t.Errorf("preflight status %d", response.StatusCode)
	}
	for name, want := range map[string]string{
		"Access-Control-Allow-Origin":  "https://a.example",
		"Access-Control-Allow-Headers": "authorization,x-livekit-request-id",
		"Access-Control-Max-Age":       "86400",
	} {
		if got := response.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	for _, method := range []string{"GET", "POST", "HEAD", "PATCH", "DELETE", "OPTIONS"} {
		if !strings.Contains(response.Header.Get("Access-Control-Allow-Methods"), method) {
			t.Errorf("%s is not allowed", method)
		}
	}
	response, _ = get(t, "POST", s.URL+"/nowhere", http.Header{"Origin": {"https://a.example"}, "Authorization": {"bearer xyz"}})
	if response.StatusCode != 404 || response.Header.Get("Access-Control-Allow-Origin") != "https://a.example" ||
		response.Header.Get("Access-Control-Expose-Headers") != "*" || response.Header.Get("Vary") == "" {
		t.Errorf("%d %v", response.StatusCode, response.Header)
	}
	response, _ = get(t, "OPTIONS", s.URL+"/rtc", http.Header{"Origin": {"https://a.example"}, "Access-Control-Request-Method": {"TRACE"}})
	if response.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Error("TRACE is allowed")
	}
}

func TestBodiesAboveTheLimitAreRefused(t *testing.T) {
	t.Parallel()
	reads := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
		}
	})
	s := serveHandler(t, wire.LimitBody(1000, reads))
	for _, tt := range []struct {
		name   string
		body   io.Reader
		status int
	}{
		{"just fits", strings.NewReader(strings.Repeat("a", 1000)), 200},
		{"too long", strings.NewReader(strings.Repeat("a", 1001)), 413},
		{"too long without saying so", io.MultiReader(strings.NewReader(strings.Repeat("a", 1001))), 413},
	} {
		response, err := http.Post(s.URL, "text/plain", tt.body)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != tt.status {
			t.Errorf("%s: status %d", tt.name, response.StatusCode)
		}
	}
}

func TestNoLogLineHasATokenOrAQuery(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	s.desk.refuse = func(p session.Params) error {
		if p.Claims.Identity == "refused" {
			return session.ErrNoRoom
		}
		return nil
	}
	raw := s.token(t, grants(func(c *auth.ClaimGrants) { c.Identity = "refused" }))
	get(t, "GET", s.URL+"/rtc/validate?marker=1&access_token="+raw, nil)
	get(t, "GET", s.URL+"/rtc/validate?marker=1&access_token="+raw+"x", nil)
	s.join(t, "/rtc?marker=1")
	s.handler.Close()
	log := s.logged()
	if log == "" {
		t.Fatal("nothing was logged: the test proves nothing")
	}
	if strings.Contains(log, "marker") || strings.Contains(log, raw[:20]) || strings.Contains(log, keySecret) {
		t.Error(log)
	}
}
