// Package pionsession reaches the SRTP sessions inside a Pion connection, for which
// Pion has no door: to find them, and to close a connection so that nothing of it
// is left running. Fields are checked by name and type; where Pion's are not as
// expected there are no sessions, and Close is Pion's own.
//
// Close starts goroutines that end before it returns.
package pionsession

import (
	"reflect"
	"sync/atomic"
	"unsafe"

	"github.com/pion/srtp/v3"
	"github.com/pion/webrtc/v4"
)

// Sessions are the places where Pion puts its sessions once DTLS is up.
type Sessions struct{ rtp, rtcp *atomic.Value }

// Of finds them.
func Of(t *webrtc.DTLSTransport) Sessions {
	v := reflect.ValueOf(t).Elem()
	return Sessions{rtp: Field[atomic.Value](v, "srtpSession"), rtcp: Field[atomic.Value](v, "srtcpSession")}
}

// Load returns the sessions, nil for those that have not begun.
func (s Sessions) Load() (media *srtp.SessionSRTP, control *srtp.SessionSRTCP) {
	if s.rtp != nil && s.rtcp != nil {
		media, _ = s.rtp.Load().(*srtp.SessionSRTP)
		control, _ = s.rtcp.Load().(*srtp.SessionSRTCP)
	}
	return media, control
}

// Field returns a field of an addressable struct, nil when there is none of that
// name and type.
func Field[T any](of reflect.Value, name string) *T {
	v := of.FieldByName(name)
	if !v.IsValid() || v.Type() != reflect.TypeFor[T]() || !v.CanAddr() {
		return nil
	}
	return (*T)(unsafe.Pointer(v.UnsafeAddr())) // type checked above
}
