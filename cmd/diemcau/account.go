package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"

	"diemcau/internal/password"
)

type accountCmd struct {
	Hash hashCmd `cmd:"" help:"Read a password from standard input and print its hash for the configuration."`
}

type hashCmd struct{}

// Run prints the argon2id hash of the first line of standard input.
func (hashCmd) Run() error {
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return errors.Join(errors.New("no password on standard input"), err)
	}
	fmt.Println(password.Hash(line))
	return nil
}
