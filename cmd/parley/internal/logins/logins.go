package logins

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"parley/cmd/parley/internal/secretfile"
)

// Login is how a user signs in to a server.
type Login struct {
	Server      string `json:"server"`                // its address without a final slash
	Name        string `json:"name"`                  // of the key, or of the person
	Key         string `json:"key"`                   // a secret: an operator's key, or the credential of a person
	Certificate string `json:"certificate,omitempty"` // as in a link
}

// path returns the file of a server.
func path(server string) (string, error) {
	config, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("cannot find your configuration directory: %w", err)
	}
	return filepath.Join(config, "parley", "logins", url.PathEscape(server)+".json"), nil
}

// Find returns the login for a server. It returns false if there is none.
func Find(server string) (l Login, ok bool, err error) {
	file, err := path(server)
	if err != nil {
		return Login{}, false, nil // there is no place in which one could be
	}
	content, err := secretfile.Read(file)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return Login{}, false, nil
	case err != nil:
		return Login{}, false, err
	}
	if err := json.Unmarshal(content, &l); err != nil || l.Server != server {
		return Login{}, false, fmt.Errorf("%s is damaged; remove it, and sign in again with parley login", file)
	}
	return l, true, nil
}

// Save keeps a login, in place of an earlier one for the same server. It returns the file.
func Save(l Login) (file string, err error) {
	if file, err = path(l.Server); err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return "", err
	}
	content, err := json.Marshal(l)
	if err != nil {
		return "", err
	}
	return file, secretfile.Write(file, append(content, '\n'))
}

// Remove removes the login for a server, if there is one.
func Remove(server string) error {
	file, err := path(server)
	if err != nil {
		return err
	}
	if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
