package karpenter

import (
	"strings"

	"github.com/megazonecloud/eks-platform/components/irsa"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// workload is what the controller's role is called behind the cluster's name.
const workload = "karpenter"

// makeController makes the controller's role and hands it to its service account.
func (c *Karpenter) makeController(ctx *pulumi.Context) error {
	role, err := irsa.New(ctx, c.name+"-karpenter-controller", irsa.Args{
		Workload: irsa.Workload{Name: workload, Namespace: c.args.Namespace, ServiceAccounts: []string{c.args.ServiceAccount}},
		PolicyOutput: pulumi.All(c.queue.Arn, c.NodeRoleArn).ApplyT(func(arns []any) string {
			scope := scopeOf(arns[0].(string))
			scope.Cluster, scope.NodeRoleArn, scope.ZonalShift = c.args.Cluster.Name, arns[1].(string), c.args.ZonalShift
			return scope.Policy()
		}).(pulumi.StringOutput),
		Cluster: c.args.Cluster, Tags: c.args.Tags,
	}, c)
	if err != nil {
		return err
	}
	c.ControllerRoleArn = role.Arn
	c.needs = append(c.needs, role.Needs...)
	return nil
}

// scopeOf reads partition, region and account from the queue's ARN, which is of the same
// place as all else.
func scopeOf(queueArn string) Scope {
	parts := append(strings.Split(queueArn, ":"), make([]string, 5)...)
	return Scope{Partition: parts[1], Region: parts[3], Account: parts[4], QueueArn: queueArn}
}
