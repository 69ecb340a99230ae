package outbox_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"net/mail"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"diemcau/internal/leaktest"
	"diemcau/meeting/calendar"
	"diemcau/meeting/document"
	"diemcau/meeting/letter"
	"diemcau/meeting/letter/outbox"
	"diemcau/meeting/sample"
	"diemcau/meeting/schedule"
	"diemcau/meeting/store"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

// office is a database with the briefing announced, and a clock that is put forward.
type office struct {
	store    *store.Store
	composer *outbox.Composer
	entry    schedule.Entry
	clock    atomic.Int64
	log      *bytes.Buffer
}

func newOffice(t *testing.T, path string) *office {
	t.Helper()
	s, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	seal, err := letter.NewSeal([]byte(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	o := &office{store: s, log: &bytes.Buffer{}}
	o.clock.Store(calendar.On(2026, time.November, 26).At(8, 0).UnixNano())
	o.composer = &outbox.Composer{
		Entry: s.Entry, Seal: seal, From: mail.Address{Name: "Văn phòng UBND tỉnh", Address: "hop@lamgiang.example"},
		Base: func() string { return "https://hop.lamgiang.example" },
		Issue: func(v schedule.Version) document.Issue {
			return document.Issue{Place: "Lam Giang", Date: calendar.Of(v.Change.At), Signer: v.Plan.People.Chair}
		},
	}
	return o
}

func (o *office) now() time.Time { return time.Unix(0, o.clock.Load()) }

func (o *office) publish(t *testing.T) {
	t.Helper()
	var err error
	if o.entry, err = o.entry.Publish(sample.Briefing(), "nhap", o.now()); err != nil {
		t.Fatal(err)
	}
	if err := o.store.SaveVersion(t.Context(), o.entry); err != nil {
		t.Fatal(err)
	}
}

func (o *office) queue(t *testing.T, addresses ...string) {
	t.Helper()
	var all []letter.Letter
	for _, a := range addresses {
		all = append(all, letter.Letter{
			ID: uuid.NewString(), Meeting: "giao-ban-2026-11", Version: o.entry.Now().Number, Point: "LG-X1", Name: "UBND xã Tân Dụ", Address: a, Next: o.now(), Created: o.now(),
		})
	}
	if _, err := o.store.QueueLetters(t.Context(), all); err != nil {
		t.Fatal(err)
	}
}

func (o *office) start(t *testing.T, c outbox.Carrier) *outbox.Outbox {
	t.Helper()
	b, err := outbox.New(outbox.Settings{
		Box: o.store, Compose: o.composer.Compose, Carrier: c, Log: slog.New(slog.NewTextHandler(o.log, nil)), Now: o.now,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

func (o *office) letter(t *testing.T, address string) letter.Letter {
	t.Helper()
	all, err := o.store.Letters(context.Background(), "giao-ban-2026-11")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range all {
		if l.Address == address {
			return l
		}
	}
	t.Fatalf("no letter to %s", address)
	return letter.Letter{}
}

// until waits for the condition and wakes the outbox meanwhile.
func until(t *testing.T, b *outbox.Outbox, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(2 * time.Minute) // papers are slow to make under the race detector
	for !ok() {
		select {
		case <-tick.C:
			b.Wake()
		case <-deadline:
			t.Fatalf("it does not happen: %s", what)
		}
	}
}

func (p *post) smtp(s outbox.Security) outbox.SMTP {
	return outbox.SMTP{Server: p.address, Security: s, User: "diemcau", Password: "mat-khau", TLS: &tls.Config{RootCAs: p.roots}, Hello: "hop.lamgiang.example"}
}

func TestSCH09_InvitationsReachARealServerWithCalendarPapersAndCode(t *testing.T) {
	t.Parallel()
	for _, way := range []outbox.Security{outbox.StartTLS, outbox.ImplicitTLS} {
		t.Run(string(way), func(t *testing.T) {
			t.Parallel()
			p, o := newPost(t, way == outbox.ImplicitTLS), newOffice(t, filepath.Join(t.TempDir(), "x.db"))
			o.publish(t)
			o.queue(t, "tandu@lamgiang.example")
			b := o.start(t, p.smtp(way))
			until(t, b, "the letter is sent", func() bool { return o.letter(t, "tandu@lamgiang.example").State == letter.Sent })
			b.Close()
			parts, subject := opened(t, p.mails()[0].body)
			if subject != "Giấy mời: "+o.entry.Now().Plan.Title {
				t.Errorf("subject %q", subject)
			}
			if ics := parts["text/calendar"]; !strings.Contains(ics, "METHOD:REQUEST") || !strings.Contains(ics, "SEQUENCE:0") {
				t.Errorf("calendar: %.200s", ics)
			}
			if !strings.HasPrefix(parts["application/pdf"], "%PDF") || !strings.HasPrefix(parts["image/png"], "\x89PNG") || !strings.HasPrefix(parts[document.DOCX.Type()], "PK") {
				t.Error("a paper or the code is missing")
			}
			_, after, ok := strings.Cut(parts["text/plain"], "https://hop.lamgiang.example/invitation#")
			if !ok {
				t.Fatalf("no link in %q", parts["text/plain"])
			}
			ticket, err := o.composer.Seal.Open(strings.TrimSpace(after), o.now())
			if err != nil || ticket.Point != "LG-X1" || ticket.Version != 1 {
				t.Errorf("link: %+v %v", ticket, err)
			}
			if s := o.log.String(); strings.Contains(s, "lamgiang.example") || strings.Contains(s, "#") {
				t.Errorf("the log says to whom or the link: %s", s)
			}
		})
	}
}

// opened gives the parts of a message by media type, decoded.
func opened(t *testing.T, raw []byte) (parts map[string]string, subject string) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		t.Fatal(err)
	}
	parts = map[string]string{}
	var walk func(contentType, encoding string, body io.Reader)
	walk = func(contentType, encoding string, body io.Reader) {
		kind, params, err := mime.ParseMediaType(contentType)
		if err != nil {
			t.Fatalf("%q: %v", contentType, err)
		}
		if strings.HasPrefix(kind, "multipart/") {
			for r := multipart.NewReader(body, params["boundary"]); ; {
				p, err := r.NextPart() // decodes quoted-printable
				if err == io.EOF {
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				walk(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p)
			}
		}
		if encoding == "base64" {
			body = base64.NewDecoder(base64.StdEncoding, body)
		}
		b, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		parts[kind] = string(b)
	}
	walk(m.Header.Get("Content-Type"), "", m.Body)
	return parts, subject
}

func TestSCH09_WhatTheServerSaysIsKeptAndWhatPassesIsTriedAgain(t *testing.T) {
	t.Parallel()
	p, o := newPost(t, false), newOffice(t, filepath.Join(t.TempDir(), "x.db"))
	o.publish(t)
	o.queue(t, "khong@lamgiang.example", "day@lamgiang.example", "dut@lamgiang.example")
	b := o.start(t, p.smtp(outbox.StartTLS))
	until(t, b, "each has an answer", func() bool {
		return o.letter(t, "khong@lamgiang.example").State == letter.Refused && o.letter(t, "dut@lamgiang.example").State == letter.Sent && o.letter(t, "day@lamgiang.example").Words != ""
	})
	if w := o.letter(t, "khong@lamgiang.example").Words; w != "550 5.1.1 No such user here" {
		t.Errorf("refused with %q", w)
	}
	full := o.letter(t, "day@lamgiang.example")
	if full.State != letter.Queued || full.Words != "452 4.2.2 Mailbox full" || full.Next.Sub(o.now()) != time.Minute {
		t.Errorf("%+v at %s", full, o.now())
	}
	for _, wait := range []time.Duration{time.Minute, 2 * time.Minute} {
		before := p.tried("day@lamgiang.example")
		o.clock.Add(int64(wait))
		until(t, b, "it is tried again, and the answer kept", func() bool {
			l := o.letter(t, "day@lamgiang.example")
			return p.tried(l.Address) > before && (l.State == letter.Sent || l.State == letter.Queued && l.Next.Equal(o.now().Add(letter.After(l.Attempts))))
		})
	}
	until(t, b, "the full box takes it in the end", func() bool { return o.letter(t, "day@lamgiang.example").State == letter.Sent })
	o.clock.Add(int64(48 * time.Hour))
	b.Close()
	again := o.start(t, p.smtp(outbox.StartTLS)) // a restart
	until(t, again, "a further letter goes", func() bool {
		if p.tried("sau@lamgiang.example") == 0 {
			o.queue(t, "sau@lamgiang.example")
		}
		return o.letter(t, "sau@lamgiang.example").State == letter.Sent
	})
	got := map[string]int{}
	for _, m := range p.mails() {
		got[m.to]++
	}
	if len(got) != 3 || got["day@lamgiang.example"] != 1 || got["dut@lamgiang.example"] != 1 || p.tried("khong@lamgiang.example") != 1 {
		t.Errorf("accepted: %v; a refused one was tried %d times", got, p.tried("khong@lamgiang.example"))
	}
}

func TestSCH09_NothingIsSentOverALineThatIsNotAsConfigured(t *testing.T) {
	t.Parallel()
	p, o := newPost(t, false), newOffice(t, filepath.Join(t.TempDir(), "x.db"))
	o.publish(t)
	wrong := p.smtp(outbox.StartTLS)
	wrong.Password = "khac"
	untrusted := p.smtp(outbox.StartTLS)
	untrusted.TLS = nil
	open := p.smtp(outbox.Plain)
	nobody := p.smtp(outbox.StartTLS)
	nobody.Server = "127.0.0.1:1"
	o.queue(t, "tandu@lamgiang.example")
	m, err := o.composer.Compose(t.Context(), o.letter(t, "tandu@lamgiang.example"))
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]outbox.SMTP{"a wrong password": wrong, "an unknown authority": untrusted, "an open line": open, "nobody there": nobody} {
		if outcome, words := s.Carry(t.Context(), m); outcome != letter.Failed || words == "" || strings.Contains(words, s.Password) {
			t.Errorf("%s: %v %q", name, outcome, words)
		}
	}
	if len(p.mails()) > 0 {
		t.Error("a letter went out")
	}
}

func TestSCH09_AnOlderLetterIsNotSentAfterAChangeAndACancelGoesOut(t *testing.T) {
	t.Parallel()
	p, o := newPost(t, false), newOffice(t, filepath.Join(t.TempDir(), "x.db"))
	o.publish(t)
	o.queue(t, "cu@lamgiang.example")
	var err error
	if o.entry, err = o.entry.Cancel(schedule.Change{Why: schedule.Disaster, Text: "mưa lũ", By: "nhap", At: o.now()}); err != nil {
		t.Fatal(err)
	}
	if err := o.store.SaveVersion(t.Context(), o.entry); err != nil {
		t.Fatal(err)
	}
	o.queue(t, "moi@lamgiang.example")
	b := o.start(t, p.smtp(outbox.StartTLS))
	until(t, b, "both have ended", func() bool {
		return o.letter(t, "cu@lamgiang.example").State == letter.Refused && o.letter(t, "moi@lamgiang.example").State == letter.Sent
	})
	parts, subject := opened(t, p.mails()[0].body)
	if len(p.mails()) != 1 || !strings.HasPrefix(subject, "Hủy: ") || !strings.Contains(parts["text/calendar"], "METHOD:CANCEL") || !strings.Contains(parts["text/plain"], "Lý do: mưa lũ") {
		t.Errorf("%d letters, subject %q, text %q", len(p.mails()), subject, parts["text/plain"])
	}
	if text := parts["text/plain"]; strings.Contains(text, "Vào họp") || !strings.Contains(text, "đã xem thông báo này") || !strings.Contains(text, "/invitation#") {
		t.Errorf("a cancelled meeting has a way in, or no link to say that it was seen: %q", text)
	}
}

// slow is a server that does not answer before it is told to.
type slow struct{ began chan struct{} }

func (s slow) Carry(ctx context.Context, _ outbox.Message) (letter.Outcome, string) {
	close(s.began)
	<-ctx.Done()
	return letter.Failed, ctx.Err().Error()
}

func TestSCH09_ClosingAmidATryLeavesTheLetterForTheNextStart(t *testing.T) {
	t.Parallel()
	p, o := newPost(t, false), newOffice(t, filepath.Join(t.TempDir(), "x.db"))
	o.publish(t)
	o.queue(t, "tandu@lamgiang.example")
	s := slow{make(chan struct{})}
	b := o.start(t, s)
	<-s.began
	b.Close()
	b.Close()
	if l := o.letter(t, "tandu@lamgiang.example"); l.State != letter.Queued || l.Next.After(o.now()) {
		t.Errorf("%+v", l)
	}
	again := o.start(t, p.smtp(outbox.StartTLS))
	until(t, again, "it is sent", func() bool { return o.letter(t, "tandu@lamgiang.example").State == letter.Sent })
}
