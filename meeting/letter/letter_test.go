package letter_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/mail"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"diemcau/meeting"
	"diemcau/meeting/calendar"
	"diemcau/meeting/letter"
	"diemcau/meeting/sample"
	"diemcau/meeting/schedule"
)

// python is the interpreter of the system, for which the library is installed.
const python = "/usr/bin/python3"

// reader is a foreign program, the icalendar library of Debian, that says what it
// finds in a calendar file.
const reader = `
import sys, json, icalendar
c = icalendar.Calendar.from_ical(sys.stdin.buffer.read())
e = [x for x in c.walk('VEVENT')]
z = [x for x in c.walk('VTIMEZONE')]
assert len(e) == 1 and len(z) == 1, (len(e), len(z))
e, z = e[0], z[0]
tz = z.to_tz()
print(json.dumps({
  'method': str(c['METHOD']), 'version': str(c['VERSION']), 'uid': str(e['UID']), 'sequence': int(e['SEQUENCE']), 'status': str(e['STATUS']),
  'start': e['DTSTART'].dt.isoformat(), 'end': e['DTEND'].dt.isoformat(), 'zone': str(e['DTSTART'].params['TZID']), 'tz': str(z['TZID']),
  'offset': str(e['DTSTART'].dt.utcoffset()), 'summary': str(e['SUMMARY']), 'location': str(e['LOCATION']), 'description': str(e['DESCRIPTION']),
  'organizer': str(e.get('ORGANIZER', '')), 'attendee': str(e.get('ATTENDEE', '')), 'cn': e['ATTENDEE'].params['CN'] if 'ATTENDEE' in e else '',
  'rrule': e['RRULE'].to_ical().decode() if 'RRULE' in e else '', 'exdate': e['EXDATE'].to_ical().decode() if 'EXDATE' in e else ''}))
`

type found struct {
	Method, Version, UID, Status, Start, End, Zone, TZ, Offset, Summary, Location, Description, Organizer, Attendee, CN, RRule, ExDate string
	Sequence                                                                                                                           int
}

