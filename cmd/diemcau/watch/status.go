// Package watch is what technicians see of a bridge on one page: how it stands with
// each part, and what to do about what is wrong. It judges figures that the parts count
// for Prometheus anyway, by the bounds of deploy/prometheus, so that a house without
// Prometheus has the same alarms. It keeps nothing but the last look at the processors,
// starts no goroutine, and names no address, path, account or meeting.
package watch

import "time"

// Standing is how it stands with a part.
type Standing string

// The states. Off is what the operator has not set up, Unknown what was not tried yet.
const (
	Off     Standing = "off"
	Unknown Standing = "unknown"
	Well    Standing = "well"
	Away    Standing = "away"
)

// Status is the whole page.
type Status struct {
	At          time.Time    `json:"at" doc:"by the bridge's clock"`
	Version     string       `json:"version"`
	Started     time.Time    `json:"started"`
	Serving     string       `json:"serving" enum:"starting,ready,draining,not ready"`
	Alarms      []Fault      `json:"alarms" nullable:"false" doc:"the gravest first"`
	Certificate *Certificate `json:"certificate,omitempty" doc:"none without HTTPS"`
	Clock       Clock        `json:"clock"`
	Data        Disk         `json:"data" doc:"disk of database, keys and papers"`
	Database    Database     `json:"database"`
	Backup      Backup       `json:"backup"`
	Recorder    Recorder     `json:"recorder"`
	Mail        Outlet       `json:"mail" doc:"the server through which invitations leave"`
	Collector   Outlet       `json:"collector" doc:"where lines of the audit log are sent"`
	Store       Outlet       `json:"store" doc:"where copies of recordings are sent"`
	Stamps      Outlet       `json:"stamps" doc:"the time-stamping authority"`
	Load        Load         `json:"load"`
}

// Fault is something that somebody has to do something about.
type Fault struct {
	Code  Code    `json:"code" enum:"database,disk,media,certificate,disk-low,certificate-ends,authority-ends,clock,recording-disk,recording-alarm,archive-damaged,archive-unchecked,store-away,stamps-away,audit-lost,audit-retire,disposal-unfinished,collector-away,mail-away,mail-waits,backup-none,backup-old,restore-unchecked,restore-failed,processor,memory"`
	Grave bool    `json:"grave" doc:"a meeting is hurt or acts may be lost; else it can wait for this working day"`
	Value float64 `json:"value,omitempty" doc:"the figure that it is about: days, bytes, a number, or a share from 0 to 1"`
}

// Certificate is what browsers are shown.
type Certificate struct {
	Ends time.Time `json:"ends"`
	Own  bool      `json:"own" doc:"of the bridge's own authority; it renews itself"`
	// AuthorityEnds is the end of the own authority, which rooms have installed.
	AuthorityEnds time.Time `json:"authorityEnds,omitzero"`
}

// Clock is that of the machine. It is compared with nobody outside by the bridge: the
// kernel knows whether a time service of the house keeps it right.
type Clock struct {
	State Standing      `json:"state" enum:"unknown,well,away" doc:"away: no time service keeps it right"`
	Error time.Duration `json:"errorNs" doc:"what the kernel believes it may be off by at most; 0 while unknown"`
}

// Disk is one disk, in bytes.
type Disk struct {
	Size uint64 `json:"size"`
	Free uint64 `json:"free"`
}

// Database is where meetings are kept.
type Database struct {
	Kind   string        `json:"kind" enum:"sqlite,postgres"`
	State  Standing      `json:"state" enum:"well,away"`
	Answer time.Duration `json:"answerNs" doc:"how long a question took"`
}

// Backup is when a house was last able to begin anew.
type Backup struct {
	Made    time.Time `json:"made,omitzero" doc:"the last one; none is never"`
	Checked time.Time `json:"checked,omitzero" doc:"when a restore was last tried"`
	Passed  bool      `json:"passed" doc:"that one was good"`
}

// Recorder is what is being recorded and how it stands with the archive.
type Recorder struct {
	Active     int       `json:"active" doc:"meetings that are being recorded"`
	Alarms     []string  `json:"alarms" nullable:"false"`
	Disk       Disk      `json:"disk"`
	Hours      float64   `json:"hours" doc:"that one meeting can still be recorded"`
	Recordings int       `json:"recordings" doc:"sealed ones"`
	Damaged    int       `json:"damaged"`
	Oldest     time.Time `json:"oldestCheck,omitzero" doc:"when the recording was read whose turn comes next"`
}

// Outlet is a server of the house that the bridge gives something to.
type Outlet struct {
	State   Standing  `json:"state" enum:"off,unknown,well,away"`
	Since   time.Time `json:"since,omitzero" doc:"since when it is away"`
	Waiting int       `json:"waiting" doc:"what waits for it"`
}

// Load is how much is asked of the machine.
type Load struct {
	Processors  int     `json:"processors"`
	Processor   float64 `json:"processor" doc:"share of them that the bridge takes, 0 to 1"`
	Waiting     float64 `json:"machineLoad" doc:"tasks that run or wait on the whole machine, mean of a minute; 0 while unknown"`
	Memory      uint64  `json:"memory" doc:"bytes that the bridge takes"`
	MemorySize  uint64  `json:"memorySize" doc:"of the machine; 0 while unknown"`
	MemoryFree  uint64  `json:"memoryFree" doc:"what programs can still have"`
	Rooms       int     `json:"rooms"`
	Points      int     `json:"points" doc:"connections in rooms, boards among them"`
	Connections int     `json:"connections" doc:"to the web ports"`
}
