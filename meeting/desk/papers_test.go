package desk_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/calendar"
	"diemcau/meeting/desk"
	"diemcau/meeting/paper"
	"diemcau/meeting/plan"
	"diemcau/meeting/store"
)

var pdf = append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte("điểm cầu "), 2000)...)

func (h *house) upload(t *testing.T, as string, id meeting.ID, name, more string, body []byte) answer {
	t.Helper()
	return h.ask(t, as, "POST", "/api/meetings/"+string(id)+"/papers?name="+url.QueryEscape(name)+more, body, "Content-Type", "application/octet-stream")
}

// archive is a zip with the entries, as office formats are.
func archive(t *testing.T, entries ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range entries {
		w, err := z.Create(e)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write([]byte("<x/>"))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSCH04_PapersAreReadByWhomTheyAreForAndEveryViewIsLogged(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		v := h.samples(t).published(t)
		base := "/api/meetings/" + string(v.ID) + "/papers"
		all := into[desk.PaperEntry](t, h.upload(t, "nhap", v.ID, "Báo cáo tháng 11.pdf", "&item=muc-3", pdf), 200)
		sum := sha256.Sum256(pdf)
		if all.SHA256 != hex.EncodeToString(sum[:]) || all.Size != int64(len(pdf)) || all.Type != "application/pdf" {
			t.Errorf("kept as %+v", all)
		}
		if kept, err := os.ReadFile(filepath.Join(h.papers, all.SHA256[:2], all.SHA256)); err != nil || !bytes.Equal(kept, pdf) {
			t.Errorf("on disk: %v", err)
		}
		named := into[desk.PaperEntry](t, h.upload(t, "nhap", v.ID, "Riêng.pdf", "&scope=dich-danh&named=giadinh", pdf), 200)
		unit := into[desk.PaperEntry](t, h.upload(t, "nhap", v.ID, "Sở.pdf", "&scope=cung-don-vi&units=LG-S1", pdf), 200)
		later := into[desk.PaperEntry](t, h.upload(t, "nhap", v.ID, "Sau.pdf", "&from=2026-12-01T00:00:00Z&until=2026-12-02T00:00:00Z", pdf), 200)
		if o, err := h.store.Prepare(t.Context(), v.ID); err != nil || len(o.Plan.Agenda[2].Papers) != 1 || o.Plan.Agenda[2].Papers[0] != all.ID {
			t.Errorf("the opening does not name the paper of its item: %v", err)
		}
		read := func(as string, p desk.PaperEntry) answer {
			return h.ask(t, as, "GET", base+"/"+string(p.ID)+"/content", nil)
		}
		for _, c := range []struct {
			as   string
			p    desk.PaperEntry
			code meeting.Code
		}{
			{"giadinh", all, ""}, {"may-x1", all, ""}, {"giadinh", named, ""}, {"hucau", named, paper.CodeScope}, {"may-x1", named, paper.CodeScope},
			{"vidu", unit, ""}, {"giadinh", unit, paper.CodeScope}, {"giadinh", later, paper.CodeWindow}, {"mau", later, ""}, {"mau", named, ""},
		} {
			a := read(c.as, c.p)
			if c.code == "" && (a.status != 200 || !bytes.Equal(a.raw, pdf)) {
				t.Errorf("%s reads %s: %d", c.as, c.p.Name, a.status)
			} else if c.code != "" {
				refused(t, a, 403, c.code)
			}
		}
		refused(t, read("stranger", all), 404, meeting.CodeUnknown)
		if n := len(into[items[desk.PaperEntry]](t, h.ask(t, "hucau", "GET", base, nil), 200).Items); n != 2 {
			t.Errorf("a point is shown %d papers, want those for all: 2", n)
		}
		h.set(calendar.On(2026, 12, 1).At(12, 0))
		if a := read("giadinh", later); a.status != 200 {
			t.Errorf("within the window: %d", a.status)
		}
		h.ask(t, "giadinh", "GET", base+"/"+string(named.ID)+"/content?download=true", nil)
		views := into[items[desk.PaperView]](t, h.ask(t, "mau", "GET", base+"/"+string(named.ID)+"/views", nil), 200).Items
		var log []string
		for _, x := range views {
			log = append(log, string(x.Person)+string(x.Device)+" "+x.What+" "+string(x.Code))
		}
		if got, want := strings.Join(log, "; "), "giadinh open ; hucau refused paper.out_of_scope; may-x1 refused paper.out_of_scope; mau open ; giadinh download "; got != want {
			t.Errorf("the log says\n%s, want\n%s", got, want)
		}
		refused(t, h.ask(t, "giadinh", "GET", base+"/"+string(named.ID)+"/views", nil), 403, meeting.CodeNoRight)
	})
}

