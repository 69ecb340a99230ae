package meeting

// PersonID names a person known to the bridge: chair, secretary, delegate.
type PersonID string

// UnitID names a unit (cơ quan, đơn vị): who hosts meetings and answers for tasks.
type UnitID string

// DeviceID names a paired machine: a point's codec, a secretary's computer.
type DeviceID string

// ItemID names one item of an agenda (mục, nội dung).
type ItemID string

// PaperID names one paper of a meeting (tài liệu họp).
type PaperID string

// MotionID names one question put to the vote (vấn đề biểu quyết).
type MotionID string

// EntryID names one request in the speech queue (đăng ký phát biểu).
type EntryID string

// SourceID names a receive-only picture source (nguồn hình): a reservoir camera.
type SourceID string

// RoomID names a physical room that meetings book.
type RoomID string

// Person is somebody as the papers of a meeting write him. It is copied into a
// meeting when the meeting is published, so a later promotion changes no old
// minutes.
type Person struct {
	ID       PersonID `json:"id,omitempty"`
	Name     string   `json:"name"`
	Position string   `json:"position,omitempty"`
	Unit     string   `json:"unit,omitempty"`
}

// Right is what a person may do in one meeting (quyền).
type Right string

// The rights of a meeting. Chair, secretary and technician are the three seats
// of CON-01; each may sit at its own machine.
const (
	Chair         Right = "chu-tri"
	Secretary     Right = "thu-ky"
	Technician    Right = "ky-thuat-vien"
	Delegate      Right = "dai-bieu"
	Archivist     Right = "luu-tru"
	Administrator Right = "quan-tri"
)

// Secrecy is the level a meeting is held at (độ mật). Only NotSecret and
// Internal can be carried
// by the bridge: see SEC-01.
type Secrecy string

// The levels of the law on state secrets, and the two that are none.
const (
	NotSecret Secrecy = "khong"
	Internal  Secrecy = "luu-hanh-noi-bo"
	Secret    Secrecy = "mat"
	TopSecret Secrecy = "toi-mat"
	Ultimate  Secrecy = "tuyet-mat"
)

// CodeSecret refuses a meeting at a secrecy level (SEC-01).
const CodeSecret Code = "secrecy.state_secret"

// Carry answers whether a meeting at this level may be created, started or
// recorded here. Mật, Tối mật and Tuyệt mật are refused with no override, and so
// is a level nobody knows (SEC-01): an uncertified line between sites cannot
// meet the rule of a line protected by cipher law.
func (s Secrecy) Carry() error {
	switch s {
	case NotSecret, Internal:
		return nil
	case "":
		return Refuse(CodeMissing, "secrecy")
	}
	return Refuse(CodeSecret, "secrecy")
}
