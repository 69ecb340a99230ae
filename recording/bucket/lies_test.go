package bucket_test

import (
	"io"
	"net/http"
	"path/filepath"
	"testing"

	"diemcau/recording/bucket"
	"diemcau/recording/specimen"
)

// A store may say that it has what it has not: what counts is what it gives back.
func TestARC04_AStoreThatLiesIsNotBelieved(t *testing.T) {
	t.Parallel()
	for how, lie := range map[string]func(http.ResponseWriter, *http.Request) (lied bool){
		"it takes a file and keeps nothing": func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method != http.MethodPut {
				return false
			}
			io.Copy(io.Discard, r.Body)
			w.Header().Set("ETag", `"0123456789abcdef0123456789abcdef"`)
			return true
		},
		"it gives back less than it was sent": func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method != http.MethodGet {
				return false
			}
			w.Header().Set("ETag", `"0123456789abcdef0123456789abcdef"`)
			io.WriteString(w, "short")
			return true
		},
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			s, _ := specimen.S3Behind(t, func(w http.ResponseWriter, r *http.Request) bool { return !lie(w, r) })
			s.Patience = bucket.Patience{Tries: 1}
			b, root := open(t, s), t.TempDir()
			name := sealed(t, root)
			if _, err := b.Send(t.Context(), filepath.Join(root, name), name); err == nil {
				t.Error("the store is said to have it")
			}
			if err := b.Verify(t.Context(), name, headOf(t, filepath.Join(root, name))); err == nil {
				t.Error("what the store has is said to be sound")
			}
		})
	}
}
