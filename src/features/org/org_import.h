/* Units and employers from spreadsheets (ORG-1, ORG-2). */
#ifndef ORG_IMPORT_H
#define ORG_IMPORT_H

#include "importing.h"
#include "org.h"

extern const struct import_kind org_imports[];
extern const struct perm org_import_employers, org_import_units;

/* What a row of the kind "employers" says of the unit, for the feature that says more of an employer: the first fields of its kind, and what
 * they mean. The kind may have further fields, which these pass over. */
const struct err *org_import_check(struct db_tx *tx, struct env *e, struct import_item *it);
const struct err *org_import_apply(struct db_tx *tx, struct env *e, struct import_item *it);
#define ORG_ABOVE_ALSO "上级|所属单位|所属工会|上级工会|所属镇街|所属乡镇|所属街道|所属乡镇街道|乡镇街道|乡镇(街道)|镇街|街道|乡镇|所在乡镇|所属区县|区县|行政区划|行政区划代码|隶属工会|parent|parentcode|township|division"
#define ORG_INDUSTRIES \
	"农、林、牧、渔业=A|农林牧渔业=A|农业=A|采矿业=B|制造业=C|电力、热力、燃气及水生产和供应业=D|建筑业=E|批发和零售业=F|批发零售业=F|" \
	"交通运输、仓储和邮政业=G|交通运输业=G|住宿和餐饮业=H|餐饮业=H|信息传输、软件和信息技术服务业=I|金融业=J|房地产业=K|" \
	"租赁和商务服务业=L|科学研究和技术服务业=M|水利、环境和公共设施管理业=N|居民服务、修理和其他服务业=O|教育=P|" \
	"卫生和社会工作=Q|卫生=Q|文化、体育和娱乐业=R|公共管理、社会保障和社会组织=S|国际组织=T"
#define ORG_EMPLOYER_FIELDS \
	{.name = "name", .label = "org_name", .also = "单位名称|企业名称|公司名称|用人单位|用人单位名称|企业全称|单位全称|单位|企业|employer|company|employername", .type = IMPORT_TEXT, .max = ORG_NAME_MAX, .required = true}, \
	{.name = "uscc", .label = "f_uscc", .also = "信用代码|社会信用代码|统一信用代码|统一代码|组织机构代码|creditcode|unifiedsocialcreditcode", .type = IMPORT_CODE, .max = ORG_USCC_TYPED_MAX}, \
	{.name = "parent_id", .label = "f_parent_id", .also = ORG_ABOVE_ALSO, .type = IMPORT_TEXT, .max = 3 * ORG_NAME_MAX}, \
	{.name = "union_name", .label = "f_union_name", .also = "工会名称|基层工会名称|工会组织名称|union", .type = IMPORT_TEXT, .max = ORG_NAME_MAX}, \
	{.name = "code", .label = "org_code", .also = "单位代码|单位编码|内部编号|unitcode", .type = IMPORT_CODE, .max = ORG_CODE_MAX}, \
	{.name = "industry", .label = "f_industry", .also = "行业|行业类别|所属行业|行业门类|国民经济行业|行业代码(gbt4754)", .type = IMPORT_TEXT, .words = ORG_INDUSTRIES, .max = 40}, \
	{.name = "size", .label = "org_size", .also = "企业规模|单位规模|规模类型", .type = IMPORT_WORD, .codes = &employer_sizes, \
	.words = "大=large|中=medium|小=small|微=micro|大型企业=large|中型企业=medium|小型企业=small|微型企业=micro|小微=small|小微企业=small|规上=medium"}, \
	{.name = "headcount", .label = "f_headcount", .also = "职工总数|从业人数|员工人数|人数|职工数|用工人数|employees", .type = IMPORT_NUMBER, .max = ORG_HEADCOUNT_MAX}, \
	{.name = "high_risk", .label = "f_high_risk", .also = "是否高危|高危|是否高危行业|高危企业|是否高危企业", .type = IMPORT_YES}, \
	{.name = "non_public", .label = "f_non_public", .also = "是否非公|非公企业|是否非公企业|非公有制|非公有制企业", .type = IMPORT_YES}, \
	{.name = "is_closed", .label = "f_is_closed", .also = "是否关闭|关闭|是否注销|已注销", .type = IMPORT_YES}, \
	{.name = "id", .label = "org_import_id", .type = IMPORT_CODE, .max = 20}

#endif
