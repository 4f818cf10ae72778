package history

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
)

func TestSlots_a_host_does_not_wait_for_guests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewSlots()
		for range maxReads {
			_, err := s.Enter(t.Context(), false)
			require.NoError(t, err)
		}
		waited := make(chan Slot, 1)
		go func() {
			slot, _ := s.Enter(t.Context(), false)
			waited <- slot
		}()
		synctest.Wait()
		require.Empty(t, waited, "a guest waits")
		slot, err := s.Enter(t.Context(), true)
		require.NoError(t, err, "a host does not wait")
		slot.Leave()
		synctest.Wait()
		require.Empty(t, waited, "a guest does not get a slot of the hosts")
		s.all.Leave()
		<-waited
	})
}
