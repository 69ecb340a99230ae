package document

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"time"

	"diemcau/meeting/calendar"
	"diemcau/meeting/minutes"
)

// CSV is the format of tables for other programs: RFC 4180 in UTF-8.
const CSV Format = "csv"

// byteOrder begins a file that Excel would else take for the code page of the machine.
const byteOrder = "\ufeff"

// WriteCSV writes a table. What a spreadsheet would run as a formula it shows as
// text: names come from many hands.
func WriteCSV(w io.Writer, rows [][]string) error {
	if _, err := io.WriteString(w, byteOrder); err != nil {
		return err
	}
	c := csv.NewWriter(w)
	c.UseCRLF = true
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = inert(cell)
		}
		if err := c.Write(cells); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

func inert(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// moment is an instant as tables write it; "" for none.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(calendar.Zone()).Format("02/01/2006 15:04:05")
}

// AttendanceTable is the attendance report as a table: one line for each point with
// its late arrival, its early leave, and every loss and return of its line (CON-08).
func AttendanceTable(a minutes.Attendance) [][]string {
	rows := [][]string{{"TT", "Mã điểm cầu", "Điểm cầu", "Người đứng đầu", "Chức vụ", "Dự thay", "Kết quả", "Có mặt", "Triệu tập", "Vào họp", "Muộn (phút)", "Về sớm", "Lý do", "Số lần mất tín hiệu", "Mất tín hiệu"}}
	for i, l := range a.Points {
		late := ""
		if l.Late > 0 {
			late = fmt.Sprintf("%d", int(l.Late.Round(time.Minute)/time.Minute))
		}
		var drops []string
		for _, d := range l.Presence.Drops {
			drops = append(drops, moment(d.From)+" – "+moment(d.Back))
		}
		rows = append(rows, []string{
			fmt.Sprint(i + 1), string(l.Point), l.Name, l.Leader.Name, l.Leader.Position, l.Substitute, status(l), fmt.Sprint(l.Present), fmt.Sprint(l.Expected),
			moment(l.Presence.Joined), late, moment(l.Presence.Left), join("; ", l.Reason, l.Presence.Why), fmt.Sprint(len(drops)), strings.Join(drops, "; "),
		})
	}
	return rows
}
