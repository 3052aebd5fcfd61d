/* Names of made-up employers, their industries, workshops, teams and places. */
#include "demo.h"

const struct demo_industry demo_industries[] = {
	{"26", "化工有限公司", true, "化工经营部", {"合成车间", "包装车间"}, {"投料", "灌装"},
	 {{"反应釜平台", "原料罐区", "循环水泵房"}, {"自动包装线", "成品库", "叉车充电区"}}},
	{"20", "木业有限公司", false, "木业加工厂", {"热压车间", "砂光车间"}, {"热压", "砂光"},
	 {{"热压机", "导热油炉房", "涂胶机"}, {"砂光机", "除尘器", "板材堆场"}}},
	{"34", "机械制造有限公司", false, "机械加工部", {"机加工车间", "焊接装配车间"}, {"车床", "焊接"},
	 {{"数控车床", "冲压机", "砂轮机"}, {"焊接工位", "行车作业区", "喷漆房"}}},
	{"47", "建筑工程有限公司", true, "建筑工程队", {"主体施工项目部", "安装装饰项目部"}, {"架子", "安装"},
	 {{"外脚手架", "塔式起重机", "基坑"}, {"楼梯口", "电梯井", "临时配电箱"}}},
	{"59", "仓储物流有限公司", false, "货运服务部", {"装卸作业部", "运输车队"}, {"装卸", "运输"},
	 {{"一号月台", "高位货架区", "叉车通道"}, {"停车场", "维修间", "加油点"}}},
	{"13", "食品有限公司", false, "食品加工坊", {"加工车间", "冷库车间"}, {"加工", "冷冻"},
	 {{"绞肉机", "蒸煮区", "污水池"}, {"制冷机房", "低温库", "穿堂"}}},
	{"31", "铸造有限公司", true, "铸件加工厂", {"熔炼车间", "清理车间"}, {"熔炼", "清砂"},
	 {{"中频炉", "浇注平台", "炉料堆场"}, {"抛丸机", "打磨工位", "落砂机"}}},
	{"10", "矿业有限公司", true, "石料厂", {"采掘工区", "选矿车间"}, {"掘进", "破碎"},
	 {{"主运输巷", "采场工作面", "井口信号房"}, {"颚式破碎机", "皮带走廊", "尾矿泵站"}}},
	{"17", "纺织有限公司", false, "纺织加工厂", {"纺纱车间", "织造车间"}, {"细纱", "织布"},
	 {{"细纱机", "梳棉机", "除尘室"}, {"喷气织机", "坯布库", "空压机房"}}},
	{"30", "建材有限公司", true, "建材经营部", {"窑炉车间", "成型车间"}, {"烧成", "压机"},
	 {{"辊道窑", "煤气站", "釉料间"}, {"压机", "喷雾塔", "原料皮带"}}},
	{"44", "热力有限公司", true, "水暖服务部", {"锅炉车间", "电气检修车间"}, {"司炉", "检修"},
	 {{"一号锅炉", "输煤廊", "脱硫塔"}, {"高压配电室", "电缆沟", "变压器区"}}},
	{"51", "商贸市场有限公司", false, "商行", {"仓储部", "经营部"}, {"保管", "导购"},
	 {{"一号仓库", "货运电梯", "卸货区"}, {"一楼营业厅", "消防控制室", "配电间"}}},
};
const size_t demo_n_industries = sizeof(demo_industries) / sizeof(demo_industries[0]);

static const char *const first[] = {"启", "瑞", "恒", "嘉", "弘", "卓", "晟", "铭", "朗", "翊", "骏", "沐", "衡", "砺", "毓", "煦", "景", "谦", "琅", "茂"};
static const char *const second[] = {"岚", "垚", "泓", "钰", "笙", "砚", "棠", "屿", "澄", "霖", "玥", "禾", "桓", "筠", "蔚", "翎", "榕", "峤", "沅", "荻"};
static const char *const third[] = {"泰", "昱", "远"};

struct str demo_employer_name(struct arena *a, const char *city, size_t n, const struct demo_industry *i)
{
	const size_t n_first = sizeof(first) / sizeof(first[0]), n_second = sizeof(second) / sizeof(second[0]);
	const size_t n_third = sizeof(third) / sizeof(third[0]);
	size_t at = n * 7 % (n_first * n_second);
	size_t round = n / (n_first * n_second);
	struct sb b = sb_new(a, 200);
	sb_fmt(&b, "%s%s%s%s", city, first[at % n_first], second[at / n_first], third[round % n_third]);
	if (round >= n_third)
		sb_fmt(&b, "第%zu", round - n_third + 2);
	sb_addz(&b, i->name);
	return sb_str(&b);
}

static const char *const fourth[] = {"达", "盛", "通", "和", "源", "成", "昌", "信", "德", "宝", "丰", "利", "祥", "顺", "邦", "顿", "威", "锐", "捷", "图", "优", "格", "凯", "恩", "森"};

/* Syllables of two lists and up to two of a third: 400 by 26 by 25 of each industry. */
struct str demo_firm_name(struct arena *a, size_t n, struct str county, const struct demo_industry *i, bool micro)
{
	const size_t n_first = sizeof(first) / sizeof(first[0]), n_second = sizeof(second) / sizeof(second[0]);
	const size_t n_fourth = sizeof(fourth) / sizeof(fourth[0]);
	size_t own = n / demo_n_industries, at = own * 7 % (n_first * n_second), round = own / (n_first * n_second);
	struct sb b = sb_new(a, 200);
	sb_fmt(&b, "%.*s%s%s", STR_ARG(county), first[at % n_first], second[at / n_first]);
	if (round)
		sb_addz(&b, fourth[(round - 1) % n_fourth]);
	if (round > n_fourth)
		sb_addz(&b, fourth[(round - 1) / n_fourth % n_fourth]);
	sb_addz(&b, micro ? i->micro : i->name);
	return sb_str(&b);
}

static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/* Check of GB 11714 over eight digits. */
static char organisation_check(const char digits[8])
{
	static const int weights[8] = {3, 7, 9, 10, 5, 8, 4, 2};
	int sum = 0;
	for (int i = 0; i < 8; i++)
		sum += (digits[i] - '0') * weights[i];
	int c = 11 - sum % 11;
	return (char)(c == 10 ? 'X' : c == 11 ? '0' : '0' + c);
}

struct str demo_credit_code(struct arena *a, size_t n)
{
	static const int weights[17] = {1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28};
	char code[19] = {0};
	int sum = 0;
	snprintf(code, sizeof(code), "91379900%08zu", n % 100000000);
	code[16] = organisation_check(code + 8);
	for (int i = 0; i < 17; i++)
		sum += (int)(strchr(alphabet, code[i]) - alphabet) * weights[i];
	code[17] = alphabet[(31 - sum % 31) % 31];
	return str_dup(a, (struct str){code, 18});
}
