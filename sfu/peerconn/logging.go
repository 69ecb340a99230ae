package peerconn

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/pion/logging"
)

// pionLog sends what Pion has to say to the debug level: it calls an error what
// is everyday life to a bridge (an SSRC that it does not know, a client gone),
// and it would write such lines for each packet.
type pionLog struct{ log *slog.Logger }

// PionLog makes Pion's logger factory out of ours.
func PionLog(log *slog.Logger) logging.LoggerFactory { return pionLog{log} }

// NewLogger implements logging.LoggerFactory.
func (l pionLog) NewLogger(scope string) logging.LeveledLogger {
	return pionScope{l.log.With("pion", scope), l.log.Enabled(context.Background(), slog.LevelDebug)}
}

type pionScope struct {
	log   *slog.Logger
	debug bool
}

func (s pionScope) say(msg string) {
	if s.debug {
		s.log.Debug(msg)
	}
}

func (s pionScope) sayf(format string, args []any) {
	if s.debug {
		s.log.Debug(fmt.Sprintf(format, args...))
	}
}

func (s pionScope) Trace(string)              {}
func (s pionScope) Tracef(string, ...any)     {}
func (s pionScope) Debug(string)              {}
func (s pionScope) Debugf(string, ...any)     {}
func (s pionScope) Info(string)               {}
func (s pionScope) Infof(string, ...any)      {}
func (s pionScope) Warn(msg string)           { s.say(msg) }
func (s pionScope) Warnf(f string, a ...any)  { s.sayf(f, a) }
func (s pionScope) Error(msg string)          { s.say(msg) }
func (s pionScope) Errorf(f string, a ...any) { s.sayf(f, a) }
