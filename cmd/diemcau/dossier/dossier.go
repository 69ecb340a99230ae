// Package dossier gathers the file of a meeting (hồ sơ cuộc họp, ARC-03) beside
// its recording: invitation, papers, check sheets, attendance, votes, minutes,
// notice and log. What the recording itself knows needs no database. It writes
// into one folder that it is given, changes nothing else and starts no goroutine.
package dossier

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/calendar"
	"diemcau/meeting/conduct"
	"diemcau/meeting/desk"
	"diemcau/meeting/document"
	"diemcau/meeting/document/layout"
	"diemcau/meeting/minutes"
	"diemcau/meeting/rehearsal"
	"diemcau/meeting/schedule"
	"diemcau/meeting/store"
	"diemcau/recording/archive"
	"diemcau/recording/bag"
)

// Source is where a meeting's file is gathered from besides its recording. The
// zero Source has nothing.
type Source struct {
	Store  *store.Store
	Papers string // folder of the papers
	Place  string // place name of the issuing body
}

// Dossier is what was gathered.
type Dossier struct {
	// Files are the files by their names in a bag.
	Files map[string]string
	// Fields are those that the meeting knows.
	Fields bag.Fields
	// Left are what belongs here and was not found: papers whose file is missing.
	Left []string
}

// gathering is one run of Gather.
type gathering struct {
	Dossier
	from    Source
	into    string
	live    *conduct.Live
	log     []conduct.Event
	minutes minutes.Minutes
}

// Gather writes the file of the meeting of a recording into a folder that is
// empty. A room in which no meeting was held has an empty Dossier.
func Gather(ctx context.Context, from Source, item archive.Item, into string) (Dossier, error) {
	g := &gathering{from: from, into: into, Dossier: Dossier{Files: map[string]string{}}}
	found, err := g.find(ctx, item)
	if err == nil && !found {
		err = g.keeping(ctx, item)
	}
	if err != nil || !found {
		return g.Dossier, err
	}
	steps := []func(context.Context) error{g.happened}
	switch g.minutes, err = minutes.Draft(g.live.Opening(), g.log); {
	case err == nil:
		steps = append(steps, g.rolls, g.reports)
	case meeting.CodeOf(err) != meeting.CodeState: // else it is not closed, as far as is known: nothing can be summed up
		return g.Dossier, err
	}
	g.describe()
	if err := g.keeping(ctx, item); err != nil {
		return g.Dossier, err
	}
	switch {
	case from.Store == nil:
	case item.Partial(): // minutes and papers may tell of what was cut: they go with the original
		steps = append(steps, g.invitation, g.sheets)
	default:
		steps = append(steps, g.invitation, g.written, g.sheets, g.papers)
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return g.Dossier, err
		}
	}
	return g.Dossier, nil
}

// find reads the meeting from the database, or else from its recording.
func (g *gathering) find(ctx context.Context, item archive.Item) (bool, error) {
	// The database has all of the meeting; what a redacted version may tell, and who may
	// not know all of it may be told, is in its own log.
	if g.from.Store != nil && !item.Partial() {
		var err error
		g.live, g.log, err = g.from.Store.Load(ctx, meeting.ID(item.About.Meeting))
		if meeting.CodeOf(err) != meeting.CodeUnknown {
			return err == nil, err
		}
	}
	start, log, err := item.OpeningOf()
	if err != nil || start == nil {
		return false, err
	}
	var o conduct.Opening
	if err := json.Unmarshal(start, &o); err != nil {
		return false, fmt.Errorf("dossier: %w", err)
	}
	g.log = make([]conduct.Event, len(log))
	for i, text := range log {
		if err := json.Unmarshal(text, &g.log[i]); err != nil {
			return false, fmt.Errorf("dossier: %w", err)
		}
	}
	g.live, err = conduct.Replay(o, g.log)
	return err == nil, err
}

