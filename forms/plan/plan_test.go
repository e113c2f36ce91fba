package plan

import "testing"

func TestDefinitionLoads(t *testing.T) {
	if d := Definition(); d.Name() != "urgent-care-plan@1.0" {
		t.Fatalf("name: %s", d.Name())
	}
}
