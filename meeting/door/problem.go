package door

import (
	"errors"
	"net/http"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/store"
)

// codeInternal hides what went wrong inside from whoever asks.
const codeInternal meeting.Code = "internal"

// problem is an error answer of RFC 9457 with a stable code.
type problem struct {
	Status int              `json:"status"`
	Title  string           `json:"title"`
	Code   meeting.Code     `json:"code"`
	Field  meeting.Field    `json:"field,omitempty"`
	Detail string           `json:"detail,omitempty"`
	Errors meeting.Problems `json:"errors,omitempty"`

	retryAfter string
}

// Error gives code and detail.
func (p *problem) Error() string { return string(p.Code) + ": " + p.Detail }

// GetStatus returns the HTTP status.
func (p *problem) GetStatus() int { return p.Status }

// ContentType returns the media type of problem details.
func (p *problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders returns Retry-After where waiting helps.
func (p *problem) GetHeaders() http.Header {
	h := http.Header{"Cache-Control": {"no-store"}}
	if p.retryAfter != "" {
		h.Set("Retry-After", p.retryAfter)
	}
	return h
}

// statuses are those of the codes that are not 422.
var statuses = map[meeting.Code]int{
	account.CodeSignedOut:    http.StatusUnauthorized,
	account.CodeStage:        http.StatusUnauthorized,
	account.CodeWrong:        http.StatusUnauthorized,
	account.CodeProve:        http.StatusForbidden,
	account.CodeLocked:       http.StatusTooManyRequests,
	account.CodeTooMany:      http.StatusTooManyRequests,
	account.CodeDisabled:     http.StatusForbidden,
	account.CodeIdle:         http.StatusForbidden,
	account.CodeOutside:      http.StatusForbidden,
	account.CodeHeld:         http.StatusForbidden,
	account.CodePairing:      http.StatusForbidden,
	account.CodePasskey:      http.StatusForbidden,
	account.CodePasskeyOther: http.StatusForbidden,
	meeting.CodeNoRight:      http.StatusForbidden,
	meeting.CodeUnknown:      http.StatusNotFound,
	meeting.CodeDuplicate:    http.StatusConflict,
	meeting.CodeState:        http.StatusConflict,
	store.CodeStale:          http.StatusConflict,
	store.CodeLastAdmin:      http.StatusConflict,
	store.CodeManyGuests:     http.StatusTooManyRequests,
	CodeUndeclared:           http.StatusInternalServerError,
}

// Problem is the answer to an error: of a rule with its code, of anything else
// "internal", whose cause belongs into the log and not into the answer.
func Problem(err error) error {
	if err == nil {
		return nil
	}
	p := &problem{Status: http.StatusInternalServerError, Code: codeInternal}
	var one *meeting.Problem
	if errors.As(err, &one) {
		p.Status, p.Code, p.Field, p.Detail = http.StatusUnprocessableEntity, one.Code, one.Field, one.Detail
		if s, ok := statuses[one.Code]; ok {
			p.Status = s
		}
	}
	var all meeting.Problems
	if errors.As(err, &all) {
		p.Errors = all
	}
	if p.Code == account.CodeLocked || p.Code == account.CodeTooMany {
		p.retryAfter = p.Detail
	}
	p.Title = http.StatusText(p.Status)
	return p
}
