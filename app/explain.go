package app

// What may change here: the words of every error. This is the one place that turns an error into words.

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"cmc/api"
	"cmc/app/browser"
	"cmc/app/bundle"
	"cmc/app/drafts"
	"cmc/app/keychain"
	"cmc/app/platform"
	"cmc/app/printing"
	"cmc/forms/nhs"
)

// Explained is an error in words for the person at the desk.
type Explained struct {
	What        string // what happened, a sentence
	Means       string // what it means for the patient's plan; may be empty
	Do          string // what to do now; may be empty
	Field       string // id of the field that it concerns, or ""
	SignInAgain bool   // the session has ended: show the sign-in, and come back here
	Cancelled   bool   // the person themselves stopped it: say nothing
}

// words are the three sentences of one kind of failure. The service's own title and detail go before them.
type words struct{ what, means, do string }

// byCode are the refusals of the central service.
var byCode = map[string]words{
	api.CodeUnauthenticated: {"Your session has ended.", "What you wrote is still here.", "Sign in again to go on."},
	api.CodeWrongPassword:   {"The user name or the password is not right.", "", "Type them again. Capital letters count."},
	api.CodeLocked:          {"There were too many failed attempts, so this account is locked for a while.", "", "Wait, or ask your help desk."},
	api.CodeForbidden:       {"Your role does not allow this.", "The plan was not changed.", "Ask a colleague who may, or your help desk."},
	api.CodeNotFound:        {"It is not there, or it is not yours to see.", "Nothing was changed.", "Find the patient again."},
	api.CodePosition:        {"You hold several positions and have not chosen one.", "", "Choose in which position you work now."},
	api.CodeSSO:             {"Your identity provider's answer was not taken.", "", "Start again."},
	api.CodeProof:           {"Prove again that it is you.", "Nothing was approved.", "Press \"Prove it is you\"."},
	api.CodeReason:          {"This patient is not registered with your organisation.", "Opening the record is noted, with your reason.", "Say why you need it."},
	api.CodeBreakGlass:      {"Your organisation does not look after this patient.", "In an emergency the record can be opened. The practice is told, and the opening is reviewed.", "Say why care cannot wait."},
	api.CodeConfirm:         {"This is asked twice.", "Nothing was opened.", "Read the question and answer it again."},
	api.CodeConflict:        {"Someone else saved this plan while you had it open.", "Nothing was overwritten. What you wrote is still here.", "Look at both versions and choose."},
	api.CodePrecondition:    {"The plan was not read again before it was saved.", "Nothing was changed.", "Open the plan again and repeat it."},
	api.CodeDuplicate:       {"This patient has a plan already.", "No second plan was started.", "Open the plan that is there."},
	api.CodeState:           {"The plan has moved on, so this cannot be done now.", "Nothing was changed.", "Open the plan again to see where it stands."},
	api.CodeInvalid:         {"Some answers are not right yet.", "What you wrote is kept.", "Go to each marked field."},
	api.CodeTooLarge:        {"This is more than the service takes at once.", "It was not saved. What you wrote is still here.", "Shorten it, or split it in two."},
	api.CodeUpdate:          {"This version of the program is too old for the service.", "What you wrote on this computer is kept, and goes when you sign in with a newer version.", "Ask your help desk for it."},
	api.CodeTooMany:         {"The service has had too many requests from here.", "What you wrote is still here.", "Wait a moment and try again."},
	api.CodeUnavailable:     {"The service cannot keep anything just now.", "Nothing was saved centrally. What you wrote is still here.", "It is tried again by itself. You can go on writing."},
	api.CodeInternal:        {"Something went wrong in the central service.", "It may not have been saved. What you wrote is still here.", "Try again. If it happens again, call your help desk."},
}

