// Package bridge builds the parts of diemcau from the configuration, starts them
// in order and stops them in the opposite one. It owns the sockets and the HTTP
// servers, starts a goroutine for each server, and holds no rule of its own: the
// parts do not know each other, and this is where they are introduced.
package bridge

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/livekit/protocol/livekit"

	"diemcau/cmd/diemcau/config"
	"diemcau/cmd/diemcau/watch"
	"diemcau/internal/handover"
	"diemcau/internal/porter"
	"diemcau/meeting/audit"
	"diemcau/meeting/audit/outlet"
	"diemcau/meeting/door"
	"diemcau/meeting/door/openid"
	"diemcau/meeting/live"
	"diemcau/meeting/store"
	"diemcau/recording/redact"
	"diemcau/recording/render"
	"diemcau/recording/replay"
	"diemcau/signaling/room"
	"diemcau/signaling/server"
	"diemcau/signaling/token"
	"diemcau/signaling/webhook"
	"diemcau/signaling/wire"
)

// shutdownPatience is how long requests under way may take at the end.
const shutdownPatience = 3 * time.Second

// Bridge is a whole bridge in one value. Start it once, Close it once.
type Bridge struct {
	cfg    config.Config
	log    *slog.Logger
	keys   *token.Keys
	shown  *shown // nil without HTTPS
	store  *store.Store
	audit  *audit.Log
	outlet *outlet.Outlet // nil without a collector
	door   *door.Door
	// provider is the OpenID provider of the house; nil without.
	provider *openid.Provider
	// firstPassword is the one-time password of an administrator made at this start.
	firstPassword string
	media         *media
	hooks         *webhook.Notifier
	records       *recordings
	catalogue     *replay.Keeper
	exports       *render.Queue
	workshop      *render.Workshop
	redactions    *redact.Bench
	keeping       *keeping
	unfinished    unfinished
	clockKept     func() bool // a time service keeps the clock right
	sessions      *server.Server
	live          *live.House
	entrance      *entrance
	lines         *lineLog
	looks         looks // how often lines are looked at
	post          *post
	identify      func(http.Handler) http.Handler // may be nil
	now           func() time.Time                // of the meetings: what is planned, held and written down
	clock         func() time.Time                // as given; nil is the machine's
	sockets       *wire.Handler
	version       string
	started       time.Time

	readiness readiness
	handed    *handover.Sockets // by the service manager
	ending    atomic.Bool
	servers   []*http.Server
	doors     []*porter.Listener // those for people
	url       string
	admin     string // address of the admin server
	failed    chan error
	running   sync.WaitGroup
	resting   context.CancelFunc // ends what only looks now and then
}

// Option changes how a bridge is made.
type Option func(*Bridge)

// WithSockets serves on sockets that were handed over, where they fit.
func WithSockets(s *handover.Sockets) Option { return func(b *Bridge) { b.handed = s } }

// WithClock holds the meetings by another clock than the machine's: a rehearsal of a
// day that is not today. Sessions, media and certificates keep the machine's.
func WithClock(now func() time.Time) Option {
	return func(b *Bridge) { b.now, b.clock = now, now }
}

// New opens the sockets of media and makes every part; nothing is served before
// Start.
func New(cfg config.Config, log *slog.Logger, options ...Option) (_ *Bridge, err error) {
	b := &Bridge{cfg: cfg, log: log, failed: make(chan error, 3), now: time.Now, looks: usualLooks, handed: &handover.Sockets{}, version: "dev", started: time.Now().UTC()}
	b.clockKept = func() bool { return watch.ClockNow().State == watch.Well }
	for _, o := range options {
		o(b)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.Close())
		}
	}()
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return b, fmt.Errorf("data folder: %w", err)
	}
	if b.keys, err = apiKeys(cfg); err != nil {
		return b, err
	}
	if b.shown, err = showCertificates(cfg, log); err != nil {
		return b, err
	}
	if b.store, err = openStore(cfg); err != nil {
		return b, err
	}
	if err := b.openAudit(); err != nil {
		return b, err
	}
	if err := b.openDoor(); err != nil {
		return b, err
	}
	if b.media, err = openMedia(cfg, b.shown.config(), log); err != nil {
		return b, err
	}
	if b.records, err = openRecordings(cfg, log); err != nil {
		return b, err
	}
	if err := b.makeSignaling(); err != nil {
		return b, err
	}
	b.entrance = newEntrance(b.door.MayBePresent, b.sessions.ExpelDevice, b.log)
	b.lines = newLineLog(b.linesReader(), b.store, b.now, b.log, b.looks)
	if err := b.openMeetings(recordedMeetings{b.records}, b.audit, b.lines); err != nil {
		return b, err
	}
	if err := b.openPost(); err != nil {
		return b, err
	}
	b.records.start(b.sessions, b.live)
	b.openCatalogue()
	if err := b.openExports(); err != nil {
		return b, err
	}
	if err := b.openKeeping(); err != nil {
		return b, err
	}
	return b, b.countDisposals()
}

