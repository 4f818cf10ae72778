package provider

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.uber.org/zap"
	"golang.org/x/oauth2"

	"parley/cmd/parley/internal/secretfile"
	"parley/hub"
	"parley/protocol"
	"parley/web"
)

const (
	// Dir is the name of the directory in the data directory.
	Dir = "signed-in"
	// sessionLasts is how long a sign-in lasts, however often it is checked.
	sessionLasts = 30 * 24 * time.Hour
	// checkEvery is how often a sign-in that can be checked is checked at least.
	checkEvery = time.Hour
	// maxSessions bounds the sign-ins. Signing in again and again makes many.
	maxSessions = 10_000

	sessionFile = ".session"
)

// session is a sign-in of a browser, or of a program.
type session struct {
	Identity hub.Identity `json:"identity"`
	Admin    bool         `json:"admin,omitzero"`
	Expires  time.Time    `json:"expires"` // when it has to be checked again
	Ends     time.Time    `json:"ends"`
	Device   bool         `json:"device,omitzero"`  // a program has signed in, with the client id of programs
	Refresh  string       `json:"refresh,omitzero"` // the refresh token, sealed with the credential; empty for none
}

func (s session) proof() web.Proof {
	return web.Proof{Identity: s.Identity, Admin: s.Admin, Expires: s.Expires}
}

// store is the sign-ins in the data directory.
type store struct{ dir string }

// path returns the path of the file of a credential.
func (s store) path(credential string) string {
	digest := sha256.Sum256([]byte(credential))
	return filepath.Join(s.dir, hex.EncodeToString(digest[:])+sessionFile)
}

func (s store) load(path string) (found session, err error) {
	content, err := secretfile.Read(path)
	if err != nil {
		return found, err
	}
	return found, json.Unmarshal(content, &found)
}

func (s store) save(path string, what session) error {
	content, err := json.Marshal(what)
	if err != nil {
		return err
	}
	return secretfile.Write(path, append(content, '\n'))
}

// sweep removes the sign-ins that have ended, and returns how many are left.
func (s store) sweep(now time.Time) (left int, err error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return 0, err
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), sessionFile) {
			continue
		}
		path := filepath.Join(s.dir, e.Name())
		if found, err := s.load(path); err == nil && now.Before(found.Ends) {
			left++
			continue
		}
		_ = os.Remove(path) // another request may have been faster
	}
	return left, nil
}

// newSession keeps a sign-in, and returns its credential.
func (p *Provider) newSession(proof web.Proof, refresh string, device bool) (credential string, err error) {
	if err := os.MkdirAll(p.sessions.dir, 0o700); err != nil {
		return "", err
	}
	left, err := p.sessions.sweep(p.now())
	if err != nil {
		return "", err
	}
	if left >= maxSessions {
		return "", fmt.Errorf("%d people are signed in, which is the maximum; remove files of %s to sign some out", left, p.sessions.dir)
	}
	credential = web.SessionPrefix + newSecret()
	s := session{Identity: proof.Identity, Admin: proof.Admin, Device: device, Ends: p.now().Add(sessionLasts)}
	p.extend(&s, credential, proof.Expires, refresh)
	return credential, p.sessions.save(p.sessions.path(credential), s)
}

// extend sets until when a sign-in counts, and how it is checked then.
func (p *Provider) extend(s *session, credential string, expires time.Time, refresh string) {
	s.Expires = expires
	if refresh == "" {
		return
	}
	s.Refresh = sealerOf([]byte(credential)).seal([]byte(refresh))
	if latest := p.now().Add(checkEvery); expires.IsZero() || expires.After(latest) {
		s.Expires = latest
	}
}

// identifySession returns who has signed in with a credential. It checks the sign-in if it has
// expired.
func (p *Provider) identifySession(ctx context.Context, credential string) (web.Proof, error) {
	path := p.sessions.path(credential)
	s, err := p.sessions.load(path)
	switch now := p.now(); {
	case errors.Is(err, os.ErrNotExist):
		return web.Proof{}, errInvalid
	case err != nil:
		return web.Proof{}, fmt.Errorf("read a sign-in: %w", err)
	case !now.Before(s.Ends):
		return web.Proof{}, p.endSession(path)
	case now.Before(s.Expires):
		return s.proof(), nil
	}
	// A refresh token may count only once, so that one request at a time uses it. It goes on
	// when the client no longer waits: the provider may have given another one.
	checking := context.WithoutCancel(ctx)
	checked, err, _ := p.checks.Do(path, func() (any, error) { return p.check(checking, path, credential) })
	if err != nil {
		return web.Proof{}, err
	}
	return checked.(session).proof(), nil
}

// check asks the provider whether a sign-in still counts, unless another call has done so.
func (p *Provider) check(ctx context.Context, path, credential string) (session, error) {
	s, err := p.sessions.load(path)
	if errors.Is(err, os.ErrNotExist) {
		return s, errInvalid
	} else if err != nil || p.now().Before(s.Expires) {
		return s, err
	}
	refresh, ok := sealerOf([]byte(credential)).open(s.Refresh)
	if !ok {
		return s, p.endSession(path)
	}
	proof, tokens, err := p.refresh(ctx, s, string(refresh))
	switch e := protocol.AsError(err); {
	case err == nil:
	case e.Code == protocol.CodeInvalidIdentity, e.Code == protocol.CodeIdentityNotAllowed:
		p.log.Info("a sign-in has ended", zap.String("user", s.Identity.UserID), zap.String("reason", e.Message))
		_ = p.endSession(path)
		return s, err
	default:
		return s, err
	}
	s.Identity, s.Admin = proof.Identity, proof.Admin
	p.extend(&s, credential, proof.Expires, tokens.RefreshToken)
	return s, p.sessions.save(path, s)
}

// refresh asks the provider who somebody is who has signed in before.
func (p *Provider) refresh(ctx context.Context, s session, token string) (web.Proof, *oauth2.Token, error) {
	d, err := p.discover(ctx)
	if err != nil {
		return web.Proof{}, nil, err
	}
	config := d.oauth
	if s.Device && p.options.DeviceClientID != p.options.ClientID {
		config.ClientID, config.ClientSecret = p.options.DeviceClientID, ""
		config.Endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	tokens, err := config.TokenSource(p.context(ctx), &oauth2.Token{RefreshToken: token}).Token()
	if err != nil {
		return web.Proof{}, nil, p.exchangeError(err)
	}
	c, err := p.claimsOf(ctx, d, tokens, config.ClientID, false)
	if err != nil {
		return web.Proof{}, nil, err
	}
	proof, err := p.proof(c)
	if err == nil && proof.Subject != s.Identity.Subject {
		err = p.refuse("it is about somebody else", nil)
	}
	return proof, tokens, err
}

// endSession removes a sign-in. It returns the error for its client.
func (p *Provider) endSession(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("end a sign-in: %w", err)
	}
	return errInvalid
}

// SignOut implements [web.Identities].
func (p *Provider) SignOut(credential string) error {
	if !strings.HasPrefix(credential, web.SessionPrefix) {
		return nil // a token of the provider cannot be taken back
	}
	if err := p.endSession(p.sessions.path(credential)); !errors.Is(err, errInvalid) {
		return err
	}
	return nil
}