// byHop are the ways in which no answer came. Each names what failed, and who can mend it.
var byHop = map[api.Hop]words{
	api.HopProxy:       {"The proxy of this network does not answer.", "Nothing was sent. What you wrote is still here.", "Check the network of this computer, then the proxy under Connection."},
	api.HopProxyAuth:   {"The proxy of this network wants a name and a password, or others than it was given.", "Nothing was sent. What you wrote is still here.", "Type them under Connection, as DOMAIN\\name where it is an account of Windows. Your help desk knows them."},
	api.HopProxyScheme: {"The proxy of this network takes only Kerberos, or another way of signing in that this program does not have.", "Nothing was sent. What you wrote is still here.", "Ask your help desk for a proxy that takes NTLM or a password, or for a way to the central service without one."},
	api.HopProxyNo:     {"The proxy of this network does not let this program through to the central service.", "Nothing was sent. What you wrote is still here.", "Ask your help desk to allow the address of the service."},
	api.HopProxyOnward: {"The proxy of this network does not reach the central service.", "Nothing was sent. What you wrote is still here.", "Check the address under Connection. If it is right, tell your help desk."},
	api.HopName:        {"The address of the central service was not found.", "Nothing was sent. What you wrote is still here.", "Check the network of this computer, then the address under Connection."},
	api.HopConnect:     {"There is no connection to the central service.", "Nothing was sent. What you wrote is still here.", "Check the network of this computer. You can go on writing."},
	api.HopRefused:     {"There is no connection to the central service. Its computer answers, but the service does not run there.", "Nothing was sent. What you wrote is still here.", "You can go on writing. If this lasts, check the address under Connection, or call your help desk."},
	api.HopPortal:      {"A web page of this network answered instead of the central service.", "Nothing was saved there. What you wrote is still here.", "Open any page in your browser, and do what the network asks. If no page comes, check the address under Connection."},
	api.HopOldTLS:      {"The connection to the central service is not safe: what answers encrypts in a way that is too old.", "Nothing was sent.", "Do not go on. Tell your help desk."},
	api.HopTLS:         {"The connection to the central service is not safe: its certificate is not trusted on this computer.", "Nothing was sent.", "Do not go on. Tell your help desk."},
	api.HopWrongName:   {"The connection to the central service is not safe: what answers has the certificate of another name.", "Nothing was sent.", "Check the address under Connection. If it is right, tell your help desk."},
	api.HopExpired:     {"The certificate of the central service is not valid at the date of this computer.", "Nothing was sent. What you wrote is still here.", "Check the date of this computer. If it is right, the certificate has expired: tell your help desk."},
	api.HopGateway:     {"The central service does not run at the moment: what stands before it answers alone.", "It may or may not have been done. What you wrote is still here.", "Wait a moment and try again, or call your help desk."},
	api.HopTime:        {"The central service did not answer in time.", "It may or may not have been done. What you wrote is still here.", "Try again in a moment."},
	api.HopAnswer:      {"What answered at this address is not the central service.", "Nothing was saved there.", "Check the address under Connection. A sign-in page of a guest network does this too."},
	api.HopBroken:      {"The connection to the central service broke off.", "It may or may not have been done. What you wrote is still here.", "Try again in a moment."},
}

// proxyRefused is said of a name and a password that a proxy did not take.
var proxyRefused = words{"The proxy of this network does not take the name and the password that it was given.", "Nothing was sent. What you wrote is still here.",
	"Type them again under Connection, as DOMAIN\\name where it is an account of Windows: capital letters of the password count. If they are right, ask your help desk whether the account may use the proxy."}

