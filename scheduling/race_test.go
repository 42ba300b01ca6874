//go:build race

package scheduling_test

// raced is true where sync.Pool forgets by chance what it was given, to find races.
const raced = true
