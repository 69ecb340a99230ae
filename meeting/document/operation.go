package document

import (
	"fmt"
	"time"

	"diemcau/meeting/document/layout"
	"diemcau/meeting/minutes"
	"diemcau/meeting/rollcall"
)

// connected is how long a point's line stood between its first join and the end,
// and how long it was out.
func connected(p rollcall.Presence, end time.Time) (stood, out time.Duration) {
	if p.Joined.IsZero() || !end.After(p.Joined) {
		return 0, 0
	}
	last := end
	if !p.Left.IsZero() && p.Left.Before(end) {
		last = p.Left
	}
	for _, d := range p.Drops {
		back := d.Back
		if back.IsZero() || back.After(last) {
			back = last
		}
		if back.After(d.From) {
			out += back.Sub(d.From)
		}
	}
	return max(0, last.Sub(p.Joined)-out), out
}

// OperationTable is the operating log of a meeting that is over (OPS-02): for each
// point when it came, how long its line stood, how often and how long it was out,
// and the faults that were written down.
func OperationTable(m minutes.Minutes) [][]string {
	rows := [][]string{{"TT", "Mã điểm cầu", "Điểm cầu", "Vào họp", "Kết nối", "Số lần mất tín hiệu", "Thời gian mất tín hiệu", "Sự cố"}}
	for i, l := range m.Attendance.Points {
		stood, out := connected(l.Presence, m.Head.End)
		faults := ""
		for _, t := range m.Troubles {
			if t.PointName == l.Name {
				faults = join("; ", faults, join(": ", moment(t.From)+" – "+moment(t.To), t.Handling))
			}
		}
		rows = append(rows, []string{
			fmt.Sprint(i + 1), string(l.Point), l.Name, moment(l.Presence.Joined), length(stood), fmt.Sprint(len(l.Presence.Drops)), length(out), faults,
		})
	}
	return rows
}

// Operation is the operating log as a paper.
func Operation(m minutes.Minutes, i Issue) layout.Document {
	h := m.Head
	top := head{above: h.Above, host: h.Host, number: i.Number, code: "NK", place: i.placed(), kind: "NHẬT KÝ VẬN HÀNH", about: h.Title}
	d := layout.Document{Title: "Nhật ký vận hành: " + h.Title, Author: h.Host, Made: h.End, Blocks: top.blocks()}
	rows := OperationTable(m)
	drops, faults := 0, len(m.Troubles)
	for _, l := range m.Attendance.Points {
		drops += len(l.Presence.Drops)
	}
	d.Blocks = append(d.Blocks,
		field("Thời gian", fmt.Sprintf("từ %s đến %s.", moment(h.Start), moment(h.End))), field("Kỹ thuật viên", person(h.Technician)+"."),
		field("Tổng hợp", fmt.Sprintf("%d điểm cầu; %d lần mất tín hiệu; %d sự cố.", len(rows)-1, drops, faults)),
		columnsOf{
			names: rows[0], widths: []float64{9, 18, 30, 26, 18, 17, 19, 28}, centered: []int{0, 4, 5, 6}, size: 10,
		}.table(rows[1:]))
	i.Signer = h.Technician
	d.Blocks = append(d.Blocks, foot(i, "VT, Hồ sơ"))
	return d
}
