package bridge

import (
	"bytes"
	"encoding/json"
	"io"
	"log"
	"log/slog"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"diemcau/cmd/diemcau/config"
)

// mailServer is a real SMTP server that hands on what it takes.
type mailServer struct{ letters chan []byte }

func (m mailServer) NewSession(*smtp.Conn) (smtp.Session, error) { return m, nil }
func (m mailServer) Mail(string, *smtp.MailOptions) error        { return nil }
func (m mailServer) Rcpt(string, *smtp.RcptOptions) error        { return nil }
func (m mailServer) Reset()                                      {}
func (m mailServer) Logout() error                               { return nil }
func (m mailServer) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	m.letters <- b
	return err
}

func startMail(t *testing.T) (address string, letters chan []byte) {
	t.Helper()
	m := mailServer{make(chan []byte, 8)}
	s := smtp.NewServer(m)
	s.ErrorLog = log.New(io.Discard, "", 0)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = s.Serve(listener)
	}()
	t.Cleanup(func() {
		s.Close()
		<-ended
	})
	return listener.Addr().String(), m.letters
}

// visitor is somebody with a browser.
type visitor struct {
	t       *testing.T
	handler http.Handler
	cookies []*http.Cookie
}

func (v *visitor) ask(method, path, body string) *httptest.ResponseRecorder {
	v.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	for _, c := range v.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	v.handler.ServeHTTP(w, r)
	if all := w.Result().Cookies(); len(all) > 0 {
		v.cookies = all
	}
	if w.Code != http.StatusOK {
		v.t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	return w
}

func TestSCH09_AnInvitationGoesFromTheBridgeByMailAndComesBackAsSeen(t *testing.T) {
	t.Parallel()
	address, letters := startMail(t)
	cfg := config.Default()
	cfg.Dev, cfg.Demo = true, true
	cfg.ForDevelopment()
	cfg.AddDemo()
	cfg.Data, cfg.HTTP, cfg.Admin = t.TempDir(), "127.0.0.1:0", "127.0.0.1:0"
	cfg.RTC.UDPPort, cfg.RTC.TCPPort, cfg.TURN = 0, 0, config.TURN{}
	cfg.Papers = config.Papers{Place: "Lam Giang", URL: "https://hop.lamgiang.example"}
	cfg.Mail = config.Mail{Server: address, Security: "none", From: "Văn phòng UBND tỉnh <hop@lamgiang.example>"}
	if err := cfg.Check(); err != nil {
		t.Fatal(err)
	}
	b, err := New(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	handler, err := b.routes()
	if err != nil {
		t.Fatal(err)
	}
	const meeting = "/api/meetings/" + config.DemoMeeting
	secretary := &visitor{t: t, handler: handler}
	secretary.ask("POST", "/api/session", `{"user":"thuky","password":"`+config.DemoPassword+`"}`)
	secretary.ask("POST", meeting+"/invitations/send", `{"recipients":[{"point":"LG-X1","name":"UBND xã Tân Dụ","address":"tandu@lamgiang.example"}]}`)
	var mail []byte
	select {
	case mail = <-letters:
	case <-time.After(2 * time.Minute):
		t.Fatal("no letter comes")
	}
	plain, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(mail)))
	if err != nil && len(plain) == 0 {
		t.Fatal(err)
	}
	link := regexp.MustCompile(`https://hop\.lamgiang\.example/invitation#([A-Za-z0-9_-]+)`).FindSubmatch(plain)
	if link == nil {
		t.Fatalf("no link in the letter: %.2000s", mail)
	}
	stranger := &visitor{t: t, handler: handler}
	if got := stranger.ask("POST", "/api/seen", `{"token":"`+string(link[1])+`"}`).Body.String(); !strings.Contains(got, `"point":"LG-X1"`) {
		t.Errorf("the link leads to %s", got)
	}
	var replies struct {
		Items []struct {
			Point    string
			UpToDate bool
		}
	}
	if err := json.Unmarshal(secretary.ask("GET", meeting+"/replies", "").Body.Bytes(), &replies); err != nil {
		t.Fatal(err)
	}
	for _, r := range replies.Items {
		if r.UpToDate != (r.Point == "LG-X1") {
			t.Errorf("%s: up to date %v", r.Point, r.UpToDate)
		}
	}
	for path, start := range map[string]string{"/documents/invitation.pdf?point=LG-X1": "%PDF", "/documents/checks.docx": "PK", "/invitation.ics": "BEGIN:VCALENDAR"} {
		if got := secretary.ask("GET", meeting+path, "").Body.String(); !strings.HasPrefix(got, start) {
			t.Errorf("%s: %.40q", path, got)
		}
	}
	if got := secretary.ask("GET", meeting+"/letters", "").Body.String(); !strings.Contains(got, "tandu@lamgiang.example") {
		t.Errorf("letters: %s", got)
	}
}
