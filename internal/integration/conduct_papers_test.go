package integration

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/calendar"
	"diemcau/meeting/conduct"
	"diemcau/meeting/vote"
)

// papers asks for every paper of the meeting in both formats, opens them with foreign
// programs, and finds every field of the log in each.
func (b *briefing) papers() {
	t := b.t
	folder := t.TempDir()
	wanted := b.fields()
	var office []string
	for name, fields := range wanted {
		for _, format := range []string{"pdf", "docx"} {
			var raw []byte
			if err := b.scribe.ask(http.MethodGet, "/documents/"+name+"."+format, nil, &raw); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(folder, name+"."+format)
			if err := os.WriteFile(path, raw, 0o600); err != nil {
				t.Fatal(err)
			}
			if format == "docx" {
				has(t, name+".docx", docxText(t, raw), fields)
				office = append(office, path)
				continue
			}
			if text, ok := pdfText(t, path); ok {
				has(t, name+".pdf", text, fields)
			}
		}
	}
	if os.Getenv("DIEMCAU_TEST_DOCUMENTS") == "" {
		return // LibreOffice is heavy: `make documents` asks for it
	}
	args := append([]string{"-env:UserInstallation=file://" + folder + "/profile", "--headless", "--convert-to", "pdf", "--outdir", folder + "/office"}, office...)
	if out, err := exec.CommandContext(t.Context(), "soffice", args...).CombinedOutput(); err != nil {
		t.Fatalf("soffice: %v\n%s", err, out)
	}
	for name, fields := range wanted {
		text, _ := pdfText(t, filepath.Join(folder, "office", name+".pdf"))
		// Poppler puts the last word of some of its lines elsewhere; that the fields are
		// whole is seen in the DOCX itself.
		has(t, name+".docx printed by LibreOffice", text, strings.Fields(strings.Join(fields, " ")))
	}
}

// packed is text without any space: a line break may stand anywhere.
func packed(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s, "\u00a0", " ")), "")
}

func has(t *testing.T, name, text string, fields []string) {
	t.Helper()
	for _, f := range fields {
		if !strings.Contains(packed(text), packed(f)) {
			t.Errorf("%s lacks %q", name, f)
		}
	}
}

// pdfText is what poppler reads; false where it is not installed and nobody asked
// for it with DIEMCAU_TEST_DOCUMENTS.
func pdfText(t *testing.T, path string) (string, bool) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "pdftotext", "-enc", "UTF-8", "-nopgbrk", "-y", "42", "-x", "0", "-W", "596", "-H", "800", "-r", "72", path, "-").Output()
	if errors.Is(err, exec.ErrNotFound) && os.Getenv("DIEMCAU_TEST_DOCUMENTS") == "" {
		return "", false
	}
	if err != nil {
		t.Fatalf("pdftotext %s: %v", filepath.Base(path), err)
	}
	return string(out), true
}

func docxText(t *testing.T, raw []byte) string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := archive.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var text strings.Builder
	for dec := xml.NewDecoder(f); ; {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return text.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		if c, ok := token.(xml.CharData); ok {
			text.Write(c)
		}
	}
}

func clock(t time.Time) string { return t.In(calendar.Zone()).Format("15.04") }

