"""City tiers 1 … 5: 一线, 新一线, 二线, 三线, 四线及以下.

The first three classes are those of the 2023 ranking of 第一财经·新一线城市研究所; the third follows common
usage. All other prefectures and counties without one are tier 5. Cities of 香港, 澳门 and 台湾 are not
ranked there and have no tier, nor has a name that is not in the table.
"""

from __future__ import annotations

import re
from typing import Final

import ibis
import pyarrow as pa

TIERS: Final[dict[int, str]] = {
    1: "北京 上海 广州 深圳",
    2: "成都 重庆 杭州 武汉 苏州 西安 南京 长沙 天津 郑州 东莞 青岛 昆明 宁波 合肥",
    3: """
        佛山 沈阳 无锡 济南 厦门 福州 温州 大连 哈尔滨 长春 泉州 石家庄 南宁 金华 贵阳
        南昌 常州 嘉兴 珠海 南通 惠州 太原 中山 徐州 绍兴 台州 烟台 兰州 潍坊 临沂
    """,
    4: """
        保定 唐山 廊坊 邯郸 沧州 邢台 秦皇岛 呼和浩特 包头 鞍山 吉林 大庆
        扬州 盐城 镇江 泰州 连云港 淮安 宿迁 湖州 丽水 舟山 衢州
        芜湖 蚌埠 滁州 阜阳 马鞍山 安庆 六安 宿州 漳州 莆田 宁德 龙岩 三明
        赣州 上饶 九江 宜春 淄博 济宁 泰安 威海 菏泽 聊城 德州 滨州
        洛阳 南阳 信阳 商丘 新乡 周口 驻马店 宜昌 襄阳 荆州 黄冈 株洲 衡阳 岳阳 常德 湘潭
        汕头 江门 湛江 揭阳 肇庆 清远 茂名 潮州 桂林 柳州 海口 三亚
        绵阳 南充 遵义 咸阳 银川 乌鲁木齐
    """,
    5: """
        张家口 承德 衡水 大同 阳泉 长治 晋城 朔州 晋中 运城 忻州 临汾 吕梁
        乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 乌兰察布 兴安盟 锡林郭勒盟 阿拉善盟
        抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 朝阳 葫芦岛
        四平 辽源 通化 白山 松原 白城 延边朝鲜族自治州
        齐齐哈尔 鸡西 鹤岗 双鸭山 伊春 佳木斯 七台河 牡丹江 黑河 绥化 大兴安岭地区
        淮南 淮北 铜陵 黄山 亳州 池州 宣城 南平 景德镇 萍乡 新余 鹰潭 吉安 抚州
        枣庄 东营 日照 开封 平顶山 安阳 鹤壁 焦作 濮阳 许昌 漯河 三门峡 济源
        黄石 十堰 鄂州 荆门 孝感 咸宁 随州 恩施土家族苗族自治州 仙桃 潜江 天门 神农架林区
        邵阳 张家界 益阳 郴州 永州 怀化 娄底 湘西土家族苗族自治州
        韶关 梅州 汕尾 河源 阳江 云浮 梧州 北海 防城港 钦州 贵港 玉林 百色 贺州 河池 来宾 崇左
        三沙 儋州 五指山 琼海 文昌 万宁 东方 定安县 屯昌县 澄迈县 临高县 白沙黎族自治县
        昌江黎族自治县 乐东黎族自治县 陵水黎族自治县 保亭黎族苗族自治县 琼中黎族苗族自治县
        自贡 攀枝花 泸州 德阳 广元 遂宁 内江 乐山 眉山 宜宾 广安 达州 雅安 巴中 资阳
        阿坝藏族羌族自治州 甘孜藏族自治州 凉山彝族自治州
        六盘水 安顺 毕节 铜仁 黔西南布依族苗族自治州 黔东南苗族侗族自治州 黔南布依族苗族自治州
        曲靖 玉溪 保山 昭通 丽江 普洱 临沧 楚雄彝族自治州 红河哈尼族彝族自治州 文山壮族苗族自治州
        西双版纳傣族自治州 大理白族自治州 德宏傣族景颇族自治州 怒江傈僳族自治州 迪庆藏族自治州
        拉萨 日喀则 昌都 林芝 山南 那曲 阿里地区
        铜川 宝鸡 渭南 延安 汉中 榆林 安康 商洛
        嘉峪关 金昌 白银 天水 武威 张掖 平凉 酒泉 庆阳 定西 陇南 临夏回族自治州 甘南藏族自治州
        西宁 海东 海北藏族自治州 黄南藏族自治州 海南藏族自治州 果洛藏族自治州 玉树藏族自治州
        海西蒙古族藏族自治州 石嘴山 吴忠 固原 中卫
        克拉玛依 吐鲁番 哈密 昌吉回族自治州 博尔塔拉蒙古自治州 巴音郭楞蒙古自治州 阿克苏地区
        克孜勒苏柯尔克孜自治州 喀什地区 和田地区 伊犁哈萨克自治州 塔城地区 阿勒泰地区
        石河子 阿拉尔 图木舒克 五家渠 北屯 铁门关 双河 可克达拉 昆玉 胡杨河 新星 白杨
        省直辖县级行政区划 自治区直辖县级行政区划
    """,
}
"""Cities by the names of GB/T 2260, 市 left out."""

_PEOPLES: Final = (
    "朝鲜族|土家族|苗族|藏族|羌族|彝族|布依族|侗族|哈尼族|壮族|傣族|白族|景颇族|傈僳族|回族|黎族"
    "|蒙古族|蒙古|柯尔克孜|哈萨克"
)
_AUTONOMOUS: Final = re.compile(rf"(?:{_PEOPLES})+自治(州|县)$")
_KIND: Final = re.compile("(盟|地区|林区|县|行政区划)$")


def forms(name: str) -> tuple[str, ...]:
    """The names under which files know a city of the table, 恩施州 beside the full one."""
    short = _AUTONOMOUS.sub(r"\1", name)
    if short != name:
        return name, short
    return (name,) if _KIND.search(name) else (f"{name}市", name)


def ranked() -> ibis.Table:
    """(ranked_city, city_tier): every form of every city of the table, each once."""
    return _RANKED


_TIER_OF: Final = {
    form: tier for tier, names in TIERS.items() for name in names.split() for form in forms(name)
}
_RANKED: Final = ibis.memtable(
    pa.table({"ranked_city": list(_TIER_OF), "city_tier": pa.array(_TIER_OF.values(), pa.int8())})
)
