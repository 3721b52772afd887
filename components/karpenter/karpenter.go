// Package karpenter makes everything of Karpenter that is not its chart: what the
// controller needs of AWS, and the node classes and pools of which it makes nodes.
//
// The two are components of their own, because the chart comes between them. EKS hands
// a role to a pod when it admits the pod, so the role's association must be there
// before the controller; node classes and pools need the controller.
package karpenter

import (
	"cmp"
	"errors"
	"fmt"
	"maps"

	"github.com/megazonecloud/eks-platform/components/form"
	"github.com/megazonecloud/eks-platform/components/irsa"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sqs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Token is the component's type.
const Token = "eksplatform:karpenter:Karpenter"

// Args is what New needs.
type Args struct {
	// Required. The cluster whose nodes Karpenter makes, with its place.
	Cluster ref.Cluster
	// Required. The cluster's network.
	Network ref.Network
	// Optional. The namespace of the controller. Default kube-system, whose requests the
	// API server puts before those of others.
	Namespace string
	// Optional. The service account of the controller. Default karpenter.
	ServiceAccount string
	// Optional. Let the controller see zonal shifts of the cluster, for the chart's
	// settings.enableZonalShift. Default false.
	ZonalShift bool
	// Optional. Let nodes give pods IPv6 addresses. Default false.
	IPv6 bool
	// Optional. Tags of every resource. Default none.
	Tags map[string]string
}

// Karpenter is the component.
type Karpenter struct {
	pulumi.ResourceState

	// ControllerRoleArn is the role of the controller.
	ControllerRoleArn pulumi.StringOutput `pulumi:"controllerRoleArn"`
	// NodeRoleArn is the role of the nodes.
	NodeRoleArn pulumi.StringOutput `pulumi:"nodeRoleArn"`
	// InstanceProfile is the name of the profile that gives nodes their role: node
	// classes need it.
	InstanceProfile pulumi.StringOutput `pulumi:"instanceProfile"`
	// QueueName is the name of the queue of interruptions, the same as the function's.
	QueueName pulumi.StringOutput `pulumi:"queueName"`

	name  string
	args  Args
	queue *sqs.Queue
	needs []pulumi.Resource
}

// New makes what the controller needs of AWS. It reports every problem of args at once,
// before anything is registered.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Karpenter, error) {
	if args == nil {
		return nil, errors.New("karpenter: args are required")
	}
	full := args.withDefaults()
	if err := full.validate(); err != nil {
		return nil, err
	}
	c := &Karpenter{name: name, args: full}
	if err := ctx.RegisterComponentResourceV2(Token, name, nil, c, opts...); err != nil {
		return nil, fmt.Errorf("karpenter %q: %w", name, err)
	}
	for _, step := range []func(*pulumi.Context) error{c.makeNodeRole, c.makeQueue, c.makeController} {
		if err := step(ctx); err != nil {
			return nil, fmt.Errorf("karpenter %q: %w", name, err)
		}
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{
		"controllerRoleArn": c.ControllerRoleArn, "nodeRoleArn": c.NodeRoleArn,
		"instanceProfile": c.InstanceProfile, "queueName": c.QueueName,
	})
}

// Resources are what must exist before the controller's pods and as long as its nodes:
// the chart depends on them.
func (c *Karpenter) Resources() []pulumi.Resource { return c.needs }

// QueueName is the physical name of a cluster's queue of interruptions, for the chart's
// settings.interruptionQueue. It is plain: the chart is rendered before there is a queue.
func QueueName(cluster string) string { return cluster + "-karpenter" }

// maxQueueName is how long a queue's name may be.
// Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html
const maxQueueName = 80

func (a Args) withDefaults() Args {
	a.Namespace = cmp.Or(a.Namespace, "kube-system")
	a.ServiceAccount = cmp.Or(a.ServiceAccount, "karpenter")
	a.Tags = maps.Clone(a.Tags)
	return a
}

func (a Args) validate() error {
	var list problem.List
	if a.Cluster.Name == "" || a.Cluster.NameOutput == nil {
		list.Add("cluster", "lacks a name", "hand over a cluster's Ref()")
	}
	list.Under("", irsa.Validate(a.Cluster))
	if queue := QueueName(a.Cluster.Name); len(queue) > maxQueueName {
		list.Addf("cluster", fmt.Sprintf("use a name of up to %d letters", maxQueueName-len(QueueName(""))),
			"%q is too long for the name of a queue", queue)
	}
	for path, value := range map[string]string{"namespace": a.Namespace, "serviceAccount": a.ServiceAccount} {
		if !form.Name.MatchString(value) {
			list.Addf(path, "use up to 63 lower-case letters, digits and hyphens", "%q is not a name", value)
		}
	}
	return list.Err("karpenter")
}
