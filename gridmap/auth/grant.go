package auth

import (
	"strings"

	"cloudgrid/gridmap"
)

// Names tells the codes of networks and grids from their ids and back. A zero
// id, or an empty code, says that there is none.
type Names interface {
	NetworkID(code string) gridmap.NetworkID
	NetworkCode(id gridmap.NetworkID) string
	GridID(network gridmap.NetworkID, code string) gridmap.GridID
	GridCode(id gridmap.GridID) string
}

// ParseGrant reads what FormatGrant writes: ROLE, ROLE:NETWORK or
// ROLE:NETWORK:GRID, the last two by their codes.
func ParseGrant(text string, names Names) (g gridmap.Grant, err error) {
	role, rest, _ := strings.Cut(strings.TrimSpace(text), ":")
	network, grid, _ := strings.Cut(rest, ":")
	g.Role = role
	if network != "" {
		if g.Network = names.NetworkID(network); g.Network == 0 {
			return g, gridmap.Errorf(gridmap.Invalid, "授权 %q：没有编码为 %q 的网 (no such network)", text, network)
		}
	}
	if grid != "" {
		if g.Grid = names.GridID(g.Network, grid); g.Grid == 0 {
			return g, gridmap.Errorf(gridmap.Invalid, "授权 %q：网中没有编码为 %q 的网格 (no such grid)", text, grid)
		}
	}
	return g, CheckGrants([]gridmap.Grant{g})
}

// ParseGrants reads grants separated by white space or commas.
func ParseGrants(text string, names Names) ([]gridmap.Grant, error) {
	var all []gridmap.Grant
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(", \t\r\n，", r) }) {
		g, err := ParseGrant(part, names)
		if err != nil {
			return nil, err
		}
		all = append(all, g)
	}
	return all, CheckGrants(all)
}

// FormatGrant writes a grant as people give it. A network or grid that is no
// more is written as "?".
func FormatGrant(g gridmap.Grant, names Names) string {
	if g.Network == 0 {
		return g.Role
	}
	known := func(code string) string {
		if code == "" {
			return "?"
		}
		return code
	}
	text := g.Role + ":" + known(names.NetworkCode(g.Network))
	if g.Grid != 0 {
		text += ":" + known(names.GridCode(g.Grid))
	}
	return text
}

// AccountName is a name to sign in with as it is kept: people type it in any
// case, with spaces around it.
func AccountName(typed string) string { return strings.ToLower(strings.TrimSpace(typed)) }

// IsAdmin tells whether grants make an admin.
func IsAdmin(grants []gridmap.Grant) bool {
	for _, g := range grants {
		if g.Role == Admin && g.Network == 0 {
			return true
		}
	}
	return false
}
