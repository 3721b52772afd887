package network

import (
	"encoding/json"
	"fmt"

	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func (c *Network) makeFlowLogs(ctx *pulumi.Context) error {
	args := &ec2.FlowLogArgs{
		VpcId:       c.vpc.ID(),
		TrafficType: pulumi.String(c.args.FlowLogs.Traffic),
		Tags:        c.tags(c.childName("flow-logs")),
	}
	switch c.args.FlowLogs.To {
	case ToNone:
		return nil
	case ToS3:
		args.LogDestinationType = pulumi.String("s3")
		args.LogDestination = pulumi.String(c.args.FlowLogs.BucketArn)
	case ToCloudWatch:
		group, role, err := c.makeFlowLogGroup(ctx)
		if err != nil {
			return err
		}
		args.LogDestinationType = pulumi.String("cloud-watch-logs")
		args.LogDestination = group.Arn
		args.IamRoleArn = role.Arn
	}
	if _, err := ec2.NewFlowLog(ctx, c.childName("flow-logs"), args, pulumi.Parent(c)); err != nil {
		return fmt.Errorf("flow log: %w", err)
	}
	return nil
}

// makeFlowLogGroup makes an encrypted log group and a role that may write to it.
func (c *Network) makeFlowLogGroup(ctx *pulumi.Context) (*cloudwatch.LogGroup, *iam.Role, error) {
	name, group := c.childName("flow-logs"), "/aws/vpc/"+c.name+"/flow-logs"
	key, err := kms.NewKey(ctx, name, &kms.KeyArgs{
		Description:       pulumi.Sprintf("Flow logs of the VPC %s", c.name),
		EnableKeyRotation: pulumi.Bool(true),
		Policy:            c.document(func(account string) any { return c.keyPolicy(account, group) }),
		Tags:              c.tags(name),
	}, pulumi.Parent(c))
	if err != nil {
		return nil, nil, fmt.Errorf("key of the flow logs: %w", err)
	}
	logs, err := cloudwatch.NewLogGroup(ctx, name, &cloudwatch.LogGroupArgs{
		Name:            pulumi.String(group),
		RetentionInDays: pulumi.Int(c.args.FlowLogs.RetentionDays),
		KmsKeyId:        key.Arn,
		Tags:            c.tags(name),
	}, pulumi.Parent(c))
	if err != nil {
		return nil, nil, fmt.Errorf("log group of the flow logs: %w", err)
	}
	role, err := iam.NewRole(ctx, name, &iam.RoleArgs{
		Description:      pulumi.Sprintf("Flow logs of the VPC %s", c.name),
		AssumeRolePolicy: c.document(flowLogsTrust),
		Tags:             c.tags(name),
	}, pulumi.Parent(c))
	if err != nil {
		return nil, nil, fmt.Errorf("role of the flow logs: %w", err)
	}
	_, err = iam.NewRolePolicy(ctx, name, &iam.RolePolicyArgs{
		Role: role.Name,
		Policy: c.document(func(account string) any {
			arn := c.groupArn(account, group)
			return document{statement{"Effect": "Allow", "Action": []string{
				"logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogGroups", "logs:DescribeLogStreams",
			}, "Resource": []string{arn, arn + ":*"}}}
		}),
	}, pulumi.Parent(c))
	if err != nil {
		return nil, nil, fmt.Errorf("role policy of the flow logs: %w", err)
	}
	return logs, role, nil
}

type statement = map[string]any

// document is the statements of an IAM policy.
type document []statement

// document renders a policy that names the account, which is the VPC's owner.
func (c *Network) document(of func(account string) any) pulumi.StringOutput {
	return c.vpc.OwnerId.ApplyT(func(account string) (string, error) {
		text, err := json.Marshal(statement{"Version": "2012-10-17", "Statement": of(account)})
		return string(text), err
	}).(pulumi.StringOutput)
}

// flowLogsTrust lets the flow logs of this account only take the role on.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
func flowLogsTrust(account string) any {
	return document{{
		"Effect": "Allow", "Action": "sts:AssumeRole",
		"Principal": statement{"Service": "vpc-flow-logs.amazonaws.com"},
		"Condition": statement{"StringEquals": statement{"aws:SourceAccount": account}},
	}}
}

// keyPolicy lets the account use the key, and CloudWatch for this log group only.
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
func (c *Network) keyPolicy(account, group string) any {
	return document{
		{
			"Sid": "Account", "Effect": "Allow", "Action": "kms:*", "Resource": "*",
			"Principal": statement{"AWS": fmt.Sprintf("arn:%s:iam::%s:root", c.partition(), account)},
		},
		{
			"Sid": "Logs", "Effect": "Allow", "Resource": "*",
			"Action":    []string{"kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"},
			"Principal": statement{"Service": "logs." + regionOf(c.args.Zones[0]) + ".amazonaws.com"},
			"Condition": statement{"ArnEquals": statement{"kms:EncryptionContext:aws:logs:arn": c.groupArn(account, group)}},
		},
	}
}

func (c *Network) groupArn(account, group string) string {
	return fmt.Sprintf("arn:%s:logs:%s:%s:log-group:%s", c.partition(), regionOf(c.args.Zones[0]), account, group)
}

func (c *Network) partition() string { return ref.Network{Zones: c.args.Zones}.Partition() }
