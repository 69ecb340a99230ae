package outbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html/template"
	"net/mail"
	"slices"
	"strings"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/calendar"
	"diemcau/meeting/document"
	"diemcau/meeting/letter"
	"diemcau/meeting/plan"
	"diemcau/meeting/schedule"
)

// ErrObsolete says that a newer version of the meeting has taken a letter's place.
var ErrObsolete = errors.New("đã có phiên bản mới hơn của cuộc họp")

// Message is a letter with its text.
type Message struct {
	ID       string
	From, To mail.Address
	Subject  string
	Text     string
	HTML     string
	// Calendar is the iCalendar file and Method its method.
	Calendar []byte
	Method   string
	// QR is the picture that HTML shows as cid:qr; nil for none.
	QR    []byte
	Files []File
}

// File is an attachment.
type File struct {
	Name, Type string
	Bytes      []byte
}

// Composer makes messages.
type Composer struct {
	// Entry reads a meeting with all its versions.
	Entry func(ctx context.Context, id meeting.ID) (schedule.Entry, error)
	Seal  *letter.Seal
	From  mail.Address
	// Base is the address of the bridge as rooms reach it, without a slash at the
	// end.
	Base func() string
	// Issue is what the office adds to the giấy mời of a version.
	Issue func(v schedule.Version) document.Issue
}

// linkLife is how long after its end a meeting's links say "seen".
const linkLife = 24 * time.Hour

// LinkPath is where links of invitations lead. What makes a link a point's own
// stands behind the #, which browsers send to nobody and no log writes down.
const LinkPath = "/invitation"

// Link is the point's own address of a version.
func (c *Composer) Link(p plan.Plan, version int, at meeting.PointID) (string, error) {
	token, err := c.Seal.Token(letter.Ticket{Meeting: p.ID, Point: at, Version: version, Expires: p.End.Add(linkLife).Unix()})
	if err != nil {
		return "", err
	}
	return c.Base() + LinkPath + "#" + token, nil
}

// Picture is the link and the same as a QR code (PNG).
func (c *Composer) Picture(p plan.Plan, version int, at meeting.PointID) (link string, png []byte, err error) {
	if link, err = c.Link(p, version, at); err != nil {
		return "", nil, err
	}
	png, err = letter.QR(link)
	return link, png, err
}

// Compose makes the message of a letter: text, calendar file and giấy mời.
func (c *Composer) Compose(ctx context.Context, l letter.Letter) (Message, error) {
	e, err := c.Entry(ctx, l.Meeting)
	if err != nil {
		return Message{}, err
	}
	v := e.Now()
	if v.Number != l.Version {
		return Message{}, ErrObsolete
	}
	p := v.Plan
	m := Message{ID: l.ID + "@diemcau", From: c.From, To: mail.Address{Name: l.Name, Address: l.Address}, Method: "REQUEST"}
	content := content{Version: v, Name: l.Name, When: when(p), Why: v.Change.Text}
	x, takesPart := p.Point(l.Point)
	content.Left = l.Point != "" && !takesPart
	m.Subject = strings.Join(strings.Fields(content.subject()), " ")
	calendar := v
	if !content.On() {
		m.Method = "CANCEL"
		if calendar.State == schedule.Published {
			calendar.State = schedule.Cancelled // for this one recipient
		}
	}
	m.Calendar = letter.Calendar(calendar, letter.Envelope{From: c.From, To: m.To})
	if content.Left {
		return c.finish(m, content)
	}
	var to *document.Addressee
	if takesPart {
		link, qr, err := c.Picture(p, v.Number, x.ID)
		if err != nil {
			return Message{}, err
		}
		content.Link, content.Point = link, x.Name
		if content.On() {
			to = &document.Addressee{Point: x, Link: link, QR: qr}
			m.QR = qr
		}
	}
	for _, f := range []document.Format{document.PDF, document.DOCX} {
		var b bytes.Buffer
		if err := document.Write(&b, f, document.Invitation(v, c.Issue(v), to)); err != nil {
			return Message{}, err
		}
		m.Files = append(m.Files, File{"giay-moi." + string(f), f.Type(), b.Bytes()})
	}
	return c.finish(m, content)
}

