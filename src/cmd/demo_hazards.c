/* What is found and what is done about it. */
#include "demo.h"

#define CHEMICAL (1u << 0)
#define WOOD (1u << 1)
#define MACHINES (1u << 2)
#define BUILDING (1u << 3)
#define LOGISTICS (1u << 4)
#define FOOD (1u << 5)
#define FOUNDRY (1u << 6)
#define MINE (1u << 7)
#define TEXTILE (1u << 8)
#define CERAMICS (1u << 9)
#define HEATING (1u << 10)
#define TRADE (1u << 11)
#define ALL 0u
#define H HAZARD_HAZARD
#define O HAZARD_OCCUPATIONAL
#define V HAZARD_VIOLATION

const struct demo_text demo_texts[] = {
	{ALL, H, "fire_equipment", "两具灭火器压力指针在红区，检验标签已过期四个月", "更换过期灭火器并建立月检卡，逐具登记编号"},
	{ALL, H, "fire_equipment", "室内消火栓箱内缺少水枪，水带接口胶圈老化", "补齐水枪、更换胶圈，做一次出水试验"},
	{ALL, H, "fire_exit", "安全出口门口堆放纸箱和托盘，只剩半米宽", "清空通道，地面划黄线，明确责任人每班检查"},
	{ALL, H, "fire_exit", "疏散门上了挂锁，钥匙不在现场", "拆除挂锁，改装推杆式逃生锁"},
	{ALL, H, "fire_exit", "两处应急照明灯断电后不亮", "更换蓄电池，做断电测试并记录"},
	{ALL, H, "electric_box", "配电箱缺盖，箱内积灰，线头裸露", "加装箱盖和内衬板，清灰，张贴回路标识"},
	{ALL, H, "electric_box", "移动配电箱一闸多机，未做到一机一闸一漏", "增设开关和漏电保护器，按一机一闸一漏重新接线"},
	{ALL, H, "electric_wire", "临时电线从门缝穿过，绝缘皮已磨破", "拆除临时线，改走线槽固定敷设"},
	{ALL, H, "electric_wire", "插座串接多个插排，给电暖器和饮水机供电", "拆除串接插排，增设固定插座回路"},
	{ALL, H, "electric_earthing", "设备外壳接地线断开，测得外壳带感应电", "重新压接接地线，测量接地电阻并记录"},
	{ALL, H, "electric_live", "检修后接线盒未盖，端子裸露在外", "恢复盒盖，检修工作票增加复位确认项"},
	{ALL, H, "machine_stop", "急停按钮按下后设备不停，指示灯不亮", "停机检修急停回路，更换按钮，每班开机前试一次"},
	{ALL, H, "machine_guard", "皮带轮防护罩拆下检修后没有装回", "装回防护罩并加联锁，未装回不得开机"},
	{ALL, H, "place_slip", "地面有油渍和积水，员工多次滑倒", "查漏点、清油渍，铺防滑垫，设接油盘"},
	{ALL, H, "place_light", "夜班通道三盏灯不亮，看不清台阶", "更换灯具，台阶边缘贴反光条"},
	{ALL, H, "place_passage", "检修通道被备件占用，人员只能侧身通过", "备件归库，通道划线，张贴禁止占用标识"},
	{ALL, H, "place_sign", "危险部位没有警示标志，新员工不知道不能靠近", "制作并悬挂警示标志，班前会讲解"},
	{ALL, H, "ppe_missing", "新进员工未领到安全帽和防护手套就上岗", "补发劳动防护用品，上岗前由班组长核对"},
	{ALL, H, "ppe_bad", "安全帽帽衬断裂仍在使用", "收回报废，统一更换并登记有效期"},
	{ALL, H, "management_training", "转岗员工没有做车间级安全培训，问到风险答不上来", "补做车间、班组两级培训，考核合格后上岗"},
	{ALL, H, "management_rule", "设备旁的操作规程还是旧型号的，与现场不符", "修订操作规程，换贴现场，组织学习签字"},
	{ALL, H, "management_plan", "应急物资柜内急救药品过期，正压式呼吸器气压不足", "更换药品，充气检测，专人每月点检"},
	{ALL, H, "management_duty", "公用区域没有人负责，检查记录连续三周空白", "明确包保责任人，纳入班组日查表"},
	{ALL, H, "height_falling", "平台边放着扳手和螺栓，下方是人行通道", "清理平台，加装踢脚板，下方设警戒区"},
	{BUILDING | MACHINES | HEATING, H, "height_edge", "临边无护栏，高差约三米，只拉了一根警示带", "按标准装两道护栏和挡脚板，验收后挂牌"},
	{BUILDING, H, "height_edge", "电梯井口防护门未关闭，井内未挂水平安全网", "恢复防护门，每两层挂一道水平安全网"},
	{BUILDING, H, "height_scaffold", "脚手架第六步缺连墙件，脚手板有探头板", "补设连墙件，脚手板满铺绑牢，验收合格再用"},
	{BUILDING | HEATING, H, "height_anchor", "屋面作业没有生命线，安全带无处可挂", "设置钢丝绳生命线，作业票注明挂点"},
	{BUILDING, H, "place_trench", "基坑边一米内堆土，坑壁出现细裂缝", "卸土外运，加设支撑，每日两次变形观测"},
	{BUILDING | MACHINES | FOUNDRY, H, "lifting_rigging", "吊装用钢丝绳一个捻距内断丝超过十根", "立即报废更换，吊索具编号并按月检查"},
	{BUILDING | MACHINES, H, "lifting_area", "吊装区域未设警戒，行人从吊物下面穿过", "设警戒线和专人监护，吊装时暂停通行"},
	{MACHINES | FOUNDRY | BUILDING, H, "lifting_limiter", "行车上升限位失灵，吊钩冲顶", "停用行车，更换限位器，做空载和额载试验"},
	{BUILDING | MACHINES | FOUNDRY | HEATING, H, "chemical_cylinder", "氧气瓶与乙炔瓶间距不足五米，乙炔瓶卧放使用", "分开存放保持五米以上，乙炔瓶直立固定并装回火防止器"},
	{BUILDING | MACHINES | WOOD | TRADE, H, "fire_hot_work", "动火点下方有保温棉和木屑，未办动火票也无人监护", "清理可燃物，办理动火票，配灭火器并设监护人"},
	{MACHINES, H, "machine_guard", "冲压机双手按钮被短接，单手就能启动", "恢复双手按钮，加装光电保护并锁定电控箱"},
	{MACHINES, H, "machine_tool", "砂轮机托架间隙过大，砂轮有崩边", "更换砂轮，调整托架间隙到三毫米以内"},
	{MACHINES | FOUNDRY, H, "machine_fault", "设备异响带病运转，油压表指针来回跳动", "停机更换轴承和密封件，试运行两小时再投用"},
	{CHEMICAL, H, "chemical_leak", "进料泵机械密封滴漏，地面有明显气味", "切换备用泵，更换机械密封，复测可燃气体浓度"},
	{CHEMICAL, H, "chemical_leak", "反应釜放空管法兰渗漏，报警仪间歇报警", "停料置换后更换垫片，做气密试验"},
	{CHEMICAL, H, "chemical_storage", "氧化剂与可燃物同库存放，超过限量", "分库存放，核定最大存量并上墙公示"},
	{CHEMICAL | TEXTILE | WOOD, H, "chemical_label", "分装桶没有标签和安全技术说明书", "补贴标签，现场配放安全技术说明书"},
	{CHEMICAL, H, "machine_pressure", "储罐安全阀校验过期，铅封缺失", "送检校验，期间降负荷运行并加强巡检"},
	{CHEMICAL | FOOD | HEATING, H, "confined_air", "进入罐内清理前没有通风，也没有气体检测记录", "停止作业，强制通风，检测合格并有人监护再进入"},
	{CHEMICAL | FOOD | TEXTILE, H, "confined_permit", "污水池未设有限空间标识，人孔盖没有上锁", "设标识和警示牌，人孔上锁，纳入审批管理"},
	{FOOD | CERAMICS, H, "confined_watch", "下池清淤只有一个人在场，没有监护人", "停止作业，补办审批，落实监护人和救援器材"},
	{FOOD, H, "machine_guard", "绞肉机进料口没有防护栅，员工用手推料", "加装防护栅和联锁，配发推料棒"},
	{FOOD, H, "chemical_leak", "制冷机房氨浓度报警器故障，阀门处有刺激气味", "修复报警器，紧固阀门，补充防毒面具"},
	{FOOD | TRADE, H, "electric_wire", "冷库内照明线路不防潮，接头用胶布缠着", "改用防潮灯具和密封接线盒"},
	{WOOD, H, "chemical_dust", "除尘管道积尘超过三毫米，没有泄爆片", "停机清灰，加装泄爆片和火花探测，建立清扫记录"},
	{WOOD | TEXTILE, H, "fire_combustible", "车间内木屑、飞花堆到电机旁，电机表面烫手", "当班清扫，电机加防尘罩，执行落手清"},
	{WOOD, H, "machine_pressure", "导热油炉膨胀槽液位计看不清，超温联锁未投用", "更换液位计，投用联锁并做试验"},
	{LOGISTICS | CHEMICAL | WOOD, H, "vehicle_fault", "叉车倒车蜂鸣器不响，手刹拉不住", "停用送修，出车前按表点检"},
	{LOGISTICS | TRADE, H, "vehicle_route", "叉车通道与人行道没有分开，拐角没有反光镜", "划出人车分流线，拐角装反光镜和限速牌"},
	{LOGISTICS | TRADE | WOOD, H, "place_stack", "货物堆垛超高倾斜，离顶灯不到三十厘米", "倒垛降高，标出限高线，离灯保持五十厘米以上"},
	{LOGISTICS, H, "vehicle_load", "货车装载不均，捆绑带磨损仍在用", "重新装载，更换捆绑带，出场前拍照复核"},
	{TRADE | LOGISTICS, H, "fire_combustible", "仓库内给电动车充电，旁边就是纸箱", "清出电动车，室外设充电点并加烟感"},
	{TRADE, H, "place_passage", "货运电梯前堆放推车，应急时打不开门", "清理推车，划定停放区，保洁员每小时巡查"},
	{FOUNDRY, H, "machine_fault", "中频炉冷却水管渗水，炉坑里有积水", "停炉检修水路，排干积水，装漏水报警"},
	{FOUNDRY, H, "place_slip", "浇注区地面潮湿，铁水飞溅会爆", "烘干地面，铺干砂，潮湿时禁止浇注"},
	{MINE, H, "place_roof", "巷道顶板有浮石，局部锚网破损", "停止通行，敲帮问顶，补打锚杆挂网"},
	{MINE, H, "lifting_limiter", "提升绞车过卷保护试验不动作", "停止提升，修复过卷保护，试验合格后恢复"},
	{MINE | CERAMICS, H, "machine_guard", "皮带机拉绳开关失效，尾轮无护罩", "更换拉绳开关，装护罩，停机上锁检修"},
	{CERAMICS, H, "chemical_leak", "煤气站水封液位低，一氧化碳报警值偏高", "补水到规定液位，检漏，校验报警仪"},
	{CERAMICS | HEATING, H, "machine_pressure", "压力表未校验，表盘玻璃破碎", "更换已校验压力表，建立台账"},
	{HEATING, H, "electric_box", "高压配电室绝缘垫破损，防小动物挡板缺失", "更换绝缘垫，补装挡板，封堵电缆孔"},
	{HEATING, H, "machine_pressure", "锅炉安全阀排汽管支架松动，排汽时晃动", "加固支架，排汽口引到安全位置"},
	{TEXTILE, H, "machine_guard", "梳棉机门盖联锁被胶带粘住", "拆除胶带恢复联锁，纳入交接班检查"},
	{ALL, H, "place_building", "库房墙体有斜裂缝，雨后裂缝变宽", "请有资质单位鉴定，先腾空靠墙货物并设警戒"},
	{WOOD | FOUNDRY | CERAMICS | MINE, O, "health_dust", "打磨岗位粉尘大，吸尘罩风量不足，口罩是普通棉纱的", "清理风管恢复风量，配发防尘口罩，安排检测"},
	{MACHINES | TEXTILE | MINE | FOUNDRY, O, "health_noise", "岗位噪声大，对面说话听不清，没有发耳塞", "配发耳塞，设备加隔声罩，安排噪声检测和体检"},
	{CHEMICAL | WOOD | MACHINES, O, "health_chemical", "调胶、喷漆间气味刺鼻，排风扇坏了两台", "修复排风，配发防毒口罩，检测苯系物浓度"},
	{FOUNDRY | HEATING | CERAMICS, O, "health_heat", "炉前岗位温度高，没有降温风扇和含盐饮料", "加装岗位送风，提供清凉饮料，调整轮换时间"},
	{HEATING | MACHINES | FOUNDRY, O, "health_radiation", "探伤作业没有设警戒，也没有佩戴剂量计", "停止作业，设警戒和告示，配发剂量计"},
	{ALL, O, "health_posture", "装卸岗位长时间弯腰搬运，腰痛的人多", "配升降小车，限定单次重量，每两小时轮岗"},
	{BUILDING | MINE | MACHINES, O, "health_vibration", "手持风镐连续作业，手指发麻", "更换减振手柄，控制连续作业时间"},
	{ALL, V, "violation_operation", "未停机就清理设备内的积料", "现场制止，组织学习停机挂牌上锁规定，班组互相监督"},
	{ALL, V, "violation_operation", "登高作业不系安全带", "现场制止并纠正，配足安全带，班前会讲案例"},
	{ALL, V, "violation_operation", "特种作业无证上岗，代替别人操作", "停止操作，安排持证人员，报名培训取证"},
	{ALL, V, "violation_command", "设备带病，仍被要求赶完这一批再修", "停机检修，明确职工有权拒绝违章指挥"},
	{ALL, V, "violation_command", "要求不办审批就进入有限空间", "停止作业，补办审批，向有关人员重申规定"},
	{ALL, V, "violation_discipline", "夜班岗位睡岗，仪表无人监视", "加强夜班巡查，调整班次，落实双人值守"},
	{LOGISTICS | CHEMICAL | TRADE, V, "violation_discipline", "在禁烟区吸烟", "现场制止，设吸烟点，禁烟区张贴标志"},
};
const size_t demo_n_texts = sizeof(demo_texts) / sizeof(demo_texts[0]);

const char *const demo_protections[] = {
	"已拉警戒线，派人看守，设备停用挂牌", "人员已撤离，切断电源并上锁挂牌", "已停止作业，临时用围挡隔离，夜间加警示灯",
	"已关闭阀门，加强通风，无关人员不得进入",
};
const size_t demo_n_protections = sizeof(demo_protections) / sizeof(demo_protections[0]);
const char *const demo_progress[] = {"材料已到，正在施工", "已完成一半，等停机时更换", "配件已订货，预计后天到", "现场已清理，剩余部分明天完成"};
const size_t demo_n_progress = sizeof(demo_progress) / sizeof(demo_progress[0]);
const char *const demo_returns[] = {"只做了表面处理，根子没有解决", "现场复查仍有同样问题", "照片看不清整改部位，请重新整改并拍照"};
const size_t demo_n_returns = sizeof(demo_returns) / sizeof(demo_returns[0]);
const char *const demo_clauses[] = {"按行业重大隐患判定标准：安全联锁、报警装置未投用", "按行业重大隐患判定标准：有限空间作业未审批、未检测",
				    "按行业重大隐患判定标准：安全距离不符合要求"};
const size_t demo_n_clauses = sizeof(demo_clauses) / sizeof(demo_clauses[0]);
