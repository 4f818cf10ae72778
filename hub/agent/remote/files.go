package remote

import (
	"context"
	"errors"
	"io"
	"path"
	"path/filepath"

	"parley/hub/agent/content"
	"parley/protocol"
	"parley/protocol/connect"
)

var _ content.FileWriter = (*Process)(nil)

// errNoFiles: the connector takes no files.
var errNoFiles = errors.New("the agent's machine takes no files")

// Write implements [content.FileWriter]: it sends the file ahead of the next line.
func (p *Process) Write(ctx context.Context, _ string, c protocol.Content, from io.Reader) (string, error) {
	dir := p.connector.filesDir()
	if dir == "" {
		return "", errNoFiles
	}
	bytes, err := io.ReadAll(io.LimitReader(from, connect.MaxFile+1))
	switch {
	case err != nil:
		return "", err
	case len(bytes) > connect.MaxFile:
		return "", protocol.Errorf(protocol.CodeTooLarge, "a file for an agent on another machine has at most %d bytes", connect.MaxFile)
	}
	file := connect.File{Dir: filepath.Base(c.ID), Name: content.SafeName(c.Name), Content: bytes}
	if err := p.connector.end.Put(ctx, connect.TypeFile, file.Encode()); err != nil {
		return "", err
	}
	return path.Join(dir, file.Dir, file.Name), nil
}
