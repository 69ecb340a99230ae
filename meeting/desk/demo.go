package desk

import (
	"context"
	"net/http"
)

type demoOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Room     roomView `json:"room"`
		Points   []Point  `json:"points"`
		User     string   `json:"user"`
		Password string   `json:"password" doc:"of the sample account, on purpose in the open"`
	}
}

func (d *Desk) demo(context.Context, *struct{}) (*demoOutput, error) {
	if d.settings.Demo == nil {
		return nil, problem(http.StatusNotFound, NoDemo, "this bridge has no sample data")
	}
	m := d.meetings[d.settings.Demo.Meeting]
	out := &demoOutput{CacheControl: "no-store"}
	out.Body.Room = roomView{ID: m.ID, Title: m.Title}
	out.Body.Points = m.Points
	out.Body.User = d.settings.Demo.User
	out.Body.Password = d.settings.Demo.Password
	return out, nil
}
