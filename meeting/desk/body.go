package desk

import (
	"diemcau/meeting"
	"diemcau/meeting/calendar"
	"diemcau/meeting/plan"
	"diemcau/meeting/schedule"
	"time"
)

// MeetingLine is a meeting in a list.
type MeetingLine struct {
	ID       meeting.ID      `json:"id"`
	Title    string          `json:"title"`
	Type     plan.Type       `json:"type"`
	Host     string          `json:"host"`
	Unit     meeting.UnitID  `json:"unit,omitempty"`
	Chair    string          `json:"chair,omitempty"`
	Start    time.Time       `json:"start,omitzero"`
	End      time.Time       `json:"end,omitzero"`
	State    schedule.State  `json:"state" enum:"du-thao,da-phat-hanh,hoan,huy"`
	Version  int             `json:"version" doc:"of the newest announcement; 0 for a draft"`
	Main     meeting.PointID `json:"main,omitempty"`
	Points   int             `json:"points" doc:"how many points take part"`
	Invited  int             `json:"invited" doc:"how many heads are invited at all points"`
	Overlaps []meeting.ID    `json:"overlaps,omitempty" nullable:"false" doc:"meetings of this list at the same time that share a point, a person or a room with it; in the list of meetings alone"`
	Mine     *Asked          `json:"mine,omitempty" doc:"what whoever asks may and has to do with it; in the list of meetings alone"`
}

// MeetingList is one page of meetings.
type MeetingList struct {
	Items []MeetingLine `json:"items" nullable:"false"`
	Next  string        `json:"next,omitempty" doc:"cursor of the next page; empty on the last"`
}

// MeetingView is one meeting with everything that a form shows.
type MeetingView struct {
	ID meeting.ID `json:"id"`
	// Revision is the number in the ETag: it grows with every saved change.
	Revision int             `json:"revision"`
	State    schedule.State  `json:"state" enum:"du-thao,da-phat-hanh,hoan,huy"`
	Version  int             `json:"version" doc:"of the newest announcement; 0 for a draft"`
	Plan     plan.Plan       `json:"plan"`
	Change   schedule.Change `json:"change" doc:"who made the newest announcement and why"`
	// Missing are the required fields that the plan lacks (SCH-01).
	Missing   []FieldProblem      `json:"missing" nullable:"false"`
	Deadlines *calendar.Deadlines `json:"deadlines,omitempty" doc:"hạn gửi giấy mời, hạn thông báo kết luận (SCH-02)"`
	Warnings  []Warning           `json:"warnings" nullable:"false"`
	Mine      Mine                `json:"mine"`
	Letters   *LettersOut         `json:"letters,omitempty" doc:"what this request sent; absent without a mail server, or when the letters were kept back"`
}

// LettersOut are the letters that tell of an announcement.
type LettersOut struct {
	Queued int               `json:"queued"`
	Silent []meeting.PointID `json:"silent" nullable:"false" doc:"points for which no address is known"`
}

// Quietly keeps the letters back that an announcement sends by itself.
type Quietly struct {
	WithoutLetters bool `json:"withoutLetters,omitempty" doc:"send nothing by mail now; POST .../invitations/send does it later"`
}

// Mine is what the one who asks may do in this meeting.
type Mine struct {
	Rights []meeting.Right `json:"rights" nullable:"false"`
	// Point is the point that he answers for; empty for none.
	Point meeting.PointID `json:"point,omitempty"`
	Edit  bool            `json:"edit" doc:"may change, publish, postpone and cancel"`
}

// Warning is something to think of before saving; it refuses nothing.
type Warning struct {
	Code    meeting.Code `json:"code" example:"plan.too_long"`
	Message string       `json:"message"`
	Value   string       `json:"value,omitempty"`
}

// NewMeeting is what a draft is made from: a type and its template, or a copy of
// another meeting. Everything else is filled in later.
type NewMeeting struct {
	Type    plan.Type       `json:"type,omitempty" doc:"chooses the template; may be left out with copyOf"`
	Title   string          `json:"title,omitempty" maxLength:"500"`
	Unit    meeting.UnitID  `json:"unit,omitempty" doc:"the host; without it the unit of who asks"`
	Secrecy meeting.Secrecy `json:"secrecy,omitempty" example:"khong"`
	Start   time.Time       `json:"start,omitzero"`
	End     time.Time       `json:"end,omitzero"`
	CopyOf  meeting.ID      `json:"copyOf,omitempty" doc:"a meeting whose plan is copied and moved to start"`
	Plan    *plan.Plan      `json:"plan,omitempty" doc:"a whole plan, when there is one; its id is given by the bridge"`
}

// EditMeeting replaces the plan. A meeting that was published needs the reason.
type EditMeeting struct {
	Quietly
	Plan plan.Plan    `json:"plan"`
	Why  schedule.Why `json:"why,omitempty" enum:"bat-kha-khang,chi-dao-cap-tren,chua-chuan-bi-xong,nguoi-chu-tri-ban,trung-lich,khac"`
	Text string       `json:"text,omitempty" maxLength:"2000"`
	// Despite accepts the conflicts that the check shows.
	Despite bool `json:"despite,omitempty"`
}

// CheckResult is what stands against publishing a plan as it is.
type CheckResult struct {
	Ready     bool                `json:"ready" doc:"nothing is missing or wrong"`
	Problems  []FieldProblem      `json:"problems" nullable:"false"`
	Conflicts []ConflictView      `json:"conflicts" nullable:"false"`
	Warnings  []Warning           `json:"warnings" nullable:"false"`
	Deadlines *calendar.Deadlines `json:"deadlines,omitempty"`
}

// ConflictView is one collision with another meeting or booking.
type ConflictView struct {
	schedule.Conflict
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
	// Text is a sentence for people.
	Text string `json:"text"`
}

// PublishMeeting are the answers to what the check shows.
type PublishMeeting struct {
	Quietly
	Reason string `json:"reason,omitempty" maxLength:"2000" doc:"why it is sent after the deadline (SCH-02)"`
	// Despite accepts the conflicts that were shown.
	Despite bool `json:"despite,omitempty" doc:"publish although points, people or rooms collide"`
}

// PutOff postpones or cancels.
type PutOff struct {
	Quietly
	Why  schedule.Why `json:"why" enum:"bat-kha-khang,chi-dao-cap-tren,chua-chuan-bi-xong,nguoi-chu-tri-ban,trung-lich,khac"`
	Text string       `json:"text,omitempty" maxLength:"2000"`
}
