package calendar

import (
	"time"

	"diemcau/meeting"
)

// Table is the editable table of days: public holidays that fall on working days
// and weekend days worked in exchange (hoán đổi ngày làm việc). The days that
// follow the moon and the second day of 2 September are announced each year, so
// they are entered, never guessed.
type Table struct {
	// Off are days not worked, with the name of the holiday.
	Off map[Date]string `json:"off"`
	// Worked are Saturdays and Sundays that are worked, with the reason.
	Worked map[Date]string `json:"worked"`
}

// Solar is the table of the holidays with a date in the solar calendar, for the
// years from first to last inclusive: what a new installation starts from.
func Solar(first, last int) Table {
	t := Table{Off: map[Date]string{}, Worked: map[Date]string{}}
	for y := first; y <= last; y++ {
		t.Off[On(y, time.January, 1)] = "Tết Dương lịch"
		t.Off[On(y, time.April, 30)] = "Ngày Chiến thắng"
		t.Off[On(y, time.May, 1)] = "Ngày Quốc tế lao động"
		t.Off[On(y, time.September, 2)] = "Quốc khánh"
	}
	return t
}

// Working reports whether the day is a working day.
func (t Table) Working(d Date) bool {
	if _, off := t.Off[d]; off {
		return false
	}
	if _, worked := t.Worked[d]; worked {
		return true
	}
	return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
}

// longest is how many days Shift looks at for each working day: a table in which
// more than this many days in a row are off is a mistake, and must not hang.
const longest = 400

// Shift is the n-th working day after d (before, when n is negative). The day
// itself does not count. Shift by 0 is d.
func (t Table) Shift(d Date, n int) (Date, error) {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for ; n > 0; n-- {
		seen := 0
		for d = d.AddDays(step); !t.Working(d); d = d.AddDays(step) {
			if seen++; seen > longest {
				return Date{}, meeting.Refuse(meeting.CodeInvalid, "holidays")
			}
		}
	}
	return d, nil
}

// WorkingDays is how many working days lie after from, up to and including to;
// negative when to is before from.
func (t Table) WorkingDays(from, to Date) int {
	if to.Before(from) {
		return -t.WorkingDays(to, from)
	}
	n := 0
	for d := from.AddDays(1); !d.After(to); d = d.AddDays(1) {
		if t.Working(d) {
			n++
		}
	}
	return n
}

// Rules are the periods of SCH-02, in working days. They are settings: no text of
// law is fixed in the program.
type Rules struct {
	// Papers is how long before the meeting invitation and papers are due (3).
	Papers int `json:"papers"`
	// Notice is how long after the meeting the notice of conclusions is due (5).
	Notice int `json:"notice"`
}

// Usual are the periods of the regime of meetings: 3 and 5 working days.
func Usual() Rules { return Rules{Papers: 3, Notice: 5} }

// Deadlines are the two days of SCH-02.
type Deadlines struct {
	// Papers is "Hạn gửi giấy mời/tài liệu".
	Papers Date `json:"papers"`
	// Notice is "Hạn thông báo kết luận".
	Notice Date `json:"notice"`
}

// Deadlines counts the days of SCH-02 for a meeting that starts and ends on the
// given days.
func (t Table) Deadlines(r Rules, starts, ends Date) (Deadlines, error) {
	papers, err := t.Shift(starts, -r.Papers)
	if err != nil {
		return Deadlines{}, err
	}
	notice, err := t.Shift(ends, r.Notice)
	return Deadlines{Papers: papers, Notice: notice}, err
}
