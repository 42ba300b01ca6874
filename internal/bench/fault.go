package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/frontdesk-go/frontdesk/storage/storagetest/driveserver"
)

// faults puts files into a Drive that refuses every twentieth, by turns before and after it
// was stored. What failed is put again, as people would.
func (u uploads) faults(ctx context.Context) error {
	refusal := driveserver.Fault{Status: http.StatusForbidden, Reason: "userRateLimitExceeded", Message: "User Rate Limit Exceeded"}
	stored := refusal
	stored.After = true
	wall := figure{name: "ms", format: "%.0f"}
	failed := figure{name: "errors", format: "%.0f", most: none}
	orphans := figure{name: "orphans", format: "%.0f", most: none}
	twice := figure{name: "duplicates", format: "%.0f", most: none}
	for _, chunk := range chunks {
		s := driveserver.NewServer(&driveserver.Options{Discard: true})
		s.Every(driveserver.Upload, 20, refusal, stored)
		j, err := u.job(chunk, 300, 100*kiB)
		if err != nil {
			return err
		}
		first, left, err := putTwice(ctx, s, j)
		if err != nil {
			return err
		}
		there := count(s)
		if len(there) != len(j.Names) {
			return fmt.Errorf("%d files are there", len(there))
		}
		wall.add(milliseconds(first.Wall))
		failed.add(float64(len(first.Failed)))
		orphans.add(float64(left))
		twice.add(float64(len(s.Files()) - len(there)))
	}
	u.table.add("300 files, 5 % refused", wall, failed, orphans, twice)
	return nil
}

// putTwice does a job, counts what is there of what failed, and puts that again.
func putTwice(ctx context.Context, s *driveserver.Server, j job) (first usage, orphans int, err error) {
	server := serve(s, &j)
	defer server.Close()
	if first, err = j.run(ctx); err != nil {
		return first, 0, err
	}
	for name, n := range count(s) {
		if _, failed := first.Failed[name]; failed {
			orphans += n
		}
	}
	if j.Names = slices.Collect(maps.Keys(first.Failed)); len(j.Names) == 0 {
		return first, orphans, nil
	}
	again, err := j.run(ctx)
	if err == nil && len(again.Failed) > 0 {
		err = fmt.Errorf("these failed again: %v", again.Failed)
	}
	return first, orphans, err
}

// count is how often each name is there.
func count(s *driveserver.Server) map[string]int {
	names := map[string]int{}
	for _, f := range s.Files() {
		names[f.Name]++
	}
	return names
}
