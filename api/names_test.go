package api

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// The JSON names are public: they grow and are never renamed. Add new ones at the end of their line.
const publicNames = `
AccessEvent: at who role org action version reason
AccessLog: items
Approve: password checks review_due
Changes: from to total items
Comment: id item row text by at done
Confirm: rule item row reason
Confirmation: rule item row reason by at
Credentials: username password
Death: date place
Decide: reason
Draft: answers recorded base_version comments confirmed changed_at changed_by origin
Event: kind plan_id status
Feedback: outcome reason
FieldProblem: location message problem
NewComment: item row text
NewPlan: patient_id answers reason
Opening: reason
Organisation: ods name kind phone
Patient: id nhs_number family_name given_name title preferred_name birth_date death_date gender where practice_ods practice_name same_name plan needs_reason
PatientList: items
PatientSearch: nhs_number family_name given_name birth_date
Plan: id status status_words patient holder definition draft published actions refused etag state_since state_by reason review_due
PlanRef: id status version
Print: version
Problem: type title status detail errors theirs etag plan_id retry_after
Problems: items quality last_quality
Return: reason comments
Reveal: item row reason
Revealed: item row value
ServiceInfo: name version training help_desk time definition
Session: token expires_at user
Submit: note
User: id username name role role_title reg_number organisation may
Version: number definition answers recorded approved_at approved_by approver_reg review_due hash quality
Versions: items
Worklist: name items
WorklistCount: name title empty count
WorklistCounts: items
WorklistRow: plan_id patient status words alarm wanted from since
`

func TestTheJSONNamesStay(t *testing.T) {
	types := []reflect.Type{}
	for _, one := range []any{AccessEvent{}, AccessLog{}, Approve{}, Changes{}, Comment{}, Confirm{}, Confirmation{}, Credentials{}, Death{}, Decide{},
		Draft{}, Event{}, Feedback{}, FieldProblem{}, NewComment{}, NewPlan{}, Opening{}, Organisation{}, Patient{}, PatientList{}, PatientSearch{},
		Plan{}, PlanRef{}, Print{}, Problem{}, Problems{}, Return{}, Reveal{}, Revealed{}, ServiceInfo{}, Session{}, Submit{}, User{}, Version{}, Versions{},
		Worklist{}, WorklistCount{}, WorklistCounts{}, WorklistRow{}} {
		types = append(types, reflect.TypeOf(one))
	}
	have := []string{}
	for _, one := range types {
		names := []string{}
		for i := range one.NumField() {
			name, _, _ := strings.Cut(one.Field(i).Tag.Get("json"), ",")
			names = append(names, name)
		}
		have = append(have, fmt.Sprintf("%s: %s", one.Name(), strings.Join(names, " ")))
	}
	slices.Sort(have)
	for _, line := range strings.Split(strings.TrimSpace(publicNames), "\n") {
		kind, names, _ := strings.Cut(line, ": ")
		at := slices.IndexFunc(have, func(one string) bool { return strings.HasPrefix(one, kind+": ") })
		if assert.GreaterOrEqual(t, at, 0, "%s is gone", kind) {
			for _, name := range strings.Fields(names) {
				assert.Contains(t, strings.Fields(have[at])[1:], name, "%s.%s was renamed or taken away", kind, name)
			}
		}
	}
}
