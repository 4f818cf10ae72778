package operators

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"parley/web"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStore_a_key_is_valid_until_it_is_revoked(t *testing.T) {
	data := t.TempDir()
	s := Open(data)
	ann, err := s.Add("ann")
	require.NoError(t, err)
	ben, err := Open(data).Add("ben") // as another process does
	require.NoError(t, err)
	for key, want := range map[string]string{ann: "ann", ben: "ben"} {
		name, ok := s.Name(key)
		require.True(t, ok)
		require.Equal(t, want, name)
	}
	for _, wrong := range []string{"", "x", ann + "x", strings.ToUpper(ann), "../" + ann} {
		_, ok := s.Name(wrong)
		require.False(t, ok)
	}
	keys, err := s.Keys()
	require.NoError(t, err)
	require.Len(t, keys, 2)

	count, err := Open(data).Revoke("ann")
	require.NoError(t, err)
	require.Equal(t, 1, count)
	_, ok := s.Name(ann)
	require.False(t, ok)
	_, ok = s.Name(ben)
	require.True(t, ok)
}

func TestStore_keeps_digests_that_only_its_owner_can_read(t *testing.T) {
	s := Open(t.TempDir())
	key, err := s.Add("ann")
	require.NoError(t, err)
	code, err := s.AddCode("ben")
	require.NoError(t, err)
	entries, err := os.ReadDir(s.dir)
	require.NoError(t, err)
	require.Len(t, entries, 2)
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(s.dir, e.Name()))
		require.NoError(t, err)
		for _, secret := range []string{key, strings.TrimPrefix(key, keyPrefix), code} {
			require.NotContains(t, e.Name()+string(content), secret)
		}
		info, err := e.Info()
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode())
	}
	info, err := os.Stat(s.dir)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
}

func TestStore_a_code_is_redeemed_once_also_by_many_at_once(t *testing.T) {
	s := Open(t.TempDir())
	code, err := s.AddCode("ann")
	require.NoError(t, err)
	var redeemed atomic.Int32
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			key, name, err := s.Redeem(code)
			if err != nil {
				require.ErrorIs(t, err, web.ErrCode)
				return
			}
			redeemed.Add(1)
			got, ok := s.Name(key)
			require.True(t, ok)
			require.Equal(t, name, got)
		})
	}
	all.Wait()
	require.EqualValues(t, 1, redeemed.Load())
	_, ok := s.Name(code)
	require.False(t, ok, "a code is no key")
}

func TestStore_a_code_expires(t *testing.T) {
	s := Open(t.TempDir())
	code, err := s.AddCode("ann")
	require.NoError(t, err)
	later := time.Now().Add(CodeLasts)
	s.now = func() time.Time { return later }
	_, _, err = s.Redeem(code)
	require.ErrorIs(t, err, web.ErrCode)
	_, err = s.Add("ben")
	require.NoError(t, err)
	entries, err := os.ReadDir(s.dir)
	require.NoError(t, err)
	require.Len(t, entries, 1, "expired codes are removed")
}

func TestStore_signing_out_removes_the_key_of_a_sign_in_alone(t *testing.T) {
	s := Open(t.TempDir())
	added, err := s.Add("ann")
	require.NoError(t, err)
	code, err := s.AddCode("ann")
	require.NoError(t, err)
	signedIn, _, err := s.Redeem(code)
	require.NoError(t, err)
	for _, key := range []string{added, signedIn, "wrong"} {
		require.NoError(t, s.SignOut(key))
	}
	_, ok := s.Name(added)
	require.True(t, ok)
	_, ok = s.Name(signedIn)
	require.False(t, ok)
}

func TestStore_is_bounded(t *testing.T) {
	s := Open(t.TempDir())
	require.NoError(t, os.MkdirAll(s.dir, 0o700))
	for i := range maxEntries {
		require.NoError(t, os.WriteFile(filepath.Join(s.dir, strings.Repeat("a", 1+i%200)+string(rune('a'+i/200))+keyFile), []byte(`{"name":"x"}`), 0o600))
	}
	_, err := s.Add("one more")
	require.ErrorContains(t, err, "revoke some with parley key revoke")
}

func TestCheckName(t *testing.T) {
	for _, name := range []string{"ann", "Ann's laptop", "für dich"} {
		require.NoError(t, CheckName(name))
	}
	for _, name := range []string{"", " ann", "a\nb", "a\x1b[31m", strings.Repeat("x", 129)} {
		require.Error(t, CheckName(name))
	}
}