func (b *Bridge) makeSignaling() error {
	events, err := b.makeWebhooks()
	if err != nil {
		return err
	}
	b.sessions = server.New(server.Settings{
		Media:      recordedServer{mediaServer{b.media.engine}, b.records},
		Tokens:     b.keys,
		Events:     b.records.follow(events),
		Log:        b.log,
		AutoCreate: b.cfg.Room.AutoCreate,
		Attend:     b.attend,
		Report:     b.reported,
		Policy: room.Policy{
			EmptyTimeout:     b.cfg.Room.EmptyTimeout,
			DepartureTimeout: b.cfg.Room.DepartureTimeout,
			MaxParticipants:  b.cfg.Room.MaxParticipants,
			Codecs:           b.cfg.RTC.Codecs,
			AllowPause:       true,
			LineDown:         int64(b.cfg.Room.LineKbps) * 1000,
			LineUp:           int64(b.cfg.Room.LineKbps) * 1000,
			RemoteUnmute:     b.cfg.Room.RemoteUnmute,
			Simulate:         b.cfg.Room.SimulateScenarios,
		},
	})
	b.sockets = wire.New(wire.Settings{
		Tokens:         b.keys,
		Admission:      b.sessions,
		Log:            b.log,
		TrustedProxies: b.cfg.Limits.TrustedProxies,
		MaxConnections: b.cfg.Limits.Sessions,
		Blame:          func(r *http.Request) bool { return porter.Blame(r.Context()) },
		Rate:           wire.Rate{PerAddress: b.cfg.Limits.JoinsPerSecond, PerAddressBurst: b.cfg.Limits.JoinBurst, LimitLoopback: b.cfg.Limits.Loopback},
	})
	return nil
}

// makeWebhooks returns what takes the rooms' events; nil when nobody wants them.
func (b *Bridge) makeWebhooks() (func(*livekit.WebhookEvent), error) {
	if len(b.cfg.Webhook.URLs) == 0 {
		return nil, nil
	}
	endpoints := make([]webhook.Endpoint, len(b.cfg.Webhook.URLs))
	for i, url := range b.cfg.Webhook.URLs {
		endpoints[i] = webhook.Endpoint{URL: url, APIKey: b.cfg.Webhook.Key}
	}
	var err error
	b.hooks, err = webhook.New(webhook.Settings{Endpoints: endpoints, Signer: b.keys, Log: b.log})
	if err != nil {
		return nil, fmt.Errorf("webhook: %w", err)
	}
	return b.hooks.Notify, nil
}

// Start begins to serve. The operator is served first, so that he can see the
// rest come.
func (b *Bridge) Start() error {
	handler, err := b.routes()
	if err != nil {
		return err
	}
	if b.cfg.Admin != "" {
		if err := b.serve(b.cfg.Admin, nil, b.adminRoutes(), ""); err != nil {
			return err
		}
	}
	if b.cfg.HTTPS != "" {
		if err := b.serve(b.cfg.HTTPS, b.shown.config(), handler, "https"); err != nil {
			return err
		}
	}
	if b.cfg.HTTP != "" {
		plain := handler
		if b.cfg.HTTPS != "" {
			plain = b.toHTTPS()
		} else if !b.cfg.Dev {
			plain = b.fromProxiesOnly(handler)
		}
		if err := b.serve(b.cfg.HTTP, nil, plain, "http"); err != nil {
			return err
		}
	}
	b.sweepAccounts()
	b.readiness.becomes(ready)
	return nil
}

