package userdata

import (
	"fmt"
	"strings"
)

// ubuntuJoining calls the script of Canonical's image. --use-max-pods false keeps
// the script's own count of pods away; the kubelet's argument has the plan's.
func ubuntuJoining(n Node) (string, error) {
	dns, err := dnsAddress(n.ServiceCIDR)
	if err != nil {
		return "", err
	}
	arguments := []string{
		"--apiserver-endpoint " + shell(n.Endpoint), "--b64-cluster-ca " + shell(n.CertificateAuthority),
		"--dns-cluster-ip " + shell(dns.String()),
	}
	if dns.Is6() {
		arguments = append(arguments, "--ip-family ipv6", "--service-ipv6-cidr "+shell(n.ServiceCIDR))
	}
	if n.MaxPods > 0 {
		arguments = append(arguments, "--use-max-pods false")
	}
	if kubelet := n.arguments(); kubelet != "" {
		arguments = append(arguments, "--kubelet-extra-args "+shell(kubelet))
	}
	return fmt.Sprintf("#!/bin/bash\nset -euo pipefail\n/etc/eks/bootstrap.sh %s \\\n  %s\n", shell(n.ClusterName), strings.Join(arguments, " \\\n  ")), nil
}

// windowsJoining calls the script of Amazon's image.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/eks-optimized-windows-ami.html#bootstrap-script-configuration-parameters
func windowsJoining(n Node) (string, error) {
	dns, err := dnsAddress(n.ServiceCIDR)
	if err != nil {
		return "", err
	}
	arguments := []string{
		"-EKSClusterName " + powershell(n.ClusterName), "-APIServerEndpoint " + powershell(n.Endpoint),
		"-Base64ClusterCA " + powershell(n.CertificateAuthority), "-DNSClusterIP " + powershell(dns.String()),
		"-ServiceCIDR " + powershell(n.ServiceCIDR),
	}
	if kubelet := n.arguments(); kubelet != "" {
		arguments = append(arguments, "-KubeletExtraArgs "+powershell(kubelet))
	}
	return fmt.Sprintf("<powershell>\n& \"$env:ProgramFiles\\Amazon\\EKS\\Start-EKSBootstrap.ps1\" `\n  %s 3>&1 4>&1 5>&1 6>&1\n</powershell>\n", strings.Join(arguments, " `\n  ")), nil
}

// shell and powershell quote a value so that nothing in it is read as more.
func shell(value string) string { return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'" }

func powershell(value string) string { return "'" + strings.ReplaceAll(value, "'", "''") + "'" }
