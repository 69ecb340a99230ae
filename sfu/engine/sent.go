package engine

import (
	"diemcau/sfu"
	"diemcau/sfu/quality"
	"diemcau/sfu/uplink"
)

// sentQuality judges a peer's line by one track that it sends, every few seconds.
type sentQuality struct {
	scorer *quality.Scorer
	last   uplink.Stats
	silent bool // at the last look
	best   int  // the highest layer that ever came, counted from 1
	behind int  // looks at which a layer was missing, one after the other
}

// measure judges what the client sends: the mark of its worst track.
func (u *publisher) measure() float32 {
	score := float32(bestMOS)
	for _, t := range u.up {
		if t.pub == nil || t.pub.source == nil {
			continue
		}
		info := t.pub.source.Info()
		w := t.sent.window(t.pub.source.Stats(), &info, t.pub.demand.announced)
		w.LossWeight = lossWeight(t.pub)
		score = min(score, t.sent.mark(w))
	}
	return score
}

func (q *sentQuality) mark(w quality.Window) float32 {
	if q.scorer == nil {
		q.scorer = quality.NewScorer()
	}
	q.scorer.Update(w)
	return q.scorer.MOS()
}

// window is what has happened since the last look. Loss counts as a receiver report tells
// it, as on the way down: what a retransmission brought came late all the same. top is the
// highest layer that the publisher was asked for. A track that may rightly be silent, or
// has just begun again, does not count.
func (q *sentQuality) window(now uplink.Stats, info *sfu.SourceInfo, top int) quality.Window {
	last, first := q.last, q.scorer == nil
	q.last = now
	asleep := info.Muted || info.Kind == sfu.Video && top == nobody
	silent := asleep || now.Packets <= last.Packets
	began := first || q.silent
	q.silent = silent
	missed := q.missed(info, top, silent)
	if silent || began {
		return quality.Window{Muted: true}
	}
	w := quality.Window{
		Packets: uint32(now.Packets - last.Packets), RTT: now.RoundTrip, Jitter: now.Jitter, Missed: missed,
	}
	if now.Lost > last.Lost { // else the sender has begun anew
		w.Lost = uint32(now.Lost - last.Lost)
	}
	return w
}

// missed is how many layers do not come that came before and are asked for: the client's
// line is too thin for them. One that is missing for a look only is just beginning.
// Content comes in bursts, and one stream with all layers in it does not tell them.
func (q *sentQuality) missed(info *sfu.SourceInfo, top int, silent bool) float64 {
	live := 0
	for i, l := range info.Layers {
		if l.Live {
			live = i + 1
		}
	}
	q.best = max(q.best, live)
	wanted := q.best
	if top < wanted {
		wanted = top + 1
	}
	if silent || info.Screen || live >= wanted {
		q.behind = 0
		return 0
	}
	if q.behind++; q.behind < 2 {
		return 0
	}
	return float64(wanted - live)
}

// lossWeight is how much a lost packet of a track costs.
func lossWeight(pub *publication) float64 {
	switch {
	case pub.track.Kind != sfu.Audio:
		return quality.VideoLossWeight
	case pub.red:
		return quality.REDLossWeight
	}
	return quality.OpusLossWeight
}
