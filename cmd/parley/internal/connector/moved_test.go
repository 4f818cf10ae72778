package connector

import (
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestMover(t *testing.T) {
	begin := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	home := []net.Addr{&net.IPNet{IP: net.IPv4(127, 0, 0, 1)}, &net.IPNet{IP: net.IPv4(192, 0, 2, 7)}}
	away := []net.Addr{&net.IPNet{IP: net.IPv4(127, 0, 0, 1)}, &net.IPNet{IP: net.IPv4(198, 51, 100, 7)}}
	for name, c := range map[string]struct {
		after time.Duration
		all   []net.Addr
		want  bool
	}{
		"stays where it is":         {moveCheck, home, false},
		"is busy for some time":     {10 * moveCheck, home, false},
		"cannot read its addresses": {moveCheck, nil, false},
		"changes its network":       {moveCheck, away, true},
		"sleeps":                    {time.Hour, home, true},
	} {
		t.Run("a machine "+name, func(t *testing.T) {
			m := mover{address: net.IPv4(192, 0, 2, 7).To4(), checked: begin}
			require.Equal(t, c.want, m.moved(begin.Add(c.after), c.all))
			require.Equal(t, begin.Add(c.after), m.checked)
		})
	}
}

func TestMover_knows_the_address_of_a_connection(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	defer s.Close()
	var m mover
	r, err := http.NewRequestWithContext(m.traced(t.Context()), http.MethodGet, s.URL, nil)
	require.NoError(t, err)
	answer, err := s.Client().Do(r)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	all, err := net.InterfaceAddrs()
	require.NoError(t, err)
	m.checked = time.Now()
	require.False(t, m.moved(time.Now(), all), m.address)
	m.address = net.IPv4(192, 0, 2, 7)
	require.True(t, m.moved(time.Now(), all))
}
