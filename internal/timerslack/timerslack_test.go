//go:build linux

package timerslack_test

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"

	"diemcau/internal/timerslack"

	"golang.org/x/sys/unix"
)

// TestMain is the program that widens its slack when told so.
func TestMain(m *testing.M) {
	if os.Getenv("TIMERSLACK_TEST") == "" {
		os.Exit(m.Run())
	}
	if err := timerslack.Widen(); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(os.Getpid(), len(os.Args))
	var all sync.WaitGroup
	for range 4 { // on threads of their own
		all.Go(func() {
			slack, err := unix.PrctlRetInt(unix.PR_GET_TIMERSLACK, 0, 0, 0, 0)
			fmt.Println(slack, err)
		})
	}
	all.Wait()
	os.Exit(0)
}

func TestTheProgramRunsWithTheSlackInTheSameProcess(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "one", "two")
	cmd.Env = append(os.Environ(), "TIMERSLACK_TEST=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if want := fmt.Sprintf("%d 3", cmd.Process.Pid); lines[0] != want {
		t.Errorf("process and arguments: %q, want %q", lines[0], want)
	}
	for _, line := range lines[1:] {
		if want := strconv.Itoa(int(timerslack.Slack)) + " <nil>"; line != want {
			t.Errorf("slack and error: %q, want %q", line, want)
		}
	}
}
