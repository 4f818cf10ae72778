package receipt_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/internal/receipt"
)

func TestReceipt_is_done_once_when_everything_that_follows_is_dealt_with(t *testing.T) {
	done := 0
	r := receipt.New(func() { done++ })
	second := r.Share()
	third := second.Share()
	for _, each := range []*receipt.Receipt{r, third} {
		each.Release()
		require.Zero(t, done)
	}
	second.Release()
	require.Equal(t, 1, done)
}

func TestJoin_releases_all(t *testing.T) {
	done := 0
	count := func() { done++ }
	require.Nil(t, receipt.Join(nil))
	one := receipt.New(count)
	require.Equal(t, one, receipt.Join([]*receipt.Receipt{one}))
	receipt.Join([]*receipt.Receipt{one, receipt.New(count), nil}).Release()
	require.Equal(t, 2, done)
}

func TestReceipt_of_a_sender_that_does_not_wait_is_nil(t *testing.T) {
	var none *receipt.Receipt
	require.Nil(t, none.Share())
	none.Release()
}