func TestSCH04_ARecalledPaperIsReadByItsKeepersOnly(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		v := h.samples(t).published(t)
		base := "/api/meetings/" + string(v.ID) + "/papers"
		big := append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte("x"), 1<<20-100)...)
		p := into[desk.PaperEntry](t, h.upload(t, "nhap", v.ID, "Lớn.pdf", "", big), 200)
		second := h.ask(t, "giadinh", "GET", base+"/"+string(p.ID)+"/content", nil, "Range", "bytes=9-13")
		if second.status != http.StatusPartialContent || string(second.raw) != "xxxxx" {
			t.Errorf("a range: %d %q", second.status, second.raw)
		}
		if cc := second.header.Get("Cache-Control"); cc != "no-store" {
			t.Errorf("a recalled paper would live on in a cache: %q", cc)
		}
		refused(t, h.ask(t, "giadinh", "POST", base+"/recall", desk.RecallPapers{}), 403, meeting.CodeNoRight)
		into[items[desk.PaperEntry]](t, h.ask(t, "mau", "POST", base+"/recall", desk.RecallPapers{}), 200)
		refused(t, h.ask(t, "giadinh", "GET", base+"/"+string(p.ID)+"/content", nil), 403, paper.CodeRecalled)
		if a := h.ask(t, "nhap", "GET", base+"/"+string(p.ID)+"/content", nil); a.status != 200 {
			t.Errorf("its keeper: %d", a.status)
		}
		if kept, err := store.History[desk.PaperEntry](t.Context(), h.store, store.Papers, v.ID, string(p.ID)); err != nil || len(kept) != 2 || !kept[0].Body.Recalled.IsZero() {
			t.Errorf("versions of the paper: %d %v", len(kept), err)
		}
	})
}

func TestPapersOfWrongTypeSizeOrNameAreRefusedWithTheLimit(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		v := h.samples(t).published(t)
		word, sheet := archive(t, "[Content_Types].xml", "word/document.xml"), archive(t, "xl/workbook.xml")
		for name, body := range map[string][]byte{"Tờ trình.docx": word, "Bảng.xlsx": sheet, "Ảnh.JPG": []byte("\xff\xd8\xff\xe0 jfif"), "cũ.doc": []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 ole")} {
			into[desk.PaperEntry](t, h.upload(t, "nhap", v.ID, name, "", body), 200)
		}
		for _, c := range []struct {
			name   string
			body   []byte
			status int
			code   meeting.Code
			says   string
		}{
			{"a.exe", pdf, 415, paper.CodeType, ".docx"},
			{"virus.pdf", []byte("MZ this is a program"), 415, paper.CodeType, ".pdf"},
			{"bảng.docx", sheet, 415, paper.CodeType, ".docx"},
			{"x.docx", []byte("PK\x03\x04 no archive"), 415, paper.CodeType, ""},
			{"x.odt", archive(t, "mimetype"), 415, paper.CodeType, ""},
			{"lớn.pdf", append([]byte("%PDF-"), make([]byte, 1<<20)...), 413, paper.CodeSize, "1 MB"},
			{"rỗng.pdf", nil, 413, paper.CodeSize, "1 MB"},
			{"../../etc/passwd.pdf", pdf, 422, paper.CodeName, ""},
			{`C:\x.pdf`, pdf, 422, paper.CodeName, ""},
			{"x\u202efdp.exe.pdf", pdf, 422, paper.CodeName, ""},
			{".pdf", pdf, 422, paper.CodeName, ""},
		} {
			p := refused(t, h.upload(t, "nhap", v.ID, c.name, "", c.body), c.status, c.code)
			if !strings.Contains(p.Detail, c.says) {
				t.Errorf("%s: %q does not state the limit %s", c.name, p.Detail, c.says)
			}
		}
		refused(t, h.upload(t, "nhap", v.ID, "a.pdf", "&item=khong-co", pdf), 404, meeting.CodeUnknown)
		refused(t, h.upload(t, "nhap", v.ID, "a.pdf", "&scope=dich-danh", pdf), 422, meeting.CodeMissing)
		refused(t, h.upload(t, "giadinh", v.ID, "a.pdf", "", pdf), 403, meeting.CodeNoRight)
		left, _ := filepath.Glob(filepath.Join(h.papers, "incoming", "*"))
		if len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
		folders, _ := os.ReadDir(h.papers)
		if len(folders) != 1+4 {
			t.Errorf("%d folders: refused bytes were kept", len(folders))
		}
	})
}

func TestAnUploadWithoutALengthIsCutAtTheLimit(t *testing.T) {
	t.Parallel()
	h := newHouse(t, filepath.Join(t.TempDir(), "d.db"))
	v := h.samples(t).published(t)
	r, err := http.NewRequestWithContext(t.Context(), "POST", h.url+"/api/meetings/"+string(v.ID)+"/papers?name=a.pdf",
		struct{ *bytes.Reader }{bytes.NewReader(append([]byte("%PDF-"), make([]byte, 4<<20)...))})
	if err != nil {
		t.Fatal(err)
	}
	r.ContentLength = -1
	r.Header.Set("X-Who", "nhap")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d", resp.StatusCode)
	}
}

