//go:build race

package password

// memory is less under the race detector, which makes every access many times
// dearer and is never in a program that is delivered: a sign-in would take a second
// and the tests of meeting/door minutes.
const memory = 8 << 10 // KiB
