package main

// What may change here: how the service is told of an identity provider.

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"cmc/api/central"
	"cmc/api/central/signon"
)

// ssoOptions are the flags of single sign-on.
type ssoOptions struct {
	issuer, id, secretFile, name, mapping *string
	refresh                               *time.Duration
}

func ssoFlags(set *flag.FlagSet) ssoOptions {
	return ssoOptions{
		issuer:     set.String("oidc-issuer", "", "the identity provider, https://...; its address for logout tokens here is /v1/sessions/sso/logout"),
		id:         set.String("oidc-client-id", "", "who this service is there"),
		secretFile: set.String("oidc-client-secret-file", "", "a file that holds nothing but the client's secret"),
		name:       set.String("oidc-name", "NHS CIS2", "what people know the provider as"),
		mapping:    set.String("oidc-mapping", "", "a file that says what claims mean (default: those of NHS CIS2)"),
		refresh:    set.Duration("oidc-refresh", 0, "how often the provider is asked whether a session goes on, at most 15m (default 5m)"),
	}
}

// read gives the identity provider, or nil when none is named. What can be found wrong without asking it is found here.
func (o ssoOptions) read() (*central.SSO, error) {
	if *o.issuer == "" {
		if *o.id != "" || *o.secretFile != "" || *o.mapping != "" {
			return nil, errors.New("single sign-on needs --oidc-issuer, --oidc-client-id and --oidc-client-secret-file")
		}
		return nil, nil
	}
	if *o.id == "" || *o.secretFile == "" {
		return nil, errors.New("single sign-on needs --oidc-issuer, --oidc-client-id and --oidc-client-secret-file")
	}
	if *o.refresh < 0 || *o.refresh > 15*time.Minute {
		return nil, errors.New("--oidc-refresh is at most 15m")
	}
	secret, err := os.ReadFile(*o.secretFile)
	if err != nil {
		return nil, fmt.Errorf("reading the client's secret: %w", err)
	}
	out := &central.SSO{Name: *o.name, Issuer: *o.issuer, ClientID: *o.id, Secret: strings.TrimSpace(string(secret)), RefreshEvery: *o.refresh}
	if *o.mapping != "" {
		if out.Mapping, err = os.ReadFile(*o.mapping); err != nil {
			return nil, fmt.Errorf("reading the mapping of claims: %w", err)
		}
		if _, err := signon.ReadMapping(out.Mapping); err != nil {
			return nil, err
		}
	}
	return out, nil
}
