package cluster

import (
	"errors"
	"syscall"
)

// Pause stops the server and all its children where they are: it neither
// answers nor hangs up, as behind a network that drops everything. Connections
// can still be made, since the kernel makes them; nobody answers on them.
func (c *Cluster) Pause() error { return c.signal(syscall.SIGSTOP) }

// Resume has a paused server go on.
func (c *Cluster) Resume() error { return c.signal(syscall.SIGCONT) }

// signal reaches the postmaster first when it stops, so that it starts nobody
// meanwhile.
func (c *Cluster) signal(s syscall.Signal) error {
	pid, err := c.pid()
	if err != nil {
		return err
	}
	err = syscall.Kill(pid, s)
	for _, child := range childrenOf(pid) {
		if e := syscall.Kill(child, s); !errors.Is(e, syscall.ESRCH) {
			err = errors.Join(err, e)
		}
	}
	return err
}
