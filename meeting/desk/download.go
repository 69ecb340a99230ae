package desk

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"diemcau/meeting/store"
)

// recheck is how often a download asks again whether the paper may still be read: a
// recall must end it within 5 s (SCH-04).
const recheck = 2 * time.Second

func (o *Office) readPaper(ctx context.Context, in *struct {
	OfPaper
	Download bool `query:"download" doc:"to be saved, not shown"`
}) (*huma.StreamResponse, error) {
	d, _, err := o.readable(ctx, &in.OfPaper)
	if err != nil {
		return nil, err
	}
	f, err := o.vault.open(d.Body.SHA256)
	if err != nil {
		o.log.Error("the bytes of a paper are missing", "meeting", in.Meeting, "paper", in.Paper, "sha256", d.Body.SHA256, "error", err)
		return nil, problem(http.StatusInternalServerError, Internal, "")
	}
	what, disposition := "open", "inline"
	if in.Download {
		what, disposition = "download", "attachment"
	}
	if err := o.noteView(ctx, &in.OfPaper, what, ""); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		defer f.Close()
		r, w := humago.Unwrap(hctx)
		h := w.Header()
		h.Set("Content-Type", d.Body.Type)
		h.Set("Content-Disposition", disposition+"; filename*=UTF-8''"+strings.ReplaceAll(url.QueryEscape(d.Body.Name), "+", "%20"))
		h.Set("Cache-Control", "no-store") // a recalled paper must not live on in a cache
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'none'")
		h.Set("ETag", `"`+d.Body.SHA256+`"`)
		http.ServeContent(w, r, "", time.Time{}, &watched{file: f, asked: o.now(), now: o.now, ask: func() error {
			newest, err := store.Get[PaperEntry](ctx, o.store, store.Papers, in.Meeting, in.Paper)
			if err != nil {
				return err
			}
			_, m, err := o.seen(ctx, in.Meeting)
			if err != nil {
				return err
			}
			return newest.Body.MayRead(reader(ctx, m), o.now())
		}})
	}}, nil
}

// watched is a file that stops giving bytes when it may no longer be read. It shows
// Read and Seek alone: with more of a file's methods the server would hand the whole
// of it to the kernel (sendfile) and nobody would be asked again.
type watched struct {
	file  *os.File
	asked time.Time
	now   func() time.Time
	ask   func() error
}

// Read implements io.Reader.
func (w *watched) Read(b []byte) (int, error) {
	if w.now().Sub(w.asked) >= recheck {
		if err := w.ask(); err != nil {
			return 0, err
		}
		w.asked = w.now()
	}
	return w.file.Read(b)
}

// Seek implements io.Seeker.
func (w *watched) Seek(offset int64, whence int) (int64, error) { return w.file.Seek(offset, whence) }
