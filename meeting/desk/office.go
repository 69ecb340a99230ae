package desk

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/letter"
	"diemcau/meeting/minutes"
	"diemcau/meeting/paper"
	"diemcau/meeting/schedule"
	"diemcau/meeting/store"
)

// OfficeSettings are the parts that the office works with. All are required but
// Now and Limits.
type OfficeSettings struct {
	Store  *store.Store
	Papers string // folder of the files of papers
	Logger *slog.Logger
	// Limits are what is accepted as a paper until the administrator sets others.
	Limits paper.Limits
	// Room is how many bytes of papers the disk takes before only its reserve is left; nil
	// for as many as come.
	Room func() (uint64, error)
	Now  func() time.Time
	// Arrange lets save change what is announced of a meeting or gathered for it, with
	// the meeting that is open following; nil where none can be.
	Arrange func(ctx context.Context, id meeting.ID, save func() error) error
	// Post tells of announcements by mail; nil without a mail server.
	Post Post
	// Recorded are the sealed recordings of a meeting, which its minutes name; nil for
	// none.
	Recorded func(ctx context.Context, id meeting.ID) ([]minutes.File, error)
	// Standing are the points of the rooms of the configuration, which need not be on the
	// map; nil for none.
	Standing []meeting.PointID
}

// Post writes the letters that tell of an announcement, and the points that none of
// them reaches. The office keeps them together with the announcement, then wakes
// whoever sends them.
type Post interface {
	Letters(ctx context.Context, v schedule.Version) ([]letter.Letter, []meeting.PointID, error)
	Wake()
}

// Office is the part of the API where meetings are prepared and kept: directory,
// calendar, meetings with their versions, invitations, papers, test runs, minutes
// and tasks. It starts no goroutine. Who may do what comes from account.Of(ctx) and
// the plan of the meeting.
type Office struct {
	store  *store.Store
	vault  vault
	log    *slog.Logger
	limits paper.Limits
	room   func() (uint64, error)
	// laying is held while room for a paper is promised or given back.
	laying   sync.Mutex
	incoming incoming
	now      func() time.Time
	post     Post
	// growing is held while the map of points is read, changed and kept: a change says
	// what becomes true, not of which map, so one that comes meanwhile waits.
	growing sync.Mutex
	// standing are the points of the rooms of the configuration.
	standing []meeting.PointID

	recorded func(context.Context, meeting.ID) ([]minutes.File, error)
	arranged func(context.Context, meeting.ID, func() error) error
}

// NewOffice checks the settings and makes the folder of papers.
func NewOffice(s OfficeSettings) (*Office, error) {
	if s.Store == nil || s.Logger == nil || s.Papers == "" {
		return nil, errors.New("desk: Store, Papers and Logger are required")
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Limits.Bytes == 0 {
		s.Limits = paper.Usual()
	}
	s.Limits = s.Limits.Whole()
	if s.Arrange == nil {
		s.Arrange = func(_ context.Context, _ meeting.ID, save func() error) error { return save() }
	}
	v, err := openVault(s.Papers)
	if err != nil {
		return nil, err
	}
	return &Office{store: s.Store, vault: v, log: s.Logger, limits: s.Limits, room: s.Room, now: s.Now, post: s.Post, recorded: s.Recorded, arranged: s.Arrange, standing: s.Standing}, nil
}

// Register adds the operations of the office to the API.
func (o *Office) Register(api huma.API) {
	o.registerPoints(api)
	o.registerDirectory(api)
	o.registerSettings(api)
	o.registerMeetings(api)
	o.registerAnnouncements(api)
	o.registerInvitations(api)
	o.registerSpeeches(api)
	o.registerPapers(api)
	o.registerRehearsals(api)
	o.registerMinutes(api)
	o.registerTasks(api)
}

// maxBody is the largest JSON body: a plan of some hundred points fits well.
const maxBody = 2 << 20

// operation registers one operation. Acts (POST) take an Idempotency-Key.
func operation[I, O any](o *Office, api huma.API, method, path, id, summary string, who account.Declaration, h func(context.Context, *I) (*O, error)) {
	op := huma.Operation{
		OperationID: id, Method: method, Path: path, Summary: summary, Metadata: who, MaxBodyBytes: maxBody,
		Errors: []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict,
			http.StatusPreconditionFailed, http.StatusUnprocessableEntity},
	}
	if method == http.MethodPost {
		op.Middlewares = huma.Middlewares{o.once}
		op.Parameters = []*huma.Param{{
			Name: keyHeader, In: "header", Description: "the same request with the same key is done once",
			Schema: &huma.Schema{Type: huma.TypeString, MaxLength: new(maxKey)},
		}}
	}
	huma.Register(api, op, h)
}

