package bridge

import (
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/cmd/diemcau/config"
	"diemcau/meeting"
	"diemcau/meeting/audit"
	"diemcau/meeting/desk"
	"diemcau/meeting/door"
	"diemcau/signaling/roomservice"
	"diemcau/signaling/wire"
	"diemcau/web"
)

// roster is a mux that knows what it serves, so that no route is forgotten in the
// table of who may call it.
type roster struct {
	*http.ServeMux
	patterns []string
}

// Handle notes the route.
func (r *roster) Handle(pattern string, h http.Handler) {
	r.patterns = append(r.patterns, pattern)
	r.ServeMux.Handle(pattern, h)
}

// HandleFunc notes the route.
func (r *roster) HandleFunc(pattern string, h func(http.ResponseWriter, *http.Request)) {
	r.Handle(pattern, http.HandlerFunc(h))
}

// served is every route for clients and what answers it.
func (b *Bridge) served() (*roster, huma.API, error) {
	mux := &roster{ServeMux: http.NewServeMux()}
	api := desk.NewAPI(mux)
	requests := &auditRequests{log: b.audit, inside: mux}
	api.UseMiddleware(requests.Middleware, door.Guard(time.Now)) // before the first operation
	if err := b.register(api); err != nil {
		return nil, nil, err
	}
	for _, path := range wire.Paths() {
		mux.Handle(path, b.sockets)
	}
	mux.Handle(roomservice.Path, roomservice.New(roomservice.Settings{
		Tokens: b.keys, Rooms: b.sessions, Participants: b.sessions, Log: b.log,
	}))
	mux.HandleFunc("GET "+authorityFile, b.serveAuthority)
	mux.Handle("/", web.Handler())
	return mux, api, nil
}

// routes is everything that the bridge serves to clients. Pages of other
// origins may use the session protocol and the server API, which look at tokens
// only; our own API is for our own pages.
func (b *Bridge) routes() (http.Handler, error) {
	mux, _, err := b.served()
	if err != nil {
		return nil, err
	}
	ours, public := wire.TrimSlashes(limitBodies(mux)), wire.Public(mux)
	if b.identify != nil {
		ours = b.identify(ours)
	}
	ours = b.door.Handler(ours)
	return headers(b.behindHTTPS(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(strings.TrimLeft(r.URL.Path, "/"), "api/") {
			ours.ServeHTTP(w, r)
			return
		}
		public.ServeHTTP(w, r)
	}))), nil
}

// register adds the operations of every part to the API.
func (b *Bridge) register(api huma.API) error {
	d, err := b.desk()
	if err != nil {
		return err
	}
	b.door.Register(api)
	b.registerAuthority(api)
	b.registerStatus(api)
	d.Register(api)
	o, err := b.office()
	if err != nil {
		return err
	}
	o.Register(api)
	b.door.MayHost = b.mayHost(o)
	if err := b.registerPapers(api, o); err != nil {
		return err
	}
	(&recordingAPI{b.records, b.keys, b.cfg.Recording.ReserveMB << 20, b.cfg.Recording.Bitrate * 1000, b.conducted, o.Sights}).Register(api)
	b.live.Register(api, b.entryToken)
	(&linesAPI{b.live, b.linesReader()}).Register(api)
	if err := b.registerKeeping(api, o); err != nil {
		return err
	}
	audit.NewDesk(b.audit, b.store, func() ([]audit.Head, error) { return AuditHeads(b.cfg.Data) }).Register(api)
	return b.registerReplay(api, o)
}

func (b *Bridge) desk() (*desk.Desk, error) {
	s := desk.Settings{Logger: b.log, SignIn: b.door.SignInOnce, MaySit: b.maySit, Token: b.pointToken}
	for _, m := range b.cfg.Meetings {
		points := make([]desk.Point, len(m.Points))
		for i, p := range m.Points {
			points[i] = desk.Point{ID: meeting.PointID(p.ID), Name: p.Name, Kind: p.Kind}
		}
		s.Meetings = append(s.Meetings, desk.Meeting{ID: meeting.ID(m.ID), Title: m.Title, Points: points})
	}
	if b.cfg.Demo {
		s.Demo = &desk.Demo{Meeting: config.DemoMeeting, User: config.DemoAccounts[0].User, Password: config.DemoPassword}
	}
	return desk.New(s)
}
