package bridge

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/mail"
	"os"
	"path/filepath"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/meeting/calendar"
	"diemcau/meeting/desk"
	"diemcau/meeting/document"
	"diemcau/meeting/letter"
	"diemcau/meeting/letter/outbox"
	"diemcau/meeting/schedule"
)

// post is the sending of letters.
type post struct {
	composer *outbox.Composer
	outbox   *outbox.Outbox // nil without a mail server
}

// openPost makes the seal of links and, with a mail server, begins to send what
// waits.
func (b *Bridge) openPost() error {
	key, err := keptSecret(filepath.Join(b.cfg.Data, "links.key"))
	if err != nil {
		return fmt.Errorf("key of links: %w", err)
	}
	seal, err := letter.NewSeal(key)
	if err != nil {
		return err
	}
	base := b.cfg.Address()
	b.post = &post{composer: &outbox.Composer{
		Entry: b.store.Entry, Seal: seal, Base: func() string { return base },
		Issue: func(v schedule.Version) document.Issue {
			return document.Issue{Place: b.cfg.Papers.Place, Date: calendar.Of(v.Change.At), Signer: v.Plan.People.Chair, Recipients: []string{"Như trên"}}
		},
	}}
	if b.cfg.Mail.Server == "" {
		return nil
	}
	from, err := mail.ParseAddress(b.cfg.Mail.From)
	if err != nil {
		return fmt.Errorf("mail.from: %w", err)
	}
	b.post.composer.From = *from
	carrier := outbox.SMTP{
		Server: b.cfg.Mail.Server, Security: outbox.Security(b.cfg.Mail.Security), User: b.cfg.Mail.User, Password: string(b.cfg.Mail.Password),
	}
	if carrier.TLS, err = trusted(b.cfg.Mail.Authority); err != nil {
		return fmt.Errorf("mail.authority: %w", err)
	}
	b.post.outbox, err = outbox.New(outbox.Settings{Box: b.store, Compose: b.post.composer.Compose, Carrier: carrier, Log: b.log, Now: b.now})
	return err
}

// trusted believes the authority in the file, besides nobody; nil means those of
// the system.
func trusted(file string) (*tls.Config, error) {
	if file == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, errors.New("no certificate in " + file)
	}
	return &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, nil
}

// close waits for the letter under way.
func (p *post) close() {
	if p.outbox != nil {
		p.outbox.Close()
	}
}

// registerPapers adds papers and letters to the API.
func (b *Bridge) registerPapers(api huma.API, o *desk.Office) error {
	see := func(ctx context.Context, id meeting.ID) (document.Sight, error) {
		now, mine, err := o.Sight(ctx, id)
		return document.Sight{Standing: now, Rights: mine.Rights, Point: mine.Point}, err
	}
	papers, err := document.NewDesk(document.Settings{
		Store: b.store, See: see, Notice: o.Notice, Link: b.post.composer.Picture, Place: b.cfg.Papers.Place,
	})
	if err != nil {
		return err
	}
	letters, err := outbox.NewDesk(outbox.DeskSettings{Store: b.store, See: see, Composer: b.post.composer, Outbox: b.post.outbox, Now: b.now})
	if err != nil {
		return err
	}
	papers.Register(api)
	letters.Register(api)
	return nil
}
