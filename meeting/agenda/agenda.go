// Package agenda is the order of business: the items as planned, the positions
// that points took on them beforehand (VOT-04), and when each was begun and ended
// (CON-14). It is pure.
package agenda

import (
	"slices"
	"time"

	"diemcau/meeting"
)

// Item is one line of the programme (mục).
type Item struct {
	ID    meeting.ItemID `json:"id"`
	Title string         `json:"title"`
	// Start is when it is planned to begin and Minutes how long it may take; 0 is
	// not said.
	Start   time.Time `json:"start,omitzero"`
	Minutes int       `json:"minutes,omitempty"`
	// Presenter speaks from Point; both may be empty (các điểm cầu).
	Presenter meeting.Person    `json:"presenter,omitzero"`
	Point     meeting.PointID   `json:"point,omitempty"`
	Papers    []meeting.PaperID `json:"papers,omitempty"`
	// Closing marks the item in which the chair concludes.
	Closing bool `json:"closing,omitempty"`
}

// Run is what became of an item.
type Run struct {
	Item     meeting.ItemID `json:"item"`
	Started  time.Time      `json:"started"`
	Finished time.Time      `json:"finished,omitzero"`
	// Fast says that it passed without debate (thông qua nhanh).
	Fast bool `json:"fast,omitempty"`
}

// Over is how long the item has run past its minutes at now; 0 when it has not.
func (r Run) Over(item Item, now time.Time) time.Duration {
	if item.Minutes == 0 {
		return 0
	}
	if !r.Finished.IsZero() {
		now = r.Finished
	}
	return max(0, now.Sub(r.Started)-time.Duration(item.Minutes)*time.Minute)
}

// Find gives the item with the id.
func Find(items []Item, id meeting.ItemID) (Item, bool) {
	i := slices.IndexFunc(items, func(it Item) bool { return it.ID == id })
	if i < 0 {
		return Item{}, false
	}
	return items[i], true
}

// Check names what is wrong with the items: an id used twice, a title missing,
// minutes below zero.
func Check(items []Item) meeting.Problems {
	var ps meeting.Problems
	seen := map[meeting.ItemID]bool{}
	for _, it := range items {
		if it.Title == "" {
			ps = append(ps, meeting.Refuse(meeting.CodeMissing, "agenda.title").With(string(it.ID)))
		}
		if it.ID == "" || seen[it.ID] {
			ps = append(ps, meeting.Refuse(meeting.CodeDuplicate, "agenda.id").With(string(it.ID)))
		}
		if it.Minutes < 0 {
			ps = append(ps, meeting.Refuse(meeting.CodeInvalid, "agenda.minutes").With(string(it.ID)))
		}
		seen[it.ID] = true
	}
	return ps
}

// Stand is a position taken on an item before the meeting.
type Stand string

// The positions of VOT-04.
const (
	Agrees  Stand = "dong-y"
	Objects Stand = "co-y-kien"
	Speaks  Stand = "xin-phat-bieu"
)

// Position is what one point said of one item beforehand.
type Position struct {
	Item  meeting.ItemID  `json:"item"`
	Point meeting.PointID `json:"point"`
	Stand Stand           `json:"stand"`
	Text  string          `json:"text,omitempty"`
	At    time.Time       `json:"at"`
}

// Take enters a position; the point's newest one on an item counts and the older
// ones stay in the list.
func Take(items []Item, taken []Position, p Position) ([]Position, error) {
	if _, ok := Find(items, p.Item); !ok {
		return taken, meeting.Refuse(meeting.CodeUnknown, "item").With(string(p.Item))
	}
	if !slices.Contains([]Stand{Agrees, Objects, Speaks}, p.Stand) {
		return taken, meeting.Refuse(meeting.CodeInvalid, "stand").With(string(p.Stand))
	}
	return append(slices.Clone(taken), p), nil
}

// Fast reports whether the item may pass without debate: somebody answered and
// nobody objects or wants to speak.
func Fast(taken []Position, item meeting.ItemID) bool {
	last := map[meeting.PointID]Stand{}
	for _, p := range taken {
		if p.Item == item {
			last[p.Point] = p.Stand
		}
	}
	for _, s := range last {
		if s != Agrees {
			return false
		}
	}
	return len(last) > 0
}
