package integration

import (
	"errors"
	"fmt"
	"io"
	"log"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/mail"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"diemcau/cmd/diemcau/bridge"
	"diemcau/cmd/diemcau/config"
	"diemcau/internal/password"
	"diemcau/meeting"
	"diemcau/meeting/calendar"
	"diemcau/meeting/desk"
	"diemcau/meeting/invitation"
	"diemcau/meeting/letter/outbox"
	"diemcau/meeting/sample"
	"diemcau/meeting/schedule"
	"diemcau/meeting/store"
)

// wall is the clock on the wall: it runs as the machine's, from where it was put.
type wall struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (w *wall) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.ahead).Round(0)
}

func (w *wall) set(to time.Time) { w.forward(to.Sub(w.now())) }

func (w *wall) forward(by time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ahead += by
}

// office is a whole bridge of a province: people who sign in with passwords, paired
// machines, a mail server, and a clock that is put to the days of the sample.
type office struct {
	*hall
	wall               *wall
	post               *letterBox
	lead, scribe, tech who
	delegate           who // of LG-X1
	machines           map[meeting.PointID]who
}

func openOffice(t *testing.T) *office {
	t.Helper()
	o := &office{wall: &wall{}, post: openLetterBox(t), machines: map[meeting.PointID]who{}}
	o.wall.set(calendar.On(2026, time.November, 24).At(9, 0))
	o.hall = &hall{t: t, data: t.TempDir(), options: []bridge.Option{bridge.WithClock(o.wall.now)}}
	o.set = append(o.set, func(c *config.Config) {
		hash := config.Secret(password.Hash(config.DemoPassword))
		for _, a := range config.DemoAccounts[1:5] {
			a.Password = hash
			c.Accounts = append(c.Accounts, a)
		}
		c.Papers = config.Papers{Place: "Lam Giang", URL: "https://hop.lamgiang.example"}
		c.Mail = config.Mail{Server: o.post.address, Security: "none", From: "Văn phòng UBND tỉnh <hop@lamgiang.example>"}
	})
	s, err := store.Open(t.Context(), filepath.Join(o.data, "diemcau.db"))
	if err != nil {
		t.Fatal(err)
	}
	err = desk.LoadSamples(t.Context(), s, "giao-ban-mau", o.wall.now())
	if err = errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	o.start()
	o.lead, o.scribe, o.tech, o.delegate = o.signIn("chutri"), o.signIn("thuky"), o.signIn("kythuat"), o.signIn("daibieu")
	return o
}

// stranger is a browser that nobody signed in with.
func (o *office) stranger() who {
	jar, err := cookiejar.New(nil)
	if err != nil {
		o.t.Fatal(err)
	}
	return who{hall: o.hall, browser: &http.Client{Transport: o.http.Transport, Jar: jar}}
}

func (o *office) signIn(user string) who {
	o.t.Helper()
	w := o.stranger()
	w.must(http.MethodPost, "/api/session", map[string]string{"user": user, "password": config.DemoPassword}, &w.Identity)
	if w.Person == "" {
		o.t.Fatalf("%s is nobody", user)
	}
	return w
}

// pair makes a browser the machine of a point by a code of the technician's.
func (o *office) pair(p meeting.PointID) {
	o.t.Helper()
	var code struct{ Code string }
	o.tech.must(http.MethodPost, "/api/pairings", map[string]string{"point": string(p), "name": "Máy phòng họp"}, &code)
	w := o.stranger()
	w.must(http.MethodPost, "/api/machine", code, &w.Identity)
	if w.Point != p || w.Device == "" {
		o.t.Fatalf("paired as %+v", w.Identity)
	}
	o.machines[p] = w
}

func codeOf(err error) meeting.Code {
	var r *refusal
	errors.As(err, &r)
	if r == nil {
		return ""
	}
	return r.Code
}

// letterBox is a real SMTP server that keeps what it takes, by recipient.
type letterBox struct {
	address string
	mu      sync.Mutex
	taken   map[string][]byte
}

func openLetterBox(t *testing.T) *letterBox {
	t.Helper()
	b := &letterBox{taken: map[string][]byte{}}
	s := smtp.NewServer(b)
	s.ErrorLog = log.New(io.Discard, "", 0)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b.address = listener.Addr().String()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = s.Serve(listener)
	}()
	t.Cleanup(func() {
		_ = s.Close()
		<-ended
	})
	return b
}

// NewSession implements smtp.Backend.
func (b *letterBox) NewSession(*smtp.Conn) (smtp.Session, error) { return &delivery{box: b}, nil }

type delivery struct {
	box *letterBox
	to  string
}

func (d *delivery) Mail(string, *smtp.MailOptions) error { return nil }
func (d *delivery) Reset()                               {}
func (d *delivery) Logout() error                        { return nil }
func (d *delivery) Rcpt(to string, _ *smtp.RcptOptions) error {
	d.to = to
	return nil
}

func (d *delivery) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	d.box.mu.Lock()
	defer d.box.mu.Unlock()
	d.box.taken[d.to] = raw
	return err
}

