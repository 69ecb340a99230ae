package main

import (
	"archive/zip"
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"diemcau/cmd/diemcau/bridge"
	"diemcau/meeting/door"
	"diemcau/meeting/store"
	"diemcau/recording/archive"
	"diemcau/recording/bag"
)

type archiveCmd struct {
	List    listCmd    `cmd:"" help:"List all recordings below a folder."`
	Show    showCmd    `cmd:"" help:"Show all that is known of one recording."`
	Export  exportCmd  `cmd:"" help:"Pack a recording as a BagIt bag for another archive."`
	Import  importCmd  `cmd:"" help:"Take in the recording of a bag."`
	Recheck recheckCmd `cmd:"" help:"Check all recordings; restore what changed from a second copy."`
	Verify  verifyCmd  `cmd:"" help:"Check a recording's folder against its own evidence, offline."`
	Rebuild rebuildCmd `cmd:"" help:"Print the catalogue of all recordings below a folder, made from the folders alone; with --data or --config write it into the database of a bridge, too."`
}

type verifyCmd struct {
	Dir       string `arg:"" type:"path" help:"Folder of one recording, or of a bag with one; or a clip, as ZIP or folder."`
	Key       string `help:"Public key that must have signed, hex. Without it the recording's own is used, which proves only that nothing changed since somebody signed it."`
	Authority string `type:"existingfile" help:"Certificates that lead to the authorities whose time-stamps are to be trusted, PEM." placeholder:"FILE"`
	JSON      bool   `name:"json" help:"Print the report as JSON."`
}

// errChanged ends the command with a status that scripts can see.
var errChanged = errors.New("the recording is not as it was sealed")

// Run prints what was found.
func (c *verifyCmd) Run(ctx context.Context) error {
	s := archive.VerifySettings{Progress: progress("checking")}
	if c.Authority != "" {
		pem, err := os.ReadFile(c.Authority)
		if err != nil {
			return err
		}
		if s.Authorities = x509.NewCertPool(); !s.Authorities.AppendCertsFromPEM(pem) {
			return errors.New("--authority: no certificate in " + c.Authority)
		}
	}
	if c.Key != "" {
		key, err := hex.DecodeString(c.Key)
		if err != nil || len(key) != ed25519.PublicKeySize {
			return errors.New("--key: want 64 hexadecimal digits")
		}
		s.Key = key
	}
	var v struct {
		*archive.Report
		Bag []bag.Problem `json:"bag,omitempty"` // what else in the bag is not as it was packed
	}
	dir := c.Dir
	if r, is, err := verifyClip(dir, s); is || err != nil {
		v.Report = r
		return c.tell(v, v.Report, nil, err)
	}
	if bag.Is(dir) {
		var err error
		if v.Bag, err = bag.Check(ctx, dir, progress("checking the bag")); err != nil {
			return err
		}
		dir = filepath.Join(dir, filepath.FromSlash(bag.Recording))
	}
	var err error
	if v.Report, err = archive.Verify(dir, s); err != nil {
		return err
	}
	return c.tell(v, v.Report, v.Bag, err)
}

// tell prints what was found; an error says that something was changed.
func (c *verifyCmd) tell(all any, r *archive.Report, bagged []bag.Problem, err error) error {
	if r == nil {
		return err
	}
	if c.JSON {
		err = errors.Join(err, printJSON(all))
	} else {
		for _, p := range bagged {
			fmt.Println(p.String())
		}
		printReport(r)
	}
	if err == nil && (!r.OK() || len(bagged) > 0) {
		err = errChanged
	}
	return err
}

// verifyClip checks a clip; is is false for what is none.
func verifyClip(path string, s archive.VerifySettings) (r *archive.Report, is bool, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, false, err
	}
	if info.IsDir() {
		if dir := os.DirFS(path); archive.IsClip(dir) {
			r, err = archive.VerifyClip(dir, s)
			return r, true, err
		}
		return nil, false, nil
	}
	z, err := zip.OpenReader(path)
	if err != nil {
		return nil, false, fmt.Errorf("%s: %w", path, err)
	}
	defer z.Close()
	r, err = archive.VerifyClip(z, s)
	return r, true, err
}

func printReport(r *archive.Report) {
	for _, p := range r.Problems {
		fmt.Println(p.String())
	}
	fmt.Printf("%d track files, %d fragments, %d bytes checked; sealed: %v; signed by the key given: %v\n", r.Legs, r.Fragments, r.Bytes, r.Sealed, r.Trusted)
	if x := r.About.Redaction; x != nil {
		fmt.Printf("a redacted version of recording %s (manifest %s), by %s, %s: %s\n", x.Of, x.Manifest, x.Name, x.At.Format(time.RFC3339), x.Reason)
		for _, c := range x.Cuts {
			fmt.Printf("  left out: %v to %v of %d tracks\n", time.Duration(c.From)*time.Millisecond, time.Duration(c.To)*time.Millisecond, len(c.Tracks))
		}
	}
	if r.Stamp != nil {
		fmt.Printf("time-stamp of the seal: %s by %s; trusted: %v\n", r.Stamp.At.Format(time.RFC3339), r.Stamp.By, r.Stamp.Trusted)
	}
}

type rebuildCmd struct {
	Root string `arg:"" type:"existingdir" help:"Folder that holds the recordings."`
	house
}

// Run prints the catalogue as JSON. A bridge writes its own when it starts; with the
// command one sees beforehand, and without a bridge, what it will be.
func (c *rebuildCmd) Run(ctx context.Context) error {
	items, err := archive.Rebuild(c.Root)
	if err != nil {
		return err
	}
	if c.Data != nil || c.Config != "" {
		cfg, err := c.read()
		if err != nil {
			return err
		}
		if _, lost := addressOf(cfg); lost != nil { // what this command is for
			if err := c.broughtForward(ctx); err != nil {
				return err
			}
		}
		err = c.open(ctx, func(_ *door.Door, s *store.Store) error {
			return bridge.Catalogue(ctx, c.Root, s, newLogger(cfg.Log))
		})
		if err != nil {
			return err
		}
	}
	return printJSON(items)
}

func printJSON(v any) error {
	e := json.NewEncoder(os.Stdout)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
