//go:build race

package integration

// burst is how many join at once: the race detector makes handshakes ten times
// as dear.
const burst = 50

// timed tells whether pictures may be judged by the clock: under the race
// detector a starved process freezes them, whatever the bridge does. The same
// tests run again without it.
const timed = false
