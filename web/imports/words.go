package imports

import "strings"

// inWizard says in the wizard's words what the command line says with its
// flags.
func inWizard(text string) string { return flags.Replace(text) }

var flags = strings.NewReplacer(
	"；若出自高德、腾讯或百度，请用 --crs gcj02 或 bd09", "；若出自高德、腾讯或百度，请改选 GCJ-02 或 BD-09",
	"请用 --crs 说明：", "请选择坐标系，可用：",
	"或用 --crs 另行说明", "或另选坐标系",
	"，按 --crs 用 ", "，按所选的用 ",
	"--crs ", "坐标系 ",
	"，或用 --fix-swapped 调过来", "，或勾选“经纬度调换”",
	"，或用 --fix-swapped", "，或勾选“经纬度调换”",
	"已按 --fix-swapped 调过来", "已按所选调过来",
	"，或用 --accept-partial 只导入其余", "，或勾选“只导入没有错误的行”，导入其余",
	"按 --accept-partial 只导入了", "只导入了",
	"，或用 --make-parents 按所属网格列新建", "，或勾选“新建上级”",
	"--make-parents", "“新建上级”",
	"新层级请用 --parent-level 说明它的上级", "新层级请选它的上级",
	"--level", "层级", "--parent-level", "上级层级",
	"；请用 --map code=列名 说明", "；请在“字段对应”里选编码一列",
	"正式导入须用 --map code=列名 说明", "正式导入须在“字段对应”里选编码一列",
	"（可用 --map 改）", "（可在“字段对应”里改）",
	"，可用 --layer 选", "，可另选图层", "，可用 --sheet 选", "，可另选工作表",
	"用 --layer 选一个", "选一个图层", "用 --sheet 选一个", "选一个工作表",
	"用 --encoding 说明编码，如 Big5", "选择文字编码，如 Big5", "用 --encoding 说明编码", "选择文字编码", "用 --encoding 说明", "选择文字编码", "（--encoding）", "",
	"用 --header 说明表头在第几行", "填写表头在第几行",
	"（--map ", "（字段 ", "，请用 --map ", "，请选择字段 ",
)