// byError are this computer's own failures.
var byError = []struct {
	err error
	words
}{
	{ErrFixedAddress, words{"Your organisation has settled which service this computer speaks to.", "", "Ask your IT help desk if it is the wrong one."}},
	{ErrNoAddress, words{"The address of the central service is not set on this computer.", "", "Enter it under Connection, or practise with invented patients."}},
	{ErrNoProxyHere, words{"No proxy stands between this computer and the service, so that none wants a name.", "Nothing was changed.", "Type the proxy, or take the name away."}},
	{ErrNoAuthority, words{"The file of the certificate authority cannot be read.", "Nothing was changed.", "Look whether it is there, and whether you may open it."}},
	{ErrBadAuthority, words{"The file of the certificate authority holds no certificate that this program can read.", "Nothing was changed.", "Ask your help desk for it in the form that is called PEM."}},
	{ErrNoTraining, words{"This copy of the program holds no training service.", "", "Ask your help desk for the full program."}},
	{ErrOthersOnline, words{"There is no connection to the central service.", "Without it only the person who locked this desk can open it. Their words are kept.", "Try again when the connection is back."}},
	{ErrSSOOnline, words{"There is no connection, and your identity provider cannot be asked.", "What you wrote is kept on this computer.", "Try again when the connection is back."}},
	{ErrNoProof, words{"There is no connection, and this computer cannot tell by itself who you are.", "What you wrote is kept on this computer.", "Try again when the connection is back."}},
	{ErrWrongHere, words{"The password is not right.", "There is no connection, so this computer compared it with the one that you used last.", "Type it again. Capital letters count."}},
	{ErrOnlyOnline, words{"The password was wrong five times without a connection.", "What you wrote is kept. This desk now opens only with the central service.", "Try again when the connection is back."}},
	{drafts.ErrConflict, words{"Someone else changed the same answer while you were writing.", "Nothing was overwritten. Both versions are kept until you choose.", "Look at both and choose."}},
	{drafts.ErrNotChosen, words{"Not every answer has a choice yet, or somebody has just changed one of them again.", "Nothing was changed.", "Look at them again, and choose one of the two for each."}},
	{drafts.ErrOnlyHere, words{"What you wrote has not been sent, and this computer cannot keep it.", "It is only in this window.", "Leave the window open until it says \"Saved centrally\"."}},
	{drafts.ErrWrongKey, words{"What was kept on this computer does not open with the key in its keychain.", "Plans at the central service are not touched.", "Tell your help desk if words are missing."}},
	{drafts.ErrNewer, words{"A newer version of this program keeps words of this plan on this computer.", "They are left as they are. What you write now is only in this window until it is sent.", "Ask your help desk for the newer version."}},
	{drafts.ErrClosed, words{"This plan has been closed here.", "Nothing was changed.", "Open it again."}},
	{browser.ErrNoBrowser, words{"This computer did not open a browser.", "Nobody was signed in.", "Ask your help desk to set a browser for web addresses."}},
	{browser.ErrAddress, words{"The service names an address that is not safe to open.", "Nobody was signed in.", "Do not go on. Tell your help desk."}},
	{browser.ErrRefused, words{"You were not signed in: the identity provider refused, or you stopped there.", "", "Start again."}},
	{browser.ErrListen, words{"This computer does not let the browser come back to this program.", "Nobody was signed in.", "Tell your help desk."}},
	{bundle.ErrNone, words{"No plan is kept on this computer to be read without a connection.", "", "Call the practice, or read the paper copy."}},
	{ErrPageOver, words{"This page is past its limit: the central service was not heard for too long.", "A decision in it may have been changed since.", "Do not act on what you remember of it. Call the practice, or read the paper copy."}},
	{bundle.ErrOver, words{"What was kept on this computer to be read without a connection is past its limit, and was erased.", "A decision in it may have been changed since.", "Do not act on what you remember of it. Call the practice, or read the paper copy."}},
	{bundle.ErrClock, words{"The clock of this computer was set back, so that the age of what is kept here cannot be told.", "It is not shown: a decision in it may have been changed since.", "Set the clock right, or call the practice."}},
	{keychain.ErrSlow, words{"This computer's keychain does not answer.", "You will sign in each time.", "It may be waiting for its password behind another window: unlock it, then sign in again."}},
	{keychain.ErrLocked, words{"This computer's keychain is locked.", "You will sign in each time.", "Unlock the keychain, then sign in again."}},
	{keychain.ErrMissing, words{"This computer has no keychain that this program can use.", "You will sign in each time.", ""}},
	{keychain.ErrRefused, words{"This computer's keychain refused.", "You will sign in each time.", "Tell your help desk if it goes on."}},
	{keychain.ErrNotFound, words{"This computer's keychain does not hold what was kept.", "You sign in again.", ""}},
	{keychain.ErrTooBig, words{"The secret is too large for this computer's keychain.", "You will sign in each time.", "Tell your help desk."}},
	{printing.ErrNoPrinter, words{"This computer has no printer set up.", "Nothing was printed.", "Save it as PDF instead, or add a printer."}},
	{printing.ErrNoPrinting, words{"This computer cannot print from here.", "Nothing was printed.", "Save it as PDF and print that file."}},
	{printing.ErrPrinter, words{"The printer did not take the page.", "Nothing was printed.", "Choose another printer, or save it as PDF."}},
	{platform.ErrInUse, words{"Another program has this file open.", "Nothing was saved.", "Close it there, or choose another name."}},
	{platform.ErrNoFolder, words{"There is no folder of this name.", "Nothing was saved.", "Choose a folder that is there."}},
	{platform.ErrBadName, words{"A file cannot have this name on this computer.", "Nothing was saved.", "Use letters, figures and hyphens in the name."}},
	{printing.ErrClosed, words{"The page is no longer open.", "Nothing was printed.", "Press Print again."}},
}

