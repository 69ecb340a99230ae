package meeting

import (
	"errors"
	"strings"
)

// Code is the stable name of a refusal. Programs compare it; people read a text
// that the edge chooses by it, in Vietnamese first.
type Code string

// Field is the path of the field a refusal is about: "title", "items[2].minutes".
type Field string

// Codes that more than one part of the rules uses.
const (
	CodeMissing   Code = "field.missing"
	CodeInvalid   Code = "field.invalid"
	CodeUnknown   Code = "not_found"
	CodeDuplicate Code = "duplicate"
	CodeNoRight   Code = "right.missing"
	CodePast      Code = "past.unchangeable"
	CodeReason    Code = "reason.required"
	CodeState     Code = "state.wrong"
)

// Blank tells that a text says nothing: who is asked for a reason or a title has not
// given one with a space.
func Blank(text string) bool { return strings.TrimSpace(text) == "" }

// Problem is one refusal.
type Problem struct {
	Code  Code  `json:"code"`
	Field Field `json:"field,omitempty"`
	// Detail is a value that helps the reader: a limit, a name, a date. It is
	// never the sentence itself.
	Detail string `json:"detail,omitempty"`
}

// Refuse makes a refusal.
func Refuse(code Code, field Field) *Problem { return &Problem{Code: code, Field: field} }

// With adds the detail and returns the same refusal.
func (p *Problem) With(detail string) *Problem {
	p.Detail = detail
	return p
}

// Error gives code, field and detail: for logs, not for people.
func (p *Problem) Error() string {
	s := string(p.Code)
	if p.Field != "" {
		s += " " + string(p.Field)
	}
	if p.Detail != "" {
		s += " (" + p.Detail + ")"
	}
	return s
}

// Is reports whether target is a refusal with the same code.
func (p *Problem) Is(target error) bool {
	var t *Problem
	return errors.As(target, &t) && t.Code == p.Code && (t.Field == "" || t.Field == p.Field)
}

// Problems is every refusal of one check, so that a form can show them together.
type Problems []*Problem

// Error joins the refusals.
func (ps Problems) Error() string {
	all := make([]string, len(ps))
	for i, p := range ps {
		all[i] = p.Error()
	}
	return strings.Join(all, "; ")
}

// Unwrap lets errors.Is and errors.As look into each.
func (ps Problems) Unwrap() []error {
	all := make([]error, len(ps))
	for i, p := range ps {
		all[i] = p
	}
	return all
}

// OrNil is nil when there is none: a Problems that is empty is still an error
// value when it is returned as one.
func (ps Problems) OrNil() error {
	if len(ps) == 0 {
		return nil
	}
	return ps
}

// CodeOf is the code of the first refusal in err, or "".
func CodeOf(err error) Code {
	var p *Problem
	if errors.As(err, &p) {
		return p.Code
	}
	return ""
}
