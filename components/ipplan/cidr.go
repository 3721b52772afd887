package ipplan

import (
	"encoding/binary"
	"net/netip"

	"github.com/megazonecloud/eks-platform/components/problem"
)

// AWS keeps five addresses of every subnet: the first four and the last.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
const (
	reservedFirst = 4
	reservedLast  = 1
)

// prefixSize is the addresses in a prefix that the VPC CNI assigns, a /28.
const prefixSize = 16

// part returns the n-th of the 2^bits equal parts of a range.
func part(whole netip.Prefix, bits, n int) netip.Prefix {
	start := whole.Addr().As4()
	length := whole.Bits() + bits
	address := binary.BigEndian.Uint32(start[:]) + uint32(n)<<(32-length)
	var first [4]byte
	binary.BigEndian.PutUint32(first[:], address)
	return netip.PrefixFrom(netip.AddrFrom4(first), length)
}

// size is the number of addresses in a range.
func size(p netip.Prefix) int { return 1 << (32 - p.Bits()) }

// within says whether a range lies in another.
func within(inner, outer netip.Prefix) bool {
	return outer.Bits() <= inner.Bits() && outer.Contains(inner.Addr())
}

// ParseCIDR notes what is wrong with an IPv4 range and returns it; the zero
// prefix when it can't be used.
func ParseCIDR(list *problem.List, path, text string) netip.Prefix {
	prefix, err := netip.ParsePrefix(text)
	switch {
	case err != nil || !prefix.Addr().Is4():
		list.Addf(path, "write it as 10.0.0.0/16", "%q is not an IPv4 range", text)
		return netip.Prefix{}
	case prefix != prefix.Masked():
		list.Addf(path, "write "+prefix.Masked().String(), "%s has bits set behind the prefix", text)
		return netip.Prefix{}
	}
	return prefix
}

// refused are ranges that AWS takes for no VPC.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
var refused = []struct {
	cidr netip.Prefix
	what string
}{
	{netip.MustParsePrefix("0.0.0.0/8"), "this network"},
	{netip.MustParsePrefix("127.0.0.0/8"), "loopback"},
	{netip.MustParsePrefix("169.254.0.0/16"), "link-local, where instance metadata lives"},
	{netip.MustParsePrefix("224.0.0.0/4"), "multicast"},
	{netip.MustParsePrefix("240.0.0.0/4"), "reserved"},
}

// docker is the range of Docker's bridge on a host.
var docker = netip.MustParsePrefix("172.17.0.0/16")

// shared is the range of carrier-grade NAT, which AWS adds to any VPC: what
// custom networking gives to pods.
var shared = netip.MustParsePrefix("100.64.0.0/10")

// blocks are the private blocks of RFC 1918. AWS refuses a secondary range from
// another block than the VPC's first range.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html#add-cidr-block-restrictions
var blocks = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"),
	netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"),
}

// blockOf is the private block of a range; the zero prefix for a public one.
func blockOf(p netip.Prefix) netip.Prefix {
	for _, block := range blocks {
		if within(p, block) {
			return block
		}
	}
	return netip.Prefix{}
}
