package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// footprint is what a bridge holds after a garbage collection.
type footprint struct {
	goroutines int
	heap       int64 // bytes of live objects
	resident   int64 // bytes, as the kernel counts
}

func (f footprint) String() string {
	return fmt.Sprintf("%d goroutines, heap %.1f MB, resident %.1f MB", f.goroutines, megabytes(f.heap), megabytes(f.resident))
}

func megabytes(n int64) float64 { return float64(n) / (1 << 20) }

// exceeds tells whether more is held than at the beginning, beyond what idle
// connections and pools explain.
func (f footprint) exceeds(begin footprint) bool {
	return f.goroutines > begin.goroutines+soakGoroutines || f.heap > begin.heap+soakHeap
}

// readFootprint asks the bridge at its admin address to collect its garbage,
// twice since pools let go in two steps, and what is left.
func readFootprint(ctx context.Context, admin string) (footprint, error) {
	for range 2 {
		if _, err := adminGet(ctx, admin, "/debug/pprof/heap?gc=1"); err != nil {
			return footprint{}, err
		}
	}
	text, err := adminGet(ctx, admin, "/metrics")
	if err != nil {
		return footprint{}, err
	}
	var f footprint
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), " ")
		number, err := strconv.ParseFloat(value, 64)
		if err != nil {
			continue
		}
		switch name {
		case "go_goroutines":
			f.goroutines = int(number)
		case "go_memstats_heap_alloc_bytes":
			f.heap = int64(number)
		case "process_resident_memory_bytes":
			f.resident = int64(number)
		}
	}
	if f.goroutines == 0 || f.heap == 0 {
		return f, fmt.Errorf("%s/metrics does not tell goroutines and heap", admin)
	}
	return f, nil
}

func adminGet(ctx context.Context, admin, path string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+admin+path, nil)
	if err != nil {
		return "", err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", path, answer.Status)
	}
	return string(body), err
}
