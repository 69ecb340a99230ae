package audit

import (
	"crypto/ed25519"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"strconv"
	"strings"

	"diemcau/meeting/calendar"
)

// PublicKey is the public half of a key, hex, as heads name it.
func PublicKey(key ed25519.PrivateKey) string {
	public, _ := key.Public().(ed25519.PublicKey)
	return hex.EncodeToString(public)
}

// PublicKeyIn is the public half of the key that a file keeps, hex; "" where there is none.
func PublicKeyIn(file string) string {
	seed, err := os.ReadFile(file)
	if err != nil || len(seed) != ed25519.SeedSize {
		return ""
	}
	return PublicKey(ed25519.NewKeyFromSeed(seed))
}

// Writer writes rows for other programs: CSV with the time of the place beside UTC,
// or JSON lines that hold the text that was hashed, so that they can be checked.
type Writer struct {
	out  io.Writer
	csv  *csv.Writer
	head bool
}

// NewWriter makes a writer of "csv" or "json".
func NewWriter(format string, out io.Writer) *Writer {
	w := &Writer{out: out}
	if format == "csv" {
		w.csv = csv.NewWriter(out)
	}
	return w
}

// Type is the media type.
func (w *Writer) Type() string {
	if w.csv != nil {
		return "text/csv; charset=utf-8"
	}
	return "application/jsonl"
}

// Extension is that of a file.
func (w *Writer) Extension() string {
	if w.csv != nil {
		return "csv"
	}
	return "jsonl"
}

// Exported is a row in a file of JSON lines.
type Exported struct {
	Seq  int64           `json:"seq"`
	Line json.RawMessage `json:"line"`
	Hash string          `json:"hash"`
}

// Row reads an exported line back as a row.
func (e Exported) Row() (Row, error) {
	var l Line
	if err := json.Unmarshal(e.Line, &l); err != nil {
		return Row{}, err
	}
	return Row{
		Seq: e.Seq, At: Stamp(l.At), What: l.What, Who: string(l.Who), Meeting: string(l.Meeting), Number: l.Number, Body: string(e.Line), Hash: e.Hash,
	}, nil
}

var csvHead = []string{"seq", "utc", "gio_viet_nam", "what", "who", "name", "device", "point", "session", "address", "meeting", "number", "on", "detail", "before", "after", "hash"}

// localLayout is how people here write a time.
const localLayout = "02/01/2006 15:04:05"

// Row writes one row.
func (w *Writer) Row(r Row) error {
	if w.csv == nil {
		body := json.RawMessage(r.Body)
		if !json.Valid(body) { // it was edited; the check says so
			body, _ = json.Marshal(r.Body)
		}
		// Marshal would compact and escape the text, and the hash is of the text.
		_, err := io.WriteString(w.out, `{"seq":`+strconv.FormatInt(r.Seq, 10)+`,"line":`+string(body)+`,"hash":"`+r.Hash+"\"}\n")
		return err
	}
	if !w.head {
		w.head = true
		// A mark by which spreadsheets see that it is UTF-8.
		if _, err := io.WriteString(w.out, "\ufeff"); err != nil {
			return err
		}
		if err := w.csv.Write(csvHead); err != nil {
			return err
		}
	}
	l := shown(r).Line
	cells := []string{
		strconv.FormatInt(r.Seq, 10), r.At, l.At.In(calendar.Zone()).Format(localLayout), l.What, string(l.Who), l.Name, string(l.Device), string(l.Point),
		l.Session, l.Address, string(l.Meeting), strconv.Itoa(l.Number), l.On, l.Detail, string(l.Before), string(l.After), r.Hash,
	}
	for i := range cells {
		cells[i] = unformula(cells[i])
	}
	return w.csv.Write(cells)
}

// unformula keeps a spreadsheet from calculating what somebody typed as his name.
func unformula(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// Flush ends the file.
func (w *Writer) Flush() error {
	if w.csv == nil {
		return nil
	}
	w.csv.Flush()
	return w.csv.Error()
}
