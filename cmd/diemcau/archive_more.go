package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"diemcau/cmd/diemcau/dossier"
	"diemcau/meeting/door"
	"diemcau/meeting/store"
	"diemcau/recording/archive"
	"diemcau/recording/bag"
)

// errDamaged ends a command with a status that scripts can see.
var errDamaged = errors.New("not everything is as it was recorded")

// progress writes a line to standard error while it is a terminal, for work that
// lasts.
func progress(what string) func(done, all int64) {
	info, err := os.Stderr.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	var told time.Time
	return func(done, all int64) {
		if all <= 0 || done < all && time.Since(told) < 200*time.Millisecond {
			return
		}
		told = time.Now()
		const width = 30
		full := int(width * done / all) // at most width
		fmt.Fprintf(os.Stderr, "\r%s [%-*s] %3d %%", what, width, "=============================="[:min(full, width)], 100*done/all)
		if done >= all {
			fmt.Fprintln(os.Stderr)
		}
	}
}

type listCmd struct {
	Root string `arg:"" type:"existingdir" help:"Folder that holds the recordings."`
	JSON bool   `name:"json" help:"Print as JSON."`
}

// Run prints one line for each recording.
func (c *listCmd) Run() error {
	items, err := archive.Rebuild(c.Root)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(items)
	}
	t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "BEGUN\tLENGTH\tMB\tTRACKS\tSTATE\tMEETING\tFOLDER")
	for _, i := range items {
		state := "open"
		if i.Sealed {
			state = "sealed"
		}
		if len(i.Trouble) > 0 {
			state = "TROUBLE"
		}
		fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%s\t%s\t%s\n", i.About.Epoch.Local().Format("2006-01-02 15:04"),
			(time.Duration(i.Length) * time.Millisecond).Round(time.Second), i.Bytes>>20, len(i.Tracks), state, i.About.Meeting, i.Dir)
	}
	return t.Flush()
}

type showCmd struct {
	Dir  string `arg:"" type:"existingdir" help:"Folder of one recording."`
	JSON bool   `name:"json" help:"Print as JSON."`
}

// Run prints everything that is known of a recording.
func (c *showCmd) Run() error {
	item := archive.Describe(c.Dir)
	if c.JSON {
		return printJSON(item)
	}
	fmt.Printf("%s  %s\n%s, %v, %d bytes, sealed: %v\n\n", item.About.Meeting, item.About.Title,
		item.About.Epoch.Local().Format(time.DateTime), (time.Duration(item.Length) * time.Millisecond).Round(time.Second), item.Bytes, item.Sealed)
	t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for _, track := range item.Tracks {
		fmt.Fprintf(t, "%s\t%s\t%s to %s\t%s\n", track.File, track.Codec, clock(track.From), clock(track.To), track.Point)
	}
	fmt.Fprintln(t)
	for _, e := range item.Events {
		text, _ := json.Marshal(e.Data) // it was JSON
		fmt.Fprintf(t, "%s\t%s\t%s\n", clock(e.At), e.Kind, text)
	}
	for _, trouble := range item.Trouble {
		fmt.Fprintln(t, trouble)
	}
	return t.Flush()
}

func clock(ms int64) string {
	d := time.Duration(ms) * time.Millisecond
	return fmt.Sprintf("%d:%02d:%02d", int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60)
}

type exportCmd struct {
	Dir       string            `arg:"" type:"existingdir" help:"Folder of one recording."`
	To        string            `arg:"" help:"Folder of the bag; it must not exist."`
	Paper     map[string]string `help:"More of the meeting's file: name in the bag = path. May be given again." placeholder:"NAME=PATH"`
	Fields    string            `type:"existingfile" help:"JSON with the fields of TT 05/2025." placeholder:"FILE"`
	By        string            `help:"Who exports." placeholder:"NAME"`
	Retention string            `help:"Retention period." placeholder:"TEXT"`
	house
}

