"""What carriers and tracking services call things, in ours: states of parcels, carriers, trace texts.

Vocabularies of domain/logistics.md 4.1: codes of Kuaidi100 and Kdniao, actions of Cainiao, and Chinese
words for all that is free text. A code means different things to the two services (4 is a parcel sent
back to one, a problem to the other), so their codes are read only in files that are known to be theirs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from huitou.intake.canonical import STRING
from huitou.intake.converters import by_distinct
from huitou.intake.personal import masked
from huitou.intake.statuses import plain_word
from huitou.warehouse.schema import PARCEL_STATES

KUAIDI100: Final[Mapping[str, str]] = {
    "0": "in_transit",  # 在途
    "1": "picked_up",  # 揽收
    "2": "problem",  # 疑难
    "3": "signed",  # 签收
    "4": "returned",  # 退签
    "5": "out_for_delivery",  # 派件
    "6": "returning",  # 退回
    "7": "in_transit",  # 转投
    "8": "in_transit",  # 清关
    "10": "in_transit",  # 待清关
    "11": "in_transit",  # 清关中
    "12": "in_transit",  # 已清关
    "13": "problem",  # 清关异常
    "14": "refused",  # 拒签
    "101": "created",  # 已下单
    "102": "pickup_pending",  # 待揽收
    "103": "picked_up",  # 已揽收
    "201": "stalled",  # 超时未签收
    "202": "stalled",  # 超时未更新
    "203": "refused",  # 拒收
    "204": "problem",  # 派件异常
    "205": "stalled",  # 柜或驿站超时未取
    "206": "unreachable",  # 无法联系
    "207": "out_of_range",  # 超区
    "208": "stalled",  # 滞留
    "209": "damaged",  # 破损
    "210": "cancelled",  # 销单
    "301": "signed:self",  # 本人签收
    "302": "signed:after_exception",  # 派件异常后签收
    "303": "signed:proxy",  # 代签
    "304": "signed:locker",  # 投柜或站签收
    "401": "cancelled",  # 已销单
    "501": "at_locker",  # 投柜或驿站
    "1001": "arrived_city",  # 到达派件城市
    "1002": "in_transit",  # 干线
    "1003": "in_transit",  # 转递
}
KDNIAO: Final[Mapping[str, str]] = {
    "0": "created",  # 无轨迹
    "1": "picked_up",  # 已揽收
    "10": "pickup_pending",  # 待揽件
    "2": "in_transit",  # 在途
    "201": "arrived_city",  # 到达派件城市
    "202": "out_for_delivery",  # 派件中
    "204": "in_transit",  # 到达转运中心
    "205": "arrived_city",  # 到达派件网点
    "206": "in_transit",  # 寄件网点发件
    "211": "at_locker",  # 已投柜或驿站
    "3": "signed",  # 已签收
    "301": "signed:self",  # 正常签收
    "302": "signed:after_exception",  # 异常后签收
    "304": "signed:proxy",  # 代收
    "311": "signed:locker",  # 柜或驿站签收
    "4": "problem",  # 问题件
    "401": "stalled",  # 发货无信息
    "402": "stalled",  # 超时未签收
    "403": "stalled",  # 超时未更新
    "404": "refused",  # 拒收(退件)
    "405": "problem",  # 派件异常
    "406": "returned",  # 退货签收
    "407": "returning",  # 退货未签收
    "412": "stalled",  # 超时未取
}
CAINIAO: Final[Mapping[str, str]] = {
    "TMS_ACCEPT": "picked_up",  # 揽收
    "TMS_REJECT": "problem",  # 揽收失败
    "TMS_STATION_IN": "in_transit",  # 分站进
    "TMS_STATION_OUT": "in_transit",  # 分站出
    "TMS_DELIVERING": "out_for_delivery",  # 派送
    "TMS_SIGN": "signed",  # 签收
    "TMS_FAILED": "problem",  # 派送失败
    "TMS_RETURN": "returning",  # 退回
    "TMS_CHANGE": "in_transit",  # 改约
    "TMS_ERROR": "stalled",  # 滞留、异常
}
_ACTIONS: Final = {plain_word(code): state for code, state in CAINIAO.items()}

_STATIONS: Final = "驿站|快递柜|智能柜|自提柜|自提点|代收点|丰巢|菜鸟|兔喜|妈妈店|快递超市|柜"
WORDS: Final[tuple[tuple[str, str], ...]] = (
    # First match wins: how it ended and what went wrong before where it is.
    ("退签|退[回件货].*签收|已退回", "returned"),
    ("退回|退件|返回发件|改退|退货途", "returning"),
    ("(?<!可)(?<!请)(?:拒收|拒签)", "refused"),
    ("取消|作废|销单|撤单|面单回收|^回收", "cancelled"),
    ("异常后签收", "signed:after_exception"),
    ("无法联系|联系不上|无人接听|电话不通|关机|停机", "unreachable"),
    ("超区|超出派送范围|不在派送范围|超派", "out_of_range"),
    ("(?<!是否)(?<!如)(?<!如有)(?<!如遇)(?:破损|毁损)", "damaged"),
    ("滞留|超时未|积压", "stalled"),
    (
        "揽收失败|派[送件]失败|投递失败|未妥投|派[送件]异常|地址不详|地址有误|问题件|疑难|清关异常|异常$|^问题|^异常",
        "problem",
    ),
    (
        "正在派|派送中|派件中|派[送件]途|安排派|安排投递|正在投递|投递中|配送中|准备签收",
        "out_for_delivery",
    ),
    (f"(?:{_STATIONS}).*(?:取出|取走|已取|领取|已签收)|已签收.*(?:{_STATIONS})", "signed:locker"),
    (
        f"取件码|请.{{0,8}}取件|待取件|待自提|投柜|入柜|暂存|存放|代收.*取件|^(?:{_STATIONS})",
        "at_locker",
    ),
    ("(?<!未)(?<!待)(?<!请)(?<!注意)(?<!确认)签收.*(?:本人)|本人签收", "signed:self"),
    ("代签|代收|(?<!未)(?<!待)签收.*(?:家人|同事|前台|门卫|保安|物业|邻居|他人)", "signed:proxy"),
    ("(?<!未)(?<!待)(?<!请)(?<!注意)(?<!确认)签收(?!前)|妥投|已送达", "signed"),
    ("到达(?:派件|派送|目的|收件)(?:地)?(?:城市|网点)", "arrived_city"),
    ("待揽|等待.*揽|待收件|待取", "pickup_pending"),
    ("揽收|揽件|已收件|收寄|已取件|已收取", "picked_up"),
    (
        "运输|在途|转运|中转|干线|离开|发往|到达|抵达|发出|出库|装车|卸车|分拣|集散|下一站|清关|航班|转投|改约",
        "in_transit",
    ),
    ("派送|派件|投递|配送", "out_for_delivery"),
    ("已下单|已接单|打单|面单|已获取|待发货|未发货|未使用|无轨迹", "created"),
)
"""Chinese words of states and trace texts, as regular expressions, and the state they tell."""
_WORDS: Final = tuple((re.compile(pattern), state) for pattern, state in WORDS)

CARRIERS: Final[Mapping[str, str]] = {
    # How platforms write it: what else it is called, with the codes of Kuaidi100, Kdniao and Cainiao.
    "顺丰速运": "顺丰 顺丰快递 shunfeng SF",
    "中通快递": "中通 中通速递 zhongtong ZTO",
    "圆通速递": "圆通 圆通快递 yuantong YTO",
    "申通快递": "申通 申通速递 shentong STO",
    "韵达快递": "韵达 韵达速递 yunda YUNDA YD",
    "极兔速递": "极兔 极兔快递 jtexpress JTSD",
    "百世快递": "百世 百世汇通 汇通快递 huitongkuaidi HTKY",
    "京东快递": "京东 京东物流 京东配送 jd JD LE",
    "德邦快递": "德邦 德邦物流 debangkuaidi DBL DBKD",
    "邮政快递包裹": "邮政 邮政包裹 中国邮政 邮政国内小包 youzhengguonei YZPY POSTB",
    "EMS": "邮政EMS EMS特快专递 ems",
    "丹鸟": "丹鸟快递 菜鸟速递 danniao DNWL",
    "天天快递": "天天 tiantian HHTT TTKDEX",
    "优速快递": "优速 youshuwuliu UC",
}
_CARRIERS: Final = {
    plain_word(name): usual
    for usual, others in CARRIERS.items()
    for name in (usual, *others.split())
}


def parcel_state(word: str) -> str | None:
    """The unified state (domain/logistics.md 4.2) of a word, an action or a trace text; else None.

    A signature may say how after a colon: ``signed:proxy``.
    """
    plain = plain_word(word)
    if plain.split(":")[0] in PARCEL_STATES:
        return plain
    if plain in _ACTIONS:
        return _ACTIONS[plain]
    return next((state for pattern, state in _WORDS if pattern.search(plain)), None)


def carriers(names: pa.Array) -> pa.Array:
    """Carriers by the one name that parcels are known under; unknown ones as they are."""
    return by_distinct(names, lambda name: _CARRIERS.get(plain_word(name), name), STRING)


_STAFF: Final = "派件员|派送员|快递员|配送员|业务员|投递员|揽件员|揽收员|收件员|快递小哥|小哥"
_PEOPLE: Final = f"签收人|代收人|代签人|收件人|收货人|取件人|联系人|{_STAFF}"
_NOBODY: Final = re.compile(
    f"本人|他人|家人|家属|同事|邻居|朋友|前台|门卫|保安|物业|公司|单位|收发室|传达室|门口|超市|便利店|{_STATIONS}"
    "|正在|已经|已将|将|会|请|为您|电话|手机|上门|派送|揽收"
)
_NAMED: Final = re.compile(
    rf"({_PEOPLE})((?:姓名)?\s*(?:是|为)?\s*[:：【\[(（\s]?\s*)"
    r"([\u4e00-\u9fff]{2,4}(?![\u4e00-\u9fff])|[\u4e00-\u9fff]·[\u4e00-\u9fff]+|[A-Za-z][A-Za-z. ]{1,30})"
)
_PICKUP_CODE: Final = re.compile(r"(取件码|提货码|取货码)(\s*[:：为是]?\s*[【\[]?)[0-9A-Za-z\-]+")


def trace_texts(texts: pa.Array) -> pa.Array:
    """Trace texts without what names a person: signers, couriers, phones, codes of lockers."""
    texts = masked(texts)
    suspect = pc.fill_null(pc.match_substring_regex(texts, f"{_PEOPLE}|件码|货码"), False)
    if not pc.any(suspect).as_py():
        return texts
    some = [_nameless(text) for text in texts.filter(suspect).to_pylist()]
    return pc.replace_with_mask(texts, suspect, pa.array(some, STRING))


def _nameless(text: str) -> str:
    def hide(found: re.Match[str]) -> str:
        who, between, name = found.groups()
        return found.group() if _NOBODY.search(name) else f"{who}{between}***"

    return _PICKUP_CODE.sub(r"\1\2***", _NAMED.sub(hide, text))
