// Command schema writes what other languages know of Parley's wire from the Go
// types of package protocol, which are the one source: a JSON Schema and the
// types of the TypeScript client. Run it in the module's root after a change:
//
//	go run ./protocol/internal/schema
//
// The shapes come from reflection, since that is what the codec goes by; the
// words of enumerations and the comments come from the source.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

const sourceDir = "protocol"

func main() {
	if err := run("."); err != nil {
		fmt.Fprintln(os.Stderr, "schema:", err)
		os.Exit(1)
	}
}

func run(root string) error {
	files, err := generate(root)
	if err != nil {
		return err
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(root, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// generate returns the content of each generated file by its path from the
// module's root.
func generate(root string) (map[string][]byte, error) {
	src, err := readSource(filepath.Join(root, sourceDir))
	if err != nil {
		return nil, err
	}
	m, err := newModel(src)
	if err != nil {
		return nil, err
	}
	schema, err := m.jsonSchema()
	if err != nil {
		return nil, err
	}
	return map[string][]byte{
		"protocol/schema.json":           schema,
		"web/client/src/protocol.gen.ts": m.typeScript(),
	}, nil
}
