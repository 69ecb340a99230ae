package store_test

import (
	"context"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/store"
)

// BenchmarkFindRecordings searches a generated catalogue: DIEMCAU_BENCH_MEETINGS
// meetings (200 without it) of 100 passages each, and reports the median and the 95th
// percentile of all searches, and which one was the slowest. `make bench-search` runs
// it with ten thousand on SQLite and PostgreSQL. With DIEMCAU_BENCH_DATABASE the
// catalogue is made in that database, or taken from there when it is full already.
func BenchmarkFindRecordings(b *testing.B) {
	n, err := strconv.Atoi(os.Getenv("DIEMCAU_BENCH_MEETINGS"))
	if err != nil {
		n = 200
	}
	address := os.Getenv("DIEMCAU_BENCH_DATABASE")
	if address == "" {
		address = os.Getenv("DIEMCAU_TEST_POSTGRES")
	}
	if address == "" {
		address = filepath.Join(b.TempDir(), "db")
	}
	s, err := store.Open(b.Context(), address)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	known, err := s.KnownRecordings(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	begun := time.Now()
	for i := len(known); i < n; i++ {
		r, passages := generated(i)
		if err := s.SaveRecording(b.Context(), r, passages); err != nil {
			b.Fatal(err)
		}
	}
	b.Logf("%d meetings generated in %v", n-len(known), time.Since(begun).Round(time.Second))
	took := map[string][]time.Duration{}
	b.ResetTimer()
	for b.Loop() {
		for name, q := range searches() {
			begun := time.Now()
			q.Limit = 50
			if _, err := s.FindRecordings(context.Background(), q, everybody); err != nil {
				b.Fatal(err)
			}
			took[name] = append(took[name], time.Since(begun))
		}
	}
	var all []time.Duration
	for name, of := range took {
		slices.Sort(of)
		b.Logf("%-40s median %6.1f ms, at most %6.1f ms", name, ms(of[len(of)/2]), ms(of[len(of)-1]))
		all = append(all, of...)
	}
	slices.Sort(all)
	b.ReportMetric(ms(all[len(all)*95/100]), "p95-ms")
	b.ReportMetric(ms(all[len(all)/2]), "median-ms")
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// searches are what people ask: the words of one item or of all meetings, names, the
// beginnings of words, and everything at once.
func searches() map[string]store.RecordingQuery {
	at := time.Unix(1.7e9, 0).Add(5000 * time.Hour)
	all := map[string]store.RecordingQuery{
		"unit and words":     {Text: "đầu tư", Unit: "unit-7"},
		"dates and words":    {Text: "dau tu", From: at, To: at.AddDate(0, 1, 0)},
		"point and words":    {Text: "dau tu", Point: "LG-X17"},
		"speaker and words":  {Text: "sạt lở", Speaker: "hoang van 77"},
		"speaker":            {Speaker: "hoang van 77"},
		"point":              {Point: "LG-X17"},
		"everything":         {},
		"ten thousand words": {Text: strings.Repeat("đầu tư công ", 2500)},
	}
	for _, text := range []string{
		"dau tu cong", "đầu tư", "kinh", "w77", "sat lo de", "w15 ngan", "chuyen doi so", "k", "đ", "ng", "nong thon xa hoi", "ngan s", "ngan sa",
		"giao ban tuan", "hoang van 123", "xa 17", "sat lo de dieu phong chong thien tai", "khong co o dau ca", "thong qua",
	} {
		all[text] = store.RecordingQuery{Text: text}
	}
	return all
}

var benchSyllables = strings.Fields("đầu tư công giải ngân kinh tế xã hội nông thôn sạt lở đê điều phòng chống thiên tai chuyển đổi số ngân sách " +
	"kế hoạch báo cáo tình hình nhiệm vụ tỉnh huyện đề nghị thông qua ý kiến thống nhất triển khai thực hiện dự án quy hoạch đất đai y tế giáo dục " +
	"an ninh trật tự môi trường giao thông vận tải du lịch văn hóa thể thao khoa học công nghệ cải cách hành chính tiếp dân khiếu nại tố cáo")

// generated is the meeting with a number, always the same: a title, items, votes,
// points, speakers, and lines of minutes. Syllables are as common as in speech: few
// are everywhere.
func generated(i int) (store.Recording, []store.Passage) {
	random := rand.New(rand.NewSource(int64(i))) // the same catalogue each time
	common := rand.NewZipf(random, 1.1, 4, uint64(len(benchSyllables)-1))
	words := func(n int) string {
		out := make([]string, n)
		for j := range out {
			out[j] = benchSyllables[common.Uint64()]
		}
		return strings.Join(out, " ")
	}
	title := fmt.Sprintf("Giao ban tuần %d: %s", i%52+1, words(6))
	all := []store.Passage{{Kind: store.TitlePassage, Said: title}}
	add := func(kind store.PassageKind, ref, said string) {
		all = append(all, store.Passage{At: int64(len(all)) * 60_000, Kind: kind, Ref: ref, Said: said})
	}
	for range 8 {
		add(store.ItemPassage, "", words(9))
	}
	add(store.VotePassage, "", "Thông qua "+words(5))
	for range 20 {
		p := random.Intn(120)
		add(store.PointPassage, fmt.Sprintf("LG-X%d", p), fmt.Sprintf("Xã %d LG-X%d", p, p))
	}
	for range 30 {
		add(store.SpeakerPassage, fmt.Sprintf("LG-X%d", random.Intn(120)), fmt.Sprintf("Hoàng Văn %d Chủ tịch %s", random.Intn(900), words(4)))
	}
	for len(all) < 100 {
		add(store.MinutesPassage, "", fmt.Sprintf("w%d %s", random.Intn(20_000), words(25)))
	}
	return store.Recording{
		ID: fmt.Sprintf("bench-%07d", i), Meeting: meeting.ID(fmt.Sprint("m", i)), Title: title, Unit: meeting.UnitID(fmt.Sprintf("unit-%d", random.Intn(40))),
		Begun: time.Unix(1.7e9+int64(i)*3600, 0), Length: 6e6, Stamp: "1", Sealed: true,
	}, all
}
