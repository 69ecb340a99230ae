package desk

import (
	"context"

	"diemcau/meeting"
	"diemcau/meeting/plan"
	"diemcau/meeting/store"
)

// Sight is a meeting for the one who asks, with what he may do in it; one that he
// may not see is not found. Other parts of the API ask it, so that there is one rule
// of who sees what.
func (o *Office) Sight(ctx context.Context, id meeting.ID) (store.Standing, Mine, error) {
	return o.seen(ctx, id)
}

// Sights returns a function that tells what the one who asks may do in a meeting,
// for lists of many; in one that there is none of, only what he may do in the whole
// house.
func (o *Office) Sights(ctx context.Context) (func(context.Context, meeting.ID) ([]meeting.Right, error), error) {
	j, err := o.judge(ctx)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, id meeting.ID) ([]meeting.Right, error) {
		now, err := o.store.Standing(ctx, id)
		if meeting.CodeOf(err) == meeting.CodeUnknown {
			return j.mine(plan.Plan{}).Rights, nil
		}
		if err != nil {
			return nil, err
		}
		m := j.mine(now.Plan)
		if !m.reads(now.State) {
			return nil, nil
		}
		return m.Rights, nil
	}, nil
}
