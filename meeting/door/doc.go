// Package door is who comes in: the HTTP API of signing in and out, sessions,
// second factors, paired machines of points, guests who wait, and the
// administrator's work with accounts. It puts the account.Identity of whoever asks
// into the context of every request below /api, and its guard holds each operation
// to what it declares. It owns the counts of wrong attempts, starts no goroutine,
// and never touches media or the wire protocol.
package door
