package ipplan

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
)

var titles = map[Situation]string{Normal: "normal", Maximum: "maximum", Rolling: "rolling", BlueGreen: "blue/green"}

// Table renders the plan for a person: what each subnet has and needs, and what
// each group's nodes hold. Prefixes count 16 addresses each.
func (p *Plan) Table() string {
	var b strings.Builder
	p.writeSubnets(&b)
	b.WriteByte('\n')
	p.writeGroups(&b)
	for _, config := range p.ENIConfigs {
		fmt.Fprintf(&b, "ENIConfig %s: pods of that zone's nodes are in %s\n", config.Name, config.Subnet)
	}
	for _, warning := range p.Warnings {
		fmt.Fprintf(&b, "warning: %s\n", warning)
	}
	return b.String()
}

func (p *Plan) writeSubnets(b *strings.Builder) {
	header := []string{"subnet", "range", "has"}
	for _, when := range Situations {
		header = append(header, titles[when])
	}
	rows := [][]string{append(header, "free")}
	for _, subnet := range p.Subnets {
		row := []string{subnet.Name, "unknown", "unknown"}
		if subnet.CIDR.IsValid() {
			row[1] = subnet.CIDR.String()
		}
		if subnet.Known {
			row[2] = strconv.Itoa(subnet.Has.Total())
		}
		for _, when := range Situations {
			row = append(row, strconv.Itoa(subnet.Need[when].Total()))
		}
		rows = append(rows, append(row, p.least(subnet)))
	}
	write(b, rows, 2)
	fmt.Fprintf(b, "free is what the worst of %s leaves\n", p.enforcedTitles())
}

// least says how many addresses the worst enforced situation leaves, and what is
// short where that is not enough.
func (p *Plan) least(subnet Subnet) string {
	if !subnet.Known {
		return "unknown"
	}
	worst := p.Enforced[0]
	for _, when := range p.Enforced {
		if subnet.Need[when].Total() > subnet.Need[worst].Total() {
			worst = when
		}
	}
	free := subnet.Free[worst]
	switch {
	case free.Prefixes < 0:
		return fmt.Sprintf("DOES NOT FIT: %d prefixes", free.Prefixes)
	case free.Addresses < 0:
		return fmt.Sprintf("DOES NOT FIT: %d", free.Addresses)
	default:
		return strconv.Itoa(free.Total())
	}
}

func (p *Plan) enforcedTitles() string {
	var names []string
	for _, when := range p.Enforced {
		names = append(names, titles[when])
	}
	return strings.Join(names, ", ")
}

func (p *Plan) writeGroups(b *strings.Builder) {
	header := []string{"group", "decided by", "max pods", "for apps", "a node takes"}
	for _, when := range Situations {
		header = append(header, titles[when])
	}
	rows := [][]string{header}
	for _, name := range slices.Sorted(maps.Keys(p.Groups)) {
		group := p.Groups[name]
		taken := strconv.Itoa(group.Private.Total())
		if group.Pods.Total() > 0 {
			taken += " + " + strconv.Itoa(group.Pods.Total()) + " for pods"
		}
		by := group.DecidedBy
		if by == "" {
			by = string(Fargate)
		}
		row := []string{name, by, strconv.Itoa(group.MaxPods), strconv.Itoa(group.ForApplications), taken}
		for _, when := range Situations {
			row = append(row, strconv.Itoa(group.Nodes[when]))
		}
		rows = append(rows, row)
	}
	write(b, rows, 2)
}

// write aligns rows in columns, numbers to the right: all columns but the first ones.
func write(b *strings.Builder, rows [][]string, left int) {
	widths := map[int]int{}
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], len(cell))
		}
	}
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		cells := slices.Clone(row)
		for i := left; i < len(cells); i++ {
			cells[i] = fmt.Sprintf("%*s", widths[i], cells[i])
		}
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	w.Flush() //nolint:errcheck // a strings.Builder takes everything
}
