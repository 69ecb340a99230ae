package desk

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/calendar"
	"diemcau/meeting/minutes"
	"diemcau/meeting/store"
	"diemcau/meeting/task"
)

// Progress is what was reported of a task.
type Progress struct {
	Percent int              `json:"percent" minimum:"0" maximum:"100"`
	Text    string           `json:"text,omitempty" maxLength:"4000"`
	Done    calendar.Date    `json:"done,omitzero" doc:"the day on which it was done"`
	By      meeting.PersonID `json:"by,omitempty" readOnly:"true"`
	At      time.Time        `json:"at,omitzero" readOnly:"true"`
}

// TaskView is a task of a meeting's conclusions with what was reported last.
type TaskView struct {
	task.Task
	Meeting  meeting.ID `json:"meeting"`
	Title    string     `json:"title" doc:"of the meeting"`
	Progress *Progress  `json:"progress,omitempty"`
	Overdue  bool       `json:"overdue"`
	Mine     bool       `json:"mine" doc:"the one who asks may report on it"`
}

// OfTask names a task of a meeting in a path.
type OfTask struct {
	OfMeeting
	Task string `path:"task" maxLength:"128"`
}

func (o *Office) registerTasks(api huma.API) {
	operation(o, api, http.MethodGet, "/api/tasks", "listTasks", "Tasks of conclusions, by deadline", account.SignedIn(), o.listTasks)
	operation(o, api, http.MethodGet, "/api/meetings/{meeting}/tasks/{task}/progress", "listProgress", "Everything reported of a task", account.SignedIn(), o.listProgress)
	operation(o, api, http.MethodPost, "/api/meetings/{meeting}/tasks/{task}/progress", "reportProgress", "Report on a task", account.SignedIn(), o.reportProgress)
}

// conclusions are the newest minutes of a meeting and what was reported of its
// tasks.
type conclusions struct {
	title    string
	edit     bool
	fields   minutes.Minutes
	progress map[string]Progress
}

func (o *Office) conclusions(ctx context.Context, j judge, id meeting.ID) (conclusions, error) {
	var c conclusions
	now, err := o.store.Standing(ctx, id)
	if err != nil {
		return c, err
	}
	d, err := o.newest(ctx, id)
	if err != nil {
		return c, err
	}
	reports, err := store.All[Progress](ctx, o.store, store.Progress, id)
	c = conclusions{title: now.Plan.Title, edit: j.mine(now.Plan).Edit, fields: d.Body.Fields, progress: map[string]Progress{}}
	for _, r := range reports {
		c.progress[r.ID] = r.Body
	}
	return c, err
}

// task is one of the conclusions, when the one who asks may see it: he is of the
// meeting's keepers or of a unit that the task names.
func (o *Office) task(ctx context.Context, id meeting.ID, c conclusions, t task.Task) (TaskView, bool) {
	v := TaskView{Task: t, Meeting: id, Title: c.title}
	if p, ok := c.progress[t.ID]; ok {
		v.Progress = &p
		v.Done = p.Done
	}
	v.Overdue = v.Task.Overdue(o.today())
	unit := o.unitName(ctx, who(ctx).Unit)
	v.Mine = c.edit || (unit != "" && t.Lead == unit)
	return v, v.Mine || (unit != "" && slices.Contains(t.Support, unit))
}

func (o *Office) listTasks(ctx context.Context, in *struct {
	Lead    string     `query:"lead" maxLength:"300" doc:"of this lead unit only"`
	Meeting meeting.ID `query:"meeting" maxLength:"128"`
	Overdue bool       `query:"overdue" doc:"overdue ones only"`
	Open    bool       `query:"open" doc:"those not done only"`
}) (*answer[listed[TaskView]], error) {
	j, err := o.judge(ctx)
	if err != nil {
		return nil, err
	}
	kept, err := store.Everywhere[minutes.Version](ctx, o.store, store.Minutes)
	if err != nil {
		return nil, err
	}
	var all []TaskView
	done := map[meeting.ID]bool{}
	for _, d := range kept {
		if done[d.Owner] || (in.Meeting != "" && d.Owner != in.Meeting) {
			continue
		}
		done[d.Owner] = true
		c, err := o.conclusions(ctx, j, d.Owner)
		if err != nil {
			return nil, err
		}
		for _, t := range c.fields.Tasks {
			v, ok := o.task(ctx, d.Owner, c, t)
			if !ok || (in.Lead != "" && v.Lead != in.Lead) || (in.Overdue && !v.Overdue) || (in.Open && !v.Done.IsZero()) {
				continue
			}
			all = append(all, v)
		}
	}
	slices.SortStableFunc(all, func(a, b TaskView) int { return a.Due.Compare(b.Due) })
	return list(all, nil)
}

// oneTask finds a task that the one who asks may see.
func (o *Office) oneTask(ctx context.Context, in OfTask) (TaskView, error) {
	j, err := o.judge(ctx)
	if err != nil {
		return TaskView{}, err
	}
	unknown := meeting.Refuse(meeting.CodeUnknown, "task").With(in.Task)
	c, err := o.conclusions(ctx, j, in.Meeting)
	if meeting.CodeOf(err) == meeting.CodeUnknown {
		return TaskView{}, unknown
	}
	if err != nil {
		return TaskView{}, err
	}
	for _, t := range c.fields.Tasks {
		if t.ID != in.Task {
			continue
		}
		if v, ok := o.task(ctx, in.Meeting, c, t); ok {
			return v, nil
		}
	}
	return TaskView{}, unknown
}

func (o *Office) listProgress(ctx context.Context, in *OfTask) (*answer[listed[Progress]], error) {
	if _, err := o.oneTask(ctx, *in); err != nil {
		return nil, err
	}
	all, err := store.History[Progress](ctx, o.store, store.Progress, in.Meeting, in.Task)
	return list(contents(all), err)
}

func (o *Office) reportProgress(ctx context.Context, in *struct {
	OfTask
	Body Progress
}) (*answer[TaskView], error) {
	v, err := o.oneTask(ctx, in.OfTask)
	if err != nil {
		return nil, err
	}
	if !v.Mine {
		return nil, meeting.Refuse(meeting.CodeNoRight, "task").With(v.Lead)
	}
	p := in.Body
	p.By, p.At = who(ctx).Person, o.now().UTC()
	switch {
	case p.Done.After(o.today()):
		return nil, meeting.Refuse(meeting.CodeInvalid, "done")
	case p.Done.IsZero() && p.Percent == 100:
		p.Done = o.today()
	case !p.Done.IsZero():
		p.Percent = 100
	}
	n, err := next[Progress](ctx, o, store.Progress, in.Meeting, in.Task)
	if err != nil {
		return nil, err
	}
	if err := store.Put(ctx, o.store, store.Progress, document(ctx, o, in.Meeting, in.Task, n, p)); err != nil {
		return nil, err
	}
	return give(o.oneTask(ctx, in.OfTask))
}