// serve listens on address. A scheme other than "" makes it the URL for people.
func (b *Bridge) serve(address string, tlsConfig *tls.Config, h http.Handler, scheme string) error {
	socket, err := b.handed.Listen(address)
	if err != nil {
		return err
	}
	door, err := porter.Over(socket, porter.Bounds{
		Total: b.cfg.Limits.Connections, PerAddress: b.cfg.Limits.ConnectionsPerAddress, PerSecond: b.cfg.Limits.ConnectionsPerSecond,
		Free: b.cfg.Limits.TrustedProxies, LimitLoopback: b.cfg.Limits.Loopback,
	})
	if err != nil {
		return err
	}
	var listener net.Listener = door
	if scheme != "" {
		url := scheme + "://" + personAddress(listener.Addr())
		if b.url == "" { // HTTPS comes first
			b.url = url
		}
		b.doors = append(b.doors, door)
		b.log.Info("serving", "url", url)
	} else {
		b.admin = listener.Addr().String()
	}
	if tlsConfig != nil {
		listener = tls.NewListener(listener, tlsConfig)
	}
	s := &http.Server{
		Handler:           porter.Pace{}.Bodies(h),
		ConnContext:       porter.Context,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10, // join requests travel in the URL
		ErrorLog:          slog.NewLogLogger(b.log.Handler(), slog.LevelDebug),
	}
	b.servers = append(b.servers, s)
	b.running.Go(func() {
		if err := s.Serve(listener); !errors.Is(err, http.ErrServerClosed) && !b.ending.Load() {
			select {
			case b.failed <- err:
			default: // one reason to stop is enough
			}
		}
	})
	return nil
}

// personAddress names an address that a browser on this machine can open.
func personAddress(a net.Addr) string {
	host, port, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}

// URL is where people open the application; known after Start.
func (b *Bridge) URL() string { return b.url }

// Admin is the address of the metrics and profiles; known after Start, empty
// without.
func (b *Bridge) Admin() string { return b.admin }

// Failed receives the error of a server that stopped by itself.
func (b *Bridge) Failed() <-chan error { return b.failed }

// Close tells all clients, then stops every part and waits for it. A second
// call does nothing.
func (b *Bridge) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownPatience)
	defer cancel()
	b.readiness.becomes(draining)
	b.ending.Store(true)
	var errs []error
	for _, d := range b.doors { // who comes now waits for the next process, in the socket that is handed over
		errs = append(errs, d.Close())
	}
	b.doors = nil
	if b.live != nil {
		b.live.Close() // no line is out because the bridge ends
	}
	if b.lines != nil {
		b.lines.close() // what was measured so far is kept
	}
	if b.sessions != nil {
		errs = append(errs, b.sessions.Close(ctx)) // clients are told while their sockets still stand
	}
	if b.sockets != nil {
		b.sockets.Close()
	}
	for _, s := range slices.Backward(b.servers) { // the operator's last
		if err := s.Shutdown(ctx); err != nil {
			errs = append(errs, s.Close())
		}
	}
	b.shown.close()
	if b.resting != nil {
		b.resting()
	}
	b.running.Wait()
	if b.catalogue != nil {
		b.catalogue.Close()
	}
	if b.exports != nil {
		b.exports.Close()
	}
	if b.workshop != nil {
		b.workshop.Close()
	}
	if b.redactions != nil {
		b.redactions.Close()
	}
	if b.records != nil {
		b.records.close() // after the rooms, whose last events it notes
	}
	if b.keeping != nil {
		errs = append(errs, b.keeping.close())
		b.keeping = nil
	}
	if b.hooks != nil {
		b.hooks.Close()
	}
	if b.provider != nil {
		b.provider.Close()
	}
	if b.post != nil {
		b.post.close()
	}
	if b.media != nil {
		errs = append(errs, b.media.close())
	}
	b.closeAudit()
	if b.store != nil {
		errs = append(errs, b.store.Close()) // last: the others write until they end
	}
	b.servers, b.sessions, b.sockets, b.hooks, b.records, b.media, b.store = nil, nil, nil, nil, nil, nil, nil
	return errors.Join(errs...)
}
