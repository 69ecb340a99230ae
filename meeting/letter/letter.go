// Package letter sends invitations.
package letter
