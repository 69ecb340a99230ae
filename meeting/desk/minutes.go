package desk

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/calendar"
	"diemcau/meeting/minutes"
	"diemcau/meeting/store"
)

// NoticeView is the notice of conclusions with where it stands.
type NoticeView struct {
	minutes.Notice
	Overdue bool `json:"overdue" doc:"shown red: not sent when its last working day is over"`
}

// MinutesView is a version of the minutes with its text.
type MinutesView struct {
	minutes.Version
	Revision string `json:"revision" doc:"what If-Match names when this text is submitted or signed"`
	Text     string `json:"text" doc:"the wording of Mẫu 1.9 without layout"`
	Intact   bool   `json:"intact" doc:"a signed version still has the fields that were signed"`
}

func (o *Office) registerMinutes(api huma.API) {
	const base = "/api/meetings/{meeting}/minutes"
	mine := account.SignedIn
	operation(o, api, http.MethodGet, base, "getMinutes", "The newest version of the minutes", account.Known(), o.getMinutes)
	operation(o, api, http.MethodGet, base+"/versions", "listMinutes", "All versions of the minutes", account.Known(), o.listMinutes)
	operation(o, api, http.MethodPost, base+"/draft", "draftMinutes", "Draw the minutes from the log; a draft is drawn anew", mine(), o.draftMinutes)
	operation(o, api, http.MethodPut, base, "saveMinutes", "Change the fields of a draft", mine(), o.saveMinutes)
	operation(o, api, http.MethodPost, base+"/submit", "submitMinutes", "Lay a draft before the chair (trình ký)", mine(), o.submitMinutes)
	operation(o, api, http.MethodPost, base+"/take-back", "takeBackMinutes", "Make a submitted version a draft again", mine(), o.takeBackMinutes)
	operation(o, api, http.MethodPost, base+"/sign", "signMinutes", "Sign the text that was shown: unchangeable from now on", mine().Fresh(), o.signMinutes)
	operation(o, api, http.MethodPost, base+"/number", "numberMinutes", "Give a signed version its number, or the right one", mine(), o.numberMinutes)
	operation(o, api, http.MethodPost, base+"/correct", "correctMinutes", "A new version that corrects a signed one", mine(), o.correctMinutes)
	operation(o, api, http.MethodGet, "/api/meetings/{meeting}/notice", "getNotice", "The notice of conclusions", account.Known(), o.getNotice)
	operation(o, api, http.MethodPost, "/api/meetings/{meeting}/notice/sent", "sentNotice", "The notice was sent", mine(), o.sentNotice)
}

// Minutes reads the newest version of a meeting's minutes; without any it is not
// found.
func (o *Office) Minutes(ctx context.Context, id meeting.ID) (minutes.Version, error) {
	d, err := o.newest(ctx, id)
	return d.Body, err
}

func (o *Office) newest(ctx context.Context, id meeting.ID) (store.Document[minutes.Version], error) {
	all, err := o.versions(ctx, id)
	if err != nil {
		return store.Document[minutes.Version]{}, err
	}
	if len(all) == 0 {
		return store.Document[minutes.Version]{}, meeting.Refuse(meeting.CodeUnknown, "minutes").With(string(id))
	}
	return all[len(all)-1], nil
}

// versions are the minutes' versions in order, each as it is now.
func (o *Office) versions(ctx context.Context, id meeting.ID) ([]store.Document[minutes.Version], error) {
	all, err := store.All[minutes.Version](ctx, o.store, store.Minutes, id)
	slices.SortFunc(all, func(a, b store.Document[minutes.Version]) int { return a.Body.Number - b.Body.Number })
	return all, err
}

// revisionOf names one state of one version: a correction counts from 1 again.
func revisionOf(v minutes.Version, state int) string { return fmt.Sprintf("%d.%d", v.Number, state) }

func minutesView(v minutes.Version, state int) MinutesView {
	return MinutesView{Version: v, Revision: revisionOf(v, state), Text: v.Fields.Text(), Intact: v.Intact()}
}

// tagMinutes is tag for a version of the minutes.
func tagMinutes(v minutes.Version, state int, err error) (*tagged[MinutesView], error) {
	if err != nil {
		return nil, err
	}
	view := minutesView(v, state)
	return &tagged[MinutesView]{ETag: strconv.Quote(view.Revision), CacheControl: "no-cache", Body: view}, nil
}

// shown refuses an act on a text that is not the one that was read.
func (m Matching) shown(d store.Document[minutes.Version]) error {
	switch m.tag() {
	case "":
		return meeting.Refuse(codeNoMatch, "")
	case revisionOf(d.Body, d.Number):
		return nil
	}
	return meeting.Refuse(store.CodeStale, "")
}

