// Package leaktest fails tests that leave goroutines behind. It is imported by
// tests only.
package leaktest

import (
	"os"
	"time"

	"go.uber.org/goleak"
)

// patience is how long goroutines may take to end after the last Close: Pion
// ends some of its own a moment after Close returned.
const patience = 10 * time.Second

// Main runs a package's tests and then fails when any goroutine that was not
// there before them is left. Call it from TestMain:
//
//	func TestMain(m *testing.M) { leaktest.Main(m) }
func Main(m interface{ Run() int }) {
	before := goleak.IgnoreCurrent()
	code := m.Run()
	if code == 0 {
		code = report(before)
	}
	os.Exit(code)
}

// report waits until the goroutines are gone, or prints those that stay.
func report(before goleak.Option) int {
	var err error
	for end := time.Now().Add(patience); time.Now().Before(end); {
		if err = goleak.Find(before); err == nil {
			return 0
		}
	}
	_, _ = os.Stderr.WriteString("goroutines left behind: " + err.Error() + "\n")
	return 1
}
