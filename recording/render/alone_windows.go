package render

import "os/exec"

// alone does nothing here: only the command itself is ended.
func alone(*exec.Cmd) {}
