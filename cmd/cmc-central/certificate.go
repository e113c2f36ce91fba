package main

// What may change here: how the certificate is read, and read again when its files have changed.

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// warnBefore is how long before its end a certificate is complained of in the log.
const warnBefore = 14 * 24 * time.Hour

// A certificate is a pair of files that is read again when they have changed: a new certificate is served from the next
// connection on, without a restart. Files that cannot be read leave the last good pair in use, and a line in the log.
type certificate struct {
	certFile, keyFile string
	log               *slog.Logger

	mu      sync.Mutex
	pair    *tls.Certificate
	changed [2]time.Time
}

// readCertificate reads the pair for the first time.
func readCertificate(certFile, keyFile string, log *slog.Logger) (*certificate, error) {
	c := &certificate{certFile: certFile, keyFile: keyFile, log: log}
	changed, err := c.times()
	if err == nil {
		err = c.read(changed)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the certificate: %w", err)
	}
	return c, nil
}

// get is for tls.Config.GetCertificate.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	changed, err := c.times()
	if err == nil && changed != c.changed {
		err = c.read(changed)
	}
	if err != nil {
		c.log.Error("the certificate cannot be read again; the last one stays in use", "err", err)
		c.changed = changed // said once for each change
	}
	return c.pair, nil
}

func (c *certificate) times() (out [2]time.Time, err error) {
	for i, name := range []string{c.certFile, c.keyFile} {
		info, err := os.Stat(name)
		if err != nil {
			return out, err
		}
		out[i] = info.ModTime()
	}
	return out, nil
}

func (c *certificate) read(changed [2]time.Time) error {
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return err
	}
	c.pair, c.changed = &pair, changed
	switch ends := pair.Leaf.NotAfter; {
	case time.Now().After(ends):
		c.log.Error("the certificate has expired: nobody can connect until a new one is put in its place", "ended", ends)
	case time.Now().Add(warnBefore).After(ends):
		c.log.Warn("the certificate expires soon", "ends", ends)
	default:
		c.log.Info("the certificate is read", "ends", ends)
	}
	return nil
}
