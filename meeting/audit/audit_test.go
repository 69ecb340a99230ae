package audit_test

import (
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"diemcau/meeting"
	"diemcau/meeting/audit"
)

var day = time.Date(2026, 11, 29, 7, 0, 0, 0, time.UTC)

func chain(t interface{ Fatal(...any) }, n int) []audit.Row {
	rows := make([]audit.Row, 0, n)
	before := audit.First
	for i := range n {
		r, err := audit.Seal(int64(i+1), before, audit.Line{
			At: day.Add(time.Duration(i) * time.Second), What: "signin.ok", Who: meeting.PersonID(fmt.Sprint("p-", i)), Address: "10.0.0.1", On: "nhap",
		})
		if err != nil {
			t.Fatal(err)
		}
		rows, before = append(rows, r), r.Hash
	}
	return rows
}

func check(key string, heads []audit.Head, rows []audit.Row) *audit.Report {
	c := audit.NewChecker(key, heads)
	for _, r := range rows {
		c.Row(r)
	}
	return c.Done()
}

func TestSEC06_AnEditedRemovedSwappedOrInsertedLineIsFoundAndNamed(t *testing.T) {
	t.Parallel()
	_, key, _ := ed25519.GenerateKey(nil)
	rapid.Check(t, func(t *rapid.T) {
		rows := chain(t, rapid.IntRange(3, 30).Draw(t, "lines"))
		n := len(rows)
		last := rows[n-1]
		heads := []audit.Head{audit.Sign(key, last.Seq, last.Hash, day.Add(time.Hour))}
		if r := check(heads[0].Key, heads, rows); !r.OK() || r.Lines != int64(n) || r.Vouched != int64(n) || !r.Trusted {
			t.Fatalf("a good chain: %+v", r)
		}
		i := rapid.IntRange(0, n-1).Draw(t, "at")
		renumber := rapid.Bool().Draw(t, "renumbered")
		want := rows[i].Seq
		switch rapid.SampledFrom([]string{"body", "column", "hash", "remove", "swap", "insert", "cut", "remade"}).Draw(t, "how") {
		case "body":
			rows[i].Body = strings.Replace(rows[i].Body, "10.0.0.1", "10.0.0.2", 1)
		case "column":
			field := rapid.SampledFrom([]*string{&rows[i].At, &rows[i].What, &rows[i].Who, &rows[i].Meeting}).Draw(t, "column")
			*field += "x"
		case "hash":
			rows[i].Hash = strings.Repeat("0", 64)
		case "remove":
			rows = append(rows[:i:i], rows[i+1:]...)
			if renumber {
				number(rows)
			}
		case "swap":
			j := rapid.IntRange(0, n-1).Filter(func(j int) bool { return j != i }).Draw(t, "with")
			rows[i], rows[j] = rows[j], rows[i]
			if renumber {
				number(rows)
			}
			want = min(rows[i].Seq, rows[j].Seq, int64(i+1), int64(j+1))
		case "insert":
			extra := rows[rapid.IntRange(0, n-1).Draw(t, "copy")]
			extra.Body = strings.Replace(extra.Body, "signin.ok", "signout", 1)
			extra.What, extra.Seq = "signout", rows[i].Seq
			rows = append(rows[:i:i], append([]audit.Row{extra}, rows[i:]...)...)
			number(rows)
		case "cut":
			rows, want = rows[:i], int64(i+1)
		case "remade": // by who knows how hashes are made, and not the key
			rows[i].Body = strings.Replace(rows[i].Body, "10.0.0.1", "10.0.0.2", 1)
			before := audit.First
			for k := range rows {
				rows[k].Hash = audit.Next(before, rows[k].Seq, rows[k].Body)
				before = rows[k].Hash
			}
			want = last.Seq
		}
		r := check(heads[0].Key, heads, rows)
		if r.OK() {
			t.Fatal("nothing was found")
		}
		if got := r.Bad[0].Seq; got != want {
			t.Fatalf("the first problem is at line %d: %v; want %d", got, r.Bad[0], want)
		}
	})
}

func number(rows []audit.Row) {
	for k := range rows {
		rows[k].Seq = int64(k + 1)
	}
}

func TestSEC06_AHeadOfAnotherKeyIsFound(t *testing.T) {
	t.Parallel()
	rows := chain(t, 3)
	public, ours, _ := ed25519.GenerateKey(nil)
	_, other, _ := ed25519.GenerateKey(nil)
	forged := audit.Sign(other, 3, rows[2].Hash, day)
	if r := check(hex.EncodeToString(public), []audit.Head{forged}, rows); r.OK() || r.Bad[0].Fault != audit.Forged {
		t.Errorf("a head of another key: %+v", r)
	}
	later := audit.Sign(ours, 3, rows[2].Hash, day)
	later.At = later.At.Add(time.Hour)
	if later.Holds() || !audit.Sign(ours, 3, rows[2].Hash, day).Holds() {
		t.Error("the time of a head is not signed")
	}
}

func TestSEC06_ALineIsShortAndPlainWhateverComesFromOutside(t *testing.T) {
	t.Parallel()
	r, err := audit.Seal(1, audit.First, audit.Line{
		At: day, What: "signin.failed", On: "a\x00b\r\nc\xff" + strings.Repeat("ư", 1000), After: json.RawMessage(`{"x":"` + strings.Repeat("y", 20_000) + `"}`), Before: json.RawMessage(`{`),
	})
	if err != nil {
		t.Fatal(err)
	}
	l, err := r.Line()
	if err != nil || !strings.HasPrefix(l.On, "abcư") || len([]rune(l.On)) > 300 {
		t.Errorf("%q %v", l.On, err)
	}
	if len(r.Body) > 3000 || !strings.Contains(string(l.After), `"bytes":20008`) || !strings.Contains(string(l.Before), "sha256") {
		t.Errorf("%d bytes: %s", len(r.Body), r.Body)
	}
}

func FuzzHeadsAreReadOrRefused(f *testing.F) {
	_, key, _ := ed25519.GenerateKey(nil)
	good, _ := json.Marshal(audit.Sign(key, 1, "ab", day))
	f.Add(string(good) + "\n" + string(good[:20]))
	f.Add("{}\n\nnull\n")
	f.Fuzz(func(t *testing.T, text string) {
		heads, err := audit.ReadHeads(strings.NewReader(text))
		if err == nil && len(heads) > strings.Count(text, "\n")+1 {
			t.Error("more heads than lines")
		}
		for _, h := range heads {
			h.Holds()
		}
	})
}
