package hub

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
)

func TestReads_a_host_does_not_wait_for_all_the_others(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReads()
		for range maxReads {
			_, err := r.enter(t.Context(), false)
			require.NoError(t, err)
		}
		waited := make(chan readSlot, 1)
		go func() {
			slot, _ := r.enter(t.Context(), false)
			waited <- slot
		}()
		synctest.Wait()
		require.Empty(t, waited, "a guest waits")
		slot, err := r.enter(t.Context(), true)
		require.NoError(t, err, "a host does not")
		slot.leave()
		synctest.Wait()
		require.Empty(t, waited, "what is for hosts is for no guest")
		r.anybody.leave()
		<-waited
	})
}