// text is the plain part of the letter to somebody; "" while there is none.
func (b *letterBox) text(t *testing.T, to string) string {
	t.Helper()
	b.mu.Lock()
	raw := b.taken[to]
	b.mu.Unlock()
	if raw == nil {
		return ""
	}
	m, err := mail.ReadMessage(strings.NewReader(string(raw)))
	if err != nil {
		t.Fatal(err)
	}
	var find func(kind string, body io.Reader) string
	find = func(kind string, body io.Reader) string {
		media, params, err := mime.ParseMediaType(kind)
		if err != nil {
			t.Fatal(err)
		}
		if media == "text/plain" {
			text, err := io.ReadAll(body)
			if err != nil {
				t.Fatal(err)
			}
			return string(text)
		}
		if !strings.HasPrefix(media, "multipart/") {
			return ""
		}
		for parts := multipart.NewReader(body, params["boundary"]); ; {
			part, err := parts.NextPart()
			if err != nil {
				return ""
			}
			if text := find(part.Header.Get("Content-Type"), part); text != "" {
				return text
			}
		}
	}
	return find(m.Header.Get("Content-Type"), m.Body)
}

// invite publishes the briefing; the letters go out by themselves, the points follow
// their links and answer, and their machines are paired.
func (o *office) invite() {
	t := o.t
	for id, address := range map[string]string{"mau": "mau", "giadinh": "tandu", "tamdat": "thidiem", "thu": "hoitruong"} {
		var p desk.PersonEntry
		o.scribe.must(http.MethodGet, "/api/people/"+id, nil, &p)
		p.Mail = address + "@lamgiang.example"
		o.scribe.must(http.MethodPut, "/api/people/"+id, p, nil, "If-Match", `"1"`)
	}
	// The sample of the same day gives way.
	o.scribe.must(http.MethodPost, "/api/meetings/giao-ban-mau/cancel", desk.PutOff{Why: schedule.Clash, Quietly: desk.Quietly{WithoutLetters: true}}, nil)
	p := sample.Briefing()
	p.Conduct.Record = true
	var v desk.MeetingView
	o.scribe.must(http.MethodPost, "/api/meetings", desk.NewMeeting{Plan: &p}, &v)
	o.plan = v.Plan
	var out *refusal
	if err := o.delegate.ask(http.MethodPost, "/publish", desk.PublishMeeting{}, nil); !errors.As(err, &out) || out.Status != http.StatusNotFound {
		t.Errorf("a delegate publishes a draft: %v", err)
	}
	o.scribe.must(http.MethodPost, "/api/meetings/"+string(v.ID)+"/publish", desk.PublishMeeting{}, &v)
	if v.Letters == nil || v.Letters.Queued != 4 || v.State != schedule.Published || v.Deadlines.Papers != calendar.On(2026, time.November, 30) {
		t.Errorf("published: %+v, letters %+v, deadlines %+v", v.State, v.Letters, v.Deadlines)
	}
	o.plan = v.Plan
	o.scribe.must(http.MethodPost, "/api/meetings/"+string(v.ID)+"/invitations/send", outbox.Sending{Recipients: []outbox.Recipient{{Point: x5, Address: "dongthu@lamgiang.example"}}}, nil)
	for p, address := range map[meeting.PointID]string{main: "hoitruong", x1: "tandu", x3: "thidiem", x5: "dongthu"} {
		o.follows(p, address+"@lamgiang.example")
		o.pair(p)
	}
	o.replies()
}

// follows opens the link of the letter to a point, as somebody who is not signed in.
func (o *office) follows(p meeting.PointID, address string) {
	o.t.Helper()
	eventually(o.t, time.Minute, "the letter to "+address, func() bool { return o.post.text(o.t, address) != "" })
	_, rest, _ := strings.Cut(o.post.text(o.t, address), "https://hop.lamgiang.example/invitation#")
	token, _, _ := strings.Cut(rest, "\r")
	var seen outbox.Seen
	o.stranger().must(http.MethodPost, "/api/seen", map[string]string{"token": strings.TrimSpace(token)}, &seen)
	if seen.Point != p || !seen.Newest || seen.Title != o.plan.Title {
		o.t.Errorf("the link to %s leads to %+v", address, seen)
	}
}

// replies lets the points answer: LG-X1 by its leader, LG-X3 by its machine, the
// others through the secretary.
func (o *office) replies() {
	t := o.t
	yes := desk.NewReply{Answer: invitation.Comes}
	if err := o.delegate.ask(http.MethodPost, "/points/LG-X2/reply", yes, nil); codeOf(err) != meeting.CodeNoRight {
		t.Errorf("the leader of one point answers for another: %v", err)
	}
	for _, p := range o.plan.Points {
		by := map[meeting.PointID]who{x1: o.delegate, x3: o.machines[x3]}[p.ID]
		if by.hall == nil {
			by = o.scribe
		}
		if err := by.ask(http.MethodPost, fmt.Sprintf("/points/%s/reply", p.ID), yes, nil); err != nil {
			t.Errorf("%s answers: %v", p.ID, err)
		}
	}
	var all struct{ Items []desk.ReplyView }
	if err := o.scribe.ask(http.MethodGet, "/replies", nil, &all); err != nil {
		t.Fatal(err)
	}
	for _, r := range all.Items {
		if _, follows := o.machines[r.Point]; r.UpToDate != follows || r.Reply.Answer != invitation.Comes {
			t.Errorf("%s answered %s, has seen the invitation %v", r.Point, r.Reply.Answer, r.UpToDate)
		}
	}
}
