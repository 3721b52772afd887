package controllers

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/megazonecloud/eks-platform/components/form"
	"github.com/megazonecloud/eks-platform/components/iamdoc"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
)

// service is what the services differ in.
type service struct {
	// sid begins the names of its statements.
	sid string
	// kind is its name in a store.
	kind string
	// prefix is the form of what names begin with, as an example in fix says.
	prefix *regexp.Regexp
	fix    string
	// actions read one secret; endpoint is what asks KMS for it, context the key under which it
	// says for which one.
	actions           []string
	endpoint, context string
	// arn is the ARN of the secrets with a prefix.
	arn func(place ref.Place, prefix string) string
}

// services by their names. Nothing here finds secrets: ListSecrets, BatchGetSecretValue
// and DescribeParameters are for all or none, and GetParametersByPath forgets the store's
// prefix, so that one store would show what is another's.
// Sources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html,
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html,
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html,
// https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html
var services = map[string]service{
	SecretsManager: {
		sid: "Secrets", kind: "SecretsManager",
		prefix: regexp.MustCompile(`^/?[A-Za-z0-9][A-Za-z0-9/_+=.@-]*[/_.-]$`), fix: `write what names begin with up to a separator, such as "prd/"`,
		actions:  []string{"secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"},
		endpoint: "secretsmanager", context: "kms:EncryptionContext:SecretARN",
		arn: func(place ref.Place, prefix string) string { return place.Arn("secretsmanager", "secret:"+prefix+"*") },
	},
	ParameterStore: {
		sid: "Parameters", kind: "ParameterStore",
		prefix: regexp.MustCompile(`^/([A-Za-z0-9_.-]+/)+$`), fix: `write a path with a slash at both ends, such as "/prd/"`,
		actions:  []string{"ssm:GetParameter", "ssm:ListTagsForResource"},
		endpoint: "ssm", context: "kms:EncryptionContext:PARAMETER_ARN",
		arn: func(place ref.Place, prefix string) string { return place.Arn("ssm", "parameter"+prefix+"*") },
	},
}

func (s Store) service() string { return cmp.Or(s.Service, SecretsManager) }

// secretsPolicy is what the controller may do: read the secrets of the stores without a
// role, decrypt them with the keys that the stores name, and assume the other stores' roles.
//
// It narrows the policies in aws-secrets-manager.md and aws-parameter-store.md of
// https://github.com/external-secrets/external-secrets/tree/v2.9.0/docs/provider by prefix,
// and leaves out what finds secrets, reads resource policies and writes.
func secretsPolicy(a Args) string {
	var statements []iamdoc.Statement
	for _, name := range slices.Sorted(maps.Keys(services)) {
		statements = append(statements, a.reads(name)...)
	}
	roles := a.gathered(func(s Store) []string {
		if s.Role == "" {
			return nil
		}
		return []string{s.Role}
	})
	if len(roles) > 0 {
		// The tags of EKS Pod Identity's sessions go along.
		// Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
		statements = append(statements, iamdoc.Statement{Sid: "Roles", Action: []string{"sts:AssumeRole", "sts:TagSession"}, Resource: roles})
	}
	return iamdoc.Document(statements...)
}

// reads are the statements of one service.
func (a Args) reads(name string) []iamdoc.Statement {
	of, place := services[name], a.Cluster.Place
	own := func(s Store) bool { return s.Role == "" && s.service() == name }
	arns := a.gathered(func(s Store) []string {
		if !own(s) {
			return nil
		}
		return []string{of.arn(place, s.Prefix)}
	})
	if len(arns) == 0 {
		return nil
	}
	statements := []iamdoc.Statement{{Sid: of.sid, Action: of.actions, Resource: arns}}
	keys := a.gathered(func(s Store) []string {
		if !own(s) {
			return nil
		}
		return s.KmsKeyArns
	})
	if len(keys) > 0 {
		statements = append(statements, iamdoc.Statement{Sid: "KeysOf" + of.sid, Action: "kms:Decrypt", Resource: keys, Condition: iamdoc.Condition{
			"StringEquals": {"kms:ViaService": of.endpoint + "." + place.Region + ".amazonaws.com"},
			"StringLike":   {of.context: arns},
		}})
	}
	return statements
}

// gathered is what stores name, each once, in order.
func (a Args) gathered(from func(Store) []string) []string {
	all := map[string]bool{}
	for _, store := range a.Secrets.Stores {
		for _, text := range from(store) {
			all[text] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

var (
	keyArn  = regexp.MustCompile(`^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+$`)
	roleArn = regexp.MustCompile(`^arn:aws[a-z-]*:iam::\d{12}:role/[A-Za-z0-9+=,.@_/-]+$`)
)

func validateSecrets(s Spec) []problem.Problem {
	var list problem.List
	if isOn(s.Secrets.Enabled, false) && len(s.Secrets.Stores) == 0 {
		list.Add("secrets.stores", "is empty, and nothing can be read without one", "add a store, or leave enabled out")
	}
	for _, name := range slices.Sorted(maps.Keys(s.Secrets.Stores)) {
		list.Under("secrets.stores."+name, s.Secrets.Stores[name].validate(name))
	}
	return list.All()
}

func (s Store) validate(name string) []problem.Problem {
	var list problem.List
	if !form.Name.MatchString(name) {
		list.Addf("", "use small letters, digits and -, at most 63", "%q can't be a store's name", name)
	}
	of, known := services[s.service()]
	if !known {
		problem.OneOf(&list, "service", s.Service, SecretsManager, ParameterStore)
	}
	switch {
	case s.Prefix == "" && s.Role == "":
		list.Add("prefix", "is empty, so that the store would hold all secrets", cmp.Or(of.fix, "write what their names begin with"))
	case s.Prefix != "" && known && !of.prefix.MatchString(s.Prefix):
		list.Addf("prefix", of.fix, "%q is none", s.Prefix)
	}
	for _, arn := range s.KmsKeyArns {
		if !keyArn.MatchString(arn) {
			list.Addf("kmsKeyArns", "write arn:aws:kms:<region>:<account>:key/<id>", "%q is no ARN of a key", arn)
		}
	}
	if s.Role != "" && !roleArn.MatchString(s.Role) {
		list.Addf("role", "write arn:aws:iam::<account>:role/<name>", "%q is no ARN of a role", s.Role)
	}
	if s.Role != "" && len(s.KmsKeyArns) > 0 {
		list.Add("kmsKeyArns", "are for the controller's own role", "let "+s.Role+" decrypt with them, and leave them out")
	}
	s.validateNamespaces(&list)
	return list.All()
}

func (s Store) validateNamespaces(list *problem.List) {
	if len(s.Namespaces) == 0 && len(s.NamespaceLabels) == 0 {
		list.Add("namespaces", "is empty, so that every namespace could read the store", "name the namespaces, or write namespaceLabels")
	}
	for _, namespace := range s.Namespaces {
		if !form.Name.MatchString(namespace) {
			list.Addf("namespaces", "name each one", "%q can't be a namespace", namespace)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(s.NamespaceLabels)) {
		if value := s.NamespaceLabels[key]; !form.LabelKey(key) || !form.LabelValue.MatchString(value) || strings.TrimSpace(value) == "" {
			list.Addf("namespaceLabels", "write labels as namespaces carry them", "%q: %q is no label", key, value)
		}
	}
}
