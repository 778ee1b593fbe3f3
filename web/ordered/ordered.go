// Package ordered answers long streams on all cores and hands the answers on
// in the order of the questions, in bounded memory.
package ordered

import (
	"context"
	"iter"
	"runtime"
	"sync"
)

// Run calls answer for every item on as many goroutines as there are
// processors, and emit with each result in the order of the items. At most
// twice that many items are under way at once. answer appends to out, a buffer
// that is used again after emit has returned; last tells emit that no further
// result is ready, so that what was written should be sent on. Run ends with
// the first error of emit or of ctx; all goroutines have ended when it returns.
// The sequence is read from one goroutine of its own.
func Run[T any](ctx context.Context, items iter.Seq[T], answer func(out []byte, item T) []byte, emit func(result []byte, last bool) error) error {
	type job struct {
		item T
		out  []byte
		done chan struct{}
	}
	workers := runtime.GOMAXPROCS(0)
	todo, queue := make(chan *job), make(chan *job, 2*workers)
	free := make(chan []byte, 2*workers)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()

	var pool sync.WaitGroup
	for range workers {
		pool.Go(func() {
			for j := range todo {
				var out []byte
				select {
				case out = <-free:
				default:
				}
				j.out = answer(out[:0], j.item)
				close(j.done)
			}
		})
	}
	pool.Go(func() {
		defer close(queue)
		defer close(todo)
		for item := range items {
			j := &job{item: item, done: make(chan struct{})}
			select {
			case <-ctx.Done():
				return
			case queue <- j:
				todo <- j
			}
		}
	})
	var failed error
	for j := range queue {
		<-j.done
		if failed != nil {
			continue // let what is under way finish
		}
		if failed = emit(j.out, len(queue) == 0); failed != nil {
			cancel()
		}
		select {
		case free <- j.out:
		default:
		}
	}
	err := ctx.Err()
	pool.Wait()
	if failed != nil {
		return failed
	}
	return err
}
