package live

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"slices"

	"diemcau/meeting"
	"diemcau/meeting/air"
	"diemcau/meeting/conduct"
)

// attend is the door of one meeting (SEC-09, OPS-01).
func (o *owner) attend(g air.Guest) error {
	now, l := o.clock.now(), o.live
	p := air.BaseOf(g.Point)
	switch {
	case l.State().Phase == conduct.Closed:
		return meeting.Refuse(conduct.CodeClosed, "")
	case g.Machine, air.IsBoard(p):
		return nil
	case air.IsGuest(p):
		return o.mayVisit(p)
	}
	if err := l.MayJoin(p); err != nil {
		return err
	}
	if p != g.Point { // a second connection takes no place
		return nil
	}
	taken := 0
	for _, x := range l.Plan().Points {
		there := l.State().Points[x.ID].Connected
		let, coming := o.coming[x.ID]
		if coming && now.Sub(let) > arriving {
			delete(o.coming, x.ID)
			coming = false
		}
		if x.ID != p && (there || coming) {
			taken++
		}
	}
	if limit := l.Plan().Conduct.Cap; limit > 0 && taken >= limit && !l.State().Points[p].Connected {
		return meeting.Refuse(conduct.CodeFull, "point")
	}
	o.coming[p] = now
	return nil
}

// report takes what happened in the room.
func (o *owner) report(e air.Report) {
	switch e := e.(type) {
	case air.Arrived:
		o.arrived(e.Guest)
	case air.Silent:
		since := o.clock.now().Add(-air.Unsure)
		_ = o.system(conduct.Drop{Point: e.Point, Since: since}) // logged
	case air.Departed:
		delete(o.coming, e.Point)
		delete(o.inside, e.Point)
		for _, there := range []*[]meeting.PointID{&o.boards, &o.guests} {
			if i := slices.Index(*there, e.Point); i >= 0 {
				*there = slices.Delete(slices.Clone(*there), i, i+1)
				o.publish(false)
				return
			}
		}
		_ = o.system(conduct.Drop{Point: e.Point}) // logged
	case air.Sharing:
		o.sharing(e)
	case air.Recorder:
		_ = o.system(conduct.ReportRecorder{State: conduct.RecorderState(e.State), Code: e.Code, Alarms: e.Alarms}) // logged
	case air.Hand:
		o.hand(e)
	case air.Call:
		o.called(e)
	}
}

// arrived notes who is there now. Who cannot stay goes at once.
func (o *owner) arrived(g air.Guest) {
	delete(o.coming, g.Point)
	if air.IsBoard(g.Point) {
		if !slices.Contains(o.boards, g.Point) {
			o.boards = append(slices.Clone(o.boards), g.Point)
			o.publish(false)
		}
		return
	}
	off := o.live.State().CalledOff // a test run in a free room
	if air.IsGuest(g.Point) {
		if !off {
			o.visited(g.Point)
		}
		return
	}
	o.inside[g.Point] = g
	if off {
		return
	}
	if err := o.system(conduct.Join{Point: g.Point, Device: g.Device}); err != nil && meeting.CodeOf(err) != CodeUnkept {
		o.house.settings.Bridge.Expel(o.id, g.Point)
	}
}

// mayVisit answers whether a guest may be in now. Of a locked room the database knows who
// was in before the bridge ended.
func (o *owner) mayVisit(p meeting.PointID) error {
	err := o.live.MayVisit(o.been[p])
	guest, _ := air.GuestID(p)
	if meeting.CodeOf(err) != conduct.CodeLocked {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), keepPatience)
	defer cancel()
	come, failed := o.house.settings.Store.HasCome(ctx, o.id, guest)
	switch {
	case failed != nil:
		return failed // he may ask again: nobody knows that he is refused
	case !come:
		return err
	}
	o.been[p] = true
	return nil
}

// came keeps that a guest was in.
func (o *owner) came(p meeting.PointID) {
	if o.been[p] {
		return
	}
	o.been[p] = true
	guest, _ := air.GuestID(p)
	ctx, cancel := context.WithTimeout(context.Background(), keepPatience)
	defer cancel()
	if err := o.house.settings.Store.GuestCame(ctx, o.id, guest, o.clock.now()); err != nil {
		o.house.settings.Log.Error("that a guest was in a meeting could not be kept", "meeting", o.id, "error", err)
	}
}