// fields are what each paper must say, taken from the log alone: the events are
// played once more and their outcome is written as people write it.
func (b *briefing) fields() map[string][]string {
	t, p := b.t, b.board.Plan
	played, err := conduct.Replay(conduct.Opening{Plan: p}, b.log)
	if err != nil {
		t.Fatal(err)
	}
	s := played.State()
	zone := calendar.Zone()
	head := []string{p.Title, "Nguyễn Văn Mẫu", "Vũ Thị Nháp"}
	minutes := append([]string{
		"Số: 01/BB-VP", "BIÊN BẢN", strings.ToUpper(p.Above), strings.ToUpper(p.Host),
		"Thời gian bắt đầu: " + s.Opened.In(zone).Format("15 giờ 04, ngày 02/01/2006"),
		"kết thúc vào " + s.Ended.In(zone).Format("15 giờ 04, ngày 02 tháng 1 năm 2006./."),
		p.Place + " (điểm cầu chính); trực tuyến tới 10 điểm cầu", s.Notes.Remark, "Biên bản đã được đọc lại và thông qua.",
		"Biên bản đã ký lúc 09 giờ 00, ngày 04/12/2026", "Ghi âm, ghi hình: có, từ 13.30 đến 16.28; người quyết định: Nguyễn Văn Mẫu",
		"Tổng số 41; có mặt 38; tán thành 35; không tán thành 1; không biểu quyết 2; tỷ lệ tán thành 85,4 % tổng số; kết quả: thông qua.",
	}, head...)
	attendance, votes := append([]string{"13.47", "11 điểm cầu, có mặt 11, vắng 0; đại biểu có mặt 93/96"}, head...), []string{p.Title, "85,4 %", "mở lúc 15.00, đóng lúc 15.04"}
	notice := []string{"THÔNG BÁO", "Nguyễn Văn Mẫu", p.Title, s.Notes.Remark}
	for seat, label := range map[meeting.Right]string{meeting.Chair: "Chủ trì (chủ tọa):", meeting.Secretary: "Thư ký (người ghi biên bản):", meeting.Technician: "Kỹ thuật viên:"} {
		x := s.Seats[seat].Person
		minutes = append(minutes, fmt.Sprintf("%s %s, %s, %s.", label, x.Name, x.Position, x.Unit))
	}
	for _, run := range s.Runs {
		for _, it := range p.Agenda {
			if it.ID == run.Item {
				minutes = append(minutes, fmt.Sprintf("%s (%s–%s)", it.Title, clock(run.Started), clock(run.Finished)))
			}
		}
	}
	for _, x := range s.Floor.Past {
		spent := x.Spent(x.Ended).Round(time.Second)
		line := fmt.Sprintf("- %s, %s: %s, %s, %s", clock(x.Started), p.Name(x.Point), x.Speaker.Name, x.Speaker.Position, x.Speaker.Unit)
		if x.Summary != "" {
			line += ": " + x.Summary
		}
		minutes = append(minutes, fmt.Sprintf("%s (thời lượng %02d:%02d)", line, int(spent.Minutes()), int(spent.Seconds())%60))
	}
	for i, x := range s.Notes.Tasks {
		for _, to := range []*[]string{&minutes, &notice} {
			*to = append(*to, x.Lead, x.Content, x.Due.String(), strings.Join(x.Support, ", "))
		}
		minutes = append(minutes, fmt.Sprintf("%d. Giao %s chủ trì", i+1, x.Lead))
	}
	for _, x := range p.Points {
		heads := fmt.Sprintf("%d/%d", s.Roll[x.ID].Present, s.Roll[x.ID].Expected)
		minutes, attendance, votes = append(minutes, heads), append(attendance, heads), append(votes, x.Name)
	}
	v := s.Votes[0]
	votes = append(votes, v.Motion.Title, correction(v, x1))
	checks := []string{"PHIẾU KIỂM TRA ĐIỂM CẦU", "loa không có tiếng", "Đặng Văn Kiểm Thử", "Chưa chạy thử", "14.00 ngày 02/12/2026"}
	invitation := []string{"GIẤY MỜI", "13 giờ 30, thứ Năm, ngày 03/12/2026", "Đồng chí Nguyễn Văn Mẫu"}
	return map[string][]string{"minutes": minutes, "attendance": attendance, "votes": votes, "notice": notice, "checks": checks, "invitation": invitation}
}

// correction is how the paper shows that a count of a point was entered wrongly.
func correction(v vote.Vote, p meeting.PointID) string {
	for i, e := range v.Entries {
		if e.Point == p && i != v.Last(p) {
			return fmt.Sprintf("đã sửa, số cũ %d/%d/%d", e.Counts.For, e.Counts.Against, e.Counts.Abstain)
		}
	}
	return "no correction in the log"
}
