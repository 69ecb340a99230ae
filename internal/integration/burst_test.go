//go:build !race

package integration

// burst is how many join at once.
const burst = 200