// readsMinutes lets everybody of the meeting read what is signed, and those who
// write it the drafts.
func readsMinutes(m Mine, v minutes.Version) bool {
	return v.Stage == minutes.Signed || m.has(meeting.Chair, meeting.Secretary, meeting.Archivist)
}

func (o *Office) getMinutes(ctx context.Context, in *OfMeeting) (*tagged[MinutesView], error) {
	_, m, err := o.seen(ctx, in.Meeting)
	if err != nil {
		return nil, err
	}
	all, err := o.versions(ctx, in.Meeting)
	if err != nil {
		return nil, err
	}
	for _, d := range slices.Backward(all) {
		if readsMinutes(m, d.Body) {
			return tagMinutes(d.Body, d.Number, nil)
		}
	}
	return nil, meeting.Refuse(meeting.CodeUnknown, "minutes").With(string(in.Meeting))
}

func (o *Office) listMinutes(ctx context.Context, in *OfMeeting) (*answer[listed[MinutesView]], error) {
	_, m, err := o.seen(ctx, in.Meeting)
	if err != nil {
		return nil, err
	}
	all, err := o.versions(ctx, in.Meeting)
	var views []MinutesView
	for _, d := range all {
		if readsMinutes(m, d.Body) {
			views = append(views, minutesView(d.Body, d.Number))
		}
	}
	return list(views, err)
}

// keep puts the next state of a version of the minutes.
func (o *Office) keep(ctx context.Context, id meeting.ID, number int, v minutes.Version) (*tagged[MinutesView], error) {
	return tagMinutes(v, number, store.Put(ctx, o.store, store.Minutes, document(ctx, o, id, strconv.Itoa(v.Number), number, v)))
}

func (o *Office) draftMinutes(ctx context.Context, in *OfMeeting) (*tagged[MinutesView], error) {
	if _, _, err := o.held(ctx, in.Meeting, meeting.Secretary); err != nil {
		return nil, err
	}
	live, log, err := o.store.Load(ctx, in.Meeting)
	if err != nil {
		return nil, err
	}
	fields, err := minutes.Draft(live.Opening(), log)
	if err == nil {
		fields, err = o.withFiles(ctx, in.Meeting, fields)
	}
	if err != nil {
		return nil, err
	}
	d, err := o.newest(ctx, in.Meeting)
	switch {
	case meeting.CodeOf(err) == meeting.CodeUnknown:
		return o.keep(ctx, in.Meeting, 1, minutes.Begin(fields))
	case err != nil:
		return nil, err
	}
	v, err := d.Body.Edit(fields)
	if err != nil {
		return nil, err
	}
	return o.keep(ctx, in.Meeting, d.Number+1, v)
}

// withFiles names the recordings in the minutes, as far as they are sealed.
func (o *Office) withFiles(ctx context.Context, id meeting.ID, m minutes.Minutes) (minutes.Minutes, error) {
	if o.recorded == nil || len(m.Recordings) == 0 {
		return m, nil
	}
	files, err := o.recorded(ctx, id)
	return m.WithFiles(files), err
}

func (o *Office) saveMinutes(ctx context.Context, in *struct {
	OfMeeting
	Matching
	Body struct {
		Fields minutes.Minutes `json:"fields"`
	}
}) (*tagged[MinutesView], error) {
	if _, _, err := o.held(ctx, in.Meeting, meeting.Secretary); err != nil {
		return nil, err
	}
	d, err := o.newest(ctx, in.Meeting)
	if err != nil {
		return nil, err
	}
	if err := in.shown(d); err != nil {
		return nil, err
	}
	if err := in.Body.Fields.Check(); err != nil {
		return nil, err
	}
	in.Body.Fields.Head.Number = d.Body.Fields.Head.Number // given by the register alone
	v, err := d.Body.Edit(in.Body.Fields)
	if err != nil {
		return nil, err
	}
	return o.keep(ctx, in.Meeting, d.Number+1, v)
}

// turn moves the newest version to another stage. With shown, it must be the one that
// was read: nobody submits or signs a text that he has not seen.
func (o *Office) turn(ctx context.Context, id meeting.ID, shown *Matching, rights []meeting.Right, how func(minutes.Version) (minutes.Version, error)) (*tagged[MinutesView], error) {
	if _, _, err := o.held(ctx, id, rights...); err != nil {
		return nil, err
	}
	d, err := o.newest(ctx, id)
	if err != nil {
		return nil, err
	}
	if shown != nil {
		if err := shown.shown(d); err != nil {
			return nil, err
		}
	}
	v, err := how(d.Body)
	if err != nil {
		return nil, err
	}
	number := d.Number + 1
	if v.Number != d.Body.Number {
		number = 1
	}
	return o.keep(ctx, id, number, v)
}

