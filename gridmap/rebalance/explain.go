package rebalance

import "fmt"

// Hindrance is a kind of reason why a goal cannot be met.
type Hindrance uint8

const (
	// HeavyAtom says that one atom (or pinned compound) alone is over the maximum.
	HeavyAtom Hindrance = iota
	// Trapped says that an atom is too light to be a grid alone, and every atom that
	// could stand between it and others makes its grid too heavy.
	Trapped
	// HeavyLocks says that the atoms locked in a grid are together over the maximum.
	HeavyLocks
	// PieceMisfit says that a piece of a community, cut off by barriers, by locked
	// grids or by lying apart, has a total load that its grids cannot share.
	PieceMisfit
	// NoGrid says that a piece of a community has no grid of its own.
	NoGrid
	// LockedOut says that a locked grid is itself out of bounds.
	LockedOut
	// Parted says that a grid comes apart because pinned atoms leave it
	// together while others are locked in it.
	Parted
	// EmptyGrid says that a grid without atoms got none.
	EmptyGrid
	// NotFound says that the search ended with a grid out of bounds; unproven.
	NotFound
)

// Obstacle says what stands in the way. Indexes that do not apply are -1.
type Obstacle struct {
	Kind      Hindrance
	Community int32
	Grid      int32 // the grid that stays out of bounds, or that stands in the way
	Atom      int32 // the atom that is too heavy, or one atom of the piece
	Load      int64 // what there is
	Limit     int64 // what would be allowed
	Grids     int   // how many grids share a piece
	Proven    bool  // no plan at all can meet the goal
}

// Namer turns indexes into what people call them.
type Namer interface {
	CommunityName(c int32) string
	GridName(g int32) string
	AtomName(a int32) string
}

// Say returns the obstacle in words for a planner, with what to relax.
func (o Obstacle) Say(n Namer) string {
	switch o.Kind {
	case HeavyAtom:
		return fmt.Sprintf("网格 %s：单元 %s 一处负荷 %d，已超过上限 %d，且单元不可拆分；可放宽上限至 %d，或先把该单元按楼栋（单元门）细分",
			n.GridName(o.Grid), n.AtomName(o.Atom), o.Load, o.Limit, o.Load)
	case Trapped:
		return fmt.Sprintf("网格 %s：单元 %s（负荷 %d）单独不足下限 %d，而与任何相邻单元合并都会超过上限；可放宽容差，确认是否有其他通道，或细分相邻的大单元",
			n.GridName(o.Grid), n.AtomName(o.Atom), o.Load, o.Limit)
	case HeavyLocks:
		return fmt.Sprintf("网格 %s：锁定的单元合计负荷 %d，超过上限 %d；请解除部分单元的锁定，或放宽上限至 %d",
			n.GridName(o.Grid), o.Load, o.Limit, o.Load)
	case PieceMisfit:
		if o.Load == 0 {
			return fmt.Sprintf("社区 %s：单元 %s 所在的片区没有任何负荷，%d 个网格达不到下限 %d；请先录入户数等统计数，或把下限设为 0",
				n.CommunityName(o.Community), n.AtomName(o.Atom), o.Grids, o.Limit)
		}
		s := fmt.Sprintf("社区 %s：单元 %s 所在的独立片区总负荷 %d，%d 个网格平均 %d，达不到 %d 的界限",
			n.CommunityName(o.Community), n.AtomName(o.Atom), o.Load, o.Grids, o.Load/int64(max(o.Grids, 1)), o.Limit)
		if o.Grid >= 0 {
			return s + fmt.Sprintf("；该片区被锁定网格 %s 隔开，请解锁该网格、增减片区网格数或放宽容差", n.GridName(o.Grid))
		}
		return s + "；该片区与社区其余部分不相连（河道、铁路或飞地），请增减片区网格数、确认是否有桥或通道，或放宽容差"
	case NoGrid:
		return fmt.Sprintf("社区 %s：单元 %s 所在的独立片区（负荷 %d）没有自己的网格，无法与其他网格相连；请为其新设网格，或确认是否有通道",
			n.CommunityName(o.Community), n.AtomName(o.Atom), o.Load)
	case LockedOut:
		return fmt.Sprintf("网格 %s 已锁定，负荷 %d，界限 %d；请解锁，或设为专属网格", n.GridName(o.Grid), o.Load, o.Limit)
	case Parted:
		return fmt.Sprintf("网格 %s：捆绑的单元整体移走后，余下锁定的单元不再相连；请解除捆绑，或解除部分单元的锁定", n.GridName(o.Grid))
	case EmptyGrid:
		return fmt.Sprintf("网格 %s 没有单元，社区 %s 内也没有能划给它的单元；请撤销该网格、解除部分锁定，或先把大单元细分",
			n.GridName(o.Grid), n.CommunityName(o.Community))
	default: // NotFound
	}
	return fmt.Sprintf("网格 %s：未找到可行方案，负荷 %d，界限 %d（未证明无解）；可增大搜索强度、放宽容差或允许新设网格",
		n.GridName(o.Grid), o.Load, o.Limit)
}

// beyond returns the bound that load breaks; lo when it is under.
func beyond(load int64, lo, hi int32) int64 {
	if load < int64(lo) {
		return int64(lo)
	}
	return int64(hi)
}
