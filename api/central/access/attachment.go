package access

// What may change here: who attaches copies of documents to a plan, and who reads them.

import (
	"cmc/api"
	"cmc/api/central/lifecycle"
)

// JudgeAttach says whether a person may attach a copy of a document now: those who may save the draft, but for a practice
// administrator, who writes names, addresses and contacts only (domain.md 10.2).
func JudgeAttach(p Person, r Record) Verdict {
	verdict := Judge(p, r, string(lifecycle.Save))
	if verdict.OK && Of(p).Admin {
		return forbidden("A clinician or care-home nurse attaches copies of documents.")
	}
	return verdict
}

// JudgeAttachment says whether a person may read a copy of a document. approved says that the live version names it: urgent
// care reads no other.
func JudgeAttachment(p Person, r Record, approved bool) Verdict {
	switch sight := See(p, r); {
	case sight == Everything, sight == Published && approved:
		return yes()
	case sight == Desk:
		return forbidden("Your role does not open copies of documents.")
	case sight == Published:
		return no(api.CodeNotFound, "The approved plan has no such copy.")
	}
	return Judge(p, r, string(lifecycle.Save))
}
