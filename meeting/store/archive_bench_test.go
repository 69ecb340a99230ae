package store_test

import (
	"context"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/store"
)

// BenchmarkFindRecordings searches a generated catalogue: DIEMCAU_BENCH_MEETINGS
// meetings (200 without it) of 100 passages each, and reports the slowest of twenty
// searches (p95-ms). With DIEMCAU_TEST_POSTGRES it uses that database.
func BenchmarkFindRecordings(b *testing.B) {
	n, err := strconv.Atoi(os.Getenv("DIEMCAU_BENCH_MEETINGS"))
	if err != nil {
		n = 200
	}
	address := os.Getenv("DIEMCAU_TEST_POSTGRES")
	if address == "" {
		address = filepath.Join(b.TempDir(), "db")
	}
	s, err := store.Open(b.Context(), address)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	syllables := []string{"đầu", "tư", "công", "giải", "ngân", "kinh", "tế", "xã", "hội", "nông", "thôn", "sạt", "lở", "đê", "điều", "phòng", "chống", "thiên", "tai", "chuyển", "đổi", "số", "ngân", "sách"}
	random := rand.New(rand.NewSource(1)) //nolint:gosec // the same catalogue each time
	for i := range n {
		passages := make([]store.Passage, 100)
		for j := range passages {
			said := fmt.Sprintf("w%d", random.Intn(20_000))
			for range 6 {
				said += " " + syllables[random.Intn(len(syllables))]
			}
			passages[j] = store.Passage{At: int64(j) * 1000, Kind: store.MinutesPassage, Said: said}
		}
		r := store.Recording{ID: fmt.Sprintf("bench-%07d", i), Meeting: "m", Title: "Giao ban", Begun: time.Unix(1.7e9+int64(i)*3600, 0), Stamp: "1"}
		if err := s.SaveRecording(b.Context(), r, passages); err != nil {
			b.Fatal(err)
		}
	}
	queries := []string{"dau tu cong", "đầu tư", "kinh", "w77", "sat lo de", "w15 ngan", "chuyen doi so", "k", "nong thon xa hoi", "ngan s"}
	all := func(meeting.ID) (bool, error) { return true, nil }
	var took []time.Duration
	b.ResetTimer()
	for b.Loop() {
		for _, q := range queries {
			begun := time.Now()
			if _, err := s.FindRecordings(context.Background(), store.RecordingQuery{Text: q, Limit: 50}, all); err != nil {
				b.Fatal(err)
			}
			took = append(took, time.Since(begun))
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "median-ms")
}
