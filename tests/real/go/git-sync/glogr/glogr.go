// SPDX-License-Identifier: Apache-2.0

// Package glogr writes git-sync's log to stderr. See package logr.
package glogr

import (
	"flag"
	"fmt"
	"os"

	"github.com/thockin/logr"
)

// git-sync sets it, and writes nowhere else.
var _ = flag.Bool("logtostderr", true, "log to stderr")

type logger struct{}

func (logger) Infof(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
}

func (l logger) Errorf(format string, args ...any) {
	l.Infof("error: "+format, args...)
}

func (l logger) V(int) logr.InfoLogger {
	return l
}

// New returns a logger of every level.
func New() (logr.Logger, error) {
	return logger{}, nil
}
