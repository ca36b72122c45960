// Answers as Kubernetes itself does: its RBAC authorizer over lists of objects, and its escalation check. Reads one
// JSON object from standard input and prints the answers in the order of the questions.
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/component-helpers/auth/rbac/validation"
	resolver "k8s.io/kubernetes/pkg/registry/rbac/validation"
	"k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac"
)

type question struct {
	User, Verb, Group, Resource, Subresource, Name, Namespace, NonResourceURL string
	Groups                                                                    []string
}

type world struct {
	Roles               []*rbacv1.Role
	RoleBindings        []*rbacv1.RoleBinding
	ClusterRoles        []*rbacv1.ClusterRole
	ClusterRoleBindings []*rbacv1.ClusterRoleBinding
	Questions           []question
}

type pair struct {
	Owner, Servant []rbacv1.PolicyRule
}

type input struct {
	Worlds []world
	Pairs  []pair
}

type output struct {
	// For each world, for each question: whether it is allowed.
	Allowed [][]bool
	// For each pair: whether the owner covers the servant.
	Covers []bool
}

func main() {
	var in input
	if err := json.NewDecoder(os.Stdin).Decode(&in); err != nil {
		log.Fatal(err)
	}
	var out output
	for _, w := range in.Worlds {
		out.Allowed = append(out.Allowed, answer(w))
	}
	for _, p := range in.Pairs {
		covered, _ := validation.Covers(p.Owner, p.Servant)
		out.Covers = append(out.Covers, covered)
	}
	if err := json.NewEncoder(os.Stdout).Encode(out); err != nil {
		log.Fatal(err)
	}
}

func answer(w world) []bool {
	_, roles := resolver.NewTestRuleResolver(w.Roles, w.RoleBindings, w.ClusterRoles, w.ClusterRoleBindings)
	authorize := rbac.New(roles, roles, roles, roles).Authorize
	answers := make([]bool, len(w.Questions))
	for i, q := range w.Questions {
		decision, _, _ := authorize(context.Background(), authorizer.AttributesRecord{
			User:            &user.DefaultInfo{Name: q.User, Groups: q.Groups},
			Verb:            q.Verb,
			Namespace:       q.Namespace,
			APIGroup:        q.Group,
			Resource:        q.Resource,
			Subresource:     q.Subresource,
			Name:            q.Name,
			ResourceRequest: q.NonResourceURL == "",
			Path:            q.NonResourceURL,
		})
		answers[i] = decision == authorizer.DecisionAllow
	}
	return answers
}
