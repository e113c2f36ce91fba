package api

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The JSON names are public: they grow and are never renamed. Add new ones at the end of their line.
const publicNames = `
AccessEvent: at who role org action version reason words role_words emergency workstation
AccessLog: items more
BreakGlass: code reason confirmed
BreakGlassOpening: id plan_id patient who role org code code_words reason at until review
BreakGlassQueue: items
BreakGlassReview: outcome note by at
BreakGlassReviewed: outcome note
Approve: password checks review_due proof
Bundle: user_id position as_at session_until left_out pages
BundlePage: plan_id version hash status words alarm patient as_at until summary
Changes: from to total items
Choice: position
Comment: id item row text by at done
Confirm: rule item row reason
Confirmation: rule item row reason by at
Credentials: username password position device new_device workstation
Death: date place
Decide: reason
Draft: answers recorded base_version comments confirmed changed_at changed_by origin hidden_since
Event: kind plan_id status etag
Feedback: outcome reason
FieldProblem: location message problem
NewComment: item row text hidden
NewPlan: patient_id answers reason
OfflineReading: plan_id version at printed
OfflineReadings: items
Opening: reason
Organisation: ods name kind phone
Patient: id nhs_number family_name given_name title preferred_name birth_date death_date gender where practice_ods practice_name same_name plan needs_reason way_in hidden suspended
PatientList: items
PatientSearch: nhs_number family_name given_name birth_date
Plan: id status status_words patient holder definition draft published actions refused etag state_since state_by reason review_due way_in
PlanRef: id status version
Position: id role role_title reg_number organisation
Print: version
Proof: proof expires_at
Problem: type title status detail errors theirs etag plan_id retry_after
Problems: items quality last_quality
Report: name title about scope from to by as_at protected empty tables plans notes
ReportChoice: id title
ReportFigure: count of value unit hidden below
Releases: newest oldest from
ReportList: items notes
ReportPlan: plan_id status why words on holder
ReportRef: name title about by period
ReportRow: label total figures
ReportTable: title heads rows bars
Return: reason comments
Reveal: item row reason draft
Revealed: item row value unchosen
SSOAnswer: state code code_verifier redirect_uri position afresh workstation
SSOInfo: name
SSOStarted: state url
ServiceInfo: name version training help_desk time definition sso lock_minutes client
Session: token expires_at user device
StartProof: plan_id etag code_challenge redirect_uri
StartSSO: code_challenge redirect_uri afresh
Submit: note
Unchosen: value by at
User: id username name role role_title reg_number organisation may position positions signs lock_minutes
Version: number definition answers recorded approved_at approved_by approver_reg review_due hash quality
Versions: items
Wipe: username reason
Wiped: computers
Worklist: name items
WorklistCount: name title empty count
WorklistCounts: items
WorklistRow: plan_id patient status words alarm wanted from since
`

// namesInSource reads the JSON names of every struct of this package that has any.
func namesInSource(t *testing.T) map[string][]string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	have := map[string][]string{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			kind, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			fields, ok := kind.Type.(*ast.StructType)
			if !ok {
				return true
			}
			for _, field := range fields.Fields.List {
				if field.Tag == nil {
					continue
				}
				tag, err := strconv.Unquote(field.Tag.Value)
				require.NoError(t, err)
				if name, _, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ","); name != "" && name != "-" {
					have[kind.Name.Name] = append(have[kind.Name.Name], name)
				}
			}
			return true
		})
	}
	return have
}

func TestTheJSONNamesStay(t *testing.T) {
	have := namesInSource(t)
	pinned := map[string][]string{}
	for line := range strings.SplitSeq(strings.TrimSpace(publicNames), "\n") {
		kind, names, _ := strings.Cut(line, ": ")
		pinned[kind] = strings.Fields(names)
		for _, name := range pinned[kind] {
			assert.Contains(t, have[kind], name, "%s.%s was renamed or taken away", kind, name)
		}
	}
	for kind, names := range have {
		for _, name := range names {
			assert.Contains(t, pinned[kind], name, "%s.%s is new: add it to publicNames, so that it stays", kind, name)
		}
	}
}
