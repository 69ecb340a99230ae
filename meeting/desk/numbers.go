package desk

import (
	"context"
	"strconv"
	"strings"

	"diemcau/meeting"
	"diemcau/meeting/calendar"
	"diemcau/meeting/minutes"
	"diemcau/meeting/store"
)

// NewNumber asks for a number in the register of the host unit.
type NewNumber struct {
	Number int    `json:"number,omitempty" minimum:"0" maximum:"99999" doc:"as typed from the document system; the next one when left out. Minutes that have one get this instead, and the old one is free again"`
	Symbol string `json:"symbol,omitempty" maxLength:"32" doc:"of the host unit in numbers, where the directory of units has none for it"`
}

func (o *Office) numberMinutes(ctx context.Context, in *struct {
	OfMeeting
	Body NewNumber
}) (*tagged[MinutesView], error) {
	now, _, err := o.held(ctx, in.Meeting, meeting.Secretary)
	if err != nil {
		return nil, err
	}
	d, err := o.newest(ctx, in.Meeting)
	if err != nil {
		return nil, err
	}
	v := d.Body
	old := v.Fields.Head.Number
	if v.Stage != minutes.Signed || old != "" && in.Body.Number == 0 {
		return nil, meeting.Refuse(meeting.CodeState, "stage").With(string(v.Stage))
	}
	symbol, err := o.symbol(ctx, now.Plan.Unit, strings.TrimSpace(in.Body.Symbol))
	if err != nil {
		return nil, err
	}
	slot := minutes.Slot{Unit: symbol, Type: "BB", Year: calendar.Of(v.Signed).Year}
	_, err = store.GiveNumber(ctx, o.store, slot, in.Body.Number, in.Meeting, old, func(text string) (store.Shelf, store.Document[minutes.Version], error) {
		v.Fields.Head.Number = text
		return store.Minutes, document(ctx, o, in.Meeting, strconv.Itoa(v.Number), d.Number+1, v), nil
	})
	return tagMinutes(v, d.Number+1, err)
}

// symbol is that of the host unit in numbers. Only where the directory has none, one is
// typed, and never another unit's: its register is not the host's to number in.
func (o *Office) symbol(ctx context.Context, host meeting.UnitID, typed string) (string, error) {
	all, err := store.All[Unit](ctx, o.store, store.Units, "")
	if err != nil {
		return "", err
	}
	taken := false
	for _, d := range all {
		switch {
		case d.ID == string(host) && d.Body.Symbol != "":
			if typed != "" && typed != d.Body.Symbol {
				return "", meeting.Refuse(meeting.CodeInvalid, "symbol").With(d.Body.Symbol)
			}
			return d.Body.Symbol, nil
		case strings.EqualFold(d.Body.Symbol, typed):
			taken = true
		}
	}
	switch {
	case typed == "":
		return "", meeting.Refuse(meeting.CodeMissing, "symbol")
	case taken:
		return "", meeting.Refuse(meeting.CodeDuplicate, "symbol").With(typed)
	}
	return typed, nil
}
