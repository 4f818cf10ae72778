package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

const root = "../../.."

func TestGenerate_the_committed_files_are_up_to_date(t *testing.T) {
	files, err := generate(root)
	require.NoError(t, err)
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		require.Equal(t, string(want), string(got),
			"%s is out of date: go run ./protocol/internal/schema", name)
	}
}

func TestModel_fails_on_a_type_that_no_message_contains(t *testing.T) {
	src, err := readSource(filepath.Join(root, sourceDir))
	require.NoError(t, err)
	src.wireTypes = append(src.wireTypes, "Vote")
	_, err = newModel(src)
	require.ErrorContains(t, err, "Vote")
}

func TestModel_fails_on_an_event_type_that_the_codec_does_not_know(t *testing.T) {
	src, err := readSource(filepath.Join(root, sourceDir))
	require.NoError(t, err)
	src.words["EventType"] = append(src.words["EventType"], word{"EventVoteCast", "vote_cast"})
	_, err = newModel(src)
	require.ErrorContains(t, err, "vote_cast")
}
