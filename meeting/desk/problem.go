package desk

import (
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// Code is the stable name of an error; texts for people are made from it where
// they are shown.
type Code string

// The codes of this API.
const (
	UnknownRoom      Code = "unknown_room"
	WrongCredentials Code = "wrong_credentials"
	PointRequired    Code = "point_required"
	TooManyAttempts  Code = "too_many_attempts"
	InvalidRequest   Code = "invalid_request"
	NoDemo           Code = "no_demo"
	Internal         Code = "internal"
)

// Problem is an error answer of RFC 9457 with a stable code.
type Problem struct {
	Status int                 `json:"status" example:"404"`
	Title  string              `json:"title" example:"Not Found"`
	Code   Code                `json:"code" example:"unknown_room"`
	Detail string              `json:"detail,omitempty"`
	Errors []*huma.ErrorDetail `json:"errors,omitempty" doc:"which fields are wrong"`

	retryAfter string
}

func problem(status int, code Code, detail string) *Problem {
	return &Problem{Status: status, Title: http.StatusText(status), Code: code, Detail: detail}
}

// Error returns the code and the detail.
func (p *Problem) Error() string { return string(p.Code) + ": " + p.Detail }

// GetStatus returns the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders returns Retry-After where waiting helps.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retryAfter != "" {
		h.Set("Retry-After", p.retryAfter)
	}
	return h
}

// ContentType returns the media type of problem details.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// codeForFrameworkErrors gives the errors that huma makes itself (bodies that
// do not parse, fields that break the schema) their code.
func codeForFrameworkErrors(_ huma.Context, _ string, v any) (any, error) {
	var model *huma.ErrorModel
	err, ok := v.(error)
	if !ok || !errors.As(err, &model) {
		return v, nil
	}
	p := problem(model.Status, InvalidRequest, model.Detail)
	if model.Status >= http.StatusInternalServerError {
		p.Code = Internal
	}
	p.Errors = model.Errors
	return p, nil
}
