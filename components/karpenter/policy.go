package karpenter

import "github.com/megazonecloud/eks-platform/components/iamdoc"

// queuePolicy lets the rules fill the queue, over TLS. Without the rules' names anyone's
// rule of any account could send the message that ends a node.
// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sqs-permissions
func queuePolicy(queueArn string, ruleArns []string) string {
	return iamdoc.Document(
		iamdoc.Statement{
			Sid: "Events", Principal: iamdoc.Service("events.amazonaws.com"), Action: "sqs:SendMessage", Resource: queueArn,
			Condition: iamdoc.Condition{"ArnEquals": {"aws:SourceArn": ruleArns}},
		},
		iamdoc.Statement{
			Sid: "OnlyTLS", Effect: iamdoc.Deny, Principal: "*", Action: "sqs:*", Resource: queueArn,
			Condition: iamdoc.Condition{"Bool": {"aws:SecureTransport": "false"}},
		},
	)
}
