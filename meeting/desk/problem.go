package desk

import (
	"net/http"

	"diemcau/meeting"
)

// Code is the stable name of an error; texts for people are made from it where
// they are shown.
type Code string

// The codes of this API.
const (
	UnknownRoom      Code = "unknown_room"
	WrongCredentials Code = "wrong_credentials" //nolint:gosec // a code of refusals
	PointRequired    Code = "point_required"
	TooManyAttempts  Code = "too_many_attempts"
	InvalidRequest   Code = "invalid_request"
	NoDemo           Code = "no_demo"
	Internal         Code = "internal"
)

// Problem is an error answer of RFC 9457 with a stable code.
type Problem struct {
	Status int            `json:"status" example:"404"`
	Title  string         `json:"title" example:"Not Found"`
	Code   Code           `json:"code" example:"unknown_room"`
	Detail string         `json:"detail,omitempty"`
	Field  meeting.Field  `json:"field,omitempty" doc:"the first field that is wrong"`
	Errors []FieldProblem `json:"errors,omitempty" doc:"which fields are wrong"`

	retryAfter string
}

// FieldProblem is what is wrong with one field.
type FieldProblem struct {
	Code    meeting.Code  `json:"code" example:"field.missing"`
	Field   meeting.Field `json:"field" example:"chair"`
	Name    string        `json:"name,omitempty" example:"Người chủ trì" doc:"of the field, in the language of the request"`
	Value   string        `json:"value,omitempty" doc:"a limit, an id, a date that helps"`
	Message string        `json:"message" doc:"a sentence in the language of the request"`
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
