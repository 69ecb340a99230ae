// Package audit is the audit log of the house (SEC-06): a chain of lines, each of
// which carries the hash of all before it, and now and then a signed head that says
// how far the chain went. It knows what a line is, how the chain is checked, and how
// it is written out; Log is the one owner goroutine that adds to it.
//
// Lines are only added. The database refuses to change or delete one that no Cut names (see
// meeting/store), and whoever does so past the database is found by Check: an edited,
// removed, inserted or swapped line by the chain, a chain that was made anew or cut
// off at its end by the signed heads.
package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"diemcau/meeting"
)

// Line is one thing that somebody did, or that the bridge did by itself. It holds no
// secret. Times are UTC here; screens show the time of the place.
type Line struct {
	At   time.Time `json:"at"`
	What string    `json:"what"` // stable name: "signin.failed", "speech.begun"
	// Who did it: the person and the name he signs in with; none for the bridge, and for
	// somebody who is not signed in.
	Who  meeting.PersonID `json:"who,omitempty"`
	Name string           `json:"name,omitempty"`
	// Where from: the machine, its point, the sign-in, the network address.
	Device  meeting.DeviceID `json:"device,omitempty"`
	Point   meeting.PointID  `json:"point,omitempty"`
	Session string           `json:"session,omitempty"`
	Address string           `json:"address,omitempty"`
	// Meeting and Number are those of an act in a meeting; Number is its place in the
	// meeting's own log, and Digest the SHA-256 of what that log keeps of it.
	Meeting meeting.ID `json:"meeting,omitempty"`
	Number  int        `json:"number,omitempty"`
	Digest  string     `json:"digest,omitempty"`
	// On is what it was done to, Detail a stable word about how it went.
	On     string `json:"on,omitempty"`
	Detail string `json:"detail,omitempty"`
	// Before and After are what stood there, where that is told.
	Before json.RawMessage `json:"before,omitempty"`
	After  json.RawMessage `json:"after,omitempty"`
}

// Row is a line as it is kept: Body is the line as JSON, which is what the hash is
// of. The other columns repeat it for searching.
type Row struct {
	Seq     int64
	At      string
	What    string
	Who     string
	Meeting string
	Number  int
	Body    string
	Hash    string
}

// Bounds of a line: whoever is outside must not fill the log.
const (
	longestField = 300     // characters
	longestValue = 8 << 10 // bytes of Before and After
)

// timeLayout has a fixed width, so that times sort as text.
const timeLayout = "2006-01-02T15:04:05.000000Z"

// Stamp is a time as rows keep it.
func Stamp(t time.Time) string { return t.UTC().Format(timeLayout) }

// Seal makes the row that follows the hash of the row before.
func Seal(seq int64, before string, l Line) (Row, error) {
	l = l.bounded()
	body, err := json.Marshal(l)
	if err != nil {
		return Row{}, fmt.Errorf("audit: %s: %w", l.What, err)
	}
	r := Row{
		Seq: seq, At: Stamp(l.At), What: l.What, Who: string(l.Who), Meeting: string(l.Meeting), Number: l.Number, Body: string(body),
	}
	r.Hash = Next(before, seq, r.Body)
	return r, nil
}

// chainName keeps the hashes of this chain apart from all others.
const chainName = "diemcau audit 1\n"

// First is what stands before the first line.
const First = ""

// Next is the hash of a row: of the hash before it, its number and its body.
func Next(before string, seq int64, body string) string {
	h := sha256.New()
	h.Write([]byte(chainName + before + "\n" + strconv.FormatInt(seq, 10) + "\n"))
	h.Write([]byte(body))
	return hex.EncodeToString(h.Sum(nil))
}

// Line reads the row.
func (r Row) Line() (Line, error) {
	var l Line
	err := json.Unmarshal([]byte(r.Body), &l)
	return l, err
}

// bounded is the line with nothing in it that a database or a reader chokes on.
func (l Line) bounded() Line {
	l.At = l.At.UTC().Truncate(time.Microsecond)
	l.What, l.Name, l.Session = plain(l.What), plain(l.Name), plain(l.Session)
	l.Who, l.Device, l.Point = meeting.PersonID(plain(string(l.Who))), meeting.DeviceID(plain(string(l.Device))), meeting.PointID(plain(string(l.Point)))
	l.Meeting, l.Address = meeting.ID(plain(string(l.Meeting))), plain(l.Address)
	l.On, l.Detail = plain(l.On), plain(l.Detail)
	l.Before, l.After = value(l.Before), value(l.After)
	return l
}

// plain takes out what is not text and shortens.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == utf8.RuneError {
			return -1
		}
		return r
	}, s)
	if utf8.RuneCountInString(s) > longestField {
		s = string([]rune(s)[:longestField-1]) + "…"
	}
	return s
}

// value leaves JSON that is short, and the hash of what is long.
func value(v json.RawMessage) json.RawMessage {
	switch {
	case len(v) == 0, string(v) == "null":
		return nil
	case len(v) <= longestValue && json.Valid(v):
		return v
	}
	return json.RawMessage(`{"sha256":"` + Digest(v) + `","bytes":` + strconv.Itoa(len(v)) + `}`)
}

// Digest is the SHA-256 of bytes, in hexadecimal.
func Digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
