package integration

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"diemcau/cmd/diemcau/bridge"
	"diemcau/cmd/diemcau/config"
	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/conduct"
	"diemcau/meeting/live"
	"diemcau/meeting/plan"
	"diemcau/meeting/schedule"
	"diemcau/meeting/store"
)

// hall is a bridge with a published meeting in its database.
type hall struct {
	*server
	t    *testing.T
	data string
	plan plan.Plan
	http *http.Client
	set  []func(*config.Config)
	// options are those of the bridge itself.
	options []bridge.Option
}

// who is somebody who asks the API.
type who struct {
	hall *hall
	account.Identity
	// browser holds the cookies of who really signed in; nil for who only says so.
	browser *http.Client
}

const identityHeader = "X-Test-Identity"

// identified believes what a request says of itself.
func identified(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var who account.Identity
		text, err := base64.StdEncoding.DecodeString(r.Header.Get(identityHeader))
		if err == nil && json.Unmarshal(text, &who) == nil {
			r = r.WithContext(account.With(r.Context(), who))
		}
		next.ServeHTTP(w, r)
	})
}

// announce keeps the plan as published in the database of a bridge that does not
// run yet.
func announce(t *testing.T, data string, p plan.Plan) {
	t.Helper()
	s, err := store.Open(t.Context(), filepath.Join(data, "diemcau.db"))
	if err != nil {
		t.Fatal(err)
	}
	var e schedule.Entry
	if e, err = e.Publish(p, p.People.Secretary.ID, time.Now()); err == nil {
		err = s.SaveVersion(t.Context(), e)
	}
	if err = errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
}

// convene starts a bridge with the meeting published and, unless the plan's time
// does it, not yet open.
func convene(t *testing.T, p plan.Plan, set ...func(*config.Config)) *hall {
	t.Helper()
	h := &hall{t: t, plan: p, data: t.TempDir(), set: set}
	announce(t, h.data, p)
	h.start()
	return h
}

// start starts the bridge on the hall's data.
func (h *hall) start() {
	h.t.Helper()
	cfg := config.Default()
	cfg.Dev = true
	cfg.ForDevelopment()
	cfg.Data = h.data
	cfg.HTTP, cfg.Admin = "127.0.0.1:0", "127.0.0.1:0"
	cfg.RTC.UDPPort, cfg.RTC.TCPPort = 0, 0
	cfg.TURN = config.TURN{}
	for _, f := range h.set {
		f(&cfg)
	}
	own, err := bridge.New(cfg, slog.New(slog.NewTextHandler(h.t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})), h.options...)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() {
		err := own.Close()
		if errors.Is(err, context.DeadlineExceeded) && !timed {
			return // the race detector leaves not all who are told the time for it
		}
		if err != nil {
			h.t.Errorf("closing the bridge: %v", err)
		}
	})
	own.Identify(identified)
	if err := own.Start(); err != nil {
		h.t.Fatal(err)
	}
	transport := &http.Transport{}
	h.t.Cleanup(transport.CloseIdleConnections)
	h.http = &http.Client{Transport: transport}
	h.server = &server{
		url: strings.Replace(own.URL(), "http", "ws", 1), key: "devkey", secret: string(cfg.Keys["devkey"]),
		admin: own.Admin(), stop: own.Close,
	}
}

func (h *hall) as(p meeting.Person) who {
	return who{hall: h, Identity: account.Identity{Person: p.ID, Name: p.Name, Session: "s-" + string(p.ID)}}
}

func (h *hall) chair() who     { return h.as(h.plan.People.Chair) }
func (h *hall) secretary() who { return h.as(h.plan.People.Secretary) }
func (h *hall) technician() who {
	return h.as(h.plan.People.Technician)
}

// at is the paired machine of a point.
func (h *hall) at(p meeting.PointID) who {
	return who{hall: h, Identity: account.Identity{Point: p, Device: meeting.DeviceID("may-" + p)}}
}

// refusal is a problem that the API answered.
type refusal struct {
	Status int          `json:"status"`
	Code   meeting.Code `json:"code"`
	Field  string       `json:"field"`
	Detail string       `json:"detail"`
}

func (r *refusal) Error() string {
	return fmt.Sprintf("%d %s: %s %s", r.Status, r.Code, r.Field, r.Detail)
}

// ask makes a request about the meeting and reads the answer into out.
func (w who) ask(method, path string, body, out any, header ...string) error {
	w.hall.t.Helper()
	return w.call(method, "/api/meetings/"+string(w.hall.plan.ID)+path, body, out, header...)
}

// call makes a request and reads the answer into out: a file into a *[]byte, all
// else as JSON; nil is for an answer that nobody reads.
func (w who) call(method, path string, body, out any, header ...string) error {
	w.hall.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(within(w.hall.t, 30*time.Second), method, strings.Replace(w.hall.url, "ws", "http", 1)+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	client := w.browser
	if client == nil {
		client = w.hall.http
		identity, err := json.Marshal(w.Identity)
		if err != nil {
			return err
		}
		req.Header.Set(identityHeader, base64.StdEncoding.EncodeToString(identity))
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	answer, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode >= 300 {
		r := &refusal{}
		if err := json.NewDecoder(answer.Body).Decode(r); err != nil {
			return err
		}
		if r.Code == "" || answer.Header.Get("Content-Type") != "application/problem+json" {
			w.hall.t.Errorf("%s %s: a refusal without a code: %d %+v", method, path, answer.StatusCode, r)
		}
		return r
	}
	switch file, isFile := out.(*[]byte); {
	case out == nil:
		return nil
	case isFile:
		*file, err = io.ReadAll(answer.Body)
		return err
	}
	return json.NewDecoder(answer.Body).Decode(out)
}

// must is call for what must succeed.
func (w who) must(method, path string, body, out any, header ...string) {
	w.hall.t.Helper()
	if err := w.call(method, path, body, out, header...); err != nil {
		w.hall.t.Fatalf("%s %s: %v", method, path, err)
	}
}

// try does a deed.
func (w who) try(d conduct.Deed) (live.State, error) {
	w.hall.t.Helper()
	var out struct{ Live live.State }
	err := w.ask(http.MethodPost, "/acts", map[string]any{"do": d.Name(), "with": d}, &out)
	return out.Live, err
}

// do does a deed that must succeed.
func (w who) do(d conduct.Deed) live.State {
	w.hall.t.Helper()
	s, err := w.try(d)
	if err != nil {
		w.hall.t.Fatalf("%s by %s%s: %v", d.Name(), w.Person, w.Point, err)
	}
	return s
}

// refused does a deed that must be refused with the code.
func (w who) refused(code meeting.Code, d conduct.Deed) {
	w.hall.t.Helper()
	_, err := w.try(d)
	var r *refusal
	if !errors.As(err, &r) || r.Code != code {
		w.hall.t.Errorf("%s by %s%s: %v, want %s", d.Name(), w.Person, w.Point, err, code)
	}
}

func (w who) open() {
	w.hall.t.Helper()
	var out struct{ Live live.State }
	if err := w.ask(http.MethodPost, "/open", struct{}{}, &out); err != nil {
		w.hall.t.Fatal(err)
	}
}

// board reads the whole meeting.
func (w who) board() live.Board {
	w.hall.t.Helper()
	var b live.Board
	if err := w.ask(http.MethodGet, "/state", nil, &b); err != nil {
		w.hall.t.Fatal(err)
	}
	return b
}
