package meeting

// These methods let a refusal be returned as it is from an operation of the HTTP
// API: it knows its status and media type (RFC 9457). The API makes the text for
// people from the code, in the language of the request.

// classes are the codes whose status is not 422, wherever they are declared.
var classes = map[Code]int{
	CodeUnknown:             404,
	CodeNoRight:             403,
	CodeDuplicate:           409,
	CodePast:                409,
	CodeState:               409,
	"account.signed_out":    401,
	"account.prove_again":   403,
	"store.stale":           412,
	"precondition.required": 428,
	"idempotency.reused":    422,
	"idempotency.running":   409,
	"act.too_fast":          429,
	"chat.off":              409,
	"chat.too_fast":         429,
	"chat.full":             409,
	"store.unavailable":     503,
	"meeting.cancelled":     409,
	"meeting.begun":         409,
	"meeting.closed":        409,
	"meeting.locked":        403,
	"meeting.full":          409,
	"point.banned":          403,
	"machine.ended":         403,
	"guest.refused":         403,
	"point.not_joined":      409,
	"schedule.conflict":     409,
	"queue.already":         409,
	"queue.full":            409,
	"minutes.signed":        409,
	"minutes.number_taken":  409,
	"paper.out_of_scope":    403,
	"paper.outside_window":  403,
	"paper.recalled":        403,
	"paper.size":            413,
	"paper.full":            409,
	"paper.no_room":         507,
	"paper.type":            415,
	"vote.already_cast":     409,
	"vote.not_open":         409,
	"vote.not_eligible":     403,
	"vote.not_present":      403,
	"vote.no_quorum":        409,
	"vote.open":             409,
	"secrecy.restricted":    409,
	"seen.invalid":          403,
	"seen.expired":          410,
	"mail.off":              409,
	"recording.encrypted":   409,
	"recording.unsealed":    409,
	"retention.forever":     409,
	"retention.running":     409,
	"retention.held":        409,
	"disposal.same":         403,
	"disposal.done":         409,
	"disposal.listed":       409,
	"recording.no_space":    507,
	"recording.rehearsal":   409,
	"recording.failed":      503,
	"archive.no_key":        409,
	"archive.no_clip":       409,
	"archive.no_bag":        409,
	"archive.withheld":      403,
	"archive.no_captions":   422,
	"archive.changed":       409,
	"export.off":            503,
	"transcription.off":     503,
	"redaction.many":        429,
	"redaction.no_space":    507,
	"redaction.of_version":  409,
	"redaction.unsealed":    409,
	"export.many":           429,
	"export.unready":        409,
}

// GetStatus is the HTTP status of the refusal.
func (p *Problem) GetStatus() int {
	if status, ok := classes[p.Code]; ok {
		return status
	}
	return 422
}

// ContentType is the media type of problem details.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetStatus is the HTTP status of the first refusal, or 422 when they differ.
func (ps Problems) GetStatus() int {
	status := 422
	for i, p := range ps {
		if s := p.GetStatus(); i == 0 {
			status = s
		} else if s != status {
			return 422
		}
	}
	return status
}

// ContentType is the media type of problem details.
func (ps Problems) ContentType(string) string { return "application/problem+json" }
