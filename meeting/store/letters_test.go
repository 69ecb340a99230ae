package store_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"diemcau/meeting"
	"diemcau/meeting/letter"
)

func TestSCH09_ALetterIsQueuedOnceTakenByOneAndKeptOverARestart(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, address string) {
		s := open(t, address)
		id, now := meeting.ID(uuid.NewString()), time.Date(2026, 11, 26, 8, 0, 0, 0, time.UTC)
		l := letter.Letter{ID: uuid.NewString(), Meeting: id, Version: 1, Point: "LG-X1", Name: "Xã Tân Dụ", Address: "tandu@lamgiang.example", Next: now, Created: now}
		if n, err := s.QueueLetters(t.Context(), []letter.Letter{l}); n != 1 || err != nil {
			t.Fatalf("queued %d, %v", n, err)
		}
		again := l
		again.ID = uuid.NewString()
		if n, err := s.QueueLetters(t.Context(), []letter.Letter{again}); n != 0 || err != nil {
			t.Errorf("queued a second time: %d, %v", n, err)
		}
		all, err := s.Letters(t.Context(), id)
		if err != nil || len(all) != 1 || all[0].State != letter.Queued {
			t.Fatalf("%+v %v", all, err)
		}
		taken, ok, err := s.TakeLetter(t.Context(), all[0], now.Add(letter.Lease))
		if !ok || err != nil || taken.Attempts != 1 {
			t.Fatalf("taken %v, %v", ok, err)
		}
		if _, ok, err := s.TakeLetter(t.Context(), all[0], now.Add(letter.Lease)); ok || err != nil {
			t.Errorf("taken by two: %v", err)
		}
		if err := s.EndTry(t.Context(), taken.Tried(letter.Accepted, "250 OK", now)); err != nil {
			t.Fatal(err)
		}
		s.Close()
		s = open(t, address)
		if all, err = s.Letters(t.Context(), id); err != nil || all[0].State != letter.Sent || all[0].Words != "250 OK" || !all[0].Ended.Equal(now) {
			t.Errorf("after a restart %+v %v", all, err)
		}
		if err := s.EndTry(t.Context(), taken.Tried(letter.Failed, "late", now)); err != nil {
			t.Fatal(err)
		}
		if n, err := s.RequeueLetters(t.Context(), id, 1, now); n != 0 || err != nil {
			t.Errorf("a sent letter is queued again: %d, %v", n, err)
		}
		if all, _ = s.Letters(t.Context(), id); all[0].State != letter.Sent {
			t.Errorf("a sent letter becomes %s", all[0].State)
		}
	})
}