// Explain turns an error into words: what happened, what it means for the patient's plan, what to do now. nil gives the
// zero value. It never blocks.
func Explain(err error) Explained {
	if err == nil {
		return Explained{}
	}
	if errors.Is(err, context.Canceled) {
		return Explained{What: "Stopped.", Cancelled: true}
	}
	var refused *drafts.RefusedError
	if errors.As(err, &refused) {
		return Explained{What: "The service does not take some answers.", Means: "The others are saved. What you wrote is still here.", Do: "Go to each marked field."}
	}
	var unheard *printing.NotAudited
	if errors.As(err, &unheard) {
		return Explained{What: "The page is out, and the central service could not be told.", Means: "The plan was not changed. The list of who printed it lacks this print.", Do: "Tell your help desk when the connection is back."}
	}
	var waits *Waits
	if errors.As(err, &waits) {
		return Explained{What: whyWaits(waits.Err), Means: "What you asked for is kept on this computer, and goes by itself when the connection is back.", Do: "You can go on."}
	}
	var now *notOffline
	if errors.As(err, &now) {
		return explainNotOffline(now)
	}
	var problem *api.Problem
	if errors.As(err, &problem) {
		return explainProblem(problem)
	}
	var unreachable *api.Unreachable
	if errors.As(err, &unreachable) {
		if unreachable.Hop == api.HopProxyAuth && unreachable.ProxyRefusedAccount() {
			return proxyRefused.explained()
		}
		return byHop[unreachable.Hop].explained()
	}
	for _, row := range byError {
		if errors.Is(err, row.err) {
			return row.explained()
		}
	}
	var number *nhs.Error
	switch {
	case errors.As(err, &number):
		return Explained{What: strings.TrimSuffix(number.Words, ".") + "."}
	case errors.Is(err, context.DeadlineExceeded):
		return Explained{What: "It took too long and was stopped.", Means: "It may or may not have been done. What you wrote is still here.", Do: "Try again in a moment."}
	case platform.IsDiskFull(err):
		return Explained{What: "The disk of this computer is full.", Means: "What you wrote is still in this window, and goes to the central service.", Do: "Make room on the disk, or tell your help desk."}
	case platform.IsDenied(err):
		return Explained{What: "This program may not write there.", Means: "What you wrote is still in this window.", Do: "Choose another folder, or tell your help desk."}
	}
	if words, ok := sentence(err); ok {
		return Explained{What: words}
	}
	return Explained{What: "Something went wrong in this program.", Means: "What you wrote is still here.", Do: "Try again. If it happens again, call your help desk."}
}

// whyWaits says why something waits, as far as it is known.
func whyWaits(err error) string {
	var unreachable *api.Unreachable
	switch {
	case errors.As(err, &unreachable) && unreachable.Hop != api.HopTime && unreachable.Hop != api.HopBroken:
		return byHop[unreachable.Hop].what
	case api.IsCode(err, api.CodeTooMany), api.IsCode(err, api.CodeUnavailable):
		return byCode[api.CodeUnavailable].what
	}
	return "The central service has not answered yet."
}

// explainNotOffline says why an approval does not wait on this computer: what is signed is the draft that the service has at
// that moment, and whoever signs must know at once that it is in use.
func explainNotOffline(n *notOffline) Explained {
	var unreachable *api.Unreachable
	errors.As(n.err, &unreachable)
	out := byHop[unreachable.Hop].explained()
	switch {
	case n.sent:
		out.Means = "The plan may or may not have been approved."
		out.Do = "Open the plan again to see. If it is not approved, approve it then."
	default:
		out.What = "There is no connection to the central service, so the plan cannot be approved."
		out.Means = "The plan was not approved. An approval is never kept for later: it signs the newest draft, which only the central service has, and the plan is in use at once."
		out.Do = "Approve it when the connection is back. In an emergency, tell those who look after the person by telephone."
	}
	return out
}

func (w words) explained() Explained { return Explained{What: w.what, Means: w.means, Do: w.do} }

func explainProblem(p *api.Problem) Explained {
	out := byCode[p.Code()].explained()
	if out.What == "" {
		out = byCode[api.CodeInternal].explained()
	}
	if p.Title != "" {
		out.What = p.Title
	}
	if p.Detail != "" {
		out.Means, out.Do = p.Detail, ""
	}
	if p.RetryAfter > 0 {
		out.Do = "Wait " + spell(time.Duration(p.RetryAfter)*time.Second) + " and try again."
	}
	if len(p.Fields) > 0 {
		first := p.Fields[0]
		if first.Problem != nil {
			out.Field = first.Problem.Item
		} else {
			out.Field = drafts.ItemOf(first.Location)
		}
		if len(p.Fields) == 1 && first.Message != "" {
			out.Means = first.Message
		}
	}
	out.SignInAgain = api.IsSignedOut(p)
	return out
}

func spell(wait time.Duration) string {
	if wait < time.Minute {
		return fmt.Sprintf("%d seconds", int(wait.Seconds()))
	}
	minutes := int((wait + time.Minute - time.Second) / time.Minute)
	if minutes == 1 {
		return "a minute"
	}
	return fmt.Sprintf("%d minutes", minutes)
}

// sentence gives the words of an error that was written for people: api.NewClient's are.
func sentence(err error) (string, bool) {
	words := err.Error()
	if len(words) < 10 || words[0] < 'A' || words[0] > 'Z' || words[len(words)-1] != '.' {
		return "", false
	}
	return words, true
}
