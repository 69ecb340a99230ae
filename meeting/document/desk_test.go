package document_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/desk"
	"diemcau/meeting/document"
	"diemcau/meeting/door"
	"diemcau/meeting/letter"
	"diemcau/meeting/minutes"
	"diemcau/meeting/plan"
	"diemcau/meeting/quality"
	"diemcau/meeting/schedule"
	"diemcau/meeting/store"
)

// house is the API of papers over a database with the briefing that was held.
type house struct {
	api   http.Handler
	store *store.Store
	held  *held
}

func newHouse(t *testing.T, change ...func(*plan.Plan)) *house {
	t.Helper()
	folder := t.TempDir()
	s, err := store.Open(t.Context(), filepath.Join(folder, "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	office, err := desk.NewOffice(desk.OfficeSettings{Store: s, Papers: filepath.Join(folder, "papers"), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	h := &house{store: s, held: briefing(t, change...)}
	p := h.held.live.Plan()
	entry, err := schedule.Entry{}.Publish(p, "nhap", p.Start.AddDate(0, 0, -7))
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{s.SaveVersion(t.Context(), entry), s.SaveOpening(t.Context(), h.held.live.Opening()), s.Append(t.Context(), p.ID, h.held.log)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	papers, err := document.NewDesk(document.Settings{
		Store: s, Notice: office.Notice, Place: "Lam Giang",
		See: func(ctx context.Context, id meeting.ID) (document.Sight, error) {
			now, mine, err := office.Sight(ctx, id)
			return document.Sight{Standing: now, Rights: mine.Rights, Point: mine.Point}, err
		},
		Link: func(_ plan.Plan, _ int, at meeting.PointID) (string, []byte, error) {
			link := "https://hop.example/invitation#" + string(at)
			png, err := letter.QR(link)
			return link, png, err
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	api := desk.NewAPI(mux)
	api.UseMiddleware(door.Guard(time.Now))
	papers.Register(api)
	h.api = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if who := r.Header.Get("Who"); strings.HasPrefix(who, "LG-") {
			r = r.WithContext(account.With(r.Context(), account.Identity{Device: "may", Point: meeting.PointID(who)}))
		} else if who != "" {
			r = r.WithContext(account.With(r.Context(), account.Identity{Person: meeting.PersonID(who)}))
		}
		mux.ServeHTTP(w, r)
	})
	return h
}

func (h *house) keep(t *testing.T, number int, v minutes.Version) {
	t.Helper()
	d := store.Document[minutes.Version]{Owner: h.held.live.Plan().ID, ID: "1", Number: number, At: h.held.now, Body: v}
	if err := store.Put(t.Context(), h.store, store.Minutes, d); err != nil {
		t.Fatal(err)
	}
}

func (h *house) get(t *testing.T, who, file string) (int, []byte) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/api/meetings/"+string(h.held.live.Plan().ID)+"/documents/"+file, nil)
	r.Header.Set("Who", who)
	w := httptest.NewRecorder()
	h.api.ServeHTTP(w, r)
	return w.Code, w.Body.Bytes()
}

func TestMIN02_PapersAreGivenToThoseWhoMayReadThem(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	draft := minutes.Begin(h.held.minutes)
	h.keep(t, 1, draft)
	for _, c := range []struct {
		who, file string
		want      int
	}{
		{"", "invitation.pdf", 401}, {"khong-quen", "invitation.pdf", 404}, {"LG-X1", "invitation.pdf", 200}, {"LG-X1", "invitation.pdf?point=LG-X1", 200},
		{"LG-X1", "minutes.docx", 404}, {"nhap", "minutes.docx", 200}, {"mau", "minutes.pdf", 200}, {"LG-X1", "notice.pdf", 404}, {"nhap", "notice.pdf", 200},
		{"LG-X1", "votes.pdf", 403}, {"nhap", "votes.docx", 200}, {"nhap", "attendance.pdf", 200}, {"nhap", "attendance.csv", 200}, {"LG-X1", "attendance.csv", 403}, {"nhap", "minutes.csv", 422}, {"kiemthu", "checks.docx", 200}, {"nhap", "minutes.odt", 422},
		{"nhap", "invitation.pdf?point=LG-XX", 404}, {"nhap", "invitation.pdf?version=9", 404},
	} {
		if status, body := h.get(t, c.who, c.file); status != c.want {
			t.Errorf("%q asks for %s: %d, want %d: %.200s", c.who, c.file, status, c.want, body)
		}
	}
	submitted, err := draft.Submit()
	if err != nil {
		t.Fatal(err)
	}
	signed, err := submitted.Sign("mau", h.held.now)
	if err != nil {
		t.Fatal(err)
	}
	h.keep(t, 2, signed)
	status, body := h.get(t, "LG-X1", "minutes.docx")
	if status != 200 || !bytes.HasPrefix(body, []byte("PK")) {
		t.Errorf("signed minutes are not for everybody: %d", status)
	}
}

func TestSCH10_OnlyThePointItselfAndWhoSendsGetTheWayInOnTheInvitation(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for who, want := range map[string]bool{"LG-X1": true, "LG-X2": false, "nhap": true, "mau": true, "kiemthu": false} {
		status, pdf := h.get(t, who, "invitation.pdf?point=LG-X1&number=12/GM-VP")
		if status != 200 {
			t.Fatalf("%s: %d %s", who, status, pdf)
		}
		path := filepath.Join(t.TempDir(), "x.pdf")
		if err := os.WriteFile(path, pdf, 0o600); err != nil {
			t.Fatal(err)
		}
		text := read(t, path)
		if strings.Contains(text, "invitation#LG-X1") != want {
			t.Errorf("%s has the link: %v", who, !want)
		}
		if !strings.Contains(text, "12/GM-VP") {
			t.Errorf("the number is missing")
		}
	}
}

func TestCON08_TheAttendanceIsATableForOtherProgramsToo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	status, raw := h.get(t, "nhap", "attendance.csv")
	if status != 200 || !bytes.HasPrefix(raw, []byte("\ufeff")) {
		t.Fatalf("%d %.100q", status, raw)
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\ufeff")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	lines := h.held.live.Attendance()
	if len(rows) != len(lines)+1 {
		t.Fatalf("%d rows for %d points", len(rows), len(lines))
	}
	for i, l := range lines {
		row := rows[i+1]
		if row[1] != string(l.Point) || row[2] != l.Name || row[7] != fmt.Sprint(l.Present) || row[8] != fmt.Sprint(l.Expected) || row[13] != fmt.Sprint(len(l.Presence.Drops)) {
			t.Errorf("row %v of %+v", row, l)
		}
		if l.Point == "LG-X5" && (row[9] != "03/12/2026 13:47:00" || row[10] != "17") {
			t.Errorf("who came late: %v", row)
		}
		if l.Point == "LG-DK" && row[14] != "03/12/2026 13:59:20 – 03/12/2026 13:59:55" {
			t.Errorf("whose line was lost: %v", row)
		}
	}
	var b bytes.Buffer
	if err := document.WriteCSV(&b, [][]string{{"=HYPERLINK(1)", "Xã, Tân \"Dụ\""}}); err != nil || b.String() != "\ufeff'=HYPERLINK(1),\"Xã, Tân \"\"Dụ\"\"\"\r\n" {
		t.Errorf("%q %v", b.String(), err)
	}
}

func TestOPS02_TheOperatingLogTellsOfEveryLossAndFaultByPoint(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for who, want := range map[string]int{"LG-X1": 403, "kiemthu": 200} {
		if status, _ := h.get(t, who, "operation.csv"); status != want {
			t.Errorf("%s: %d", who, status)
		}
	}
	_, raw := h.get(t, "kiemthu", "operation.csv")
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\ufeff")))).ReadAll()
	if err != nil || len(rows) != 12 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows[1:] {
		lost := row[1] == "LG-DK"
		switch {
		case lost && (row[5] != "1" || row[6] != "00:35" || row[7] != "03/12/2026 13:59:20 – 03/12/2026 13:59:55" || row[4] != "192:25"):
			t.Errorf("whose line was lost: %v", row)
		case !lost && (row[5] != "0" || row[6] != "00:00" || row[7] != ""):
			t.Errorf("whose line stood: %v", row)
		case row[1] == "LG-X5" && row[4] != "161:00": // from 13.47 to 16.28
			t.Errorf("who came late: %v", row)
		}
	}
	status, pdf := h.get(t, "kiemthu", "operation.pdf")
	path := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(path, pdf, 0o600); err != nil || status != 200 {
		t.Fatal(status, err)
	}
	wantAll(t, "operation", packed(read(t, path)), "NHẬT KÝ VẬN HÀNH", "11 điểm cầu; 1 lần mất tín hiệu; 1 sự cố.", "00:35")
}

// measure keeps what was measured of two lines during the briefing: one fair, one
// too thin for what goes over it.
func (h *house) measure(t *testing.T) {
	t.Helper()
	p := h.held.live.Plan()
	at := h.held.live.State().Opened
	for i := range 20 {
		from := at.Add(time.Duration(i) * 5 * time.Minute)
		period := quality.Period{From: from, To: from.Add(5 * time.Minute), Points: map[meeting.PointID]quality.Figures{
			"LG-X1": {Seconds: 300, Down: 1_200_000, Up: 800_000, Loss: 0.002, LossWorst: 0.01, Round: 20, RoundWorst: 41, Fair: 15},
		}}
		if i == 1 {
			period.Points["LG-DK"] = quality.Figures{
				Seconds: 200, Down: 1_900_000, Up: 300_000, Loss: 0.04, LossWorst: 0.125, Round: 80, RoundWorst: 310, Weak: 50, AudioOnly: 30, Still: 20,
				Spells: []quality.Spell{{Grade: quality.Weak, From: from.Add(time.Minute), To: from.Add(time.Minute + 50*time.Second), Loss: 0.125}},
			}
		}
		d := store.Document[quality.Period]{Owner: p.ID, ID: from.Format(time.RFC3339), Number: 1, At: from, Body: period}
		if err := store.Put(t.Context(), h.store, store.Qualities, d); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOPS02_OPS04_TheOperatingLogHasTheQualityAndTheLoadOfEveryLine(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(p *plan.Plan) {
		for i := range p.Points {
			p.Points[i].Line = 2000
		}
	})
	h.measure(t)
	_, raw := h.get(t, "kiemthu", "operation.csv")
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\ufeff")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{
		"LG-X1": {"100:00", "0,2", "1,0", "20", "41", "95,0", "5,0", "0,0", "0,0", "00:00", "", "1200", "800", "2000", "60,0", ""},
		"LG-DK": {"03:20", "4,0", "12,5", "80", "310", "60,0", "0,0", "25,0", "15,0", "00:20", "Yếu 13.36.00 – 13.36.50 (mất gói 12,5 %)", "1900", "300", "2000", "95,0", "Vượt 90 % đường truyền"},
		"LG-X2": {"", "", "", "", "", "", "", "", "", "", "", "", "", "", "", ""},
	}
	for _, row := range rows[1:] {
		if cells, known := want[row[1]]; known && !slices.Equal(row[8:], cells) {
			t.Errorf("%s: %q, want %q", row[1], row[8:], cells)
		}
	}
	for _, file := range []string{"documents/operation", "../../operations/2026-12/report"} {
		r := httptest.NewRequest(http.MethodGet, path.Clean("/api/meetings/"+string(h.held.live.Plan().ID)+"/"+file+".pdf"), nil)
		r.Header.Set("Who", "kiemthu")
		w := httptest.NewRecorder()
		h.api.ServeHTTP(w, r)
		name := filepath.Join(t.TempDir(), "x.pdf")
		if err := os.WriteFile(name, w.Body.Bytes(), 0o600); err != nil || w.Code != 200 {
			t.Fatal(file, w.Code, err)
		}
		wantAll(t, file, packed(read(t, name)), "4,0/12,5", "80/310", "60,0/0,0/25,0/15,0", "1900/300; 95,0 % của 2000", "1 điểm cầu có tải vượt 90 %")
	}
}

func TestOPS02_TheMonthAddsUpMeetingsHoursPointsAndFaults(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	get := func(who, path string) (int, []byte) {
		r := httptest.NewRequest(http.MethodGet, "/api/operations/"+path, nil)
		r.Header.Set("Who", who)
		w := httptest.NewRecorder()
		h.api.ServeHTTP(w, r)
		return w.Code, w.Body.Bytes()
	}
	for path, want := range map[string]string{
		"2026-12/report.csv": ",Tổng: 1 cuộc họp,,,,2:58,11,11,1,1",
		"2026-11/report.csv": ",Tổng: 0 cuộc họp,,,,0:00,0,0,0,0",
		"2026-12/points.csv": "LG-DK,Đặc khu Đảo Ví Dụ,1,3:12,1,00:35,",
	} {
		if status, raw := get("kiemthu", path); status != 200 || !strings.Contains(string(raw), want) {
			t.Errorf("%s: %d %s", path, status, raw)
		}
	}
	if _, raw := get("giadinh", "2026-12/report.csv"); !strings.Contains(string(raw), "Tổng: 0 cuộc họp") {
		t.Errorf("a delegate's report counts what he does not run: %s", raw)
	}
	for path, want := range map[string]int{"2026-13/report.csv": 422, "2026-12/report.odt": 422, "2026-12/report.docx": 200} {
		if status, _ := get("kiemthu", path); status != want {
			t.Errorf("%s: %d", path, status)
		}
	}
	if status, _ := get("LG-X1", "2026-12/report.csv"); status != 401 {
		t.Errorf("a machine reads the report: %d", status)
	}
	_, pdf := get("kiemthu", "2026-12/report.pdf")
	path := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(path, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	wantAll(t, "month", packed(read(t, path)), "BÁO CÁO", "tháng 12/2026", "2:58")
}
