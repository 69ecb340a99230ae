package desk

import (
	"context"

	"diemcau/meeting"
	"diemcau/meeting/store"
)

// Sight is a meeting for the one who asks, with what he may do in it; one that he
// may not see is not found. Other parts of the API ask it, so that there is one rule
// of who sees what.
func (o *Office) Sight(ctx context.Context, id meeting.ID) (store.Standing, Mine, error) {
	return o.seen(ctx, id)
}
