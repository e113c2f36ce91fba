package app

// What may change here: how a person signs in, or proves who they are, in their own browser.

import (
	"context"
	"crypto/rand"
	"time"

	"cmc/api"
	"cmc/app/browser"
)

// browserFor is how long the desk waits for the browser; the service forgets a sign-in that was begun after as long.
const browserFor = 10 * time.Minute

// SignInSSO signs a person in at the identity provider of the service: it opens their browser and waits until it comes back, ctx
// ends, or ten minutes have gone. With keep, the session's token goes into the keychain, as with SignIn.
func (d *Desk) SignInSSO(ctx context.Context, keep bool) (SignIn, error) {
	client, got, err := d.presentSSO(ctx, false)
	if err != nil {
		return SignIn{}, err
	}
	return d.arrive(context.WithoutCancel(ctx), client, got, keep), nil
}

// presentSSO has a person prove in their browser who they are, and gives the session that the service began for it. With afresh
// the identity provider asks them though they are signed in there.
func (d *Desk) presentSSO(ctx context.Context, afresh bool) (*api.Client, *api.Session, error) {
	client, err := d.newClient(d.Address())
	if err != nil {
		return nil, nil, err
	}
	asked := d.p.Now()
	info, err := client.Service(ctx)
	if err != nil {
		return nil, nil, err
	}
	d.learn(info, asked)
	if err := d.tooOld(info); err != nil {
		return nil, nil, err
	}
	answer, err := d.browse(ctx, func(ctx context.Context, redirect, challenge string) (*api.SSOStarted, error) {
		return client.StartSSO(ctx, api.StartSSO{RedirectURI: redirect, CodeChallenge: challenge, Afresh: afresh})
	})
	if err != nil {
		return nil, nil, err
	}
	answer.Afresh = afresh
	got, err := client.SignInSSO(context.WithoutCancel(ctx), answer) // the code is good once: what follows is done to its end
	return client, got, err
}

// Prove has a person who signed in at the identity provider sign in there again, and gives the proof that approving the plan takes
// instead of a password: once, for the plan as it is, within five minutes.
func (d *Desk) Prove(ctx context.Context, plan *api.Plan) (api.Proof, error) {
	client, err := d.client()
	if err != nil {
		return api.Proof{}, err
	}
	answer, err := d.browse(ctx, func(ctx context.Context, redirect, challenge string) (*api.SSOStarted, error) {
		return client.StartProof(ctx, api.StartProof{PlanID: plan.ID, Etag: plan.Etag, RedirectURI: redirect, CodeChallenge: challenge})
	})
	if err == nil {
		var proof *api.Proof
		if proof, err = client.Prove(context.WithoutCancel(ctx), answer); err == nil {
			return *proof, nil
		}
	}
	d.noteFailure(client, err)
	return api.Proof{}, err
}

// browse sends the browser on a journey that the service begins, and gives what it brings back.
func (d *Desk) browse(ctx context.Context, begin func(ctx context.Context, redirect, challenge string) (*api.SSOStarted, error)) (api.SSOAnswer, error) {
	ctx, cancel := context.WithTimeout(ctx, browserFor)
	defer cancel()
	listener, err := browser.Listen()
	if err != nil {
		return api.SSOAnswer{}, err
	}
	defer listener.Close()
	verifier := rand.Text() + rand.Text()
	started, err := begin(ctx, listener.Redirect(), browser.Challenge(verifier))
	if err != nil {
		return api.SSOAnswer{}, err
	}
	if err := browser.Open(started.URL); err != nil {
		return api.SSOAnswer{}, err
	}
	code, err := listener.Wait(ctx, started.State)
	if err != nil {
		return api.SSOAnswer{}, err
	}
	return api.SSOAnswer{State: started.State, Code: code, CodeVerifier: verifier, RedirectURI: listener.Redirect()}, nil
}
