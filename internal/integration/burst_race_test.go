//go:build race

package integration

// burst is how many join at once: the race detector makes handshakes ten times
// as dear.
const burst = 50
