package document

import (
	"fmt"
	"math"
	"strings"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/calendar"
	"diemcau/meeting/document/layout"
	"diemcau/meeting/minutes"
	"diemcau/meeting/quality"
	"diemcau/meeting/rollcall"
)

// Held is a meeting that is over, as those who run the bridge see it.
type Held struct {
	minutes.Minutes
	// Periods are what was measured of the lines, in order; Lines their sizes in
	// kbit/s as the plan had them.
	Periods []quality.Period
	Lines   map[meeting.PointID]int
}

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

// measuredNames are the columns of what was measured of a line.
var measuredNames = []string{
	"Đo được", "Mất gói trung bình (%)", "Mất gói cao nhất (%)", "Độ trễ trung bình (ms)", "Độ trễ cao nhất (ms)",
	"Tốt (%)", "Trung bình (%)", "Yếu (%)", "Chỉ còn tiếng (%)", "Hình đứng", "Lúc yếu",
	"Tải xuống 95% (kbit/s)", "Tải lên 95% (kbit/s)", "Đường truyền (kbit/s)", "Mức tải 95% (%)", "Cảnh báo",
}

// measuredOf are the cells below measuredNames; empty where nothing was measured. bad
// writes the times when the line was bad.
func measuredOf(f quality.Figures, l quality.Load, bad func([]quality.Spell) string) []string {
	cells := make([]string, len(measuredNames))
	if f.Seconds <= 0 {
		return cells
	}
	line, part, warn := "", "", ""
	if l.Line > 0 {
		line, part = fmt.Sprint(l.Line), percent(l.Part)
	}
	if l.Over() {
		warn = overload
	}
	good := f.Seconds - f.Fair - f.Weak - f.AudioOnly
	return []string{
		seconds(f.Seconds), percent(f.Loss), percent(f.LossWorst), whole(f.Round), whole(f.RoundWorst),
		percent(good / f.Seconds), percent(f.Fair / f.Seconds), percent(f.Weak / f.Seconds), percent(f.AudioOnly / f.Seconds), seconds(f.Still), bad(f.Spells),
		whole(l.Down / 1000), whole(l.Up / 1000), line, part, warn,
	}
}

// overload warns of a line whose load is above what the rule allows (OPS-04).
const overload = "Vượt 90 % đường truyền"

// gradeNames are the grades as screens say them.
var gradeNames = map[quality.Grade]string{
	quality.Good: "Tốt", quality.Fair: "Trung bình", quality.Weak: "Yếu", quality.AudioOnly: "Chỉ còn tiếng",
}

// spells are the times when a line was bad, one by one.
func spells(all []quality.Spell) string {
	var list []string
	for _, s := range all {
		text := fmt.Sprintf("%s %s – %s", gradeNames[s.Grade], calendar.Exact(s.From), calendar.Exact(s.To))
		if s.Loss > 0 {
			text += fmt.Sprintf(" (mất gói %s %%)", percent(s.Loss))
		}
		list = append(list, text)
	}
	return strings.Join(list, "; ")
}

// spellsOfAMonth are how often a line was bad and how long altogether.
func spellsOfAMonth(all []quality.Spell) string {
	if len(all) == 0 {
		return ""
	}
	var long time.Duration
	for _, s := range all {
		long += s.To.Sub(s.From)
	}
	return fmt.Sprintf("%d lần, %s", len(all), length(long))
}

// percent writes a part as per cent with the Vietnamese decimal comma.
func percent(part float64) string {
	return strings.Replace(fmt.Sprintf("%.1f", 100*part), ".", ",", 1)
}

func whole(x float64) string { return fmt.Sprint(int(math.Round(x))) }

func seconds(s float64) string { return length(time.Duration(s * float64(time.Second))) }

// OperationTable is the operating log of a meeting that is over (OPS-02): for each
// point when it came, how long its line stood, how often and how long it was out,
// the faults that were written down, and what was measured of its line.
func OperationTable(h Held) [][]string {
	rows := [][]string{append([]string{"TT", "Mã điểm cầu", "Điểm cầu", "Vào họp", "Kết nối", "Số lần mất tín hiệu", "Thời gian mất tín hiệu", "Sự cố"}, measuredNames...)}
	sums, samples := quality.Sum(h.Periods), quality.Samples(h.Periods, h.Lines)
	for i, l := range h.Attendance.Points {
		stood, out := connected(l.Presence, h.Head.End)
		faults := ""
		for _, t := range h.Troubles {
			if t.PointName == l.Name {
				faults = join("; ", faults, join(": ", moment(t.From)+" – "+moment(t.To), t.Handling))
			}
		}
		rows = append(rows, append([]string{
			fmt.Sprint(i + 1), string(l.Point), l.Name, moment(l.Presence.Joined), length(stood), fmt.Sprint(len(l.Presence.Drops)), length(out), faults,
		}, measuredOf(sums[l.Point], quality.LoadOf(samples[l.Point]), spells)...))
	}
	return rows
}

