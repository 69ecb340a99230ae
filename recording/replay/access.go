package replay

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/store"
)

// governors are who decides who may watch a recording, by their rights in its
// meeting.
var governors = []meeting.Right{meeting.Archivist, meeting.Chair}

// readersAtMost is how many people may be named for one recording.
const readersAtMost = 200

// allowed answers whether the one who asks may watch a recording of a meeting.
func (d *Desk) allowed(ctx context.Context, recording string, of meeting.ID) (bool, error) {
	access, _, err := d.Book.AccessOf(ctx, recording)
	if err != nil {
		return false, err
	}
	rights, err := d.rights(ctx, of)
	who, _ := account.Of(ctx)
	return access.Lets(who.Person, rights), err
}

func (d *Desk) rights(ctx context.Context, of meeting.ID) ([]meeting.Right, error) {
	sight, err := d.Sight(ctx)
	if err != nil {
		return nil, err
	}
	return sight(ctx, of)
}

// seer returns a function that tells which of many recordings the one who asks may
// watch.
func (d *Desk) seer(ctx context.Context) (func(recording string, of meeting.ID) (bool, error), error) {
	sight, err := d.Sight(ctx)
	if err != nil {
		return nil, err
	}
	accesses, err := d.Book.Accesses(ctx)
	if err != nil {
		return nil, err
	}
	who, _ := account.Of(ctx)
	known := map[meeting.ID][]meeting.Right{}
	return func(recording string, of meeting.ID) (bool, error) {
		rights, asked := known[of]
		if !asked {
			var err error
			if rights, err = sight(ctx, of); err != nil {
				return false, err
			}
			known[of] = rights
		}
		return accesses[recording].Lets(who.Person, rights), nil
	}, nil
}

// SeesOf returns a function that tells which recordings of a meeting the one who
// asks may know of.
func (d *Desk) SeesOf(ctx context.Context, of meeting.ID) (func(recording string) (bool, error), error) {
	sees, err := d.seer(ctx)
	return func(recording string) (bool, error) { return sees(recording, of) }, err
}

// Archives answers whether the one who asks is an archivist of a meeting.
func (d *Desk) Archives(ctx context.Context, of meeting.ID) (bool, error) {
	rights, err := d.rights(ctx, of)
	return holds(rights, []meeting.Right{meeting.Archivist}), err
}

// versions are the redacted versions of a recording that the one who asks may see, and
// whether he may have one made.
func (d *Desk) versions(ctx context.Context, c *contents) (ids []string, may bool, err error) {
	ids = []string{}
	if c.About.Redaction != nil {
		return ids, false, nil
	}
	of := meeting.ID(c.About.Meeting)
	all, err := d.Book.RecordingsOf(ctx, of)
	if err != nil {
		return ids, false, err
	}
	sees, err := d.seer(ctx)
	if err != nil {
		return ids, false, err
	}
	for _, r := range slices.Backward(all) {
		if r.Gone || r.Origin != c.About.ID {
			continue
		}
		ok, err := sees(r.ID, of)
		if err != nil {
			return ids, false, err
		}
		if ok {
			ids = append(ids, r.ID)
		}
	}
	may, err = d.Archives(ctx, of)
	return ids, may && c.Sealed, err
}

// Keeps answers whether the one who asks keeps the papers of a meeting.
func (d *Desk) Keeps(ctx context.Context, of meeting.ID) (bool, error) {
	rights, err := d.rights(ctx, of)
	return holds(rights, scribes), err
}

// holds answers whether one of the rights is among those that are held.
func holds(held, one []meeting.Right) bool {
	return slices.ContainsFunc(one, func(r meeting.Right) bool { return slices.Contains(held, r) })
}

// Governs answers whether the one who asks decides about a recording.
func (d *Desk) Governs(ctx context.Context, recording string) (bool, error) {
	c, err := d.shelf.open(recording)
	if err != nil {
		return false, err
	}
	rights, err := d.rights(ctx, meeting.ID(c.About.Meeting))
	return holds(rights, governors), err
}

// AccessView is who may watch a recording.
type AccessView struct {
	store.Access
	Changes int  `json:"changes" doc:"how often it was changed; to be sent back with a change"`
	Mine    bool `json:"mine" doc:"the one who asks may change it"`
}

func (d *Desk) access(ctx context.Context, in *OfRecording) (*private[AccessView], error) {
	c, err := d.opened(ctx, in.Recording)
	if err != nil {
		return nil, err
	}
	a, n, err := d.Book.AccessOf(ctx, in.Recording)
	if err != nil {
		return nil, err
	}
	rights, err := d.rights(ctx, meeting.ID(c.About.Meeting))
	if err != nil {
		return nil, err
	}
	return give(AccessView{a, n, holds(rights, governors)}), nil
}

// setAccess changes who may watch. It is noted like a viewing, before it holds.
func (d *Desk) setAccess(ctx context.Context, in *struct {
	OfRecording
	Body struct {
		Level   store.AccessLevel `json:"level" enum:"meeting,office,closed"`
		Readers []store.Reader    `json:"readers" nullable:"false"`
		Reason  string            `json:"reason" minLength:"1" maxLength:"1000"`
		Changes int               `json:"changes" minimum:"0"`
	}
},
) (*private[AccessView], error) {
	c, err := d.opened(ctx, in.Recording)
	if err != nil {
		return nil, err
	}
	rights, err := d.rights(ctx, meeting.ID(c.About.Meeting))
	if err != nil {
		return nil, err
	}
	if !holds(rights, governors) {
		return nil, meeting.Refuse(meeting.CodeNoRight, "").With(string(governors[0]))
	}
	if len(in.Body.Readers) > readersAtMost {
		return nil, meeting.Refuse(meeting.CodeInvalid, "readers").With(fmt.Sprint(readersAtMost))
	}
	a := store.Access{Level: in.Body.Level, Readers: in.Body.Readers, Reason: in.Body.Reason}
	// The number makes each change one of its own: what was noted lately is not noted again.
	detail := fmt.Sprintf("%d %s, %d: %s", in.Body.Changes+1, a.Level, len(a.Readers), a.Reason)
	if err := d.note(ctx, in.Recording, "access", detail); err != nil {
		return nil, err
	}
	who, _ := account.Of(ctx)
	if err := d.Book.SaveAccess(ctx, in.Recording, in.Body.Changes, who.Person, d.Now().UTC(), a); err != nil {
		return nil, err
	}
	return give(AccessView{a, in.Body.Changes + 1, true}), nil
}

func (d *Desk) registerAccess(api huma.API, errs []int) {
	huma.Register(api, huma.Operation{
		OperationID: "archiveAccess", Method: http.MethodGet, Path: base + "/{recording}/access", Summary: "Who may watch a recording", Errors: errs, Metadata: account.SignedIn(),
	}, d.access)
	huma.Register(api, huma.Operation{
		OperationID: "setArchiveAccess", Method: http.MethodPut, Path: base + "/{recording}/access",
		Summary: "Change who may watch a recording", Errors: errs, Metadata: account.SignedIn(),
	}, d.setAccess)
}
