package rules

import (
	"fmt"
	"net/netip"
)

// eksEndpointPrivate demands that the API server is not open to the internet.
func eksEndpointPrivate() Rule {
	return Rule{
		ID:       "eks-endpoint-private",
		Family:   AWS,
		Title:    "The EKS API server is reached privately, and from the internet only by a list of ranges.",
		Severity: High,
		Levels:   map[Profile]Level{Dev: Advisory, Stg: Advisory},
		Applies:  func(t Type) bool { return t.Token == "aws:eks/cluster:Cluster" },
		Why: "An API server that the whole internet reaches is one leaked credential, or one flaw of the API server, " +
			"away from being anybody's. AWS opens it to everybody where nothing is said.",
		Fix:        "Set endpointPrivateAccess: true and endpointPublicAccess: false, or list ranges in publicAccessCidrs",
		References: []string{"CIS EKS Benchmark 5.4.1, 5.4.2", "EKS Best Practices: restrict access to the cluster endpoint", "Trivy AWS-0040, AWS-0041"},
		Check:      checkEndpoint,
	}
}

func checkEndpoint(r Resource) []Finding {
	network := r.Inputs.Get("vpcConfig")
	if network.Unknown() {
		return []Finding{undecided("vpcConfig")}
	}
	// What AWS takes where the property is absent.
	private, privateKnown := network.Get("endpointPrivateAccess").Bool(false)
	public, publicKnown := network.Get("endpointPublicAccess").Bool(true)
	var findings []Finding
	switch path := "vpcConfig.endpointPrivateAccess"; {
	case !privateKnown:
		findings = append(findings, undecided(path))
	case !private:
		findings = append(findings, Finding{Path: path, What: "is off, so nodes reach the API server through its public address"})
	}
	switch {
	case !publicKnown:
		findings = append(findings, undecided("vpcConfig.endpointPublicAccess"))
	case public:
		findings = append(findings, checkPublicRanges(network.Get("publicAccessCidrs"))...)
	}
	return findings
}

func checkPublicRanges(ranges Value) []Finding {
	const path = "vpcConfig.publicAccessCidrs"
	if ranges.Unknown() {
		return []Finding{undecided(path)}
	}
	items := ranges.Items()
	if len(items) == 0 {
		return []Finding{{Path: path, What: "is empty, which opens the API server to everybody"}}
	}
	var findings []Finding
	for i, item := range items {
		at := fmt.Sprintf("%s[%d]", path, i)
		text, known := item.Text()
		prefix, err := netip.ParsePrefix(text)
		switch {
		case item.Unknown():
			findings = append(findings, undecided(at))
		case !known || err != nil:
			findings = append(findings, Finding{Path: at, What: "is not a range"})
		case prefix.Bits() == 0:
			findings = append(findings, Finding{Path: at, What: "opens the API server to everybody"})
		}
	}
	return findings
}
