package calendar

import "time"

// unknown stands in papers for an hour that is not known.
const unknown = "…"

// Clock is the hour in Viet Nam as papers write it, "13.30".
func Clock(t time.Time) string { return written(t, "15.04") }

// Exact is Clock with seconds: an incident may be over within its minute.
func Exact(t time.Time) string { return written(t, "15.04.05") }

func written(t time.Time, layout string) string {
	if t.IsZero() {
		return unknown
	}
	return t.In(Zone()).Format(layout)
}
