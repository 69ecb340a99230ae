// Package meeting holds the rules of a state meeting: who takes part, who may
// speak, what was decided. It is pure: no I/O, no goroutine, no media. Today it
// owns the identifiers that every other part of the bridge speaks in.
package meeting

// ID names a meeting. On the LiveKit wire it is the room name.
type ID string

// PointID names a point of the meeting (điểm cầu): one room full of people at
// one device. On the LiveKit wire it is the participant identity. It survives
// reconnections and replacement devices.
type PointID string

// SessionID names one connection of a point to a meeting, from its join to its
// leave ("PA_..."). A point that joins anew gets a new SessionID.
type SessionID string

// TrackID names one published track ("TR_...").
type TrackID string
