// Package calendar counts days as the rules of meetings count them: dates of Viet
// Nam, working days, and the deadlines of SCH-02. The holiday table is data that
// an administrator edits. It is pure: today is always passed in.
package calendar

import (
	"fmt"
	"time"

	"diemcau/meeting"
)

// Zone is the time of Viet Nam, UTC+7 all year. A fixed zone, so that a machine
// without a time zone database reckons the same.
func Zone() *time.Location { return time.FixedZone("+07", 7*3600) }

// Date is a day in Viet Nam. The zero Date is no day: "open" at the end of a span.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// On makes a date; days out of range roll over as in time.Date.
func On(year int, month time.Month, day int) Date {
	return Of(time.Date(year, month, day, 12, 0, 0, 0, Zone()))
}

// Of is the day in Viet Nam at the instant t.
func Of(t time.Time) Date {
	y, m, d := t.In(Zone()).Date()
	return Date{y, m, d}
}

// Parse reads 2026-12-30 or 30/12/2026.
func Parse(s string) (Date, error) {
	for _, layout := range []string{time.DateOnly, "02/01/2006"} {
		if t, err := time.ParseInLocation(layout, s, Zone()); err == nil {
			return Of(t), nil
		}
	}
	return Date{}, meeting.Refuse(meeting.CodeInvalid, "date").With(s)
}

// At is the instant of the given hour and minute of the day.
func (d Date) At(hour, minute int) time.Time {
	return time.Date(d.Year, d.Month, d.Day, hour, minute, 0, 0, Zone())
}

// AddDays moves by calendar days.
func (d Date) AddDays(n int) Date { return On(d.Year, d.Month, d.Day+n) }

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday { return d.At(12, 0).Weekday() }

// Monday is the first day of the week of d.
func Monday(d Date) Date { return d.AddDays(-((int(d.Weekday()) + 6) % 7)) }

// IsZero reports whether it is no day.
func (d Date) IsZero() bool { return d == Date{} }

// Compare is -1, 0 or +1 as d is before, on or after e.
func (d Date) Compare(e Date) int { return d.At(12, 0).Compare(e.At(12, 0)) }

// Before reports whether d is an earlier day than e.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// After reports whether d is a later day than e.
func (d Date) After(e Date) bool { return d.Compare(e) > 0 }

// String writes dd/MM/yyyy, as officials do; "" for no day.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%02d/%02d/%04d", d.Day, int(d.Month), d.Year)
}

// MarshalText writes 2026-12-30, the form of interfaces; "" for no day.
func (d Date) MarshalText() ([]byte, error) {
	if d.IsZero() {
		return nil, nil
	}
	return fmt.Appendf(nil, "%04d-%02d-%02d", d.Year, int(d.Month), d.Day), nil
}

// UnmarshalText reads what MarshalText writes, and dd/MM/yyyy.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	got, err := Parse(string(b))
	if err == nil {
		*d = got
	}
	return err
}
