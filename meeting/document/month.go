package document

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/calendar"
	"diemcau/meeting/document/layout"
	"diemcau/meeting/minutes"
	"diemcau/meeting/quality"
	"diemcau/meeting/schedule"
	"diemcau/meeting/store"
)

// MonthRequest asks for the report of a month.
type MonthRequest struct {
	Month string `path:"month" pattern:"^[0-9]{4}-(0[1-9]|1[0-2])$" example:"2026-12"`
	File  string `path:"file" enum:"report.csv,report.pdf,report.docx,points.csv" doc:"points.csv is the table of points with the quality and the load of their lines"`
}

func (d *Desk) registerMonth(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "getMonthReport", Method: http.MethodGet, Path: "/api/operations/{month}/{file}",
		Summary:  "Meetings, hours, points, faults and quality of lines of a month, of those meetings that one runs or keeps",
		Metadata: account.SignedIn(), Errors: []int{http.StatusUnauthorized, http.StatusUnprocessableEntity},
	}, d.month)
}

func (d *Desk) month(ctx context.Context, in *MonthRequest) (*File, error) {
	first, err := time.ParseInLocation("2006-01", in.Month, calendar.Zone())
	if err != nil {
		return nil, meeting.Refuse(meeting.CodeInvalid, "month").With(in.Month)
	}
	held, err := d.heldIn(ctx, first, first.AddDate(0, 1, 0))
	if err != nil {
		return nil, err
	}
	what, ending, _ := strings.Cut(in.File, ".")
	format, name := Format(ending), "bao-cao-van-hanh-"
	var b bytes.Buffer
	switch {
	case what == "points":
		name = "chat-luong-duong-truyen-"
		err = WriteCSV(&b, PointsTable(held))
	case format == CSV:
		err = WriteCSV(&b, MonthTable(held))
	default:
		err = Write(&b, format, Month(first, held, Issue{Place: d.s.Place}))
	}
	if err != nil {
		return nil, err
	}
	name += in.Month + "." + string(format)
	return &File{Type: format.Type(), Disposition: `attachment; filename="` + name + `"`, Cache: "no-store", Body: b.Bytes()}, nil
}

// heldIn are the meetings that began in the time and are over, in order, as far as
// who asks runs or keeps them.
func (d *Desk) heldIn(ctx context.Context, from, to time.Time) ([]Held, error) {
	planned, err := d.s.Store.Meetings(ctx, store.Filter{From: from, To: to, State: schedule.Published})
	if err != nil {
		return nil, err
	}
	var all []Held
	for _, p := range planned {
		if p.Plan.Start.Before(from) {
			continue // counted in the month in which it began
		}
		see, err := d.s.See(ctx, p.Plan.ID)
		if meeting.CodeOf(err) == meeting.CodeUnknown || err == nil && !see.Has(recorded...) {
			continue
		}
		if err != nil {
			return nil, err
		}
		live, log, err := d.s.Store.Load(ctx, p.Plan.ID)
		if err == nil {
			var m minutes.Minutes
			if m, err = minutes.Draft(live.Opening(), log); err == nil {
				var h Held
				if h, err = d.held(ctx, live.Plan(), m); err == nil {
					all = append(all, h)
				}
			}
		}
		if code := meeting.CodeOf(err); err != nil && code != meeting.CodeUnknown && code != meeting.CodeState {
			return nil, err
		}
	}
	return all, nil
}