// visited notes a guest who is there now.
func (o *owner) visited(p meeting.PointID) {
	if err := o.mayVisit(p); err != nil {
		o.house.settings.Bridge.Expel(o.id, p)
		return
	}
	o.came(p)
	if !slices.Contains(o.guests, p) {
		o.guests = append(slices.Clone(o.guests), p)
		o.publish(false)
	}
}

// actor is a point's machine without anybody signed in.
func actor(g air.Guest) conduct.Actor { return conduct.Actor{Point: g.Point, Device: g.Device} }

// sharing follows what a point does with its screen: who may show it, shows it
// by sharing.
func (o *owner) sharing(e air.Sharing) {
	content := o.live.State().Picture.Content
	switch {
	case e.On && content != e.Point:
		_, _ = o.act(conduct.Act{By: actor(e.Guest), Do: conduct.ShareContent{Point: e.Point}}) // a refusal is in the log
	case !e.On && content == e.Point:
		_ = o.system(conduct.ShareContent{}) // logged
	}
}

// hand is the request to speak of a client without a call of its own (CON-03).
func (o *owner) hand(e air.Hand) {
	queue := o.live.State().Floor.Queue
	if e.Up {
		_, _ = o.act(conduct.Act{By: actor(e.Guest), Do: filled(conduct.Ask{Point: e.Point, Topic: topic(e.Topic)})}) // a refusal is in the log
		return
	}
	for _, r := range queue {
		if r.Point == e.Point {
			_, _ = o.act(conduct.Act{By: actor(e.Guest), Do: conduct.Withdraw{Entry: r.ID}}) // a refusal is in the log
			return
		}
	}
}

// topic leaves out what a client says that has nothing to say.
func topic(s string) string {
	switch s {
	case "1", "true", "yes":
		return ""
	}
	return s
}

// called is an act by remote procedure call: the body of the HTTP request.
func (o *owner) called(c air.Call) {
	if after, asked := readChatCall(c.Body); asked {
		c.Answer(chatAnswer(o.live, after))
		return
	}
	deed, key, err := readAct(c.Body)
	if err == nil {
		_, err = o.act(conduct.Act{Key: key, By: actor(c.Guest), Do: deed})
	}
	if err != nil {
		c.Answer("", callError(err))
		return
	}
	body, err := json.Marshal(struct {
		Seq int `json:"seq"`
	}{o.live.State().Seq})
	if err != nil {
		c.Answer("", callError(err))
		return
	}
	c.Answer(string(body), nil)
}

// callError is a refusal as the answer of a call: its status, its code, and the
// problem as JSON.
func callError(err error) *air.CallError {
	p := &meeting.Problem{Code: CodeUnkept}
	errors.As(err, &p)
	data, err := json.Marshal(p)
	if err != nil {
		data = nil
	}
	return &air.CallError{Code: uint32(p.GetStatus()), Message: string(p.Code), Data: string(data)}
}

// longestKey is how long an idempotency key may be, as in the header of a request.
const longestKey = 128

// readAct reads {"do": name, "with": fields} and the key, if the body has one.
func readAct(body []byte) (deed conduct.Deed, key string, err error) {
	var head struct {
		Do   string          `json:"do"`
		With json.RawMessage `json:"with"`
		Key  string          `json:"key"`
	}
	if err := json.Unmarshal(body, &head); err != nil {
		return nil, "", meeting.Refuse(meeting.CodeInvalid, "body")
	}
	if head.Do == "" {
		return nil, "", meeting.Refuse(meeting.CodeMissing, "do")
	}
	if len(head.Key) > longestKey {
		return nil, "", meeting.Refuse(meeting.CodeInvalid, "key")
	}
	if len(head.With) == 0 {
		head.With = []byte("{}")
	}
	deed, err = conduct.ReadDeed(head.Do, head.With)
	return filled(deed), head.Key, err
}

// filled gives what is new its id, where the asker had none.
func filled(d conduct.Deed) conduct.Deed {
	if ask, ok := d.(conduct.Ask); ok && ask.Entry == "" {
		// Short, for everybody is told it; unique in a queue is enough.
		ask.Entry = meeting.EntryID(rand.Text()[:8])
		return ask
	}
	return d
}