// Run packs a recording with the file of its meeting: what the recording knows of
// it, and with --data or --config what the bridge has.
func (c *exportCmd) Run(ctx context.Context) (err error) {
	scratch, err := os.MkdirTemp("", "diemcau-export-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	d, err := c.gather(ctx, scratch)
	if err != nil {
		return err
	}
	for _, name := range d.Left {
		fmt.Fprintf(os.Stderr, "the paper %q is not in the folder of papers: left out\n", name)
	}
	f := d.Fields
	if c.Fields != "" {
		b, err := os.ReadFile(c.Fields)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(b, &f); err != nil {
			return fmt.Errorf("%s: %w", c.Fields, err)
		}
	}
	if c.Retention != "" {
		f.Retention = c.Retention
	}
	maps.Copy(d.Files, c.Paper)
	return bag.Pack(ctx, bag.Export{
		Dir: c.Dir, To: c.To, Papers: d.Files, Fields: f, By: c.By, Version: "diemcau " + version, Now: time.Now(),
	}, progress("packing"))
}

// gather makes the meeting's file.
func (c *exportCmd) gather(ctx context.Context, into string) (d dossier.Dossier, err error) {
	item := archive.Describe(c.Dir)
	if c.Data == nil && c.Config == "" {
		return dossier.Gather(ctx, dossier.Source{}, item, into)
	}
	cfg, err := c.read()
	if err != nil {
		return d, err
	}
	err = c.open(ctx, func(_ *door.Door, s *store.Store) error {
		d, err = dossier.Gather(ctx, dossier.Source{Store: s, Papers: filepath.Join(cfg.Data, "papers"), Place: cfg.Papers.Place}, item, into)
		return err
	})
	return d, err
}

type importCmd struct {
	Bag  string `arg:"" type:"existingdir" help:"Folder of the bag."`
	Root string `arg:"" help:"Folder that holds the recordings."`
}

// Run takes a bag in and prints the recording's folder.
func (c *importCmd) Run(ctx context.Context) error {
	dir, err := bag.Unpack(ctx, c.Bag, c.Root, progress("checking"))
	if err == nil {
		fmt.Println(dir)
	}
	return err
}

type recheckCmd struct {
	Root   string `arg:"" type:"existingdir" help:"Folder that holds the recordings."`
	Second string `help:"Folder of the second copy: what changed is restored from it, what it lacks is copied." placeholder:"DIR"`
	JSON   bool   `name:"json" help:"Print the reports as JSON."`
}

// Run checks all recordings against their evidence.
func (c *recheckCmd) Run(ctx context.Context) error {
	items, err := archive.Rebuild(c.Root)
	if err != nil {
		return err
	}
	tell := progress("checking")
	reports := make([]bag.Recheck, 0, len(items))
	bad := false
	for i, item := range items {
		if err := ctx.Err(); err != nil {
			return err
		}
		r := bag.Rechecker{Root: c.Root, Second: c.Second}.One(ctx, item.Dir)
		reports = append(reports, r)
		bad = bad || !r.Restored && len(r.Problems) > 0 || r.Error != ""
		if tell != nil {
			tell(int64(i+1), int64(len(items)))
		}
	}
	if c.JSON {
		err = printJSON(reports)
	} else {
		for _, r := range reports {
			printRecheck(c.Root, r)
		}
	}
	if err == nil && bad {
		err = errDamaged
	}
	return err
}

func printRecheck(root string, r bag.Recheck) {
	state := "sound"
	switch {
	case r.Restored:
		state = "CHANGED, restored from the second copy; the changed one is kept in " + r.Kept
	case len(r.Problems) > 0:
		state = "CHANGED"
	case !r.Sealed:
		state = "open"
	case r.Copied:
		state = "sound, copied"
	}
	fmt.Printf("%s: %s\n", filepath.Join(root, filepath.FromSlash(r.Dir)), state)
	for _, p := range r.Problems {
		fmt.Println("  " + p.String())
	}
	if r.Error != "" {
		fmt.Println("  " + r.Error)
	}
}
