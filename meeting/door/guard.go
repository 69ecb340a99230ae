package door

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
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
			refuse(ctx, meeting.Refuse(CodeUndeclared, ""))
			return
		}
		if rule.Servers && strings.HasPrefix(ctx.Header("Authorization"), "Bearer ") {
			next(ctx) // the handler looks at the token before anything else
			return
		}
		if err := rule.Check(ctx.Context(), now()); err != nil {
			if v := visitorOf(ctx.Context()); v.signed && v.stage != account.In && meeting.CodeOf(err) == account.CodeSignedOut {
				err = meeting.Refuse(account.CodeStage, "").With(string(v.stage))
			}
			refuse(ctx, err)
			return
		}
		next(ctx)
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

// Refuse answers a request with the refusal, for what stands before the guard.
func Refuse(ctx huma.Context, err error) { refuse(ctx, err) }

// answer writes a refusal outside of any operation.
func answer(w http.ResponseWriter, err error) {
	p := &problem{}
	if !errors.As(Problem(err), &p) {
		p.Status = http.StatusInternalServerError
	}
	body, _ := json.Marshal(p) // texts and numbers only
	w.Header().Set("Content-Type", p.ContentType(""))
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	_, _ = w.Write(body) // the client may have gone
}

func refuse(ctx huma.Context, err error) {
	p := &problem{}
	if !errors.As(Problem(err), &p) {
		p.Status = http.StatusInternalServerError
	}
	body, _ := json.Marshal(p) // texts and numbers only
	ctx.SetHeader("Content-Type", p.ContentType(""))
	ctx.SetHeader("Cache-Control", "no-store")
	ctx.SetStatus(p.Status)
	_, _ = ctx.BodyWriter().Write(body) // the client may have gone
}
