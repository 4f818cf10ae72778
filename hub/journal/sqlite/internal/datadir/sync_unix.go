//go:build !windows

package datadir

import (
	"errors"
	"os"
)

// Sync makes the names in dir durable: files created, renamed or removed there
// before the call stay so after a power cut.
func Sync(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
