package roomservice

import (
	"fmt"

	"github.com/twitchtv/twirp"
)

// Limits of names, bytes, and of what rooms and participants carry along, bytes.
const (
	maxName       = 256
	maxMetadata   = 512 << 10
	maxAttributes = 64 << 10
	nonceSize     = 16
	maxBody       = 10 << 20 // of a request, bytes
)

func invalid(format string, args ...any) error {
	return twirp.NewError(twirp.InvalidArgument, fmt.Sprintf(format, args...))
}

func checkRoomName(name string) error {
	if name == "" {
		return invalid("no room name")
	}
	if len(name) > maxName {
		return invalid("room name length exceeds limits: max length %d", maxName)
	}
	return nil
}

func checkMetadata(metadata string) error {
	if len(metadata) > maxMetadata {
		return invalid("metadata size exceeds limits: max size %d", maxMetadata)
	}
	return nil
}

func checkAttributes(attributes map[string]string) error {
	total := 0
	for k, v := range attributes {
		total += len(k) + len(v)
	}
	if total > maxAttributes {
		return invalid("attribute size exceeds limits: max size %d", maxAttributes)
	}
	return nil
}

func checkIdentity(identity string) error {
	if identity == "" {
		return invalid("identity cannot be empty")
	}
	return nil
}

// first returns the first error.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