// MonthTable is the report of a month: a line for each meeting and their sums.
func MonthTable(held []Held) [][]string {
	rows := [][]string{{"TT", "Cuộc họp", "Cơ quan chủ trì", "Bắt đầu", "Kết thúc", "Thời lượng", "Số điểm cầu", "Có mặt", "Số lần mất tín hiệu", "Số sự cố"}}
	var long time.Duration
	points, present, drops, faults := 0, 0, 0, 0
	for i, m := range held {
		lost := 0
		for _, l := range m.Attendance.Points {
			lost += len(l.Presence.Drops)
		}
		took, t := m.Head.End.Sub(m.Head.Start), m.Attendance.Totals
		long, points, present, drops, faults = long+took, points+t.Points, present+t.Present, drops+lost, faults+len(m.Troubles)
		rows = append(rows, []string{
			fmt.Sprint(i + 1), m.Head.Title, m.Head.Host, moment(m.Head.Start), moment(m.Head.End), hours(took),
			fmt.Sprint(t.Points), fmt.Sprint(t.Present), fmt.Sprint(lost), fmt.Sprint(len(m.Troubles)),
		})
	}
	return append(rows, []string{"", fmt.Sprintf("Tổng: %d cuộc họp", len(held)), "", "", "", hours(long), fmt.Sprint(points), fmt.Sprint(present), fmt.Sprint(drops), fmt.Sprint(faults)})
}

// hours is a length as hours and minutes.
func hours(d time.Duration) string {
	d = d.Round(time.Minute)
	return fmt.Sprintf("%d:%02d", int(d.Hours()), int(d.Minutes())%60)
}

// Month is the report of a month as a paper.
func Month(first time.Time, held []Held, i Issue) layout.Document {
	about := "Vận hành hội nghị trực tuyến tháng " + first.Format("01/2006")
	top := head{number: i.Number, code: "BC", place: i.placed(), kind: "BÁO CÁO", about: about}
	d := layout.Document{Title: "Báo cáo: " + about, Made: first, Blocks: top.blocks()}
	if len(held) > 0 {
		d.Made = held[len(held)-1].Head.End
	}
	rows := MonthTable(held)
	d.Blocks = append(d.Blocks, columnsOf{
		names: rows[0], widths: []float64{8, 34, 24, 20, 20, 15, 12, 10, 12, 10}, centered: []int{0, 5, 6, 7, 8, 9}, size: 9,
	}.table(rows[1:]))
	if points := PointsTable(held); len(points) > 1 {
		d.Blocks = append(d.Blocks, title("Chất lượng và tải đường truyền của các điểm cầu"))
		d.Blocks = append(d.Blocks, measuredBlocks(points, 2)...)
	}
	return d
}

// monthOf is what a month says of one point.
type monthOf struct {
	name            string
	meetings, drops int
	stood, out      time.Duration
	figures         quality.Figures
	samples         []quality.Sample
}

// PointsTable is a line for each point that was called in a month: how often, how long
// its line stood and was out, and what was measured of it, its load against the size
// of the line among that (OPS-02, OPS-04). It has the points in the order in which the
// meetings name them.
func PointsTable(held []Held) [][]string {
	var order []meeting.PointID
	points := map[meeting.PointID]*monthOf{}
	for _, h := range held {
		sums, samples := quality.Sum(h.Periods), quality.Samples(h.Periods, h.Lines)
		for _, l := range h.Attendance.Points {
			p := points[l.Point]
			if p == nil {
				p = &monthOf{}
				points[l.Point], order = p, append(order, l.Point)
			}
			stood, out := connected(l.Presence, h.Head.End)
			p.name = l.Name // as it is called now
			p.meetings, p.drops = p.meetings+1, p.drops+len(l.Presence.Drops)
			p.stood, p.out = p.stood+stood, p.out+out
			p.figures = p.figures.And(sums[l.Point])
			p.samples = append(p.samples, samples[l.Point]...)
		}
	}
	rows := [][]string{append([]string{"TT", "Mã điểm cầu", "Điểm cầu", "Số cuộc họp", "Kết nối", "Số lần mất tín hiệu", "Thời gian mất tín hiệu"}, measuredNames...)}
	for i, id := range order {
		p := points[id]
		rows = append(rows, append([]string{
			fmt.Sprint(i + 1), string(id), p.name, fmt.Sprint(p.meetings), hours(p.stood), fmt.Sprint(p.drops), length(p.out),
		}, measuredOf(p.figures, quality.LoadOf(p.samples), spellsOfAMonth)...))
	}
	return rows
}
