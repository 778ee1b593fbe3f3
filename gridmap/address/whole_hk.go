package address

import "sync"

// hongKongPlaces are the regions, districts and common place names that Hong
// Kong addresses begin with, folded. They are general knowledge, not a table
// of anyone's.
var hongKongPlaces = sync.OnceValue(func() *wordTree {
	return newWordTree(`香港 九龙 新界 港岛 港岛东 香港岛 大屿山
	中环 上环 西环 西营盘 坚尼地城 石塘咀 半山 山顶 金钟 湾仔 铜锣湾 跑马地 大坑 天后 炮台山 北角 鲗鱼涌 太古城 太古 西湾河 筲箕湾 杏花邨 柴湾 小西湾
	香港仔 鸭脷洲 黄竹坑 薄扶林 赤柱 浅水湾 深水湾 石澳
	尖沙咀 佐敦 油麻地 旺角 太子 大角咀 何文田 红磡 土瓜湾 马头围 九龙城 九龙塘 九龙湾 启德 深水埗 长沙湾 荔枝角 美孚 石硖尾 又一村
	黄大仙 新蒲岗 慈云山 钻石山 乐富 横头磡 彩虹 观塘 牛头角 蓝田 油塘 秀茂坪 鲤鱼门
	荃湾 葵涌 葵芳 葵兴 青衣 屯门 元朗 天水围 上水 粉岭 大埔 大埔墟 沙田 大围 火炭 马鞍山 西贡 将军澳 坑口 宝琳 调景岭 清水湾 东涌 长洲 愉景湾 德田`)
})
