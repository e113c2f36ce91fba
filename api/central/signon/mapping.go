package signon

// What may change here: how claims become a name and positions. Which claims and which roles is in cis2.yaml, or in the file of
// whoever runs the service.

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"cmc/api"
	"cmc/api/central/access"
)

//go:embed cis2.yaml
var cis2 []byte

// A Mapping says what claims mean. Read it with ReadMapping; cis2.yaml explains each field.
type Mapping struct {
	Scopes []string `yaml:"scopes"`
	Claims struct {
		Name         string `yaml:"name"`
		Roles        string `yaml:"roles"`
		Selected     string `yaml:"selected"`
		RoleID       string `yaml:"role_id"`
		RoleCode     string `yaml:"role_code"`
		RoleTitle    string `yaml:"role_title"`
		OrgCode      string `yaml:"org_code"`
		Registration string `yaml:"registration"`
	} `yaml:"claims"`
	Require map[string][]string `yaml:"require"`
	Roles   []struct {
		Job  []string `yaml:"job"`
		At   []string `yaml:"at"`
		Role api.Role `yaml:"role"`
	} `yaml:"roles"`
}

// ReadMapping reads a mapping; nothing: that of NHS CIS2. The error is a sentence for whoever runs the service.
func ReadMapping(text []byte) (*Mapping, error) {
	if len(text) == 0 {
		text = cis2
	}
	m := new(Mapping)
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(m); err != nil {
		return nil, fmt.Errorf("reading the mapping of claims: %w", err)
	}
	if m.Claims.Roles == "" || m.Claims.RoleCode == "" || m.Claims.OrgCode == "" || len(m.Roles) == 0 {
		return nil, errors.New("the mapping of claims needs the claims roles, role_code and org_code, and at least one role")
	}
	for _, one := range m.Roles {
		if !access.Known(one.Role) || len(one.Job) == 0 {
			return nil, fmt.Errorf("the mapping of claims names a role that is not there, or no job for it: %q", one.Role)
		}
	}
	return m, nil
}

// A Post is a role at an organisation, as the provider tells it. What it is here depends on the kind of the organisation: ask Role.
type Post struct {
	ID, Job, Title, Registration, ODS string
}

// Role is the role here of a post at an organisation of a kind; false: none.
func (m *Mapping) Role(p Post, kind string) (api.Role, bool) {
	for _, one := range m.Roles {
		if slices.Contains(one.Job, p.Job) && (len(one.At) == 0 || slices.Contains(one.At, kind)) {
			return one.Role, true
		}
	}
	return "", false
}

// read takes the name and the posts from claims. It refuses a person of whom something that is required is not so.
func (m *Mapping) read(claims map[string]any, out *Identity) error {
	for claim, values := range m.Require {
		if !slices.Contains(values, text(claims[claim])) {
			return &Refusal{Reason: "assurance", Words: "Your sign-in does not say who you are as surely as this service needs.",
				Do: "Sign in with your smartcard or security key, or ask your registration authority."}
		}
	}
	out.Name = strings.TrimSpace(text(claims[m.Claims.Name]))
	if out.Name == "" {
		out.Name = strings.TrimSpace(text(claims["given_name"]) + " " + text(claims["family_name"]))
	}
	if out.Name == "" {
		return &Refusal{Reason: "claims", Words: "Your identity provider did not say your name.", Do: "Ask your registration authority."}
	}
	out.Selected = text(claims[m.Claims.Selected])
	roles, _ := claims[m.Claims.Roles].([]any)
	for _, one := range roles {
		role, _ := one.(map[string]any)
		job := text(role[m.Claims.RoleCode])
		post := Post{ID: text(role[m.Claims.RoleID]), Job: job[strings.LastIndex(job, ":")+1:], ODS: strings.ToUpper(text(role[m.Claims.OrgCode])),
			Title: title(text(role[m.Claims.RoleTitle]))}
		if m.Claims.Registration != "" {
			post.Registration = text(role[m.Claims.Registration])
			if post.Registration == "" {
				post.Registration = text(claims[m.Claims.Registration])
			}
		}
		if post.Job != "" && post.ODS != "" {
			out.Posts = append(out.Posts, post)
		}
	}
	return nil
}

// title takes "General Medical Practitioner" from "Clinical":"Clinical Provision":"General Medical Practitioner".
func title(words string) string {
	words = words[strings.LastIndex(words, ":")+1:]
	return strings.Trim(words, `" `)
}

// text is a claim as words; anything but words, a number or a truth is "".
func text(claim any) string {
	switch v := claim.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}
