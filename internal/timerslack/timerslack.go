// Package timerslack lets the kernel wake the program later than asked, together
// with others, where it sleeps by the clock. The Go runtime watches a program that
// handles a packet every millisecond by a thread that sleeps 20 µs at a time; at
// the kernel's default slack of 50 µs that thread costs a tenth of all processor
// time. Packets wake the program as before: only sleeps get longer.
package timerslack

import "time"

// Slack is how much later a sleep may end. It must be small against the periods
// of pacing (5 ms).
const Slack = time.Millisecond
