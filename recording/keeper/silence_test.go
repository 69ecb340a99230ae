package keeper_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"diemcau/recording/bucket"
	"diemcau/recording/keeper"
	"diemcau/recording/specimen"
)

// hush is a store that, told so, takes requests and never answers.
type hush struct {
	silent atomic.Bool
	asked  chan struct{} // one request that is not answered
	over   chan struct{}
}

func (s *hush) let(_ http.ResponseWriter, r *http.Request) bool {
	if !s.silent.Load() {
		return true
	}
	select {
	case s.asked <- struct{}{}:
	default:
	}
	select {
	case <-r.Context().Done():
	case <-s.over:
	}
	return false
}

// hushed gives a house a store that can fall silent.
func (h *house) hushed(p bucket.Patience) *hush {
	h.t.Helper()
	s := &hush{asked: make(chan struct{}, 1), over: make(chan struct{})}
	settings, _ := specimen.S3Behind(h.t, s.let)
	settings.Patience = p
	h.openBucket(settings)
	h.t.Cleanup(func() { close(s.over) })
	return s
}

// TestARC04_WhatChangedWhileTheStoreIsSilentIsMendedWhenItAnswersAgain: not only at
// the next check, a week later.
func TestARC04_WhatChangedWhileTheStoreIsSilentIsMendedWhenItAnswersAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	store := h.hushed(bucket.Patience{Silence: 200 * time.Millisecond, Tries: 1})
	var hurried atomic.Bool
	h.settings.Wait = func(ctx context.Context, d time.Duration, wake <-chan struct{}) {
		if hurried.Load() {
			h.clock.advance(min(d, time.Minute)) // minutes pass, no week
		}
		select {
		case <-ctx.Done():
		case <-wake:
		case <-time.After(10 * time.Millisecond):
		}
	}
	id, dir := h.sealed()
	k := h.start()
	defer k.Close()
	h.await(k, id, "kept", func(c keeper.Custody) bool { return !c.Kept.IsZero() })
	flip(t, dir)
	store.silent.Store(true)
	k.Check(id)
	h.await(k, id, "found, and not yet mended", func(c keeper.Custody) bool { return !c.Sound && c.Unseen && c.Restored.IsZero() })
	if figure(t, k, "store_failing_seconds") < 0 || figure(t, k, "store_failures_total") < 1 {
		t.Error("the metrics do not tell")
	}
	store.silent.Store(false)
	began := h.clock.Now()
	hurried.Store(true)
	c := h.await(k, id, "mended", func(c keeper.Custody) bool { return !c.Restored.IsZero() })
	if !c.Sound || c.Unseen || !sound(t, dir) || h.clock.Now().Sub(began) > time.Hour {
		t.Errorf("after %v: %+v", h.clock.Now().Sub(began), c)
	}
}

// TestARC06_ADisposalNeedNotWaitForAStoreThatHangs: what is under way is given up.
func TestARC06_ADisposalNeedNotWaitForAStoreThatHangs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	store := h.hushed(bucket.Patience{Silence: time.Hour})
	store.silent.Store(true)
	h.sealed()
	k := h.start()
	defer k.Close()
	select {
	case <-store.asked:
	case <-time.After(deadline):
		t.Fatal("nothing is sent")
	}
	done := make(chan error, 1)
	go func() { done <- k.Alone(func() {}) }()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(deadline):
		t.Fatal("whoever wants to be alone waits for the store")
	}
}
