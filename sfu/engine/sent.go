package engine

import (
	"time"

	"diemcau/sfu"
	"diemcau/sfu/allocate"
	"diemcau/sfu/quality"
	"diemcau/sfu/uplink"
)

// sentQuality judges a peer's line by one track that it sends, every few seconds.
type sentQuality struct {
	scorer *quality.Scorer
	last   uplink.Stats
	silent bool // at the last look
	layers sentLayers
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
	w := quality.Window{RTT: now.RoundTrip, Jitter: now.Jitter}
	if !silent {
		w.Packets = uint32(now.Packets - last.Packets)
	}
	if now.Lost > last.Lost { // else the sender has begun anew
		w.Lost = uint32(now.Lost - last.Lost)
	}
	w.Missed = q.layers.missed(info, top, silent, &w)
	if silent || began {
		return quality.Window{Muted: true}
	}
	return w
}

// sentLayers follows which layers of a track come, to tell a line that is too thin for
// them from a machine that is too weak, or a camera that was begun anew with a smaller
// picture: those send fewer, too, and no line was ever better for that.
type sentLayers struct {
	best   int // the highest that came of late, counted from 1
	rates  [allocate.MaxSpatial]uint32
	behind int  // looks at which a layer was missing, one after the other
	calm   int  // looks since one told of a thin line
	thin   bool // one did just before a layer stayed away, or since
}

// Signs of a thin line, and how many looks without any it takes to believe that the
// layers stay away for another reason.
const (
	thinLoss   = 0.01
	thinJitter = 30 * time.Millisecond
	trustLooks = 24 // two minutes
)

// missed is how many layers do not come that came before and are asked for: the client's
// line is too thin for them. One that is missing for a look only is just beginning.
// Content comes in bursts, and one stream with all layers in it does not tell them.
func (l *sentLayers) missed(info *sfu.SourceInfo, top int, silent bool, w *quality.Window) float64 {
	live := 0
	for i := range info.Layers {
		if info.Layers[i].Live {
			live = i + 1
		}
	}
	l.best = max(l.best, live)
	wanted := l.best
	if top < wanted {
		wanted = top + 1
	}
	strained := l.strained(info, live, w)
	if silent || info.Screen || live >= wanted {
		l.behind, l.calm, l.thin = 0, 0, strained && !silent
		return 0
	}
	l.behind++
	l.calm++
	if strained {
		l.thin, l.calm = true, 0
	}
	if l.calm >= trustLooks {
		l.best, l.thin = live, false
	}
	if l.behind < 2 || !l.thin {
		return 0
	}
	return float64(wanted - live)
}

// strained tells that a look has signs of a thin line: loss, jitter, or layers that go on
// with less than half of what they took of late.
func (l *sentLayers) strained(info *sfu.SourceInfo, live int, w *quality.Window) bool {
	starved := false
	for i := range min(len(info.Layers), len(l.rates)) {
		now, usual := info.Layers[i].Bitrate, &l.rates[i]
		starved = starved || i < live && now < *usual/2
		*usual = max(now, *usual/8*7)
	}
	loss := float64(w.Lost) >= thinLoss*float64(w.Packets+w.Lost) && w.Lost > 0
	return loss || w.Jitter >= thinJitter || starved
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
