package connector

import (
	"errors"
	"os"
	"path/filepath"

	"parley/protocol/connect"
)

// errNoFiles refuses a file.
var errNoFiles = errors.New("this connector takes no files")

// writeFile writes a file of a prompt below a directory, and nowhere else. It follows no
// symbolic link.
func writeFile(dir string, f connect.Frame) error {
	if dir == "" {
		return errNoFiles
	}
	file, err := connect.DecodeFile(f)
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	if err := root.Mkdir(file.Dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return root.WriteFile(filepath.Join(file.Dir, file.Name), file.Content, 0o600)
}
