// SPDX-License-Identifier: Apache-2.0

// Package logr stands in for the logger of git-sync 3.0.1, which can't be had everywhere any more: only what that calls.
package logr

// InfoLogger writes lines of one level.
type InfoLogger interface {
	Infof(format string, args ...any)
}

// Logger writes errors, and lines of a level.
type Logger interface {
	Errorf(format string, args ...any)
	V(level int) InfoLogger
}
