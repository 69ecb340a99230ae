package desk

import (
	"context"
	"errors"
	"net/http"
	"path"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"diemcau/meeting"
)

// NewAPI makes the one HTTP API under /api/ that every part registers its operations
// with, and its OpenAPI 3.1 description at /api/openapi.json. Operations return
// refusals of the rules (meeting.Problem, meeting.Problems) as they are: here they
// become problem details of RFC 9457 with a text in the language of the request.
func NewAPI(mux humago.Mux) huma.API {
	cfg := huma.DefaultConfig("diemcau", "1")
	cfg.OpenAPIPath = "/api/openapi"
	cfg.DocsPath = "" // its page would load scripts from outside
	cfg.SchemasPath = ""
	cfg.CreateHooks = nil // no $schema links in answers
	cfg.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	cfg.Transformers = append(cfg.Transformers, answerProblems)
	api := humago.New(mux, cfg)
	api.UseMiddleware(func(ctx huma.Context, next func(huma.Context)) {
		next(huma.WithValue(ctx, languageKey{}, language(ctx.Header("Accept-Language"))))
	})
	return api
}

type languageKey struct{}

// speaks is the language of the request.
func speaks(ctx context.Context) string {
	if lang, ok := ctx.Value(languageKey{}).(string); ok {
		return lang
	}
	return "vi"
}

// asProblems finds the refusals in err; false when it holds none.
func asProblems(err error, all *meeting.Problems) bool {
	var one *meeting.Problem
	if errors.As(err, all) {
		return true
	}
	if errors.As(err, &one) {
		*all = meeting.Problems{one}
		return true
	}
	return false
}

// schemaName puts the package before a name of ours, for several packages have a
// Point: point.Record is PointRecord, plan.Plan is Plan. The desk's own names
// stand as they are.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	pkg := t.PkgPath()
	if !strings.HasPrefix(pkg, "diemcau/meeting/") || t.Name() == "" || pkg == "diemcau/meeting/desk" {
		return name
	}
	base := path.Base(pkg)
	if strings.HasPrefix(strings.ToLower(name), base) {
		return name
	}
	return strings.ToUpper(base[:1]) + base[1:] + name
}

// answerProblems turns refusals of the rules and errors of the framework (bodies
// that do not parse, fields that break the schema) into problem details. Nothing
// of an internal error is told outside.
func answerProblems(ctx huma.Context, _ string, v any) (any, error) {
	err, ok := v.(error)
	if !ok {
		return v, nil
	}
	lang := language(ctx.Header("Accept-Language"))
	var ours *Problem
	var many meeting.Problems
	var one *meeting.Problem
	var model *huma.ErrorModel
	switch {
	case errors.As(err, &ours):
		if s := say(lang, meeting.Code(ours.Code), "", ""); s != "" {
			ours.Detail = s
		}
		return ours, nil
	case errors.As(err, &many):
		return refusals(lang, many), nil
	case errors.As(err, &one):
		return refusals(lang, meeting.Problems{one}), nil
	case errors.As(err, &model):
		p := problem(model.Status, InvalidRequest, say(lang, meeting.Code(InvalidRequest), "", ""))
		if model.Status >= http.StatusInternalServerError {
			p.Code, p.Detail = Internal, say(lang, meeting.Code(Internal), "", "")
			return p, nil
		}
		for _, d := range model.Errors {
			f := strings.TrimPrefix(d.Location, "body.")
			p.Errors = append(p.Errors, FieldProblem{Code: meeting.CodeInvalid, Field: meeting.Field(f), Name: fieldName(lang, meeting.Field(f)), Message: d.Message})
		}
		return p, nil
	}
	return v, nil
}

// refusals writes the first refusal as the problem and each of them as its errors.
func refusals(lang string, all meeting.Problems) *Problem {
	if len(all) == 0 {
		return problem(http.StatusInternalServerError, Internal, "")
	}
	p := problem(all.GetStatus(), Code(all[0].Code), say(lang, all[0].Code, all[0].Field, all[0].Detail))
	p.Field = all[0].Field
	for _, x := range all {
		if x.Field == "" {
			continue
		}
		p.Errors = append(p.Errors, FieldProblem{
			Code: x.Code, Field: x.Field, Name: fieldName(lang, x.Field), Value: x.Detail, Message: say(lang, x.Code, x.Field, x.Detail),
		})
	}
	return p
}
