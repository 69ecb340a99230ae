// Package document writes the papers of a meeting in the layout of Decree 30/2020:
// invitation, attendance report, check sheets of test runs, minutes, results of
// votes and the notice of conclusions. Each is made once as a layout.Document from
// the same fields that the log gave, and drawn as DOCX or PDF. Its HTTP operations
// read the fields from where they are kept; it writes nothing and starts no
// goroutine.
package document

import (
	"fmt"
	"io"
	"strings"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/calendar"
	"diemcau/meeting/document/docx"
	"diemcau/meeting/document/layout"
	"diemcau/meeting/document/pdf"
)

// Kind is one of the papers.
type Kind string

// The kinds, as addresses name them.
const (
	KindInvitation Kind = "invitation"
	KindAttendance Kind = "attendance"
	KindChecks     Kind = "checks"
	KindMinutes    Kind = "minutes"
	KindVotes      Kind = "votes"
	KindNotice     Kind = "notice"
	// KindOperation is for those who run the bridge; it is no part of the file.
	KindOperation Kind = "operation"
)

// Kinds lists them.
func Kinds() []Kind {
	return []Kind{KindInvitation, KindAttendance, KindChecks, KindMinutes, KindVotes, KindNotice}
}

// Format is how a document is drawn.
type Format string

// The formats.
const (
	DOCX Format = "docx"
	PDF  Format = "pdf"
)

// Type is the media type of the format.
func (f Format) Type() string {
	switch f {
	case PDF:
		return "application/pdf"
	case CSV:
		return "text/csv; charset=utf-8"
	}
	return "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
}

// Write draws the document in the format.
func Write(w io.Writer, f Format, d layout.Document) error {
	switch f {
	case PDF:
		return pdf.Write(w, d)
	case DOCX:
		return docx.Write(w, d)
	}
	return meeting.Refuse(meeting.CodeUnknown, "format").With(string(f))
}

// Issue is what a paper carries besides the fields of the meeting: what the office
// that issues it says.
type Issue struct {
	// Number is "12/GM-VP"; "" leaves room for it.
	Number string
	// Place is the place name of the issuing body (địa danh), Date the day of issue.
	Place string
	Date  calendar.Date
	// Authority are the lines above the signer's position: "TM. ỦY BAN NHÂN DÂN",
	// "KT. CHỦ TỊCH".
	Authority []string
	Signer    meeting.Person
	// Recipients are the lines of nơi nhận before the filing line.
	Recipients []string
}

// weekdays as papers write them.
var weekdays = [...]string{"Chủ nhật", "thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy"}

// hour is "13 giờ 30", never torn.
func hour(t time.Time) string { return t.In(calendar.Zone()).Format("15\u00a0giờ\u00a004") }

// longDate is "ngày 03 tháng 12 năm 2026"; as the Decree asks, days below 10 and
// the months 1 and 2 have a 0 before them.
func longDate(d calendar.Date) string {
	if d.IsZero() {
		return "ngày … tháng … năm …"
	}
	month := fmt.Sprint(int(d.Month))
	if d.Month <= time.February {
		month = "0" + month
	}
	return fmt.Sprintf("ngày %02d tháng %s năm %d", d.Day, month, d.Year)
}

// person is name, position and unit.
func person(p meeting.Person) string { return join(", ", p.Name, p.Position, p.Unit) }

// join leaves out what is empty.
func join(between string, all ...string) string {
	var kept []string
	for _, s := range all {
		if s != "" {
			kept = append(kept, s)
		}
	}
	return strings.Join(kept, between)
}

// length is a time of speech, "05:00".
func length(d time.Duration) string {
	d = d.Round(time.Second)
	return fmt.Sprintf("%02d:%02d", int(d.Minutes()), int(d.Seconds())%60)
}

// capital makes the first letter of a sentence large.
func capital(s string) string {
	letters := []rune(s)
	if len(letters) > 0 {
		letters[0] = []rune(strings.ToUpper(string(letters[0])))[0]
	}
	return string(letters)
}
