package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"time"

	"diemcau/cmd/diemcau/bridge"
	"diemcau/meeting/audit"
	"diemcau/meeting/calendar"
	"diemcau/meeting/store"
)

type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"Check the chain, its signed heads and the logs of meetings against it. Also beside a running bridge, on a copy of its data folder, or on an export."`
	Export auditExportCmd `cmd:"" help:"Write lines as CSV or JSON lines to standard output."`
	Tail   auditTailCmd   `cmd:"" help:"Print the latest lines, and follow."`
}

// errAudit ends the command with a status that scripts can see.
var errAudit = errors.New("the audit log is not as it was written")

type auditVerifyCmd struct {
	house
	File  []string `type:"existingfile" help:"Exports in JSON lines instead of the database, in their order; they must begin with the first line, or with the first after a cut." placeholder:"FILE"`
	Old   string   `type:"existingdir" help:"Folder of the files of lines that were taken out of the log (audit-archive): the chain is checked from its first line on." placeholder:"DIR"`
	Heads []string `type:"existingfile" help:"More signed heads: those of a backup or a collector." placeholder:"FILE"`
	Key   string   `help:"Public key that must have signed the heads, hex. Without it, the key in the data folder, or the one that each head names." placeholder:"HEX"`
	JSON  bool     `name:"json" help:"Print the report as JSON."`
}

// Run prints what was found.
func (c *auditVerifyCmd) Run(ctx context.Context) error {
	cfg, err := c.read()
	if err != nil {
		return err
	}
	heads, err := bridge.AuditHeads(cfg.Data)
	if err != nil {
		return err
	}
	for _, name := range c.Heads {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		more, err := audit.ReadHeads(f)
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
		heads = append(heads, more...)
	}
	if c.Key == "" {
		c.Key = bridge.AuditKey(cfg.Data)
	}
	var report *audit.Report
	if len(c.File) > 0 {
		report, err = verifyExports(c.File, cfg.Data, c.Key, heads)
	} else {
		err = c.opened(ctx, func(s *store.Store) (err error) {
			before, err := c.old(ctx, s)
			if err != nil {
				return err
			}
			report, err = s.CheckAudit(ctx, c.Key, heads, before...)
			return err
		})
	}
	if err != nil {
		return err
	}
	if c.JSON {
		err = printJSON(report)
	} else {
		printAudit(report)
	}
	if err == nil && !report.OK() {
		err = errAudit
	}
	return err
}

func printAudit(r *audit.Report) {
	for _, p := range r.Bad {
		fmt.Println(p)
	}
	fmt.Printf("%d lines from %s to %s, %d acts of meetings; %d signed heads fit, the last at line %d; held against a known key: %v\n",
		r.Lines, r.First.In(calendar.Zone()).Format(time.DateTime), r.Last.In(calendar.Zone()).Format(time.DateTime), r.Acts, r.Heads, r.Vouched, r.Trusted)
}

// verifyExports checks files that `audit export --format json` or the bridge itself
// wrote, one after the other.
func verifyExports(names []string, data, key string, heads []audit.Head) (*audit.Report, error) {
	cuts, err := bridge.AuditCuts(data)
	if err != nil {
		return nil, err
	}
	c := audit.NewChecker(key, heads)
	c.Cut(cuts...)
	for _, name := range names {
		read := c.File
		for _, x := range cuts {
			if x.File == filepath.Base(name) {
				read = func(in io.Reader) error { return c.CutFile(x, in) }
			}
		}
		if err := readFrom(name, read); err != nil {
			return nil, err
		}
	}
	return c.Done(), nil
}

func readFrom(name string, read func(io.Reader) error) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := read(f); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// old reads the files of all cuts, when it is told where they are.
func (c *auditVerifyCmd) old(ctx context.Context, s *store.Store) (before []func(*audit.Checker) error, err error) {
	if c.Old == "" {
		return nil, nil
	}
	cuts, err := s.AuditCuts(ctx)
	for _, x := range cuts {
		name := filepath.Join(c.Old, filepath.Base(x.File))
		before = append(before, func(c *audit.Checker) error {
			return readFrom(name, func(in io.Reader) error { return c.CutFile(x, in) })
		})
	}
	return before, err
}

// noted notes in the audit log what somebody does at the console, and runs f.
func (h house) noted(ctx context.Context, what, detail string, f func(*store.Store) error) error {
	return h.notedOn(ctx, what, "", detail, f)
}

func (h house) notedOn(ctx context.Context, what, on, detail string, f func(*store.Store) error) error {
	cfg, err := h.read()
	if err != nil {
		return err
	}
	return h.opened(ctx, func(s *store.Store) error {
		log, err := bridge.OpenAudit(ctx, cfg, s, newLogger(cfg.Log), nil)
		if err != nil {
			return err
		}
		err = log.Keep(ctx, audit.Line{At: time.Now(), What: what, Name: atConsole(), Address: "console", On: on, Detail: detail})
		log.Close()
		if err != nil {
			return err
		}
		return f(s)
	})
}

// atConsole is who works at the console, as the machine knows him.
func atConsole() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "uid " + fmt.Sprint(os.Getuid())
}

type auditExportCmd struct {
	house
	Format string `enum:"csv,json" default:"json" help:"csv or json; only json can be checked again."`
	After  int64  `help:"Lines after this one." placeholder:"SEQ"`
}

// Run writes the lines in the order of the chain.
func (c *auditExportCmd) Run(ctx context.Context) error {
	return c.noted(ctx, "audit.export", c.Format, func(s *store.Store) error {
		out := bufio.NewWriter(os.Stdout)
		w := audit.NewWriter(c.Format, out)
		return errors.Join(s.EachAudit(ctx, c.After, w.Row), w.Flush(), out.Flush())
	})
}

type auditTailCmd struct {
	house
	Lines  int  `short:"n" default:"20" help:"How many lines."`
	Follow bool `short:"f" help:"Go on until interrupted."`
}

// tailEvery is how often new lines are looked for.
const tailEvery = time.Second

// Run prints lines with the time of the place.
func (c *auditTailCmd) Run(ctx context.Context) error {
	return c.noted(ctx, "audit.read", "tail", func(s *store.Store) error {
		last, err := s.LastAudit(ctx)
		if err != nil {
			return err
		}
		after := max(last.Seq-int64(c.Lines), 0)
		for {
			if err := s.EachAudit(ctx, after, func(r audit.Row) error {
				after = r.Seq
				l, err := r.Line()
				if err != nil {
					return fmt.Errorf("line %d: %w", r.Seq, err)
				}
				_, err = fmt.Printf("%d\t%s\t%s\t%s%s\t%s\t%s %s\n", r.Seq, l.At.In(calendar.Zone()).Format("02/01/2006 15:04:05"), l.What, l.Name, named(string(l.Who)), l.Address, l.On, l.Detail)
				return err
			}); err != nil || !c.Follow {
				return err
			}
			select {
			case <-time.After(tailEvery):
			case <-ctx.Done():
				return nil
			}
		}
	})
}

func named(person string) string {
	if person == "" {
		return ""
	}
	return " (" + person + ")"
}
