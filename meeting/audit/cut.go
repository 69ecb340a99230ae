package audit

import (
	"bufio"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"
)

// Cut says that all lines up to one were written into a file and taken out of the log,
// signed by the bridge. The chain goes on from its hash. A head will not do for it:
// there are many, and whoever deletes lines could begin at any of them.
type Cut struct {
	Seq    int64     `json:"seq"`  // the last line that was taken away
	Hash   string    `json:"hash"` // of it
	At     time.Time `json:"at"`
	From   int64     `json:"from"`   // the first line in the file
	File   string    `json:"file"`   // its name
	SHA256 string    `json:"sha256"` // of its bytes
	Key    string    `json:"key"`
	// Signature is by the key over all of it.
	Signature string `json:"signature"`
}

// cutName keeps signatures of cuts apart from all others of the key.
const cutName = "diemcau audit cut 1\n"

func (c Cut) signed() []byte {
	return []byte(cutName + strconv.FormatInt(c.Seq, 10) + "\n" + c.Hash + "\n" + Stamp(c.At) + "\n" + strconv.FormatInt(c.From, 10) + "\n" + c.File + "\n" + c.SHA256 + "\n")
}

// sign makes the cut hold.
func (c *Cut) sign(key ed25519.PrivateKey) {
	c.At, c.Key = c.At.UTC().Truncate(time.Microsecond), PublicKey(key)
	c.Signature = hex.EncodeToString(ed25519.Sign(key, c.signed()))
}

// Holds answers whether the key that the cut names signed it.
func (c Cut) Holds() bool {
	key, err := hex.DecodeString(c.Key)
	signature, bad := hex.DecodeString(c.Signature)
	return err == nil && bad == nil && len(key) == ed25519.PublicKeySize && ed25519.Verify(key, c.signed(), signature)
}

// ReadCuts reads cuts, one a line.
func ReadCuts(r io.Reader) (cuts []Cut, err error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, longestHead), longestHead)
	for n := 1; lines.Scan(); n++ {
		if len(lines.Bytes()) == 0 {
			continue
		}
		var c Cut
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			return cuts, fmt.Errorf("audit: line %d of the cuts: %w", n, err)
		}
		cuts = append(cuts, c)
	}
	return cuts, errors.Join(lines.Err())
}

// Cut takes a cut at which the chain may begin. Call it before the first row.
func (c *Checker) Cut(cuts ...Cut) {
	for _, x := range cuts {
		if !x.Holds() || c.Key != "" && x.Key != c.Key {
			c.problem(x.Seq, Forged, "the cut of "+Stamp(x.At)+" was not signed by the bridge's key")
			continue
		}
		if c.cuts == nil {
			c.cuts = map[int64]Cut{}
		}
		c.cuts[x.Seq] = x
		c.deepest = max(c.deepest, x.Seq)
	}
}

// begin finds where the chain may begin that has this row first. Lines below the
// deepest cut that are still there, because the bridge stopped while it took them away,
// are held against each other and against the cut.
func (c *Checker) begin(first Row) {
	if x, cut := c.cuts[first.Seq-1]; cut {
		c.seq, c.hash, c.began = x.Seq, x.Hash, x.Seq
		return
	}
	if first.Seq > 1 && first.Seq <= c.deepest {
		c.seq, c.loose = first.Seq-1, true
		c.began = c.deepest
	}
}

// meets compares a row with the cut that names it, and notes lines that tell of cuts.
func (c *Checker) meets(r Row, l Line) {
	if x, cut := c.cuts[r.Seq]; cut && x.Hash != r.Hash {
		c.problem(r.Seq, Rewrite, "the cut of "+Stamp(x.At)+" saw another chain")
	}
	if l.What != Archived {
		return
	}
	var told Cut
	if json.Unmarshal(l.After, &told) != nil {
		return
	}
	if c.told == nil {
		c.told = map[int64]string{}
	}
	c.told[told.Seq] = told.Hash
}

// untold is a problem when the chain begins at a cut that no line tells of.
func (c *Checker) untold() {
	if c.began == 0 {
		return
	}
	if x := c.cuts[c.began]; c.told[c.began] != x.Hash {
		c.problem(c.began, Removed, fmt.Sprintf("no line tells that the lines up to %d were taken away", c.began))
	}
}