// answer is a body without headers of its own.
type answer[T any] struct {
	CacheControl string `header:"Cache-Control"`
	Body         T
}

func give[T any](body T, err error) (*answer[T], error) {
	if err != nil {
		return nil, err
	}
	return &answer[T]{CacheControl: "no-store", Body: body}, nil
}

// tagged is a body with the ETag that saving it again asks for.
type tagged[T any] struct {
	ETag         string `header:"ETag"`
	CacheControl string `header:"Cache-Control"`
	Body         T
}

func tag[T any](revision int, body T, err error) (*tagged[T], error) {
	if err != nil {
		return nil, err
	}
	return &tagged[T]{ETag: strconv.Quote(strconv.Itoa(revision)), CacheControl: "no-cache", Body: body}, nil
}

// listed is all of a list that is short enough for one page.
type listed[T any] struct {
	Items []T `json:"items" nullable:"false"`
}

func list[T any](items []T, err error) (*answer[listed[T]], error) {
	if items == nil {
		items = []T{}
	}
	return give(listed[T]{items}, err)
}

// Matching is the precondition of a save.
type Matching struct {
	IfMatch string `header:"If-Match" doc:"the ETag that was read"`
}

// codeNoMatch asks for If-Match.
const codeNoMatch meeting.Code = "precondition.required"

// revision is the number in If-Match.
func (m Matching) revision() (int, error) {
	tag := m.tag()
	if tag == "" {
		return 0, meeting.Refuse(codeNoMatch, "")
	}
	n, err := strconv.Atoi(tag)
	if err != nil {
		return 0, meeting.Refuse(store.CodeStale, "")
	}
	return n, nil
}

// tag is what stands in If-Match; "" is nothing.
func (m Matching) tag() string { return strings.Trim(strings.TrimPrefix(m.IfMatch, "W/"), `"`) }

// who is who asks. The guard has let nobody by who is not known.
func who(ctx context.Context) account.Identity {
	i, _ := account.Of(ctx)
	return i
}

// newID is unique and sorts by the time it was made (RFC 9562 version 7).
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// nothing is an answer without a body.
type nothing struct{}

// OfMeeting names a meeting in a path.
type OfMeeting struct {
	Meeting meeting.ID `path:"meeting" maxLength:"128"`
}

// document makes the next version of something.
func document[T any](ctx context.Context, o *Office, owner meeting.ID, id string, number int, body T) store.Document[T] {
	return store.Document[T]{Owner: owner, ID: id, Number: number, By: who(ctx).Person, At: o.now(), Body: body}
}

// next is the number of the version after the newest one, which is 1 for something
// new.
func next[T any](ctx context.Context, o *Office, shelf store.Shelf, owner meeting.ID, id string) (int, error) {
	old, err := store.Get[T](ctx, o.store, shelf, owner, id)
	if meeting.CodeOf(err) == meeting.CodeUnknown {
		return 1, nil
	}
	return old.Number + 1, err
}

func contents[T any](all []store.Document[T]) []T {
	items := make([]T, len(all))
	for i, d := range all {
		items[i] = d.Body
	}
	return items
}
