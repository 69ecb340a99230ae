package door

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/meeting/account"
)

// CodeUndeclared refuses an operation that does not say who may call it: a fault
// of ours, and closed rather than open.
const CodeUndeclared meeting.Code = "internal.undeclared"

// Guard enforces what operations declare (see account.Declaration). Hand it to
// huma.API.UseMiddleware before the first operation is registered.
func Guard(now func() time.Time) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		rule, ok := account.RuleOf(ctx.Operation().Metadata)
		if !ok {
			refuse(ctx, http.StatusInternalServerError, meeting.Refuse(CodeUndeclared, ""))
			return
		}
		err := rule.Check(ctx.Context(), now())
		if err == nil {
			next(ctx)
			return
		}
		var p *meeting.Problem
		if !errors.As(err, &p) {
			p = meeting.Refuse(CodeUndeclared, "")
		}
		status := http.StatusForbidden
		if p.Code == account.CodeSignedOut {
			status = http.StatusUnauthorized
		}
		refuse(ctx, status, p)
	}
}

// Undeclared lists the operations of an API that do not say who may call them.
func Undeclared(api huma.API) []string {
	var bad []string
	for path, item := range api.OpenAPI().Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete, item.Head, item.Options, item.Trace} {
			if op == nil {
				continue
			}
			if _, ok := account.RuleOf(op.Metadata); !ok {
				bad = append(bad, op.Method+" "+path)
			}
		}
	}
	return bad
}

// problem is an error answer of RFC 9457 with a stable code.
type problem struct {
	Status int           `json:"status"`
	Title  string        `json:"title"`
	Code   meeting.Code  `json:"code"`
	Field  meeting.Field `json:"field,omitempty"`
	Detail string        `json:"detail,omitempty"`
}

func refuse(ctx huma.Context, status int, p *meeting.Problem) {
	body, err := json.Marshal(problem{Status: status, Title: http.StatusText(status), Code: p.Code, Field: p.Field, Detail: p.Detail})
	if err != nil {
		status = http.StatusInternalServerError
	}
	ctx.SetHeader("Content-Type", "application/problem+json")
	ctx.SetHeader("Cache-Control", "no-store")
	ctx.SetStatus(status)
	_, _ = ctx.BodyWriter().Write(body) // the client may have gone
}
