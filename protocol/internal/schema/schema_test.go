package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

const root = "../../.."

func TestGenerated_files_say_what_the_Go_types_say(t *testing.T) {
	files, err := generate(root)
	require.NoError(t, err)
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		require.Equal(t, string(want), string(got),
			"%s is out of date: go run ./protocol/internal/schema", name)
	}
}

func TestGenerator_fails_on_a_type_that_it_does_not_know(t *testing.T) {
	src, err := readSource(filepath.Join(root, sourceDir))
	require.NoError(t, err)
	src.wireOnes = append(src.wireOnes, "Vote")
	_, err = newModel(src)
	require.ErrorContains(t, err, "Vote")
}

func TestGenerator_fails_on_an_event_that_the_codec_does_not_know(t *testing.T) {
	src, err := readSource(filepath.Join(root, sourceDir))
	require.NoError(t, err)
	src.words["EventType"] = append(src.words["EventType"], word{"EventVoteCast", "vote_cast"})
	_, err = newModel(src)
	require.ErrorContains(t, err, "vote_cast")
}
