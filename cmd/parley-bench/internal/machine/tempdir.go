package machine

import "os"

// TempDir creates a temporary directory. remove removes it with its contents.
func TempDir() (dir string, remove func(), err error) {
	dir, err = os.MkdirTemp("", "parley-bench-")
	return dir, func() { _ = os.RemoveAll(dir) }, err
}
