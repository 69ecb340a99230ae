//go:build !race

package password

// memory is the second recommended option of RFC 9106.
const memory = 64 << 10 // KiB
