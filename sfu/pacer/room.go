package pacer

import (
	"time"

	"diemcau/sfu/estimate"
)

// tolerated is how much may be sent, of the estimate.
const tolerated = 1.06

// Planned is the share of a budget that tracks are chosen for.
const Planned = 0.97

// Estimate is what the line is believed to carry, bit/s.
func (p *Pacer) Estimate() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.estimate()
}

func (p *Pacer) estimate() int64 {
	if p.line.Heard() && !p.blind() {
		return p.line.Bitrate()
	}
	return p.fallback
}

// Room is what the tracks may take, bit/s: what is sent already may be a little above
// the estimate, which stands below what the line carries; all of a budget but its last
// part, for what a layer costs sways; less the reports that go out beside them; and what
// must be sent again has its share.
func (p *Pacer) Room() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	room := p.estimate()
	if room < estimate.Unlimited {
		room = int64(tolerated * float64(room))
	}
	if p.budget.rate > 0 {
		room = min(room, int64(Planned*float64(p.budget.nominal)))
	}
	if room == estimate.Unlimited {
		return room
	}
	room -= p.beside.rate(p.settings.Now())
	return max(0, int64(float64(room)*(1-p.line.Repairs())))
}

// Doubting tells that the line was found thinner by its loss alone, which may be
// chance; it will be known in a moment.
func (p *Pacer) Doubting() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.line.Doubting() && (p.budget.rate == 0 || p.estimate() < p.budget.nominal)
}

// blind tells that there are pictures, of which none can be reported on or tried
// the line with: what was believed of it once would never be corrected.
func (p *Pacer) blind() bool {
	pictures := false
	for _, s := range p.streams {
		if c := &s.settings; !c.Sound {
			if c.RTXSSRC != 0 && c.TransportCC != 0 {
				return false
			}
			pictures = true
		}
	}
	return pictures
}

// bounded tells that packets may have to wait.
func (p *Pacer) bounded() bool { return p.budget.rate > 0 || p.pace.rate > 0 }

// limit is what the line carries by estimate and budget, bit/s.
func (p *Pacer) limit() int64 {
	limit := p.estimate()
	if p.budget.rate > 0 {
		limit = min(limit, p.budget.rate)
	}
	return limit
}

// Carries is how many bytes the line is believed to carry in a time, within its budget.
func (s *Stream) Carries(d time.Duration) int {
	p := s.pacer
	p.mu.Lock()
	defer p.mu.Unlock()
	return int(float64(min(p.limit(), fastest)) / 8 * d.Seconds())
}
