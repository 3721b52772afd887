package tenants

import (
	"cmp"
	"fmt"

	"github.com/megazonecloud/eks-platform/components/irsa"
	"github.com/megazonecloud/eks-platform/components/kube"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// tenant is one namespace in the making.
type tenant struct {
	pulumi.ResourceState
	Tenant

	name, namespace string
	args            Args
	space           pulumi.Resource
	needs           []pulumi.Resource
}

func (t *tenant) make(ctx *pulumi.Context, parent pulumi.Resource) error {
	if err := ctx.RegisterComponentResourceV2(TenantToken, t.name, nil, t, pulumi.Parent(parent)); err != nil {
		return err
	}
	for _, step := range []func(*pulumi.Context) error{t.makeNamespace, t.makeBounds, t.makeAccounts, t.makeBindings} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return ctx.RegisterResourceOutputs(t, pulumi.Map{})
}

// gone is how long a namespace may take to be gone: load balancers, volumes and DNS names
// in it go first, each by its controller.
const gone = "20m"

// makeNamespace makes the namespace. It never just goes with the cluster: what it holds,
// which other programs put there, has load balancers and volumes in AWS that only the
// controllers in the cluster free.
func (t *tenant) makeNamespace(ctx *pulumi.Context) (err error) {
	object := kube.New("v1", "Namespace", "", t.namespace, nil).With(t.labels(), t.reason())
	t.space, err = kube.Register(ctx, t.name, object, kube.Args{
		Parent: t, Cluster: t.args.Cluster, Tags: t.args.Tags, After: t.args.After, Timeout: gone, FreesAWS: true,
	}, pulumi.Protect(t.Protect))
	if err != nil {
		return fmt.Errorf("namespace: %w", err)
	}
	t.needs = append(t.needs, t.space)
	return nil
}

// labels are those of the namespace. Warnings and audit records are of the strictest level,
// so that a team sees what is between it and that.
// Source: https://kubernetes.io/docs/concepts/security/pod-security-admission/
func (t *tenant) labels() map[string]string {
	const prefix = "pod-security.kubernetes.io/"
	return map[string]string{
		"team": t.Team, "environment": cmp.Or(t.Environment, t.args.Environment),
		prefix + "enforce": t.PodSecurity, prefix + "warn": restricted, prefix + "audit": restricted,
	}
}

func (t *tenant) reason() map[string]string {
	if t.Reason == "" {
		return nil
	}
	return map[string]string{"pod-security-reason": t.Reason}
}

// makeBounds makes what holds the pods in bounds. The account default is made by Kubernetes
// with each namespace, so it is changed.
func (t *tenant) makeBounds(ctx *pulumi.Context) error {
	bounds := append([]kube.Object{t.quota(t.namespace), t.limits(t.namespace)}, t.networkPolicies(t.namespace, t.args)...)
	for _, object := range bounds {
		if err := t.register(ctx, object, kube.Args{}); err != nil {
			return err
		}
	}
	return t.register(ctx, kube.New("v1", "ServiceAccount", t.namespace, defaultAccount, map[string]any{"automountServiceAccountToken": false}), kube.Args{Patch: true})
}

// makeAccounts makes the workloads' service accounts, each after its role: who finds the
// account finds its permissions.
func (t *tenant) makeAccounts(ctx *pulumi.Context) error {
	for _, name := range sortedKeys(t.ServiceAccounts) {
		account, args := t.ServiceAccounts[name], kube.Args{}
		if len(account.IAM) > 0 {
			role, err := irsa.New(ctx, t.child(name), irsa.Args{
				Workload: irsa.Workload{
					Name: roleName(t.args.Cluster, t.namespace, name), Namespace: t.namespace, ServiceAccounts: []string{name}, Policy: document(account.IAM),
				},
				Cluster: t.args.Cluster, Tags: t.args.Tags,
			}, t)
			if err != nil {
				return fmt.Errorf("service account %s: %w", name, err)
			}
			args.After = role.Needs
		}
		if err := t.register(ctx, account.account(t.args.Cluster, t.namespace, name), args); err != nil {
			return err
		}
		for _, object := range account.rbac(t.namespace, name) {
			if err := t.register(ctx, object, kube.Args{}); err != nil {
				return err
			}
		}
	}
	return nil
}

// makeBindings lets groups in.
func (t *tenant) makeBindings(ctx *pulumi.Context) error {
	for _, name := range sortedKeys(t.Access) {
		if object := t.Access[name].binding(t.namespace, name, t.args.GroupsPrefix); object != nil {
			if err := t.register(ctx, object, kube.Args{}); err != nil {
				return err
			}
		}
	}
	return nil
}

// child names what a tenant has: namespaces have no dots, so no two tenants share a name.
func (t *tenant) child(name string) string { return t.name + "." + name }

// register makes an object of the namespace, with which it goes.
func (t *tenant) register(ctx *pulumi.Context, object kube.Object, args kube.Args) error {
	args.Parent, args.Cluster, args.Tags, args.After = t, t.args.Cluster, t.args.Tags, append(args.After, t.space)
	name := object["metadata"].(map[string]any)["name"].(string)
	made, err := kube.Register(ctx, t.child(name), object, args, pulumi.DeletedWith(t.space))
	if err != nil {
		return fmt.Errorf("%s %s: %w", object["kind"], name, err)
	}
	t.needs = append(t.needs, made)
	return nil
}
