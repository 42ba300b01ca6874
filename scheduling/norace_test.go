//go:build !race

package scheduling_test

const raced = false
