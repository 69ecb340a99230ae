package conduct

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"diemcau/meeting"
)

// kept are the plain texts of changes that a redacted version keeps: names of people,
// ids, and words of fixed lists.
var kept = []string{"name", "position", "unit", "substitute", "id", "deed", "why", "alarms", "extend"}

// TestARC_EveryTextOfTheLogIsEitherWithheldOrKnownToBeNoText fails when a change gets a
// field in which people could write, and nobody has decided whether a redacted version
// may have it.
func TestARC_EveryTextOfTheLogIsEitherWithheldOrKnownToBeNoText(t *testing.T) {
	t.Parallel()
	for kind, read := range changes() {
		c, err := read([]byte("{}"))
		if err != nil {
			t.Fatal(err)
		}
		for path := range texts(reflect.TypeOf(c), nil, 0) {
			name := path[strings.LastIndexByte(path, '.')+1:]
			if slices.Contains(withheld, name) == slices.Contains(kept, name) {
				t.Errorf("%s: field %s: withheld or kept?", kind, path)
			}
		}
	}
}

// texts are the paths of the fields of type string.
func texts(of reflect.Type, path []string, depth int) map[string]bool {
	out := map[string]bool{}
	if of == reflect.TypeFor[time.Time]() || depth > 8 {
		return out
	}
	switch of.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return texts(of.Elem(), path, depth+1)
	case reflect.String:
		if of == reflect.TypeFor[string]() {
			out[strings.Join(path, ".")] = true
		}
	case reflect.Struct:
		for i := range of.NumField() {
			f := of.Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "" {
				name = f.Name
			}
			for p := range texts(f.Type, append(slices.Clone(path), name), depth+1) {
				out[p] = true
			}
		}
	}
	return out
}

func TestARC_WhatWasWrittenIsTakenOutOfAnEventAndItStillReplays(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 3, 7, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		change Change
		within bool
		gone   bool
	}{
		{MessageSaid{Message{Number: 1, Name: "Xã A", Text: "điều kín"}}, true, true},
		{MessageSaid{Message{Number: 1, Name: "Xã A", Text: "điều kín"}}, false, false},
		{Noted{Text: "điều kín"}, false, true},
		{PictureSet{Picture{LowerThird: [2]string{"điều kín", "điều kín"}}}, true, true},
	} {
		event := Event{Seq: 3, At: at, By: Actor{Point: "LG-X1"}, Before: Announced{Text: "điều kín"}, After: c.change}
		if c.change.Kind() != "announced" {
			event.Before = nil
		}
		b, err := json.Marshal(event)
		if err != nil {
			t.Fatal(err)
		}
		out, err := Withhold(b, c.within)
		if err != nil {
			t.Fatal(err)
		}
		if gone := !strings.Contains(string(out), "kín"); gone != c.gone {
			t.Errorf("%s within %v: %s", c.change.Kind(), c.within, out)
		}
		var again Event
		if err := json.Unmarshal(out, &again); err != nil || again.Seq != 3 || !again.At.Equal(at) || again.By.Point != meeting.PointID("LG-X1") {
			t.Errorf("%s: %+v, %v", out, again, err)
		}
	}
	b, _ := json.Marshal(Event{Seq: 1, At: at, Before: Announced{Text: "điều kín"}, After: Announced{}})
	if out, err := Withhold(b, false); err != nil || strings.Contains(string(out), "kín") {
		t.Errorf("what stood there before stays: %s, %v", out, err)
	}
}
