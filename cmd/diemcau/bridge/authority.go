package bridge

import (
	"context"
	"encoding/hex"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/door"
)

// authorityFile is where rooms fetch the certificate of our own authority. It holds
// nothing secret: every connection shows it.
const authorityFile = "/diemcau-ca.crt"

type authorityOutput struct {
	Body struct {
		File        string    `json:"file" doc:"where it is fetched"`
		Fingerprint string    `json:"fingerprint" doc:"SHA-256, to be compared with what the technician has in hand"`
		From        time.Time `json:"from"`
		Ends        time.Time `json:"ends"`
	}
}

// registerAuthority tells rooms of the authority that they have to trust.
func (b *Bridge) registerAuthority(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "read-authority", Method: http.MethodGet, Path: "/api/authority", Tags: []string{"accounts"},
		Summary: "The certificate authority of this bridge, to be installed in rooms; 404 where the operator has a certificate of his own", Metadata: account.Public(), Errors: []int{404},
	}, func(context.Context, *struct{}) (*authorityOutput, error) {
		if b.shown == nil || b.shown.authority == nil {
			return nil, door.Problem(meeting.Refuse(meeting.CodeUnknown, "authority"))
		}
		out := &authorityOutput{}
		sum := b.shown.authority.Fingerprint()
		out.Body.File, out.Body.Fingerprint = authorityFile, pairs(strings.ToUpper(hex.EncodeToString(sum[:])))
		out.Body.From, out.Body.Ends = b.shown.authority.Life()
		return out, nil
	})
}

// pairs writes hex digits as certificate viewers do.
func pairs(digits string) string {
	var out strings.Builder
	for i, d := range digits {
		if i > 0 && i%2 == 0 {
			out.WriteByte(':')
		}
		out.WriteRune(d)
	}
	return out.String()
}

func (b *Bridge) serveAuthority(w http.ResponseWriter, r *http.Request) {
	if b.shown == nil || b.shown.authority == nil {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/x-x509-ca-cert")
	h.Set("Content-Disposition", `attachment; filename="diemcau-ca.crt"`)
	h.Set("Cache-Control", "no-cache")
	_, _ = w.Write(b.shown.authority.DER()) // the client may have gone
}
