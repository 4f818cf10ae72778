package sqlite

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// requireSalvage salvages the journal in dir. It returns the plan and the number of
// acknowledged events that are kept.
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
	requireCopied(t, dir, before)
	requireSound(t, dir)
	j, err = Open(dir, Options{Salvage: plan.Choice})
	require.NoError(t, err, "the choice may stay set")
	require.NoError(t, j.Close())
	return plan, events
}

// requireCopied requires a copy of the damaged log beside the journal in dir.
func requireCopied(t *testing.T, dir string, log []byte) {
	t.Helper()
	copies, err := filepath.Glob(filepath.Join(dir, "damaged-*", FileName+"-wal"))
	require.NoError(t, err)
	require.Len(t, copies, 1)
	kept, err := os.ReadFile(copies[0])
	require.NoError(t, err)
	require.Equal(t, log, kept)
}

// events counts the acknowledged events.
func (c *crashed) events() (n int) {
	for _, s := range c.streams {
		n += len(s.Records)
	}
	return n
}

func TestSalvage_restores_a_flipped_byte(t *testing.T) {
	c := newCrashed(t, options{}, 30)
	for _, at := range []int{9, 25, 29, logHeaderSize + 5, logHeaderSize + 10, c.logSize() / 2, c.logSize() - 4100, c.logSize() - 1} {
		dir := t.TempDir()
		c.write(t, dir, flip(at, 0x10, true))
		plan, events := requireSalvage(t, c, dir)
		require.Equal(t, c.events(), events, "byte %d", at)
		require.EqualValues(t, events, plan.Events)
		require.Zero(t, plan.Transactions)
	}
}

// By the checksum alone, the highest bit may have been flipped in any of many words.
func TestSalvage_restores_a_flipped_highest_bit(t *testing.T) {
	c := newCrashed(t, options{}, 30)
	for i := range 8 {
		at := logHeaderSize + 3 + rand.IntN(c.logSize()/4-16)*4
		dir := t.TempDir()
		c.write(t, dir, flip(at, 0x80>>(i%4), true))
		_, events := requireSalvage(t, c, dir)
		require.Equal(t, c.events(), events, "byte %d", at)
	}
}

func TestSalvage_keeps_sound_frames_before_and_behind_the_damage(t *testing.T) {
	c := newCrashed(t, options{}, 60)
	complete := 0
	for frame := 10; frame < c.frames(); frame += 29 {
		dir := t.TempDir()
		c.write(t, dir, changeLog(true, func(content []byte) []byte {
			copy(content[frameAt(frame)+500:], "these bytes were never written to this place")
			return content
		}))
		plan, events := requireSalvage(t, c, dir)
		require.EqualValues(t, events, plan.Events)
		require.NotZero(t, events)
		if events == c.events() {
			complete++
		} else {
			require.NotZero(t, plan.Transactions, "the plan reports the loss")
		}
	}
	require.NotZero(t, complete, "pages that later frames hold again are not lost")
}

func TestSalvage_has_no_plan_for_a_sound_journal(t *testing.T) {
	c := newCrashed(t, options{}, 5)
	dir := t.TempDir()
	c.write(t, dir, unchanged)
	plan, err := PlanSalvage(t.Context(), dir)
	require.NoError(t, err)
	require.Nil(t, plan)
}

func TestSalvage_refuses_a_choice_for_another_log(t *testing.T) {
	c := newCrashed(t, options{}, 30)
	dir := t.TempDir()
	c.write(t, dir, flip(5000, 1, true))
	for _, choice := range []string{"keep-0123456789ab", "keep", "everything"} {
		_, err := Open(dir, Options{Salvage: choice})
		require.ErrorContains(t, err, "is damaged at byte 5000:")
		require.ErrorContains(t, err, "is a choice for another log")
	}
}
