package bucket_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"diemcau/recording/bucket"
	"diemcau/recording/specimen"
)

// hurry is a patience of tests: a server here answers at once, or never.
var hurry = bucket.Patience{Silence: 200 * time.Millisecond, Slowest: 1 << 20, Tries: 2, Pause: time.Millisecond}

// hanging are the ways in which a server does not go on.
var hanging = map[string]func(http.ResponseWriter, *http.Request){
	"it takes a request and says nothing": func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	},
	"it takes nothing of a body": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
	"it stops in the middle of an answer": func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "100000")
		io.WriteString(w, strings.Repeat(" ", 50_000))
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	},
	"it answers a byte now and then": func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "100000")
		for r.Context().Err() == nil {
			w.Write([]byte(" "))
			w.(http.Flusher).Flush()
			select {
			case <-time.After(50 * time.Millisecond):
			case <-r.Context().Done():
			}
		}
	},
}

func TestAStoreThatHangsHoldsNobody(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	name := sealed(t, root)
	for how, hang := range hanging {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			over, end := context.WithCancel(context.Background())
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if how == "it takes nothing of a body" && r.Method == http.MethodGet {
					w.Header().Set("Content-Type", "application/xml")
					w.WriteHeader(http.StatusNotFound) // so that it is sent
					io.WriteString(w, "<Error><Code>NoSuchKey</Code></Error>")
					return
				}
				// The server sees a client that went away only while it reads.
				ctx, cancel := context.WithCancel(r.Context())
				defer cancel()
				defer context.AfterFunc(over, cancel)()
				hang(w, r.WithContext(ctx))
			}))
			t.Cleanup(func() { end(); server.CloseClientConnections(); server.Close() })
			client := &http.Client{Transport: &http.Transport{}}
			t.Cleanup(client.CloseIdleConnections)
			b := open(t, bucket.Settings{Endpoint: server.URL, Name: "ban-ghi", Access: "kho", Secret: specimen.Secret, Client: client, Patience: hurry})
			for what, do := range map[string]func() error{
				"send":   func() error { _, err := b.Send(t.Context(), filepath.Join(root, name), name); return err },
				"verify": func() error { return b.Verify(t.Context(), name, "") },
				"erase":  func() error { return b.Erase(t.Context(), name) },
			} {
				began := time.Now()
				err := do()
				if err == nil {
					t.Errorf("%s worked", what)
				}
				if how != "it takes nothing of a body" && !errors.Is(err, bucket.ErrSilent) || what == "send" && !errors.Is(err, bucket.ErrSilent) {
					t.Errorf("%s: %v", what, err)
				}
				if errors.Is(err, bucket.ErrChanged) || strings.Contains(err.Error(), specimen.Secret) {
					t.Errorf("%s: %v", what, err)
				}
				if d := time.Since(began); d > deadline {
					t.Errorf("%s took %v", what, d)
				}
			}
		})
	}
}

// deadline is for machines that are far slower than ours.
const deadline = 30 * time.Second

func TestAStoreThatRefusesNowAndThenKeepsARecordingAllTheSame(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	seen := map[string]bool{}
	s, _ := specimen.S3Behind(t, func(w http.ResponseWriter, r *http.Request) bool {
		mu.Lock()
		defer mu.Unlock()
		key := r.Method + " " + r.URL.Path
		if seen[key] {
			return true
		}
		seen[key] = true // each request is refused the first time
		w.WriteHeader(http.StatusServiceUnavailable)
		return false
	})
	s.Patience = bucket.Patience{Pause: time.Millisecond}
	b, root := open(t, s), t.TempDir()
	name := sealed(t, root)
	if _, err := b.Send(t.Context(), filepath.Join(root, name), name); err != nil {
		t.Fatal(err)
	}
	if err := b.Verify(t.Context(), name, headOf(t, filepath.Join(root, name))); err != nil {
		t.Error(err)
	}
	if err := b.Erase(t.Context(), name); err != nil {
		t.Error(err)
	}
}

func TestAStoreThatIsReadSlowlyByUsIsNotGivenUp(t *testing.T) {
	t.Parallel()
	s, _ := specimen.S3Behind(t, func(http.ResponseWriter, *http.Request) bool { return true })
	s.Patience = hurry
	paused := 0
	s.Pace = func(ctx context.Context, n int) error {
		if n > 10_000 && paused < 3 { // longer than a server may be silent
			paused++
			time.Sleep(2 * hurry.Silence)
		}
		return ctx.Err()
	}
	b, root := open(t, s), t.TempDir()
	name := sealed(t, root)
	if _, err := b.Send(t.Context(), filepath.Join(root, name), name); err != nil {
		t.Fatal(err)
	}
	if paused < 3 {
		t.Error("nothing was slow")
	}
}
