// Package processors lets the Go scheduler use one processor while the program
// has little to do, and all of them when it has more. Waking an idle processor
// for each small piece of work costs a lightly loaded program a sixth to a third
// of its time.
//
// Follow starts one goroutine; Close ends it, waits for it and gives all
// processors back. The package does nothing where the operator has set GOMAXPROCS,
// where there is one processor only, and where the system does not tell the time
// that a process has used.
package processors

import (
	"log/slog"
	"os"
	"runtime"
	"sync"
	"time"
)

const (
	// raiseAbove and lowerBelow are shares of one processor. Far apart, because
	// the same work costs more on several processors.
	raiseAbove = 0.45
	lowerBelow = 0.30
	// quietFor is how long the load must be low: joins and sign-ins come in crowds.
	quietFor = 3 * time.Second
	// With one processor a long computation, as of a password's hash, holds
	// packets up to 10 ms at a time, so it must be noticed soon.
	lookFew = 250 * time.Millisecond
	lookAll = time.Second
)

// policy decides by the processor time used.
type policy struct {
	few   bool
	quiet time.Duration
}

// step takes the processor time used in the time that has passed, and tells
// whether one processor is enough.
func (p *policy) step(used, passed time.Duration) bool {
	if passed <= 0 {
		return p.few
	}
	switch load := float64(used) / float64(passed); {
	case load > raiseAbove:
		p.few, p.quiet = false, 0
	case load > lowerBelow:
		p.quiet = 0
	default:
		if p.quiet += passed; p.quiet >= quietFor {
			p.few = true
		}
	}
	return p.few
}

// wait is the time until the next look.
func (p *policy) wait() time.Duration {
	if p.few {
		return lookFew
	}
	return lookAll
}

// Follower is the running policy.
type Follower struct {
	log  *slog.Logger
	quit chan struct{}
	once sync.Once
	done sync.WaitGroup
}

// Follow begins to follow the load. log gets a line at debug level for each change.
func Follow(log *slog.Logger) *Follower {
	f := &Follower{log: log, quit: make(chan struct{})}
	if _, ok := used(); ok && os.Getenv("GOMAXPROCS") == "" && runtime.GOMAXPROCS(0) > 1 {
		f.done.Go(f.run)
	}
	return f
}

// Close gives all processors back. It may be called again.
func (f *Follower) Close() {
	f.once.Do(func() { close(f.quit) })
	f.done.Wait()
}

func (f *Follower) run() {
	var p policy
	before, _ := used()
	at := time.Now()
	timer := time.NewTimer(p.wait())
	defer timer.Stop()
	for {
		select {
		case <-f.quit:
			if p.few {
				runtime.SetDefaultGOMAXPROCS()
			}
			return
		case <-timer.C:
		}
		was := p.few
		total, _ := used()
		now := time.Now()
		if few := p.step(total-before, now.Sub(at)); few != was {
			apply(few)
			f.log.Debug("processors", "few", few)
		}
		before, at = total, now
		timer.Reset(p.wait())
	}
}

// apply sets the number of processors. The default follows a container's limits.
func apply(few bool) {
	if few {
		runtime.GOMAXPROCS(1)
	} else {
		runtime.SetDefaultGOMAXPROCS()
	}
}
