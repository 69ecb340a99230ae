package outbox

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"diemcau/internal/outward"
	"diemcau/meeting/letter"
)

// Security is how the line to the mail server is protected.
type Security string

// The ways: TLS from the first byte (port 465), STARTTLS or nothing is sent (port
// 587), and none, for a server on the same machine.
const (
	ImplicitTLS Security = "tls"
	StartTLS    Security = "starttls"
	Plain       Security = "none"
)

// SMTP is a mail server.
type SMTP struct {
	// Server is host:port.
	Server   string
	Security Security
	// User and Password sign in; both empty for a server that asks for none.
	User, Password string
	// TLS is nil for the system's certificate authorities.
	TLS *tls.Config
	// Hello is the name that we greet with; "" is this machine's.
	Hello string
}

// patience is how long one message may take.
const patience = 30 * time.Second

// Carry sends one message over a connection of its own.
func (s SMTP) Carry(ctx context.Context, m Message) (letter.Outcome, string) {
	msg, err := m.mail()
	if err != nil {
		return letter.Rejected, err.Error() // an address that is none
	}
	client, err := s.client()
	if err != nil {
		return letter.Failed, err.Error()
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = client.DialAndSendWithContext(ctx, msg)
	if msg.IsDelivered() {
		// The server has it, whatever went wrong in saying goodbye.
		return letter.Accepted, clip(msg.ServerResponse())
	}
	if err == nil {
		return letter.Accepted, ""
	}
	var said *gomail.SendError
	if errors.As(err, &said) {
		return judge(said), words(said)
	}
	return letter.Failed, clip(err.Error())
}

// judge tells a refusal of this letter from a fault that passes. A 5xx answer to
// MAIL is about us and not about the recipient: somebody will put it right.
func judge(e *gomail.SendError) letter.Outcome {
	switch e.Reason {
	case gomail.ErrSMTPRcptTo, gomail.ErrSMTPData, gomail.ErrSMTPDataClose:
		if e.ErrorCode() >= 500 {
			return letter.Rejected
		}
	}
	return letter.Failed
}

// words are what the server said, without our own words around it.
func words(e *gomail.SendError) string {
	s, _, _ := strings.Cut(e.Error(), ", affected ")
	if _, said, ok := strings.Cut(s, "command: "); ok {
		s = said
	}
	if _, said, ok := strings.Cut(s, "writer: "); ok {
		s = said
	}
	if code, quoted, ok := strings.Cut(s, " "); ok {
		if said, err := strconv.Unquote(quoted); err == nil {
			s = code + " " + said
		}
	}
	return clip(s)
}

// clip bounds what a server may write into our database.
func clip(s string) string {
	const most = 500
	s = strings.ToValidUTF8(strings.TrimSpace(s), "?")
	if letters := []rune(s); len(letters) > most {
		s = string(letters[:most])
	}
	return s
}

// dialler refuses addresses at which no mail server of a house stands.
var dialler = &net.Dialer{Control: outward.Control}

func (s SMTP) client() (*gomail.Client, error) {
	host, port, err := net.SplitHostPort(s.Server)
	if err != nil {
		return nil, fmt.Errorf("mail server: %w", err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return nil, fmt.Errorf("mail server: port %q", port)
	}
	options := []gomail.Option{gomail.WithPort(number), gomail.WithTimeout(patience)}
	if s.Hello != "" {
		options = append(options, gomail.WithHELO(s.Hello))
	}
	cfg := &tls.Config{}
	if s.TLS != nil {
		cfg = s.TLS.Clone()
	}
	cfg.MinVersion = max(cfg.MinVersion, tls.VersionTLS12)
	if cfg.ServerName == "" {
		cfg.ServerName = host
	}
	options = append(options, gomail.WithTLSConfig(cfg))
	if s.Security != ImplicitTLS { // the library takes a dialler of ours for an open line, and gives no password on it
		options = append(options, gomail.WithDialContextFunc(dialler.DialContext))
	}
	switch s.Security {
	case ImplicitTLS:
		options = append(options, gomail.WithSSL())
	case StartTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case Plain:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		return nil, fmt.Errorf("mail server: security %q is none of tls, starttls, none", s.Security)
	}
	if s.User != "" {
		kind := gomail.SMTPAuthAutoDiscover
		if s.Security == Plain {
			kind = gomail.SMTPAuthPlainNoEnc // the operator chose an open line to this server
		}
		options = append(options, gomail.WithSMTPAuth(kind), gomail.WithUsername(s.User), gomail.WithPassword(s.Password))
	}
	return gomail.NewClient(host, options...)
}

// mail is the message in MIME: text, HTML and calendar as alternatives, the papers
// attached.
func (m Message) mail() (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := msg.FromFormat(m.From.Name, m.From.Address); err != nil {
		return nil, err
	}
	if err := msg.AddToFormat(m.To.Name, m.To.Address); err != nil {
		return nil, err
	}
	msg.SetMessageIDWithValue(m.ID)
	msg.SetDate()
	msg.Subject(m.Subject)
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	msg.AddAlternativeString(gomail.ContentType("text/calendar; method="+m.Method), string(m.Calendar))
	if len(m.QR) > 0 {
		if err := msg.EmbedReader("qr.png", bytes.NewReader(m.QR), gomail.WithFileContentID("qr"), gomail.WithFileContentType("image/png")); err != nil {
			return nil, err
		}
	}
	files := append([]File{{"cuoc-hop.ics", "text/calendar; charset=UTF-8", m.Calendar}}, m.Files...)
	for _, f := range files {
		if err := msg.AttachReader(f.Name, bytes.NewReader(f.Bytes), gomail.WithFileContentType(gomail.ContentType(f.Type))); err != nil {
			return nil, err
		}
	}
	return msg, nil
}