func TestSCH02_APaperAfterTheDeadlineNeedsAReasonThatIsKept(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		v := h.samples(t).published(t) // 09/12: due 04/12
		h.set(calendar.On(2026, 12, 7).At(8, 0))
		refused(t, h.upload(t, "nhap", v.ID, "muộn.pdf", "", pdf), 422, plan.CodeLate)
		p := into[desk.PaperEntry](t, h.upload(t, "nhap", v.ID, "muộn.pdf", "&reason="+url.QueryEscape("Số liệu mới"), pdf), 200)
		if p.Late != "Số liệu mới" || p.By != "nhap" || !p.At.Equal(calendar.On(2026, 12, 7).At(8, 0).In(time.UTC)) {
			t.Errorf("kept: %+v", p)
		}
		h.set(calendar.On(2026, 12, 6).At(19, 0)) // the urgent meeting needs none
		if late := into[desk.PaperEntry](t, h.upload(t, "thu", "hop-khan-bao-15", "bão.pdf", "", pdf), 200); late.Late == "" {
			t.Error("it is not noted that it was late")
		}
	})
}

func TestOPS_ThePapersOfAMeetingAndTheDiskTheyLieOnAreBounded(t *testing.T) {
	t.Parallel()
	h := newHouse(t, filepath.Join(t.TempDir(), "d.db"))
	v := h.samples(t).published(t)
	size := int64(len(pdf))
	limit := func(papers int, total int64) paper.Limits {
		return paper.Limits{Bytes: size, Types: []string{".pdf"}, Papers: papers, Total: total}
	}
	set := func(l paper.Limits) {
		t.Helper()
		into[paper.Limits](t, h.ask(t, "admin", "PUT", "/api/papers/limits", l), 200)
	}
	for _, bad := range []paper.Limits{limit(-1, 0), limit(10_001, 0), limit(0, size-1), limit(0, -1)} {
		refused(t, h.ask(t, "admin", "PUT", "/api/papers/limits", bad), 422, meeting.CodeInvalid)
	}
	set(limit(2, 0))
	for range 2 {
		into[desk.PaperEntry](t, h.upload(t, "nhap", v.ID, "a.pdf", "", pdf), 200)
	}
	if p := refused(t, h.upload(t, "nhap", v.ID, "a.pdf", "", pdf), 409, paper.CodeFull); !strings.Contains(p.Detail, "2") {
		t.Errorf("%q does not state the limit", p.Detail)
	}
	set(limit(50, 3*size+1))
	results := make(chan answer, 8)
	for range cap(results) { // at a time they are no more than one after the other
		go func() { results <- h.upload(t, "nhap", v.ID, "a.pdf", "", pdf) }()
	}
	taken := 0
	for range cap(results) {
		if a := <-results; a.status == 200 {
			taken++
		} else {
			refused(t, a, 409, paper.CodeFull)
		}
	}
	if taken != 1 {
		t.Errorf("%d of 8 papers were taken where one had room", taken)
	}
	set(limit(50, 0))
	h.room.Store(size - 1)
	refused(t, h.upload(t, "nhap", v.ID, "a.pdf", "", pdf), 507, paper.CodeNoRoom)
	h.room.Store(size)
	into[desk.PaperEntry](t, h.upload(t, "nhap", v.ID, "a.pdf", "", pdf), 200)
}

func TestSCH04_ARecallEndsADownloadThatIsUnderWay(t *testing.T) {
	t.Parallel()
	h := newHouse(t, filepath.Join(t.TempDir(), "d.db"))
	v := h.samples(t).published(t)
	into[paper.Limits](t, h.ask(t, "admin", "PUT", "/api/papers/limits", paper.Limits{Bytes: 64 << 20, Types: []string{".pdf"}}), 200)
	big := append([]byte("%PDF-"), make([]byte, 40<<20)...)
	p := into[desk.PaperEntry](t, h.upload(t, "nhap", v.ID, "Rất lớn.pdf", "", big), 200)
	base := "/api/meetings/" + string(v.ID) + "/papers"
	r, err := http.NewRequestWithContext(t.Context(), "GET", h.url+base+"/"+string(p.ID)+"/content", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Who", "giadinh")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.ReadFull(resp.Body, make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	into[items[desk.PaperEntry]](t, h.ask(t, "mau", "POST", base+"/recall", desk.RecallPapers{Papers: []meeting.PaperID{p.ID}}), 200)
	h.set(day.Add(3 * time.Second))
	if n, err := io.Copy(io.Discard, resp.Body); err == nil || n > 30<<20 {
		t.Errorf("%d more bytes came, %v", n, err)
	}
}
