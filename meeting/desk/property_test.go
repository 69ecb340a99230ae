package desk_test

import (
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"diemcau/meeting/desk"
	"diemcau/meeting/plan"
	"diemcau/meeting/sample"
	"diemcau/meeting/schedule"
)

// withoutConflict is a briefing at a time of its own.
func withoutConflict(n int) plan.Plan {
	return sample.Briefing().At(sample.Briefing().Start.AddDate(0, 0, 6+n))
}

// TestSCH09_NoSequenceOfActsLosesAVersionOrChangesOneThatWas lets several people
// edit, publish, postpone and cancel one meeting with fresh and old ETags.
func TestSCH09_NoSequenceOfActsLosesAVersionOrChangesOneThatWas(t *testing.T) {
	t.Parallel()
	h := newHouse(t, filepath.Join(t.TempDir(), "d.db"))
	h.samples(t)
	rapid.Check(t, func(rt *rapid.T) {
		v := h.draft(t, "nhap", withoutConflict(1))
		path := "/api/meetings/" + string(v.ID)
		tags := []string{h.etag(t, "nhap", v.ID)}
		state, revision, drafts := schedule.Draft, 1, 1
		var kept []schedule.Version
		for range rapid.IntRange(1, 8).Draw(rt, "acts") {
			as := rapid.SampledFrom([]string{"nhap", "thu", "mau"}).Draw(rt, "as")
			var a answer
			var legal bool
			why := rapid.SampledFrom([]schedule.Why{schedule.Disaster, ""}).Draw(rt, "why")
			act := rapid.SampledFrom([]string{"edit", "edit", "publish", "postpone", "cancel"}).Draw(rt, "act")
			switch act {
			case "edit":
				i := rapid.IntRange(0, len(tags)-1).Draw(rt, "tag")
				p := withoutConflict(1)
				p.Title += rapid.StringMatching(`[a-z]{3}`).Draw(rt, "title")
				a = h.ask(t, as, "PUT", path, desk.EditMeeting{Plan: p, Why: why, Despite: true}, "If-Match", tags[i])
				legal = i == len(tags)-1 && (state == schedule.Draft || state != schedule.Cancelled && why != "")
				if legal && state == schedule.Draft {
					drafts++
				} else if legal {
					state = schedule.Published
				}
			case "publish":
				a = h.ask(t, as, "POST", path+"/publish", desk.PublishMeeting{Despite: true})
				if legal = state == schedule.Draft; legal {
					state = schedule.Published
				}
			default:
				a = h.ask(t, as, "POST", path+"/"+act, desk.PutOff{Why: schedule.Order})
				if legal = state == schedule.Published || state == schedule.Postponed; legal {
					state = map[string]schedule.State{"postpone": schedule.Postponed, "cancel": schedule.Cancelled}[act]
				}
			}
			if legal != (a.status == 200) {
				rt.Fatalf("%s in state %s: %d %s", act, state, a.status, a.raw)
			}
			if !legal {
				continue
			}
			revision++
			tags = append(tags, a.header.Get("ETag"))
			now := into[desk.MeetingView](t, a, 200)
			if now.State != state || now.Revision != revision {
				rt.Fatalf("after %s: %s at %d, want %s at %d", act, now.State, now.Revision, state, revision)
			}
			if state != schedule.Draft {
				kept = append(kept, schedule.Version{Number: now.Version, State: now.State, Plan: now.Plan, Change: now.Change})
			}
		}
		all := into[items[schedule.Version]](t, h.ask(t, "nhap", "GET", path+"/versions", nil), 200).Items
		if len(all) != len(kept) {
			rt.Fatalf("%d versions are kept of %d", len(all), len(kept))
		}
		for i, x := range all {
			if x.Number != i+1 || x.State != kept[i].State || x.Plan.Title != kept[i].Plan.Title || x.Change.Why != kept[i].Change.Why {
				rt.Fatalf("version %d is %s %q now and was %s %q", x.Number, x.State, x.Plan.Title, kept[i].State, kept[i].Plan.Title)
			}
		}
		if d, err := h.store.Drafts(t.Context(), v.ID); err != nil || len(d) != drafts {
			rt.Fatalf("%d drafts are kept of %d, %v", len(d), drafts, err)
		}
	})
}
