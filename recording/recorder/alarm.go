package recorder

import "sync"

// AlarmKind says what is wrong with a recording.
type AlarmKind string

// The kinds of an alarm.
const (
	DiskFilling AlarmKind = "disk.filling" // beyond 80 %
	DiskFull    AlarmKind = "disk.full"    // below the reserve: pictures are not written
	DiskFailing AlarmKind = "disk.failing" // writing fails
	DiskSlow    AlarmKind = "disk.slow"    // fragments wait for seconds
	DiskGone    AlarmKind = "disk.gone"    // the recording is not where it is written: removed, moved, unmounted; it does not end
	Dropping    AlarmKind = "dropping"     // packets or fragments find their queue full
	// Unrecordable: packets of a track come, and no file can be begun with them.
	Unrecordable AlarmKind = "unrecordable"
	Encrypted    AlarmKind = "encrypted" // a track is encrypted end to end and not recorded; raised by who hands out tracks
)

// Alarm tells of a trouble that begins or ends.
type Alarm struct {
	Kind   AlarmKind
	Active bool
	Detail string // for the operator
}

// alarms remembers what is active, so that each change is told once.
type alarms struct {
	mu     sync.Mutex
	active map[AlarmKind]bool
	raise  func(Alarm)
}

func (a *alarms) set(kind AlarmKind, active bool, detail string) {
	a.mu.Lock()
	changed := a.active[kind] != active
	if changed {
		if a.active == nil {
			a.active = map[AlarmKind]bool{}
		}
		a.active[kind] = active
	}
	a.mu.Unlock()
	if changed {
		a.raise(Alarm{Kind: kind, Active: active, Detail: detail})
	}
}
