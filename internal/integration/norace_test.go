//go:build !race

package integration

// burst is how many join at once.
const burst = 200

// timed tells whether pictures may be judged by the clock.
const timed = true