// Operation is the operating log as a paper.
func Operation(held Held, i Issue) layout.Document {
	h := held.Head
	top := head{above: h.Above, host: h.Host, number: i.Number, code: "NK", place: i.placed(), kind: "NHẬT KÝ VẬN HÀNH", about: h.Title}
	d := layout.Document{Title: "Nhật ký vận hành: " + h.Title, Author: h.Host, Made: h.End, Blocks: top.blocks()}
	rows := OperationTable(held)
	var kept [][]string // without what was measured, which has a table of its own
	for _, r := range rows {
		kept = append(kept, r[:len(r)-len(measuredNames)])
	}
	drops, faults := 0, len(held.Troubles)
	for _, l := range held.Attendance.Points {
		drops += len(l.Presence.Drops)
	}
	d.Blocks = append(d.Blocks,
		field("Thời gian", fmt.Sprintf("từ %s đến %s.", moment(h.Start), moment(h.End))), field("Kỹ thuật viên", person(h.Technician)+"."),
		field("Tổng hợp", fmt.Sprintf("%d điểm cầu; %d lần mất tín hiệu; %d sự cố.", len(rows)-1, drops, faults)),
		title("1. Kết nối và sự cố"),
		columnsOf{
			names: kept[0], widths: []float64{9, 18, 30, 26, 18, 17, 19, 28}, centered: []int{0, 4, 5, 6}, size: 10,
		}.table(kept[1:]),
		title("2. Chất lượng và tải đường truyền"))
	d.Blocks = append(d.Blocks, measuredBlocks(rows, 2)...)
	i.Signer = h.Technician
	d.Blocks = append(d.Blocks, foot(i, "VT, Hồ sơ"))
	return d
}

// shown is how many of a point's bad times a paper lists; the table has all.
const shown = 6

// measuredBlocks draw the columns of measuredNames, which end each of the rows, for
// the points that stand in the given column.
func measuredBlocks(rows [][]string, name int) []layout.Block {
	if len(rows) < 2 {
		return nil
	}
	first := len(rows[0]) - len(measuredNames)
	var cells [][]string
	over := 0
	for _, r := range rows[1:] {
		m := r[first:]
		if m[0] == "" {
			cells = append(cells, []string{fmt.Sprint(len(cells) + 1), r[name], "–", "–", "–", "–", "–", "", "–"})
			continue
		}
		bad := strings.Split(m[10], "; ")
		if len(bad) > shown {
			bad = append(bad[:shown], fmt.Sprintf("và %d lúc khác", len(bad)-shown))
		}
		if m[15] != "" {
			over++
		}
		load := fmt.Sprintf("%s/%s", m[11], m[12])
		cells = append(cells, []string{
			fmt.Sprint(len(cells) + 1), r[name], m[0], m[1] + "/" + m[2], m[3] + "/" + m[4], strings.Join(m[5:9], " / "), m[9], strings.Join(bad, "; "),
			join("; ", load, join(" % ", m[14], of(m[13])), m[15]),
		})
	}
	all := []layout.Block{columnsOf{
		names: []string{
			"TT", "Điểm cầu", "Đo được", "Mất gói TB/cao nhất (%)", "Độ trễ TB/cao nhất (ms)", "Tốt / trung bình / yếu / chỉ còn tiếng (%)", "Hình đứng", "Lúc yếu", "Tải xuống/lên 95 % (kbit/s), mức tải",
		},
		widths: []float64{8, 23, 14, 16, 16, 20, 13, 28, 27}, centered: []int{0, 2, 3, 4, 5, 6}, size: 9,
	}.table(cells)}
	if over > 0 {
		all = append(all, text(plain(fmt.Sprintf("%d điểm cầu có tải vượt 90 %% đường truyền (phân vị 95 trong 07 ngày, mẫu 05 phút).", over))))
	}
	return all
}

func of(line string) string {
	if line == "" {
		return ""
	}
	return "của " + line
}
