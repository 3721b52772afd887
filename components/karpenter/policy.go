package karpenter

import "encoding/json"

// allow and deny are the effects of a statement.
const (
	allow = "Allow"
	deny  = "Deny"
)

// statement is one of an IAM policy. Principals, actions and resources are a string or
// a list of strings.
type statement struct {
	Sid       string `json:",omitempty"`
	Effect    string
	Principal any                       `json:",omitempty"`
	Action    any                       `json:",omitempty"`
	Resource  any                       `json:",omitempty"`
	Condition map[string]map[string]any `json:",omitempty"`
}

// document writes a policy.
func document(statements ...statement) string {
	text, err := json.Marshal(struct {
		Version   string
		Statement []statement
	}{"2012-10-17", statements})
	if err != nil {
		panic(err) // strings and maps of them can always be written
	}
	return string(text)
}

func service(name string) map[string]string { return map[string]string{"Service": name} }

// trust lets EKS hand the role to the controller's pods, and to no others. The tags are
// those that EKS sets on every session of a pod.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
func (a Args) trust() string {
	return document(statement{
		Effect: allow, Principal: service("pods.eks.amazonaws.com"), Action: []string{"sts:AssumeRole", "sts:TagSession"},
		Condition: map[string]map[string]any{"StringEquals": {
			"aws:RequestTag/eks-cluster-name":           a.Cluster.Name,
			"aws:RequestTag/kubernetes-namespace":       a.Namespace,
			"aws:RequestTag/kubernetes-service-account": a.ServiceAccount,
		}},
	})
}

// queuePolicy lets the rules fill the queue, over TLS. Without the rules' names anyone's
// rule of any account could send the message that ends a node.
// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sqs-permissions
func queuePolicy(queueArn string, ruleArns []string) string {
	return document(
		statement{
			Sid: "Events", Effect: allow, Principal: service("events.amazonaws.com"), Action: "sqs:SendMessage", Resource: queueArn,
			Condition: map[string]map[string]any{"ArnEquals": {"aws:SourceArn": ruleArns}},
		},
		statement{
			Sid: "OnlyTLS", Effect: deny, Principal: "*", Action: "sqs:*", Resource: queueArn,
			Condition: map[string]map[string]any{"Bool": {"aws:SecureTransport": "false"}},
		},
	)
}
