package audit

import (
	"fmt"
	"time"
)

// Fault is why a line or a head does not hold.
type Fault string

// Faults.
const (
	Removed  Fault = "removed"  // lines before this one are missing, or it stands elsewhere
	Edited   Fault = "edited"   // the line is not the one that was chained here
	Column   Fault = "column"   // what lists search by is not what the line says
	Forged   Fault = "forged"   // a head was not signed by the key it names, or by another key than told
	Rewrite  Fault = "rewrite"  // the chain holds, but a head saw another one
	CutOff   Fault = "cut-off"  // a head saw more lines than there are
	ActGone  Fault = "act-gone" // the log of a meeting lacks an act that the chain has
	ActOther Fault = "act"      // an act in the log of a meeting is not as the chain has it
	OldFile  Fault = "file"     // a file of lines that were taken out is not the one that its cut names
)

// Problem is something that is not as it was written.
type Problem struct {
	Seq   int64  `json:"seq"` // the first line that it concerns
	Fault Fault  `json:"fault"`
	Text  string `json:"text"`
}

func (p Problem) String() string { return fmt.Sprintf("line %d: %s: %s", p.Seq, p.Fault, p.Text) }

// Report is what a check found.
type Report struct {
	Lines   int64     `json:"lines"`
	First   time.Time `json:"first"`
	Last    time.Time `json:"last"`
	Hash    string    `json:"hash"`     // of the last line
	Heads   int       `json:"heads"`    // signed heads that fit
	Vouched int64     `json:"vouched"`  // the last line that a head vouches for
	Acts    int64     `json:"acts"`     // acts of meetings compared with the meetings' own logs
	Trusted bool      `json:"trusted"`  // heads were held against a key that was given
	Bad     []Problem `json:"problems"` // the first problem first
}

// OK answers whether all is as it was written.
func (r *Report) OK() bool { return len(r.Bad) == 0 }

// mostProblems is how many problems a report lists: after an edited line of a chain
// made anew there may be thousands.
const mostProblems = 100

// Checker walks over rows in the order of the chain.
type Checker struct {
	// Key is the public key, hex, that must have signed the heads; "" believes the key
	// that each names, which proves only that who holds it was consistent.
	Key    string
	report Report
	heads  map[int64][]Head
	top    Head // the furthest that holds
	seq    int64
	hash   string

	cuts    map[int64]Cut
	deepest int64
	began   int64            // the cut that the chain begins at; 0 for its first line
	loose   bool             // nothing is known of what was before the next row
	told    map[int64]string // hashes of cuts that lines tell of
}

// NewChecker takes the heads that the rows are held against.
func NewChecker(key string, heads []Head) *Checker {
	c := &Checker{Key: key, heads: map[int64][]Head{}, hash: First}
	c.report.Trusted = key != ""
	for _, h := range heads {
		if !h.Holds() || key != "" && h.Key != key {
			c.problem(h.Seq, Forged, "the head of "+Stamp(h.At)+" was not signed by the bridge's key")
			continue
		}
		c.heads[h.Seq] = append(c.heads[h.Seq], h)
		if h.Seq > c.top.Seq {
			c.top = h
		}
	}
	return c
}

func (c *Checker) problem(seq int64, f Fault, text string) {
	if len(c.report.Bad) < mostProblems {
		c.report.Bad = append(c.report.Bad, Problem{seq, f, text})
	}
}

// Row takes the next row and gives its line.
func (c *Checker) Row(r Row) (Line, bool) {
	if c.report.Lines == 0 {
		c.begin(r)
	}
	loose := c.loose
	c.loose = false
	if r.Seq != c.seq+1 {
		c.problem(c.seq+1, Removed, fmt.Sprintf("the line after %d is %d", c.seq, r.Seq))
		c.hash = "" // what came before this one is not known: it can only be held against itself
	} else if want := Next(c.hash, r.Seq, r.Body); want != r.Hash && !loose {
		c.problem(r.Seq, Edited, "its hash does not fit its text and the line before it")
	}
	l, err := r.Line()
	if err != nil {
		c.problem(r.Seq, Edited, "it cannot be read")
	} else if again, err := Seal(r.Seq, "", l); err != nil || again.At != r.At || again.What != r.What || again.Who != r.Who ||
		again.Meeting != r.Meeting || again.Number != r.Number {
		c.problem(r.Seq, Column, "what lists show of it is not what it says")
	}
	c.meets(r, l)
	for _, h := range c.heads[r.Seq] {
		if h.Hash != r.Hash {
			c.problem(r.Seq, Rewrite, "the head of "+Stamp(h.At)+" saw another chain")
			continue
		}
		c.report.Heads++
		c.report.Vouched = r.Seq
	}
	if c.report.Lines == 0 {
		c.report.First = l.At
	}
	c.report.Lines++
	c.report.Last = l.At
	c.seq, c.hash = r.Seq, r.Hash
	return l, err == nil
}

// Act compares the act of a line with what the meeting's own log keeps of it, "" for
// nothing.
func (c *Checker) Act(seq int64, l Line, kept string) {
	c.report.Acts++
	switch {
	case kept == "":
		c.problem(seq, ActGone, fmt.Sprintf("act %d of the meeting %s is not in its log", l.Number, l.Meeting))
	case Digest([]byte(kept)) != l.Digest:
		c.problem(seq, ActOther, fmt.Sprintf("act %d of the meeting %s was changed in its log", l.Number, l.Meeting))
	}
}

// Done ends the check.
func (c *Checker) Done() *Report {
	if c.top.Seq > c.seq {
		c.problem(c.seq+1, CutOff, fmt.Sprintf("the head of %s saw %d lines, there are %d", Stamp(c.top.At), c.top.Seq, c.seq))
	}
	c.untold()
	c.report.Hash = c.hash
	return &c.report
}
