package main

import (
	"fmt"
	"os"
	"testing"
)

// check ends a measurement that went wrong, and says why: testing.Benchmark would not.
func check(tb testing.TB, err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		tb.FailNow()
	}
}
