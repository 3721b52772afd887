package karpenter

import (
	"encoding/json"
	"fmt"

	"github.com/megazonecloud/eks-platform/components/tags"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sqs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// event is a kind of event that EventBridge hands over.
type event struct{ key, source, detailType string }

// events are those on which Karpenter drains a node before it goes, by the parsers of
// Karpenter 1.14. They are not narrowed further: the parsers drop what they don't need,
// and the next version may need more.
// Source: https://github.com/aws/karpenter-provider-aws/tree/v1.14.1/pkg/controllers/interruption/messages
var events = []event{
	{"health", "aws.health", "AWS Health Event"},
	{"rebalance", "aws.ec2", "EC2 Instance Rebalance Recommendation"},
	{"reservation", "aws.ec2", "EC2 Capacity Reservation Instance Interruption Warning"},
	{"spot", "aws.ec2", "EC2 Spot Instance Interruption Warning"},
	{"state", "aws.ec2", "EC2 Instance State-change Notification"},
}

// pattern is how EventBridge is asked for an event.
func (e event) pattern() string {
	text, err := json.Marshal(map[string][]string{"source": {e.source}, "detail-type": {e.detailType}})
	if err != nil {
		panic(err) // strings can always be written
	}
	return string(text)
}

// retention is how long a message waits, in seconds: a warning is of no use when the
// node is gone, and Spot gives two minutes.
// Source: https://karpenter.sh/docs/reference/cloudformation/#interruption-handling
const retention = 300

// makeQueue makes the queue of interruptions, and the rules that fill it.
func (c *Karpenter) makeQueue(ctx *pulumi.Context) (err error) {
	name := c.name + "-karpenter"
	c.queue, err = sqs.NewQueue(ctx, name, &sqs.QueueArgs{
		Name:                    pulumi.String(QueueName(c.args.Cluster.Name)),
		MessageRetentionSeconds: pulumi.Int(retention),
		SqsManagedSseEnabled:    pulumi.Bool(true),
		Tags:                    tags.Named(c.args.Tags, QueueName(c.args.Cluster.Name)),
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("queue: %w", err)
	}
	c.QueueName = c.queue.Name
	rules := pulumi.StringArray{}
	for _, event := range events {
		rule, err := c.makeRule(ctx, event)
		if err != nil {
			return fmt.Errorf("rule %s: %w", event.key, err)
		}
		rules = append(rules, rule.Arn)
	}
	policy, err := sqs.NewQueuePolicy(ctx, name, &sqs.QueuePolicyArgs{
		QueueUrl: c.queue.Url,
		Policy: pulumi.All(c.queue.Arn, rules).ApplyT(func(all []any) string {
			return queuePolicy(all[0].(string), all[1].([]string))
		}).(pulumi.StringOutput),
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("queue policy: %w", err)
	}
	c.needs = append(c.needs, policy)
	return nil
}

func (c *Karpenter) makeRule(ctx *pulumi.Context, event event) (*cloudwatch.EventRule, error) {
	name := c.name + "-karpenter-" + event.key
	rule, err := cloudwatch.NewEventRule(ctx, name, &cloudwatch.EventRuleArgs{
		Description:  pulumi.Sprintf("%s, for Karpenter of the EKS cluster %s", event.detailType, c.args.Cluster.Name),
		EventPattern: pulumi.String(event.pattern()),
		Tags:         tags.Named(c.args.Tags, name),
	}, pulumi.Parent(c))
	if err != nil {
		return nil, err
	}
	target, err := cloudwatch.NewEventTarget(ctx, name, &cloudwatch.EventTargetArgs{
		Rule: rule.Name, Arn: c.queue.Arn, TargetId: pulumi.String("karpenter"),
	}, pulumi.Parent(c))
	if err != nil {
		return nil, fmt.Errorf("target: %w", err)
	}
	c.needs = append(c.needs, target)
	return rule, nil
}
