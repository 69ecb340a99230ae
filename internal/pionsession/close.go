package pionsession

import (
	"reflect"
	"time"
	"unsafe"

	"github.com/pion/webrtc/v4"
)

// Close ends a connection and waits for Pion's goroutines. A second call waits,
// too.
//
// Pion's SRTP reader waits for someone to accept a new stream. Pion starts who
// does in a queue of its own, which runs behind the DTLS handshake; the sessions
// themselves may start earlier, with our first packet. A close in between holds
// a lock while it waits for the reader, the reader waits for the queue, and the
// queue for the lock: neither ever ends. So somebody else accepts meanwhile.
//
// Receivers are stopped first, and one that the queue starts only then is
// forgotten, as is a stream that Pion looks into to find out whose it is: goroutines
// would read from them for ever. So all reads are ended at the end, when the queue is
// empty and the sessions take no new streams.
func Close(pc *webrtc.PeerConnection) error {
	at := Of(pc.SCTP().Transport())
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		acceptStreams(at, done)
	}()
	err := pc.GracefulClose()
	media, control := at.Load()
	if media != nil && control != nil {
		_ = media.Close() // those that began while Pion closed are closed by nobody else
		_ = control.Close()
	}
	close(done)
	<-ended
	if media != nil && control != nil {
		endReads(reflect.ValueOf(media).Elem())
		endReads(reflect.ValueOf(control).Elem())
	}
	return err
}

// endReads ends the reads of all streams of a session that has ended, under way or not.
func endReads(session reflect.Value) {
	streams := session.FieldByName("session").FieldByName("readStreams")
	if streams.Kind() != reflect.Map || !streams.CanAddr() {
		return
	}
	streams = reflect.NewAt(streams.Type(), unsafe.Pointer(streams.UnsafeAddr())).Elem()
	for all := streams.MapRange(); all.Next(); { // nobody changes it any more
		if s, ok := all.Value().Interface().(interface{ SetReadDeadline(time.Time) error }); ok {
			_ = s.SetReadDeadline(time.Now())
		}
	}
}

// acceptStreams takes the new streams of a connection that is being closed.
func acceptStreams(at Sessions, done <-chan struct{}) {
	tick := time.NewTicker(acceptInterval)
	defer tick.Stop()
	for {
		media, control := at.Load()
		if media != nil && control != nil {
			others := make(chan struct{})
			go func() {
				defer close(others)
				drain(media.AcceptStream)
			}()
			drain(control.AcceptStream)
			<-others
			return
		}
		select {
		case <-done:
			return
		case <-tick.C:
		}
	}
}

const acceptInterval = 100 * time.Millisecond

// drain accepts until the session has ended.
func drain[S any](accept func() (S, uint32, error)) {
	for {
		if _, _, err := accept(); err != nil {
			return
		}
	}
}