// finish writes the text.
func (c *Composer) finish(m Message, content content) (_ Message, err error) {
	m.Text = content.text()
	m.HTML, err = content.html()
	return m, err
}

func (c content) subject() string {
	v := c.Version
	switch {
	case c.Left:
		return "Thay đổi thành phần dự họp: " + v.Plan.Title
	case v.State == schedule.Cancelled:
		return "Hủy: " + v.Plan.Title
	case v.State == schedule.Postponed:
		return "Hoãn: " + v.Plan.Title
	case v.Number > 1:
		return fmt.Sprintf("Giấy mời (thay đổi lần %d): %s", v.Number-1, v.Plan.Title)
	}
	return "Giấy mời: " + v.Plan.Title
}

func when(p plan.Plan) string {
	start, end := p.Start.In(calendar.Zone()), p.End.In(calendar.Zone())
	return fmt.Sprintf("%s–%s, ngày %s", start.Format("15.04"), end.Format("15.04"), calendar.Of(start))
}

// content are the fields of the text.
type content struct {
	Version                      schedule.Version
	Name, When, Link, Point, Why string
	// Left means that the recipient's point takes part no more.
	Left bool
}

// On reports whether the meeting is held, as far as the recipient is concerned.
func (c content) On() bool { return c.Version.State == schedule.Published && !c.Left }

// lines are the sentences that text and HTML share.
func (c content) lines() []string {
	p := c.Version.Plan
	if !c.On() {
		what := "hoãn"
		switch {
		case c.Version.State == schedule.Cancelled:
			what = "hủy"
		case c.Left:
			what = "điểm cầu của đồng chí không còn trong thành phần dự họp"
		}
		all := []string{fmt.Sprintf("%s thông báo %s: %s (dự kiến %s).", p.Host, what, p.Title, c.When)}
		if c.Why != "" {
			all = append(all, "Lý do: "+c.Why)
		}
		return all
	}
	all := []string{
		fmt.Sprintf("%s trân trọng kính mời tới dự: %s.", p.Host, p.Title), "Thời gian: " + c.When + ".", "Chủ trì: " + p.People.Chair.Name + ".",
		"Giấy mời và chương trình ở tệp đính kèm.",
	}
	if p.People.Technician.Name != "" {
		contact := slices.DeleteFunc([]string{p.People.Technician.Name, p.People.Phone}, func(s string) bool { return s == "" })
		all = append(all, "Đầu mối kỹ thuật: "+strings.Join(contact, ", ")+".")
	}
	return all
}

// Lines are for the template.
func (c content) Lines() []string { return c.lines() }

// Way says what the link is for: the way in, or only the word that the point knows.
func (c content) Way() string {
	if c.On() {
		return "Vào họp tại điểm cầu " + c.Point
	}
	return "Xác nhận điểm cầu " + c.Point + " đã xem thông báo này"
}

func (c content) text() string {
	all := []string{}
	if c.Name != "" {
		all = append(all, "Kính gửi: "+c.Name, "")
	}
	all = append(all, c.lines()...)
	if c.Link != "" {
		all = append(all, "", c.Way()+":", c.Link)
	}
	return strings.Join(all, "\r\n") + "\r\n"
}

var page = template.Must(template.New("letter").Parse(`<!doctype html>
<html lang="vi"><body style="font-family: serif; font-size: 16px; color: #000">
{{with .Name}}<p>Kính gửi: <b>{{.}}</b></p>{{end}}
{{range .Lines}}<p>{{.}}</p>
{{end}}{{if .Link}}<p>{{.Way}}: <a href="{{.Link}}">{{if .On}}mở giấy mời{{else}}xác nhận{{end}}</a>{{if .On}}, hoặc quét mã:</p>
<p><img src="cid:qr" alt="Mã QR" width="180" height="180">{{end}}</p>{{end}}
</body></html>
`))

func (c content) html() (string, error) {
	var b strings.Builder
	err := page.Execute(&b, c)
	return b.String(), err
}
