package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"golang.org/x/term"

	"diemcau/cmd/diemcau/bridge"
	"diemcau/cmd/diemcau/config"
	"diemcau/internal/password"
	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/door"
	"diemcau/meeting/store"
)

type accountCmd struct {
	Add    accountAddCmd    `cmd:"" help:"Make an account; the password is read, or made up and printed."`
	List   accountListCmd   `cmd:"" help:"List accounts."`
	Passwd accountPasswdCmd `cmd:"" help:"Give a new password, to be changed at the next sign-in."`
	Lock   accountLockCmd   `cmd:"" help:"Disable an account and end its sessions."`
	Unlock accountUnlockCmd `cmd:"" help:"Open an account that is disabled, idle, or locked by wrong tries."`
	Grant  accountGrantCmd  `cmd:"" help:"Give a role."`
	Revoke accountRevokeCmd `cmd:"" help:"Take a role away."`
	Remove accountLockCmd   `cmd:"" help:"The same as lock: the logs of meetings name the account, so it stays."`
	Hash   hashCmd          `cmd:"" help:"Read a password from standard input and print its hash for the configuration."`
}

// house says where the accounts are kept. A bridge may be running on them.
type house struct {
	Data   *string `help:"Folder of everything the bridge keeps." placeholder:"DIR"`
	Config string  `type:"existingfile" help:"Configuration file." placeholder:"FILE"`
}

// read is the configuration of the house.
func (h house) read() (config.Config, error) {
	cfg := config.Default()
	if h.Config != "" {
		if err := cfg.ReadFile(h.Config); err != nil {
			return cfg, err
		}
	}
	set(&cfg.Data, h.Data)
	return cfg, nil
}

// open runs f with the door of the house.
func (h house) open(ctx context.Context, f func(*door.Door, *store.Store) error) error {
	cfg, err := h.read()
	if err != nil {
		return err
	}
	return h.opened(ctx, func(s *store.Store) error {
		logger := newLogger(cfg.Log)
		log, err := bridge.OpenAudit(ctx, cfg, s, logger, nil)
		if err != nil {
			return err
		}
		defer log.Close()
		d, err := bridge.OpenDoor(cfg, s, door.Settings{Audit: bridge.AuditTrail{Log: log, Plain: account.Logger{Logger: logger}, Address: "console", Name: atConsole()}})
		if err != nil {
			return err
		}
		return f(d, s)
	})
}

// on runs f with the account of the user.
func (h house) on(ctx context.Context, user string, f func(*door.Door, account.Account) error) error {
	return h.open(ctx, func(d *door.Door, s *store.Store) error {
		a, err := s.AccountOf(ctx, user)
		if err != nil {
			return fmt.Errorf("account %q: %w", user, err)
		}
		return f(d, a)
	})
}

type accountAddCmd struct {
	house
	User     string   `arg:"" help:"Name to sign in with."`
	Name     string   `required:"" help:"Name of the person."`
	Position string   `help:"Position."`
	Unit     string   `help:"Unit in which the roles hold, and below; without one, the whole house."`
	Role     []string `help:"chair, secretary, technician, delegate, archivist, administrator."`
	Generate bool     `help:"Make the password up and print it."`
}

// Run makes the account.
func (c *accountAddCmd) Run(ctx context.Context) error {
	rights, err := rightsOf(c.Role)
	if err != nil {
		return err
	}
	text := ""
	if !c.Generate {
		if text, err = readPassword(os.Stdin, os.Stderr); err != nil {
			return err
		}
	}
	return c.open(ctx, func(d *door.Door, _ *store.Store) error {
		_, made, err := d.Make(ctx, account.Account{User: c.User, Name: c.Name, Position: c.Position, Unit: meeting.UnitID(c.Unit), Rights: rights}, text, true)
		if err == nil && c.Generate {
			fmt.Println(made)
		}
		return err
	})
}

type accountListCmd struct{ house }

// Run lists the accounts.
func (c *accountListCmd) Run(ctx context.Context) error {
	return c.open(ctx, func(d *door.Door, s *store.Store) error {
		all, err := s.Accounts(ctx)
		if err != nil {
			return err
		}
		t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "user\tname\tunit\trights\tstate")
		for _, a := range all {
			state := "open"
			if locked, err := d.Locked(ctx, a); err != nil {
				return err
			} else if locked {
				state = "locked"
			}
			if a.Disabled {
				state = "disabled"
			}
			fmt.Fprintf(t, "%s\t%s\t%s\t%v\t%s\n", a.User, a.Name, a.Unit, a.Rights, state)
		}
		return t.Flush()
	})
}

