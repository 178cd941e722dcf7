"""Where buyers live: 31 provinces, their larger cities and districts, and the carriers' hubs.

One line per province: ``province | weight | hub city | transit days | cities``; a city is
``name/tier/weight: districts``. Weights are shares of buyers of a brand at home in Zhejiang, tiers
run from 1 (Beijing, Shanghai, Guangzhou, Shenzhen) to 5. Names are the official ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from huitou.demo.dice import Floats, Ints, cumulative

_TABLE: Final = """
浙江省|198|杭州市|1.0|杭州市/2/34:西湖区 余杭区 滨江区 拱墅区 萧山区 上城区 临平区 富阳区;绍兴市/3/24:越城区 柯桥区 上虞区 诸暨市 嵊州市 新昌县;宁波市/2/18:鄞州区 海曙区 江北区 镇海区 慈溪市 余姚市;温州市/3/8:鹿城区 瓯海区 龙湾区 瑞安市 乐清市;嘉兴市/3/8:南湖区 秀洲区 桐乡市 海宁市 平湖市;金华市/3/7:婺城区 金东区 义乌市 东阳市 永康市;台州市/3/6:椒江区 黄岩区 路桥区 温岭市 临海市;湖州市/4/5:吴兴区 南浔区 德清县 长兴县;衢州市/4/2:柯城区 衢江区 江山市;丽水市/4/2:莲都区 龙泉市 青田县;舟山市/4/2:定海区 普陀区
上海市|142|上海市|1.1|上海市/1/100:浦东新区 徐汇区 静安区 闵行区 杨浦区 长宁区 普陀区 宝山区 松江区 嘉定区 黄浦区 虹口区 青浦区 奉贤区
江苏省|136|南京市|1.3|苏州市/2/28:姑苏区 吴中区 工业园区 虎丘区 吴江区 昆山市 常熟市 张家港市;南京市/2/25:鼓楼区 玄武区 秦淮区 建邺区 江宁区 栖霞区 浦口区;无锡市/3/15:梁溪区 滨湖区 新吴区 锡山区 江阴市 宜兴市;常州市/3/9:天宁区 钟楼区 武进区 新北区;南通市/3/8:崇川区 通州区 海门区 如皋市;扬州市/4/5:广陵区 邗江区 江都区;徐州市/3/6:泉山区 云龙区 铜山区;镇江市/4/4:京口区 润州区 丹阳市;泰州市/4/4:海陵区 姜堰区 泰兴市;盐城市/4/5:亭湖区 盐都区 大丰区
广东省|83|广州市|2.2|广州市/1/32:天河区 海珠区 番禺区 越秀区 白云区 黄埔区 荔湾区;深圳市/1/34:南山区 福田区 宝安区 龙岗区 罗湖区 龙华区;佛山市/2/11:禅城区 南海区 顺德区;东莞市/2/11:南城街道 东城街道 长安镇 虎门镇;珠海市/3/5:香洲区 斗门区;惠州市/3/4:惠城区 惠阳区;中山市/3/4:石岐街道 东区街道 小榄镇;汕头市/4/3:金平区 龙湖区
北京市|66|北京市|2.0|北京市/1/100:朝阳区 海淀区 丰台区 西城区 东城区 昌平区 通州区 大兴区 石景山区 顺义区
福建省|36|福州市|1.9|福州市/3/32:鼓楼区 台江区 仓山区 晋安区 闽侯县;厦门市/3/30:思明区 湖里区 集美区 海沧区;泉州市/3/24:丰泽区 鲤城区 晋江市 石狮市;漳州市/4/8:芗城区 龙文区;宁德市/5/6:蕉城区 福安市
山东省|42|济南市|2.0|青岛市/2/30:市南区 市北区 崂山区 李沧区 黄岛区;济南市/3/26:历下区 市中区 槐荫区 历城区;烟台市/3/12:芝罘区 莱山区 福山区;潍坊市/3/10:奎文区 潍城区 寿光市;临沂市/3/9:兰山区 罗庄区;威海市/4/7:环翠区 文登区;淄博市/4/6:张店区 周村区
安徽省|36|合肥市|1.5|合肥市/2/42:蜀山区 包河区 庐阳区 瑶海区 肥西县;芜湖市/3/16:镜湖区 弋江区 鸠江区;马鞍山市/4/9:花山区 雨山区;安庆市/4/8:迎江区 大观区 桐城市;黄山市/5/6:屯溪区 歙县;滁州市/4/8:琅琊区 南谯区;阜阳市/4/8:颍州区 颍泉区
湖北省|29|武汉市|1.8|武汉市/2/62:武昌区 江汉区 洪山区 汉阳区 江岸区 东西湖区;宜昌市/4/12:西陵区 伍家岗区;襄阳市/4/12:樊城区 襄城区;荆州市/4/8:沙市区 荆州区;黄石市/5/5:黄石港区 下陆区
湖南省|25|长沙市|2.0|长沙市/2/60:岳麓区 雨花区 芙蓉区 开福区 天心区 长沙县;株洲市/4/12:天元区 芦淞区;衡阳市/4/9:蒸湘区 雁峰区;岳阳市/4/10:岳阳楼区 君山区;常德市/4/8:武陵区 鼎城区
河南省|27|郑州市|1.9|郑州市/2/50:金水区 二七区 中原区 管城回族区 郑东新区;洛阳市/3/18:涧西区 西工区 洛龙区;南阳市/4/9:卧龙区 宛城区;新乡市/4/8:红旗区 牧野区;开封市/4/7:龙亭区 鼓楼区
四川省|33|成都市|2.6|成都市/2/72:武侯区 锦江区 青羊区 成华区 高新区 金牛区 双流区;绵阳市/3/9:涪城区 游仙区;德阳市/4/5:旌阳区 广汉市;宜宾市/4/5:翠屏区 叙州区;南充市/4/5:顺庆区 高坪区
重庆市|19|重庆市|2.6|重庆市/2/100:渝中区 江北区 渝北区 南岸区 沙坪坝区 九龙坡区 巴南区 万州区
天津市|18|天津市|2.1|天津市/2/100:和平区 南开区 河西区 滨海新区 河北区 西青区 武清区
河北省|22|石家庄市|2.2|石家庄市/3/32:长安区 裕华区 桥西区 新华区;唐山市/3/18:路北区 路南区;保定市/3/16:莲池区 竞秀区;廊坊市/3/14:广阳区 三河市 固安县;秦皇岛市/4/8:海港区 北戴河区;邯郸市/4/10:丛台区 复兴区
江西省|22|南昌市|1.7|南昌市/3/44:红谷滩区 东湖区 青山湖区 西湖区;赣州市/3/16:章贡区 南康区;九江市/4/12:浔阳区 濂溪区;上饶市/4/12:信州区 广信区;景德镇市/5/6:珠山区 昌江区
辽宁省|22|沈阳市|2.7|沈阳市/3/42:和平区 沈河区 铁西区 皇姑区 浑南区;大连市/3/40:中山区 沙河口区 甘井子区 西岗区;鞍山市/4/8:铁东区 铁西区;锦州市/4/6:古塔区 凌河区
陕西省|19|西安市|2.3|西安市/2/74:雁塔区 碑林区 未央区 莲湖区 长安区;咸阳市/4/10:秦都区 渭城区;宝鸡市/4/8:金台区 渭滨区;汉中市/5/5:汉台区 南郑区
广西壮族自治区|13|南宁市|2.8|南宁市/3/46:青秀区 西乡塘区 兴宁区;桂林市/4/18:七星区 象山区;柳州市/3/20:城中区 鱼峰区;北海市/5/6:海城区 银海区
云南省|12|昆明市|3.0|昆明市/3/66:五华区 盘龙区 官渡区 西山区;大理白族自治州/5/12:大理市 祥云县;曲靖市/4/10:麒麟区 沾益区;丽江市/5/6:古城区 玉龙纳西族自治县
贵州省|11|贵阳市|2.8|贵阳市/3/62:南明区 云岩区 观山湖区;遵义市/4/24:红花岗区 汇川区;六盘水市/5/6:钟山区 水城区
黑龙江省|15|哈尔滨市|3.1|哈尔滨市/3/62:南岗区 道里区 香坊区 道外区;大庆市/4/16:萨尔图区 让胡路区;齐齐哈尔市/5/9:建华区 龙沙区;牡丹江市/5/6:西安区 东安区
吉林省|12|长春市|3.0|长春市/3/66:朝阳区 南关区 绿园区 宽城区;吉林市/4/18:船营区 昌邑区;延边朝鲜族自治州/5/8:延吉市 珲春市
山西省|13|太原市|2.3|太原市/3/58:小店区 迎泽区 万柏林区;大同市/4/12:平城区 云冈区;运城市/4/10:盐湖区 河津市;临汾市/4/9:尧都区 侯马市
内蒙古自治区|8|呼和浩特市|3.0|呼和浩特市/3/42:赛罕区 新城区 回民区;包头市/4/28:昆都仑区 青山区;鄂尔多斯市/4/14:东胜区 康巴什区;赤峰市/4/10:红山区 松山区
甘肃省|7|兰州市|3.0|兰州市/3/66:城关区 七里河区 安宁区;天水市/5/12:秦州区 麦积区;酒泉市/5/8:肃州区 敦煌市
海南省|7|海口市|3.2|海口市/3/58:龙华区 美兰区 秀英区;三亚市/4/30:吉阳区 天涯区;琼海市/5/6:嘉积镇 博鳌镇
新疆维吾尔自治区|7|乌鲁木齐市|4.8|乌鲁木齐市/3/58:天山区 沙依巴克区 水磨沟区 新市区;昌吉回族自治州/5/14:昌吉市 阜康市;伊犁哈萨克自治州/5/12:伊宁市 奎屯市;克拉玛依市/5/8:克拉玛依区 独山子区
宁夏回族自治区|4|银川市|3.0|银川市/4/82:兴庆区 金凤区 西夏区;石嘴山市/5/10:大武口区 惠农区
青海省|3|西宁市|3.4|西宁市/4/86:城西区 城中区 城东区;海东市/5/10:平安区 乐都区
西藏自治区|1|拉萨市|5.6|拉萨市/4/86:城关区 堆龙德庆区;日喀则市/5/12:桑珠孜区 江孜县
"""

REMOTE: Final = frozenset({"新疆维吾尔自治区", "西藏自治区", "青海省", "宁夏回族自治区", "内蒙古自治区"})
"""Provinces to which postage is always charged."""

STREETS: Final[tuple[str, ...]] = (
    "人民路", "解放路", "中山路", "建设路", "新华路", "和平路", "文化路", "胜利路", "长江路", "黄河路",
    "延安路", "环城东路", "环城北路", "滨江大道", "学府路", "体育场路", "青年路", "友谊路", "光明路", "迎宾大道",
    "科技路", "高新一路", "创业路", "花园路", "民生路", "东风路", "朝阳路", "香樟路", "梧桐街", "桂花巷",
    "前进街", "振兴街", "清河街", "望江路", "湖滨路", "金桥路", "紫荆路", "海棠路", "书院街", "兴业路",
)  # fmt: skip
ESTATES: Final[tuple[str, ...]] = (
    "阳光花园", "金色家园", "绿城桂花苑", "翠湖湾", "锦绣江南", "书香名邸", "枫丹白露苑", "水岸华庭", "东方明珠苑", "世纪新城",
    "和谐家苑", "蓝天公寓", "碧桂雅苑", "银杏里", "江南春晓", "香榭丽园", "望湖小区", "紫金华府", "天鹅湖畔", "鑫苑名家",
    "梧桐公馆", "春江花月", "龙湖新村", "文教新村", "滨河花园", "盛世嘉园", "玫瑰园", "云栖里", "湖畔居", "橡树湾",
)  # fmt: skip


@dataclass(frozen=True)
class Places:
    """Parallel lists over districts and cities; numpy columns beside them."""

    provinces: list[str]
    cities: list[str]
    districts: list[str]
    district_city: Ints
    city_province: Ints
    city_tier: Ints
    province_hub: list[str]
    province_days: Floats  # carrier's usual days from Shaoxing
    province_remote: Ints
    district_cdf: Floats  # of a buyer
    city_index: dict[str, int]

    def districts_of(self, city: str) -> Ints:
        """District numbers of one city."""
        return np.flatnonzero(self.district_city == self.city_index[city]).astype(np.int64)


@cache
def places() -> Places:
    """The table above, parsed once."""
    provinces: list[str] = []
    hubs: list[str] = []
    days: list[float] = []
    cities: list[str] = []
    city_province: list[int] = []
    tiers: list[int] = []
    districts: list[str] = []
    district_city: list[int] = []
    weights: list[float] = []
    for line in _TABLE.strip().splitlines():
        province, weight, hub, transit, city_text = line.split("|")
        parsed = [entry.split(":") for entry in city_text.split(";")]
        heads = [head.split("/") for head, _ in parsed]
        city_total = sum(float(head[2]) for head in heads)
        for (name, tier, share), (_, district_text) in zip(heads, parsed, strict=True):
            names = district_text.split(" ")
            # Earlier districts are listed first because more buyers live there.
            ranks = 1.0 / (np.arange(len(names)) + 2.0)
            city_weight = float(weight) * float(share) / city_total
            weights.extend(city_weight * ranks / ranks.sum())
            districts.extend(names)
            district_city.extend([len(cities)] * len(names))
            cities.append(name)
            city_province.append(len(provinces))
            tiers.append(int(tier))
        provinces.append(province)
        hubs.append(hub)
        days.append(float(transit))
    return Places(
        provinces=provinces,
        cities=cities,
        districts=districts,
        district_city=np.array(district_city, dtype=np.int64),
        city_province=np.array(city_province, dtype=np.int64),
        city_tier=np.array(tiers, dtype=np.int64),
        province_hub=hubs,
        province_days=np.array(days),
        province_remote=np.array([name in REMOTE for name in provinces], dtype=np.int64),
        district_cdf=cumulative(np.array(weights)),
        city_index={name: number for number, name in enumerate(cities)},
    )
