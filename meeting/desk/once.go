package desk

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/meeting/store"
)

const (
	keyHeader = "Idempotency-Key"
	maxKey    = 128
	// oncePatience is how long an act under a key may take: it goes on without its
	// client, so something else must end it.
	oncePatience = time.Minute
)

// once does a request with an Idempotency-Key one time: the second gets the answer
// of the first. It goes on when the line breaks, for a broken line is what keys are
// for: who asks again gets the answer that he missed. A request whose bridge stopped
// in the middle of it is refused, for nobody knows whether it was done.
func (o *Office) once(ctx huma.Context, next func(huma.Context)) {
	key := ctx.Header(keyHeader)
	if key == "" {
		next(ctx)
		return
	}
	by := who(ctx.Context())
	person := by.Person
	if person == "" {
		person = meeting.PersonID("device:" + string(by.Device))
	}
	body, err := io.ReadAll(io.LimitReader(ctx.BodyReader(), maxBody+1))
	if err != nil || len(key) > maxKey {
		o.refuse(ctx, meeting.Refuse(meeting.CodeInvalid, keyHeader))
		return
	}
	u := ctx.URL()
	sum := sha256.New()
	_, _ = io.WriteString(sum, ctx.Method()+" "+u.RequestURI()+"\n") // a hash never fails
	_, _ = sum.Write(body)
	before, err := o.store.Begin(ctx.Context(), person, key, hex.EncodeToString(sum.Sum(nil)), o.now())
	if err != nil {
		o.refuse(ctx, err)
		return
	}
	if before != nil {
		ctx.SetHeader("Content-Type", "application/json")
		ctx.SetHeader("Idempotency-Replayed", "true")
		if before.Header != "" {
			ctx.SetHeader("ETag", before.Header)
		}
		ctx.SetStatus(before.Status)
		_, _ = io.WriteString(ctx.BodyWriter(), before.Body) // the client may have gone
		return
	}
	alone, cancel := context.WithTimeout(context.WithoutCancel(ctx.Context()), oncePatience)
	defer cancel()
	r := &kept{request: ctx, alone: alone, in: bytes.NewReader(body)}
	next(r)
	if err := o.store.Finish(context.WithoutCancel(alone), person, key, store.Answer{Status: r.status, Header: r.etag, Body: r.out.String()}); err != nil {
		o.log.Error("an answer could not be kept under its key", "error", err)
	}
}

func (o *Office) refuse(ctx huma.Context, err error) {
	status := http.StatusInternalServerError
	var s huma.StatusError
	if errors.As(err, &s) {
		status = s.GetStatus()
	}
	v, _ := answerProblems(ctx, "", err)
	ctx.SetHeader("Content-Type", "application/problem+json")
	ctx.SetStatus(status)
	p, ok := v.(*Problem)
	if !ok {
		o.log.Error("a request under a key failed", "error", err)
		p = problem(status, Internal, "")
	}
	_ = huma.DefaultJSONFormat.Marshal(ctx.BodyWriter(), p) // the client may have gone
}

// request is embedded under another name: huma.Context has a method Context.
type request huma.Context

// kept is a request whose body was read and whose answer is kept.
type kept struct {
	request
	alone  context.Context // of the act: it does not end with the client's line
	in     io.Reader
	out    bytes.Buffer
	status int
	etag   string
}

// Context implements huma.Context.
func (k *kept) Context() context.Context { return k.alone }

// BodyReader implements huma.Context.
func (k *kept) BodyReader() io.Reader { return k.in }

// BodyWriter implements huma.Context.
func (k *kept) BodyWriter() io.Writer { return both{kept: &k.out, client: k.request.BodyWriter()} }

// both keeps an answer whole, whether or not the client still takes it.
type both struct {
	kept   *bytes.Buffer
	client io.Writer
}

// Write implements io.Writer.
func (b both) Write(p []byte) (int, error) {
	_, _ = b.client.Write(p) // the client may have gone
	return b.kept.Write(p)
}

// SetStatus implements huma.Context.
func (k *kept) SetStatus(code int) {
	k.status = code
	k.request.SetStatus(code)
}

// SetHeader implements huma.Context.
func (k *kept) SetHeader(name, value string) {
	if name == "ETag" || name == "Etag" {
		k.etag = value
	}
	k.request.SetHeader(name, value)
}
