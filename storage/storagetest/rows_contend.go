package storagetest

import "sync"

const contenders = 16

// contend runs fn for each contender at once and returns what they got.
func contend[T any](fn func(i int) T) []T {
	results, start := make([]T, contenders), make(chan struct{})
	var wg sync.WaitGroup
	for i := range results {
		wg.Go(func() {
			<-start
			results[i] = fn(i)
		})
	}
	close(start)
	wg.Wait()
	return results
}
