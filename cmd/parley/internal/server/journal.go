package server

import (
	"errors"
	"fmt"
	"os"

	"go.uber.org/zap"

	"parley/hub/journal/sqlite"
)

// openJournal opens the journal in the data directory.
func openJournal(c Config, log *zap.Logger) (*sqlite.Journal, error) {
	j, err := sqlite.Open(c.Data, sqlite.Options{
		CommitInterval: c.CommitInterval,
		Salvage:        c.Salvage,
		Notice:         func(text string) { log.Warn(text, zap.String("data", c.Data)) },
	})
	if err == nil {
		return j, nil
	}
	if _, ok := errors.AsType[*sqlite.LogDamageError](err); ok {
		return nil, ExplainJournal(err, c.Data)
	}
	return nil, fmt.Errorf("cannot use %s: %w; choose another directory with --data", c.Data, err)
}

// ExplainJournal adds advice to an error about the journal in a data directory.
func ExplainJournal(err error, dir string) error {
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%s contains no journal; give the directory that the server has as --data", dir)
	}
	if _, ok := errors.AsType[*sqlite.LogDamageError](err); ok {
		return fmt.Errorf("%w; to see what can be kept, run: parley verify --salvage %s", err, dir)
	}
	return err
}
