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
