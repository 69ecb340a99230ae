package main

import (
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"diemcau/recording/archive"
)

type archiveCmd struct {
	List    listCmd    `cmd:"" help:"List all recordings below a folder."`
	Show    showCmd    `cmd:"" help:"Show all that is known of one recording."`
	Export  exportCmd  `cmd:"" help:"Pack a recording as a BagIt bag for another archive."`
	Import  importCmd  `cmd:"" help:"Take in the recording of a bag."`
	Recheck recheckCmd `cmd:"" help:"Check all recordings; restore what changed from a second copy."`
	Verify  verifyCmd  `cmd:"" help:"Check a recording's folder against its own evidence, offline."`
	Rebuild rebuildCmd `cmd:"" help:"Print the catalogue of all recordings below a folder, made from the folders alone."`
}

type verifyCmd struct {
	Dir  string `arg:"" type:"existingdir" help:"Folder of one recording."`
	Key  string `help:"Public key that must have signed, hex. Without it the recording's own is used, which proves only that nothing changed since somebody signed it."`
	JSON bool   `name:"json" help:"Print the report as JSON."`
}

// errChanged ends the command with a status that scripts can see.
var errChanged = errors.New("the recording is not as it was sealed")

// Run prints what was found.
func (c *verifyCmd) Run() error {
	s := archive.VerifySettings{Progress: progress("checking")}
	if c.Key != "" {
		key, err := hex.DecodeString(c.Key)
		if err != nil || len(key) != ed25519.PublicKeySize {
			return errors.New("--key: want 64 hexadecimal digits")
		}
		s.Key = key
	}
	report, err := archive.Verify(c.Dir, s)
	if err != nil {
		return err
	}
	if c.JSON {
		err = printJSON(report)
	} else {
		printReport(report)
	}
	if err == nil && !report.OK() {
		err = errChanged
	}
	return err
}

func printReport(r *archive.Report) {
	for _, p := range r.Problems {
		fmt.Println(p.String())
	}
	fmt.Printf("%d track files, %d fragments, %d bytes checked; sealed: %v; signed by the key given: %v\n", r.Legs, r.Fragments, r.Bytes, r.Sealed, r.Trusted)
}

type rebuildCmd struct {
	Root string `arg:"" type:"existingdir" help:"Folder that holds the recordings."`
}

// Run prints the catalogue as JSON.
func (c *rebuildCmd) Run() error {
	items, err := archive.Rebuild(c.Root)
	if err != nil {
		return err
	}
	return printJSON(items)
}

func printJSON(v any) error {
	e := json.NewEncoder(os.Stdout)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