type accountPasswdCmd struct {
	house
	User     string `arg:""`
	Generate bool   `help:"Make the password up and print it."`
}

// Run gives a new password.
func (c *accountPasswdCmd) Run(ctx context.Context) (err error) {
	text := ""
	if !c.Generate {
		if text, err = readPassword(os.Stdin, os.Stderr); err != nil {
			return err
		}
	}
	return c.on(ctx, c.User, func(d *door.Door, a account.Account) error {
		made, err := d.Reset(ctx, a.Person, text)
		if err == nil && c.Generate {
			fmt.Println(made)
		}
		return err
	})
}

type accountLockCmd struct {
	house
	User string `arg:""`
}

// Run disables the account.
func (c *accountLockCmd) Run(ctx context.Context) error {
	return c.on(ctx, c.User, func(d *door.Door, a account.Account) error { return d.Disable(ctx, a.Person) })
}

type accountUnlockCmd struct {
	house
	User string `arg:""`
}

// Run opens the account.
func (c *accountUnlockCmd) Run(ctx context.Context) error {
	return c.on(ctx, c.User, func(d *door.Door, a account.Account) error { return d.Enable(ctx, a.Person) })
}

type accountGrantCmd struct {
	house
	User string   `arg:""`
	Role []string `arg:"" help:"chair, secretary, technician, delegate, archivist, administrator."`
}

// Run gives the roles.
func (c *accountGrantCmd) Run(ctx context.Context) error {
	return c.change(ctx, c.User, c.Role, func(has, asked []meeting.Right) []meeting.Right {
		for _, r := range asked {
			if !slices.Contains(has, r) {
				has = append(has, r)
			}
		}
		return has
	})
}

type accountRevokeCmd struct {
	house
	User string   `arg:""`
	Role []string `arg:""`
}

// Run takes the roles away.
func (c *accountRevokeCmd) Run(ctx context.Context) error {
	return c.change(ctx, c.User, c.Role, func(has, asked []meeting.Right) []meeting.Right {
		return slices.DeleteFunc(has, func(r meeting.Right) bool { return slices.Contains(asked, r) })
	})
}

func (h house) change(ctx context.Context, user string, roles []string, edit func(has, asked []meeting.Right) []meeting.Right) error {
	asked, err := rightsOf(roles)
	if err != nil {
		return err
	}
	return h.on(ctx, user, func(d *door.Door, a account.Account) error {
		_, err := d.Change(ctx, a.Person, func(a *account.Account) error {
			a.Rights = edit(a.Rights, asked)
			return nil
		})
		return err
	})
}

func rightsOf(roles []string) ([]meeting.Right, error) {
	var all []meeting.Right
	for _, role := range roles {
		rights, err := config.RightsOf(role)
		if err != nil {
			return nil, err
		}
		all = append(all, rights...)
	}
	return all, nil
}

// readPassword asks twice without showing it, or takes the first line of what is
// not a terminal. It never comes from the command line: others see that.
func readPassword(in *os.File, prompt io.Writer) (string, error) {
	fd := int(in.Fd())
	if !term.IsTerminal(fd) {
		return firstLine(in)
	}
	var twice [2]string
	for i, what := range []string{"Password: ", "Again: "} {
		fmt.Fprint(prompt, what)
		text, err := term.ReadPassword(fd)
		fmt.Fprintln(prompt)
		if err != nil {
			return "", err
		}
		twice[i] = string(text)
	}
	if twice[0] != twice[1] {
		return "", errors.New("the two passwords differ")
	}
	return twice[0], nil
}

func firstLine(r io.Reader) (string, error) {
	line, err := bufio.NewReader(r).ReadString('\n')
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return "", errors.Join(errors.New("no password on standard input"), err)
	}
	return line, nil
}

type hashCmd struct{}

// Run prints the argon2id hash of the first line of standard input.
func (hashCmd) Run() error {
	line, err := firstLine(os.Stdin)
	if err != nil {
		return err
	}
	fmt.Println(password.Hash(account.Normal(line)))
	return nil
}
