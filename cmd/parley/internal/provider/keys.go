package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/time/rate"
)

const (
	requestTimeout = 10 * time.Second // of one request to the provider
	keysLast       = 10 * time.Minute // until the keys are read again
	oldKeysLast    = time.Hour        // while they cannot be read again
	keysEvery      = 5 * time.Second  // between two reads of the keys, after a few at once
	keysAtOnce     = 5
)

// keys are the public keys of a provider. They are read again from time to time, since a key
// that the provider withdraws must not count for ever.
type keys struct {
	// immutable
	url   string
	http  *http.Client
	now   func() time.Time
	limit *rate.Limiter // of the requests for keys

	// guarded by mu
	mu       sync.Mutex
	current  *oidc.RemoteKeySet
	since    time.Time          // of current
	previous *oidc.RemoteKeySet // while current could not be read; nil otherwise
}

func (p *Provider) newKeys(url string) *keys {
	k := &keys{url: url, now: p.now, limit: rate.NewLimiter(rate.Every(keysEvery), keysAtOnce)}
	k.http = &http.Client{Timeout: requestTimeout, Transport: limitedTransport{k.limit, p.http.Transport}}
	return k
}

// errReadJustNow means that the keys were read a moment ago, so that what they do not verify is
// not signed by the provider.
var errReadJustNow = errors.New("the keys were read a moment ago")

// limitedTransport bounds how often requests are sent.
type limitedTransport struct {
	limit *rate.Limiter
	next  http.RoundTripper
}

// RoundTrip implements [http.RoundTripper].
func (t limitedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if !t.limit.Allow() {
		return nil, errReadJustNow
	}
	return t.next.RoundTrip(r)
}

// failureKey is the key of a context in which a verification notes why the keys could not be
// read. The library does not keep the error.
type failureKey struct{}

// VerifySignature implements [oidc.KeySet].
func (k *keys) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	payload, err := k.verify(ctx, token)
	if _, unreachable := errors.AsType[unreachableError](err); unreachable {
		if note, ok := ctx.Value(failureKey{}).(*error); ok {
			*note = err
		}
	}
	return payload, err
}

func (k *keys) verify(ctx context.Context, token string) ([]byte, error) {
	current, previous := k.sets()
	payload, err := current.VerifySignature(ctx, token)
	if previous == nil {
		return payload, err
	}
	if _, unreachable := errors.AsType[unreachableError](err); unreachable {
		if old, oldErr := previous.VerifySignature(ctx, token); oldErr == nil {
			return old, nil
		}
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.current == current {
		k.previous = nil // the new keys could be read
	}
	return payload, err
}

// sets returns the keys that count, and those that count while the former cannot be read.
func (k *keys) sets() (current, previous *oidc.RemoteKeySet) {
	k.mu.Lock()
	defer k.mu.Unlock()
	age := k.now().Sub(k.since)
	switch {
	case k.current == nil:
		k.current, k.since = k.read(), k.now()
	case age >= keysLast && k.previous == nil:
		k.current, k.previous, k.since = k.read(), k.current, k.now()
	case age >= oldKeysLast:
		k.previous = nil
	}
	return k.current, k.previous
}

// read returns keys that are read when they are needed first.
func (k *keys) read() *oidc.RemoteKeySet {
	return oidc.NewRemoteKeySet(oidc.ClientContext(context.Background(), k.http), k.url)
}

// unreachableError means that the provider has not answered.
type unreachableError struct{ err error }

// Error implements error.
func (e unreachableError) Error() string {
	return "the identity provider cannot be reached: " + e.err.Error()
}

// Unwrap returns the reason.
func (e unreachableError) Unwrap() error { return e.err }

// transport makes an error of every answer that says that the provider is out of order.
type transport struct{ next *http.Transport }

func newTransport() transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost, t.IdleConnTimeout = 2, 30*time.Second
	return transport{t}
}

// RoundTrip implements [http.RoundTripper].
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := t.next.RoundTrip(r)
	switch {
	case err != nil:
		return nil, unreachableError{err}
	case response.StatusCode >= 500 || response.StatusCode == http.StatusTooManyRequests:
		_ = response.Body.Close()
		return nil, unreachableError{fmt.Errorf("it answered %s", response.Status)}
	}
	return response, nil
}