func open(t *testing.T, file []byte) found {
	t.Helper()
	if err := exec.CommandContext(t.Context(), python, "-c", "import icalendar").Run(); err != nil {
		if os.Getenv("DIEMCAU_TEST_DOCUMENTS") != "" {
			t.Fatal("python3-icalendar is not installed")
		}
		t.Skip("python3-icalendar is not installed")
	}
	cmd := exec.CommandContext(t.Context(), python, "-c", reader)
	cmd.Stdin = strings.NewReader(string(file))
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("%s\n%s", exit.Stderr, file)
		}
		t.Fatal(err)
	}
	var f found
	if err := json.Unmarshal(out, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

var envelope = letter.Envelope{
	From: mail.Address{Name: "Văn phòng UBND tỉnh", Address: "hop@lamgiang.example"},
	To:   mail.Address{Name: "Hoàng Văn Giả Định; \"Chủ tịch\"", Address: "tandu@lamgiang.example"},
}

func published(t *testing.T) schedule.Entry {
	t.Helper()
	p := sample.Briefing()
	e, err := schedule.Entry{}.Publish(p, "nhap", p.Start.AddDate(0, 0, -7))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestSCH09_AForeignProgramReadsRequestUpdateAndCancel(t *testing.T) {
	t.Parallel()
	first := published(t)
	p := first.Now().Plan
	got := open(t, letter.Calendar(first.Now(), envelope))
	want := found{
		Method: "REQUEST", Version: "2.0", UID: "giao-ban-2026-11@diemcau", Status: "CONFIRMED", Start: "2026-12-03T13:30:00+07:00", End: "2026-12-03T16:30:00+07:00",
		Zone: "Asia/Ho_Chi_Minh", TZ: "Asia/Ho_Chi_Minh", Offset: "7:00:00", Summary: p.Title, Location: "Hội trường UBND tỉnh (điểm cầu chính); trực tuyến tới 10 điểm cầu",
		Description: got.Description, Organizer: "mailto:hop@lamgiang.example", Attendee: "mailto:tandu@lamgiang.example", CN: got.CN,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("request:\n%s", diff)
	}
	if !strings.Contains(got.Description, "5. 14.40 Dự thảo Quy chế vận hành hội nghị trực tuyến cấp xã") || !strings.Contains(got.CN, "Hoàng Văn Giả Định") {
		t.Errorf("description %q, name %q", got.Description, got.CN)
	}
	moved := p
	moved.Start, moved.End = p.Start.AddDate(0, 0, 1), p.End.AddDate(0, 0, 1)
	second, err := first.Move(moved, schedule.Change{Why: schedule.Clash, By: "nhap", At: p.Start.AddDate(0, 0, -3)})
	if err != nil {
		t.Fatal(err)
	}
	got = open(t, letter.Calendar(second.Now(), envelope))
	if got.Method != "REQUEST" || got.UID != want.UID || got.Sequence != 1 || got.Start != "2026-12-04T13:30:00+07:00" {
		t.Errorf("update: %+v", got)
	}
	third, err := second.Cancel(schedule.Change{Why: schedule.Order, By: "nhap", At: p.Start.AddDate(0, 0, -2)})
	if err != nil {
		t.Fatal(err)
	}
	if got = open(t, letter.Calendar(third.Now(), envelope)); got.Method != "CANCEL" || got.Status != "CANCELLED" || got.Sequence != 2 || got.UID != want.UID {
		t.Errorf("cancel: %+v", got)
	}
}

func TestSCH09_AForeignProgramReadsTheRuleOfASeries(t *testing.T) {
	t.Parallel()
	v := published(t).Now()
	s := schedule.Series{First: v.Plan, Rule: "FREQ=MONTHLY;BYDAY=1TH;COUNT=12", Except: []calendar.Date{calendar.On(2027, time.January, 7)}}
	got := open(t, letter.Series(v, s, letter.Envelope{}))
	if got.RRule != "FREQ=MONTHLY;COUNT=12;BYDAY=1TH" && got.RRule != "FREQ=MONTHLY;BYDAY=1TH;COUNT=12" || got.ExDate != "20270107T133000" {
		t.Errorf("rule %q without %q", got.RRule, got.ExDate)
	}
}

func TestSCH09_ALinkSaysSeenForItsOwnPointOnlyAndNotForEver(t *testing.T) {
	t.Parallel()
	seal, err := letter.NewSeal([]byte(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := letter.NewSeal([]byte("short")); err == nil {
		t.Error("a short key is accepted")
	}
	now := time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC)
	ticket := letter.Ticket{Meeting: "giao-ban", Point: "LG-X1", Version: 2, Expires: now.Add(time.Hour).Unix()}
	token, err := seal.Token(ticket)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := seal.Open(token, now); err != nil || got != ticket {
		t.Errorf("%+v %v", got, err)
	}
	if _, err := seal.Open(token, now.Add(time.Hour)); meeting.CodeOf(err) != letter.CodeExpired {
		t.Errorf("an old link: %v", err)
	}
	other, _ := letter.NewSeal([]byte(strings.Repeat("x", 32)))
	if _, err := other.Open(token, now); meeting.CodeOf(err) != letter.CodeSeal {
		t.Errorf("another key: %v", err)
	}
	raw, _ := base64.RawURLEncoding.DecodeString(token)
	forged := strings.Replace(string(raw), "LG-X1", "LG-X2", 1)
	if _, err := seal.Open(base64.RawURLEncoding.EncodeToString([]byte(forged)), now); meeting.CodeOf(err) != letter.CodeSeal {
		t.Errorf("another point's name: %v", err)
	}
	rapid.Check(t, func(t *rapid.T) {
		b := []byte(string(raw))
		i := rapid.IntRange(0, len(b)-1).Draw(t, "byte")
		b[i] ^= byte(rapid.IntRange(1, 255).Draw(t, "bits"))
		if _, err := seal.Open(base64.RawURLEncoding.EncodeToString(b), now); meeting.CodeOf(err) != letter.CodeSeal {
			t.Fatalf("a changed byte passes: %v", err)
		}
	})
}

func FuzzATokenOfAnybodyIsRefused(f *testing.F) {
	seal, err := letter.NewSeal([]byte(strings.Repeat("k", 32)))
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{"", "AAAA", strings.Repeat("A", 200), "%%%", "eyJtIjoiYSJ9"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, token string) {
		if got, err := seal.Open(token, time.Unix(0, 0)); err == nil {
			t.Errorf("%q opens as %+v", token, got)
		}
	})
}

func TestALetterIsTriedLessAndLessOftenAndGivenUpAtTheEnd(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC)
	l := letter.Letter{State: letter.Queued}
	var waited, last time.Duration
	for l.State == letter.Queued {
		l.Attempts++
		l = l.Tried(letter.Failed, "451 try later", now)
		if l.State != letter.Queued {
			break
		}
		wait := l.Next.Sub(now)
		if wait < last || wait > 6*time.Hour {
			t.Fatalf("waits %s after %s", wait, last)
		}
		last, waited = wait, waited+wait
	}
	if l.State != letter.GivenUp || l.Attempts != letter.Most || l.Words != "451 try later" || waited < 24*time.Hour || waited > 72*time.Hour {
		t.Errorf("%+v after %s", l, waited)
	}
	if r := (letter.Letter{State: letter.Queued, Attempts: 1}).Tried(letter.Rejected, "550 nobody", now); r.State != letter.Refused {
		t.Errorf("refused for good: %+v", r)
	}
}

func TestTheQRCodeIsAPicture(t *testing.T) {
	t.Parallel()
	png, err := letter.QR("https://hop.lamgiang.example/invitation#" + strings.Repeat("a", 150))
	if err != nil || !strings.HasPrefix(string(png), "\x89PNG") {
		t.Errorf("%d bytes, %v", len(png), err)
	}
}
