package account

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPasswords(t *testing.T) {
	require.ErrorIs(t, CheckPassword("eleven char"), ErrPassword)
	require.NoError(t, CheckPassword("twelve chars"))
	require.NoError(t, CheckPassword("zażółć gęślą"), "letters, not bytes")
	hashed, err := Hash("correct horse battery")
	require.NoError(t, err)
	assert.Contains(t, hashed, "$argon2id$v=19$m=65536,t=3,p=2$")
	assert.NotContains(t, hashed, "horse")
	checker, err := NewChecker(true)
	require.NoError(t, err)
	for password, hash := range map[string]string{"correct horse battery": hashed} {
		ok, err := checker.Matches(context.Background(), password, hash)
		require.NoError(t, err)
		assert.True(t, ok)
		ok, err = checker.Matches(context.Background(), password+"x", hash)
		require.NoError(t, err)
		assert.False(t, ok)
	}
	ok, err := checker.Matches(context.Background(), "nobody's password", "")
	require.NoError(t, err)
	assert.False(t, ok, "the decoy is nobody's")
	ok, err = checker.Matches(context.Background(), "x", "not a hash")
	require.NoError(t, err)
	assert.False(t, ok)
	ended, stop := context.WithCancel(context.Background())
	stop()
	for range cap(checker.slots) {
		checker.slots <- struct{}{}
	}
	_, err = checker.Matches(ended, "x", hashed)
	require.ErrorIs(t, err, context.Canceled, "a flood waits in line and may leave it")
}

func TestTokens(t *testing.T) {
	a, hashA := NewToken()
	b, _ := NewToken()
	assert.NotEqual(t, a, b)
	assert.Len(t, a, 43)
	assert.Equal(t, hashA, TokenHash(a))
	assert.Len(t, hashA, 64)
	assert.Equal(t, "abc", Bearer("bearer abc"))
	for _, header := range []string{"", "Bearer", "Basic abc", "abc", "Bearer " + string(make([]byte, 300))} {
		assert.Empty(t, Bearer(header))
	}
	now := time.Now()
	assert.True(t, Alive(now.Add(-59*time.Minute), now.Add(time.Second), now))
	assert.False(t, Alive(now.Add(-60*time.Minute), now.Add(time.Hour), now))
	assert.False(t, Alive(now, now, now))
}

func TestLock(t *testing.T) {
	now := time.Now()
	count := 0
	for range 4 {
		var until time.Time
		count, until = Fail(count, MaxFailures, now, now)
		assert.Zero(t, until)
	}
	count, until := Fail(count, MaxFailures, now, now)
	assert.Equal(t, 5, count)
	assert.Equal(t, now.Add(15*time.Minute), until)
	count, until = Fail(4, MaxFailures, now.Add(-16*time.Minute), now)
	assert.Equal(t, 1, count, "old failures are forgotten")
	assert.Zero(t, until)
	assert.Equal(t, NameHash(" Ann "), NameHash("ann"))
	for address, network := range map[string]string{"192.0.2.7": "192.0.2.7/32", "::ffff:192.0.2.7": "192.0.2.7/32",
		"2001:db8:1:2::3": "2001:db8:1::/48"} {
		assert.Equal(t, network, Network(netip.MustParseAddr(address)))
	}
	assert.Equal(t, "unknown", Network(netip.Addr{}))
	for name, good := range map[string]bool{"ann": true, "a.b-c_d@e": true, "a": false, "a b": false, "ann'": false, "\u0430nn": false} {
		assert.Equal(t, good, goodUsername(name), name)
	}
}
