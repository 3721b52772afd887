package storage

import (
	"fmt"
	"strconv"

	"github.com/megazonecloud/eks-platform/components/tags"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// port is a range of ports at which a file system listens.
type port struct {
	// protocol is tcp or udp.
	protocol string
	// from is the first, to the last; 0 where there is one.
	from, to int
	// use says what for.
	use string
	// mutual says that the file system's servers talk to each other there, and call nodes.
	mutual bool
	// outbound says that the servers call there, anywhere, and listen to nobody.
	outbound bool
}

func (p port) last() int { return max(p.from, p.to) }

// securityGroupAndRules let the cluster's nodes and pods reach a file system at these ports,
// and nothing else. What comes back besides the group must be there before it is mounted.
func (m maker) securityGroupAndRules(ports []port) (*ec2.SecurityGroup, []pulumi.Resource, error) {
	nodes := pulumi.StringArray{m.args.Cluster.NodesIn()}
	// Without any of its own, the group keeps no way out.
	in, out := ec2.SecurityGroupIngressArray{}, ec2.SecurityGroupEgressArray{}
	for _, p := range ports {
		if p.outbound {
			out = append(out, ec2.SecurityGroupEgressArgs{
				Description: pulumi.String(p.use), Protocol: pulumi.String(p.protocol), FromPort: pulumi.Int(p.from), ToPort: pulumi.Int(p.last()),
				CidrBlocks: pulumi.StringArray{pulumi.String("0.0.0.0/0")},
			})
			continue
		}
		in = append(in, ec2.SecurityGroupIngressArgs{
			Description: pulumi.String(p.use), Protocol: pulumi.String(p.protocol), FromPort: pulumi.Int(p.from), ToPort: pulumi.Int(p.last()),
			SecurityGroups: nodes, Self: pulumi.Bool(p.mutual),
		})
		if p.mutual {
			out = append(out, ec2.SecurityGroupEgressArgs{
				Description: pulumi.String(p.use), Protocol: pulumi.String(p.protocol), FromPort: pulumi.Int(p.from), ToPort: pulumi.Int(p.last()),
				SecurityGroups: nodes, Self: pulumi.Bool(true),
			})
		}
	}
	group, err := ec2.NewSecurityGroup(m.ctx, m.name, &ec2.SecurityGroupArgs{
		Description: pulumi.Sprintf("Storage class %s of the EKS cluster %s", m.class, m.args.Cluster.Name),
		VpcId:       m.args.Network.VpcID, Ingress: in, Egress: out, Tags: tags.Named(m.args.Tags, m.physical()),
	}, m.options()...)
	if err != nil {
		return nil, nil, fmt.Errorf("security group: %w", err)
	}
	rules, err := m.calledBack(group, ports)
	return group, append(rules, group), err
}

// calledBack lets the file system's servers call nodes at the mutual ports.
func (m maker) calledBack(group *ec2.SecurityGroup, ports []port) ([]pulumi.Resource, error) {
	var rules []pulumi.Resource
	for _, p := range ports {
		if !p.mutual {
			continue
		}
		suffix := "-to-nodes-" + strconv.Itoa(p.from)
		rule, err := vpc.NewSecurityGroupIngressRule(m.ctx, m.name+suffix, &vpc.SecurityGroupIngressRuleArgs{
			Description:     pulumi.Sprintf("%s, storage class %s", p.use, m.class),
			SecurityGroupId: m.args.Cluster.NodesIn(), ReferencedSecurityGroupId: group.ID().ToStringOutput(),
			IpProtocol: pulumi.String(p.protocol), FromPort: pulumi.Int(p.from), ToPort: pulumi.Int(p.last()),
			Tags: tags.Named(m.args.Tags, m.physical()+suffix),
		}, pulumi.Parent(m.parent))
		if err != nil {
			return nil, fmt.Errorf("rule of the nodes for port %d: %w", p.from, err)
		}
		rules = append(rules, rule)
	}
	return rules, nil
}

// lustrePorts are those of Lustre, whose clients are servers, too.
// Source: https://docs.aws.amazon.com/fsx/latest/LustreGuide/limit-access-security-groups.html
var lustrePorts = []port{
	{protocol: tcp, from: 988, use: "Lustre", mutual: true},
	{protocol: tcp, from: 1018, to: 1023, use: "Lustre", mutual: true},
}

const (
	tcp = "tcp"
	udp = "udp"
)

// both are ports at which a service listens by TCP and by UDP.
func both(ports ...port) []port {
	all := make([]port, 0, 2*len(ports))
	for _, p := range ports {
		for _, protocol := range []string{tcp, udp} {
			p.protocol = protocol
			all = append(all, p)
		}
	}
	return all
}
