package audit

import (
	"encoding/json"
	"strings"

	"diemcau/meeting"
	"diemcau/meeting/conduct"
)

// toldKinds are the changes whose values the audit log shows: who speaks, who is
// heard and seen, who may come in, what is recorded. Of others (votes that may be
// secret, notes, conclusions) it has the digest, which proves them as well and shows
// them to nobody who keeps the house and not the meetings.
var toldKinds = []string{"speech.", "muted.", "loudspeaker.", "recording.", "phase.", "door.", "seat.", "mode.", "main.", "picture.", "point.", "item.", "queue.", "refused"}

// OfAct is the line of an event in a meeting's own log; kept is what that log keeps
// of it.
func OfAct(id meeting.ID, e conduct.Event, kept []byte) (l Line, err error) {
	l = Line{
		At: e.At, What: string(e.After.Kind()), Who: e.By.Person, Device: e.By.Device, Point: e.By.Point, Meeting: id, Number: e.Seq, Digest: Digest(kept),
	}
	if e.By.System {
		l.Detail = "bridge"
	}
	var told struct {
		Before json.RawMessage `json:"before"`
		After  json.RawMessage `json:"after"`
	}
	for _, kind := range toldKinds {
		if strings.HasPrefix(l.What, kind) {
			err = json.Unmarshal(kept, &told)
			l.Before, l.After = told.Before, told.After
		}
	}
	return l, err
}
