package bridge

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/cmd/diemcau/config"
	"diemcau/meeting/account"
	"diemcau/meeting/desk"
	"diemcau/recording/bucket"
	"diemcau/recording/keeper"
	"diemcau/recording/registry"
)

// recordingSealed is what the audit trail has of each recording: from then on
// nobody can change it unseen, not even who holds the key that signs.
const recordingSealed account.Happening = "recording.sealed"

// keeping is what looks after sealed recordings.
type keeping struct {
	keeper *keeper.Keeper
	ledger *keeper.Ledger
	bucket *bucket.Bucket // nil for none
}

// openKeeping begins to look after what is in the archive.
func (b *Bridge) openKeeping() error {
	k := &keeping{}
	b.keeping = k
	rate := b.cfg.Recording.CheckMBps << 20
	if store := b.cfg.RecordingBucket(); store.Set() {
		var err error
		if k.bucket, err = bucket.Open(context.Background(), bucket.Settings{
			Folder: store.Folder, Endpoint: store.Endpoint, Region: store.Region, Name: store.Name, Prefix: store.Prefix,
			Access: store.Access, Secret: string(store.Secret), Pace: paced(rate),
		}); err != nil {
			return err
		}
	}
	authority, err := stampAuthority(b.cfg)
	if err != nil {
		return err
	}
	k.ledger = keeper.NewLedger(b.store)
	k.keeper, err = keeper.New(keeper.Settings{
		Root: b.records.root, Second: b.cfg.Recording.Second, Bucket: k.bucket, Authority: authority, Book: k.ledger,
		Note: func(ctx context.Context, c keeper.Custody) error {
			b.noteRecording(ctx, recordingSealed, c.Recording, c.Root+" "+c.Head)
			return nil
		},
		Every: b.cfg.Recording.CheckEvery, Rate: rate, Log: b.log,
	})
	return err
}

// noteRecording tells the audit trail of a recording, with who did it, if a person
// did.
func (b *Bridge) noteRecording(ctx context.Context, what account.Happening, on, detail string) {
	e := account.Event{What: what, On: on, Detail: detail}
	if who, known := account.Of(ctx); known {
		e.By, e.Device, e.Session = who.Person, who.Device, who.Session
	}
	b.door.Audit.Note(ctx, e)
}

// stampAuthority is who stamps the time of seals; nil for nobody.
func stampAuthority(cfg config.Config) (*keeper.Authority, error) {
	t := cfg.Recording.Timestamp
	if t.URL == "" {
		return nil, nil
	}
	a := &keeper.Authority{URL: t.URL}
	if t.Authority == "" {
		return a, nil
	}
	pem, err := os.ReadFile(t.Authority)
	if err != nil {
		return nil, fmt.Errorf("recording.timestamp.authority: %w", err)
	}
	if a.Roots = x509.NewCertPool(); !a.Roots.AppendCertsFromPEM(pem) {
		return nil, errors.New("recording.timestamp.authority: no certificate in " + t.Authority)
	}
	return a, nil
}

// paced lets reading and writing of n bytes take the time that the rate gives them.
func paced(rate int64) func(context.Context, int) error {
	if rate <= 0 {
		return nil
	}
	return func(ctx context.Context, n int) error {
		select {
		case <-time.After(time.Duration(float64(n) / float64(rate) * float64(time.Second))):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// registerKeeping adds what people decide about recordings to the API.
func (b *Bridge) registerKeeping(api huma.API, o *desk.Office) error {
	r, err := registry.New(registry.Settings{
		Sight: o.Sights, Store: b.store, Ledger: b.keeping.ledger, Keeper: b.keeping.keeper, Root: b.records.root, Second: b.cfg.Recording.Second,
		Keys: b.cfg.RecordingKeysDir(), Bucket: b.keeping.bucket, Note: b.noteRecording, Log: b.log, Forget: b.forgetRecording,
		Unfinished: func(n int) { b.unfinished.disposals.Store(int64(n)) },
		Place:      b.cfg.Papers.Place,
	})
	if err == nil {
		r.Register(api)
	}
	return err
}

// close waits for what is under way.
func (k *keeping) close() error {
	if k.keeper != nil {
		k.keeper.Close()
	}
	if k.bucket != nil {
		return k.bucket.Close()
	}
	return nil
}
