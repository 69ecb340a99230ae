// Package web serves the browser application. It owns the built files, which
// are embedded into the binary, and the rules under which a browser may run
// them (content security policy). It starts no goroutine, keeps no state
// between requests and knows nothing of meetings.
package web

import "embed"

// built holds what `npm run build` made. A checkout that has not been built
// holds the placeholder dist/.keep alone, so that Go code compiles without Node.
//
//go:embed all:dist
var built embed.FS