// OfShown names the minutes of a meeting in the state in which they were read.
type OfShown struct {
	OfMeeting
	Matching
}

func (o *Office) submitMinutes(ctx context.Context, in *OfShown) (*tagged[MinutesView], error) {
	return o.turn(ctx, in.Meeting, &in.Matching, []meeting.Right{meeting.Secretary}, func(v minutes.Version) (minutes.Version, error) {
		v, err := v.Submit()
		if err != nil {
			return v, err
		}
		v.Fields, err = o.withFiles(ctx, in.Meeting, v.Fields) // what was sealed since it was drawn
		return v, err
	})
}

func (o *Office) takeBackMinutes(ctx context.Context, in *OfMeeting) (*tagged[MinutesView], error) {
	return o.turn(ctx, in.Meeting, nil, []meeting.Right{meeting.Secretary, meeting.Chair}, minutes.Version.TakeBack)
}

func (o *Office) signMinutes(ctx context.Context, in *OfShown) (*tagged[MinutesView], error) {
	return o.turn(ctx, in.Meeting, &in.Matching, []meeting.Right{meeting.Chair}, func(v minutes.Version) (minutes.Version, error) {
		return v.Sign(who(ctx).Person, o.now().UTC())
	})
}

func (o *Office) correctMinutes(ctx context.Context, in *struct {
	OfMeeting
	Body struct {
		Reason string `json:"reason" maxLength:"2000"`
	}
}) (*tagged[MinutesView], error) {
	return o.turn(ctx, in.Meeting, nil, []meeting.Right{meeting.Secretary}, func(v minutes.Version) (minutes.Version, error) {
		return v.Correct(v.Number+1, in.Body.Reason)
	})
}

// Notice draws the notice of conclusions from the newest minutes, with the day on
// which it was sent.
func (o *Office) Notice(ctx context.Context, id meeting.ID) (minutes.Notice, error) {
	d, err := o.newest(ctx, id)
	if err != nil {
		return minutes.Notice{}, err
	}
	table, rules, _, err := o.calendar(ctx)
	if err != nil {
		return minutes.Notice{}, err
	}
	n, err := d.Body.Fields.Notice(table, rules)
	if err != nil {
		return n, err
	}
	sent, err := store.Get[calendar.Date](ctx, o.store, store.Notices, id, "sent")
	if err != nil && meeting.CodeOf(err) != meeting.CodeUnknown {
		return n, err
	}
	n.Sent = sent.Body
	return n, nil
}

func (o *Office) notice(ctx context.Context, id meeting.ID) (*answer[NoticeView], error) {
	n, err := o.Notice(ctx, id)
	return give(NoticeView{Notice: n, Overdue: n.Overdue(o.today())}, err)
}

func (o *Office) getNotice(ctx context.Context, in *OfMeeting) (*answer[NoticeView], error) {
	_, m, err := o.seen(ctx, in.Meeting)
	if err != nil {
		return nil, err
	}
	if d, err := o.newest(ctx, in.Meeting); err != nil || !readsMinutes(m, d.Body) {
		return nil, meeting.Refuse(meeting.CodeUnknown, "notice").With(string(in.Meeting))
	}
	return o.notice(ctx, in.Meeting)
}

func (o *Office) sentNotice(ctx context.Context, in *struct {
	OfMeeting
	Body struct {
		On calendar.Date `json:"on,omitzero" doc:"today when left out"`
	}
}) (*answer[NoticeView], error) {
	if _, _, err := o.held(ctx, in.Meeting, meeting.Secretary); err != nil {
		return nil, err
	}
	if _, err := o.newest(ctx, in.Meeting); err != nil {
		return nil, err
	}
	on := in.Body.On
	if on.IsZero() {
		on = o.today()
	}
	if on.After(o.today()) {
		return nil, meeting.Refuse(meeting.CodeInvalid, "on")
	}
	n, err := next[calendar.Date](ctx, o, store.Notices, in.Meeting, "sent")
	if err != nil {
		return nil, err
	}
	if err := store.Put(ctx, o.store, store.Notices, document(ctx, o, in.Meeting, "sent", n, on)); err != nil {
		return nil, err
	}
	return o.notice(ctx, in.Meeting)
}
