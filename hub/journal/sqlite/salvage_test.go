package sqlite

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// requireSalvage plans and carries out what can be kept, and returns the plan
// and how many of the acknowledged events are there.
func requireSalvage(t *testing.T, c *crashed, dir string) (*Salvage, int) {
	t.Helper()
	before, err := os.ReadFile(filepath.Join(dir, FileName+"-wal"))
	require.NoError(t, err)
	plan, err := PlanSalvage(t.Context(), dir)
	require.NoError(t, err)
	require.NotEmpty(t, plan.Choice)
	after, err := os.ReadFile(filepath.Join(dir, FileName+"-wal"))
	require.NoError(t, err)
	require.Equal(t, before, after, "planning changes nothing")

	j, err := Open(dir, Options{Salvage: plan.Choice})
	require.NoError(t, err)
	var events int
	for _, s := range c.streams {
		for r, err := range j.Read(t.Context(), s.ID, 1) {
			require.NoError(t, err)
			require.Equal(t, s.Records[r.Seq-1].Hash, r.Hash)
			events++
		}
	}
	require.NoError(t, j.Close())
	aside, err := filepath.Glob(filepath.Join(dir, "damaged-*", FileName+"-wal"))
	require.NoError(t, err)
	require.Len(t, aside, 1)
	kept, err := os.ReadFile(aside[0])
	require.NoError(t, err)
	require.Equal(t, before, kept, "the damaged log is kept as it was")
	require.NoError(t, Verify(t.Context(), dir, func(Progress) {}))
	j, err = Open(dir, Options{Salvage: plan.Choice})
	require.NoError(t, err, "the choice may stay where it is set")
	require.NoError(t, j.Close())
	return plan, events
}

func (c *crashed) events() (n int) {
	for _, s := range c.streams {
		n += len(s.Records)
	}
	return n
}

func TestSalvage_puts_a_flipped_byte_right(t *testing.T) {
	c := newCrashed(t, options{}, 30)
	for _, at := range []int{9, 25, walHeaderSize + 5, walHeaderSize + 10, c.wal() / 2, c.wal() - 4100, c.wal() - 1} {
		dir := t.TempDir()
		c.in(t, dir, flip(at, 0x10, true))
		plan, events := requireSalvage(t, c, dir)
		require.Equal(t, c.events(), events, "byte %d", at)
		require.EqualValues(t, events, plan.Events)
		require.Zero(t, plan.Transactions)
	}
}

// The highest bits of words leave the checksum open which word it was.
func TestSalvage_puts_any_flipped_bit_right(t *testing.T) {
	c := newCrashed(t, options{}, 30)
	for i := range 8 {
		at := walHeaderSize + 3 + rand.IntN(c.wal()/4-16)*4
		dir := t.TempDir()
		c.in(t, dir, flip(at, 0x80>>(i%4), true))
		_, events := requireSalvage(t, c, dir)
		require.Equal(t, c.events(), events, "byte %d", at)
	}
}

func TestSalvage_keeps_what_is_sound_before_and_behind_the_damage(t *testing.T) {
	c := newCrashed(t, options{}, 60)
	s, err := scanFiles(t, c)
	require.NoError(t, err)
	whole := 0
	for frame := 10; frame < len(s.frames); frame += 29 {
		dir := t.TempDir()
		c.in(t, dir, func(suffix string, content []byte) []byte {
			if suffix == "-wal" {
				copy(content[s.offset(frame)+500:], "this is not what was written here, nor one byte")
			}
			return content
		})
		plan, events := requireSalvage(t, c, dir)
		require.EqualValues(t, events, plan.Events)
		require.NotZero(t, events)
		if events == c.events() {
			whole++
		} else {
			require.NotZero(t, plan.Transactions, "it says so")
		}
	}
	require.NotZero(t, whole, "what later frames hold again is not lost")
}

func TestSalvage_is_not_needed_for_a_sound_journal(t *testing.T) {
	c := newCrashed(t, options{}, 5)
	dir := t.TempDir()
	c.in(t, dir, flip(0, 0, true))
	plan, err := PlanSalvage(t.Context(), dir)
	require.NoError(t, err)
	require.Nil(t, plan)
}

func TestSalvage_refuses_a_choice_that_was_made_for_another_log(t *testing.T) {
	c := newCrashed(t, options{}, 30)
	dir := t.TempDir()
	c.in(t, dir, flip(5000, 1, true))
	for _, choice := range []string{"keep-0123456789ab", "keep", "everything"} {
		_, err := Open(dir, Options{Salvage: choice})
		require.ErrorContains(t, err, "is damaged at byte 5000:")
		require.ErrorContains(t, err, "is a choice for another log")
	}
}
