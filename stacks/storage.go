package stacks

import (
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/ref"
	"github.com/megazonecloud/eks-platform/components/storage"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func (c Config) storageArgs(cluster ref.Cluster, network ref.Network) storage.Args {
	return storage.Args{Classes: c.Storage, Cluster: cluster, Network: network, Tags: c.allTags()}
}

// storageCharts are the CSI drivers.
func (c Config) storageCharts(cluster ref.Cluster, network ref.Network) []ref.Chart {
	return storage.Charts(c.storageArgs(cluster, network), profiles[c.Profile].replicas)
}

// validateStorage lists what is wrong with the classes.
func (c Config) validateStorage(list *problem.List) {
	list.Under("storage", storage.Validate(c.Storage))
	list.Under("storage", storage.ValidateFor(c.Storage, c.Cluster.Version))
}

// makeStorage makes file systems, which need no nodes, and the drivers' roles.
func (p *Platform) makeStorage(ctx *pulumi.Context) (err error) {
	args := p.Config.storageArgs(p.handle, p.Network.Ref())
	p.storage, err = storage.New(ctx, p.Config.Name, &args, p.aws)
	return err
}

// makeClasses registers the classes, which pods ask for.
func (p *Platform) makeClasses(ctx *pulumi.Context) error {
	kubernetes, err := p.kubernetesProvider(ctx)
	if err != nil {
		return err
	}
	drivers := p.namespaces // claims of volumes that are there before them are in one
	for _, driver := range p.Config.storageCharts(p.handle, p.Network.Ref()) {
		drivers = append(drivers, p.controllers(driver.Name)...)
	}
	_, err = storage.NewClasses(ctx, p.Config.Name, &storage.ClassesArgs{
		Storage: p.storage, Cluster: p.handle, After: drivers, Tags: p.tags,
	}, pulumi.Providers(kubernetes))
	return err
}