// add writes a file.
func (g *gathering) add(name string, content []byte) error {
	path := filepath.Join(g.into, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	g.Files[name] = path
	return os.WriteFile(path, content, 0o600)
}

func (g *gathering) addJSON(name string, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return g.add(name, append(text, '\n'))
}

// draw writes a document in both formats.
func (g *gathering) draw(name string, d layout.Document) error {
	for _, format := range []document.Format{document.PDF, document.DOCX} {
		var b bytes.Buffer
		if err := document.Write(&b, format, d); err != nil {
			return err
		}
		if err := g.add("documents/"+name+"."+string(format), b.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// describe fills in the fields of TT 05/2025.
func (g *gathering) describe() {
	p, s := g.live.Plan(), g.live.State()
	g.Fields = bag.Fields{Title: p.Title, Keywords: []string{string(p.Type), p.Host}}
	switch {
	case p.Kept.Forever:
		g.Fields.Retention = "Vĩnh viễn"
	case p.Kept.Years > 0:
		g.Fields.Retention = fmt.Sprintf("%d năm", p.Kept.Years)
	}
	if p.Secrecy == meeting.Internal {
		g.Fields.Access = "Lưu hành nội bộ"
	}
	if !s.Opened.IsZero() {
		g.Fields.Begun = s.Opened.Format(time.RFC3339)
	}
	if !s.Ended.IsZero() {
		g.Fields.Ended = s.Ended.Format(time.RFC3339)
	}
}

// happened is the meeting's plan, its votes and its log.
func (g *gathering) happened(context.Context) error {
	var lines bytes.Buffer
	for _, e := range g.log {
		text, err := json.Marshal(e)
		if err != nil {
			return err
		}
		lines.Write(append(text, '\n'))
	}
	s := g.live.State()
	if len(s.Chat.Messages) > 0 {
		if err := g.addJSON("meeting/messages.json", s.Chat.Messages); err != nil {
			return err
		}
	}
	return errors.Join(
		g.addJSON("meeting/plan.json", g.live.Plan()),
		g.addJSON("meeting/votes.json", append([]any{}, anys(s.Votes)...)),
		g.addJSON("meeting/recording-notices.json", append([]any{}, anys(s.Sound.Notices)...)),
		g.add("meeting/log.jsonl", lines.Bytes()),
	)
}

func anys[T any](all []T) (out []any) {
	for _, x := range all {
		out = append(out, x)
	}
	return out
}

// rolls is the attendance as a table for machines.
func (g *gathering) rolls(context.Context) error {
	var b bytes.Buffer
	b.WriteString("\ufeff") // spreadsheets take it for the encoding
	w := csv.NewWriter(&b)
	rows := [][]string{{"Điểm cầu", "Tên", "Người đứng đầu", "Kết quả", "Có mặt", "Triệu tập", "Vào họp", "Về sớm", "Mất tín hiệu"}}
	for _, l := range g.minutes.Attendance.Points {
		var drops []string
		for _, d := range l.Presence.Drops {
			drops = append(drops, stamp(d.From)+"/"+stamp(d.Back))
		}
		rows = append(rows, []string{
			string(l.Point), l.Name, l.Leader.Name, string(l.Status), strconv.Itoa(l.Present), strconv.Itoa(l.Expected),
			stamp(l.Presence.Joined), stamp(l.Presence.Left), strings.Join(drops, " "),
		})
	}
	if err := w.WriteAll(rows); err != nil {
		return err
	}
	return g.add("meeting/attendance.csv", b.Bytes())
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(calendar.Zone()).Format(time.RFC3339)
}

func (g *gathering) issue(at time.Time) document.Issue {
	return document.Issue{
		Place: g.from.Place, Date: calendar.Of(at), Signer: g.live.Plan().People.Chair, Recipients: []string{"Như thành phần dự họp"},
	}
}

// reports are what the log alone gives: attendance and votes.
func (g *gathering) reports(context.Context) error {
	head := g.minutes.Head
	if err := g.draw("diem-danh", document.Attendance(head, g.minutes.Attendance, g.issue(head.End))); err != nil {
		return err
	}
	votes := g.live.State().Votes
	if len(votes) == 0 {
		return nil
	}
	return g.draw("bieu-quyet", document.Votes(head, g.live.Plan(), votes, g.issue(head.End)))
}

// invitation is the newest one that was sent, and what changed before.
func (g *gathering) invitation(ctx context.Context) error {
	e, err := g.from.Store.Entry(ctx, g.live.Plan().ID)
	if meeting.CodeOf(err) == meeting.CodeUnknown {
		return nil
	}
	if err != nil {
		return err
	}
	if err := g.addJSON("meeting/versions.json", e.Versions); err != nil {
		return err
	}
	v := e.Now()
	if v.State == schedule.Draft {
		return nil
	}
	return g.draw("giay-moi", document.Invitation(v, g.issue(v.Change.At), nil))
}

// written are the minutes, all versions, and the notice of conclusions.
func (g *gathering) written(ctx context.Context) error {
	id := g.live.Plan().ID
	all, err := store.All[minutes.Version](ctx, g.from.Store, store.Minutes, id)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return nil
	}
	slices.SortFunc(all, func(a, b store.Document[minutes.Version]) int { return a.Body.Number - b.Body.Number })
	if err := g.addJSON("meeting/minutes.json", all); err != nil {
		return err
	}
	newest := all[len(all)-1].Body
	if err := g.draw("bien-ban", document.Minutes(newest)); err != nil || newest.Stage != minutes.Signed {
		return err
	}
	// The office needs a folder of papers; that of a bridge that may be running is
	// not its own to tidy.
	office, err := desk.NewOffice(desk.OfficeSettings{Store: g.from.Store, Papers: filepath.Join(g.into, ".papers")})
	if err != nil {
		return err
	}
	n, err := office.Notice(ctx, id)
	if meeting.CodeOf(err) != "" {
		return nil // no notice can be made of these minutes
	}
	if err != nil {
		return err
	}
	issue := g.issue(time.Time{})
	issue.Date = n.Sent
	return g.draw("thong-bao-ket-luan", document.Notice(n, issue))
}

// sheets are the check sheets of the test runs.
func (g *gathering) sheets(ctx context.Context) error {
	kept, err := store.All[rehearsal.Sheet](ctx, g.from.Store, store.Sheets, g.live.Plan().ID)
	if err != nil || len(kept) == 0 {
		return err
	}
	var all []rehearsal.Sheet
	for _, x := range kept {
		all = append(all, x.Body)
	}
	return g.draw("phieu-kiem-tra", document.Checks(g.live.Plan(), all, g.issue(kept[len(kept)-1].At)))
}

// papers are the files that were handed out. What was taken back stays with its
// keepers: the list tells of it.
func (g *gathering) papers(ctx context.Context) error {
	kept, err := store.All[desk.PaperEntry](ctx, g.from.Store, store.Papers, g.live.Plan().ID)
	if err != nil || len(kept) == 0 {
		return err
	}
	var list []desk.PaperEntry
	for _, x := range kept {
		p := x.Body
		list = append(list, p)
		if !p.Recalled.IsZero() {
			continue
		}
		path, ok := paperPath(g.from.Papers, p.SHA256)
		if ok {
			_, err := os.Stat(path)
			ok = err == nil
		}
		if !ok {
			g.Left = append(g.Left, p.Name)
			continue
		}
		g.Files["papers/"+string(p.ID)+"-"+plain(p.Name)] = path
	}
	return g.addJSON("papers/list.json", list)
}

// paperPath is where a paper is kept by its hash.
func paperPath(dir, sum string) (string, bool) {
	if b, err := hex.DecodeString(sum); err != nil || len(b) != 32 {
		return "", false
	}
	return filepath.Join(dir, sum[:2], sum), true
}

// plain is a name without what means something in paths, or in manifests of bags.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\:*?"<>|%`, r) {
			return '_'
		}
		return r
	}, name)
}
