"""The platforms' words for the states of trades and refunds, in ours.

A word is looked up in the tables below, then judged by what it contains (a profile's own value map
has been applied before); ``closed`` is not a state yet but a question that the payment time answers. Sources:
domain/formats.md 2.1 quirk 8, domain/platforms.md 3.2 and 3.4.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from huitou.warehouse.schema import REFUND_STATES, STATUSES

CLOSED: Final = "closed"
"""Closed, before or after payment: told apart by the payment time and the reason."""

NO_REFUND: Final = "none"
"""No refund was asked for: known, and no state."""

_TRADES: Final[Mapping[str, str]] = {
    # Taobao and Tmall, in words and in the API's names
    "等待买家付款": "unpaid",
    "没有创建外部交易": "unpaid",
    "未创建支付宝交易": "unpaid",
    "没有创建支付宝交易": "unpaid",
    "付款确认中": "pay_pending",
    "买家已付定金": "deposit_paid",
    "定金已付": "deposit_paid",
    "定金已付,尾款未付": "deposit_paid",
    "等待买家付尾款": "deposit_paid",
    "买家已付款,等待卖家发货": "paid",
    "等待卖家发货": "paid",
    "卖家部分发货": "part_shipped",
    "部分发货": "part_shipped",
    "卖家已发货,等待买家确认": "shipped",
    "等待买家确认收货": "shipped",
    "等待买家确认": "shipped",
    "买家已签收": "signed",
    "交易成功": "finished",
    "交易关闭": CLOSED,
    "交易被淘宝关闭": "closed_unpaid",
    "付款前卖家或买家主动关闭交易": "closed_unpaid",
    "付款以前,卖家或买家主动关闭交易": "closed_unpaid",
    "付款以后用户退款成功,交易自动关闭": "closed_refunded",
    "trade_no_create_pay": "unpaid",
    "wait_buyer_pay": "unpaid",
    "pay_pending": "pay_pending",
    "wait_pre_auth_confirm": "pay_pending",
    "paid_forbid_consign": "paid",
    "wait_seller_send_goods": "paid",
    "seller_consigned_part": "part_shipped",
    "wait_buyer_confirm_goods": "shipped",
    "trade_buyer_signed": "signed",
    "trade_finished": "finished",
    "trade_success": "finished",
    "trade_closed": "closed_refunded",
    "trade_closed_by_taobao": "closed_unpaid",
    # JD
    "等待付款": "unpaid",
    "等待付款确认": "pay_pending",
    "等待出库": "paid",
    "等待打印": "paid",
    "等待发货": "paid",
    "暂停": "paid",
    "锁定": "paid",
    "正在出库": "paid",
    "等待确认收货": "shipped",
    "已出库": "shipped",
    "完成": "finished",
    "已完成": "finished",
    "取消": CLOSED,
    "已取消": CLOSED,
    # PDD
    "待付款": "unpaid",
    "待支付": "unpaid",
    "待成团": "paid",
    "待分享": "paid",
    "待发货": "paid",
    "已发货,待签收": "shipped",
    "已发货,待收货": "shipped",
    "已发货": "shipped",
    "已签收": "signed",
    "已收货": "finished",
    "交易已取消": CLOSED,
    "拼团失败,退款成功": "closed_refunded",
    # Douyin
    "待确认": "unpaid",
    "已支付": "paid",
    "已付款": "paid",
    "备货中": "paid",
    "已关闭": CLOSED,
    # Youzan
    "待接单": "paid",
    "待成单": "paid",
    "待核销": "paid",
    "待自提": "paid",
    "等待买家收货": "shipped",
    "待收货": "shipped",
    "交易完成": "finished",
    "已核销": "finished",
    "trade_paid": "paid",
    "wait_confirm": "paid",
    "success": "finished",
}

_CONTAINS: Final = (
    # First match wins: the end of a trade before its middle.
    (re.compile("退款成功|全额退款|退款后.*(关闭|取消)|已退款"), "closed_refunded"),
    (re.compile("^\\(删除\\)|取消|关闭|作废|cancel|closed", re.IGNORECASE), CLOSED),
    (re.compile("定金.*已付|已付定金|等待.*尾款|待付尾款"), "deposit_paid"),
    (re.compile("未付|待付|待支付|等待.*付款|unpaid", re.IGNORECASE), "unpaid"),
    (re.compile("部分发货|部分出库"), "part_shipped"),
    (re.compile("交易成功|已完成|完成|确认收货$|finished|completed?", re.IGNORECASE), "finished"),
    (re.compile("已签收|妥投|signed|delivered", re.IGNORECASE), "signed"),
    (re.compile("待发货|等待.*发货|备货|待出库|等待.*出库|配货|打包|未发货"), "paid"),
    (re.compile("已发货|待收货|待签收|等待.*收货|运输|shipped", re.IGNORECASE), "shipped"),
    (re.compile("已付款|已支付|支付成功|paid", re.IGNORECASE), "paid"),
)

_REFUNDS: Final[Mapping[str, str]] = {
    "没有申请退款": NO_REFUND,
    "未申请退款": NO_REFUND,
    "无售后": NO_REFUND,
    "无售后或售后取消": NO_REFUND,
    "无退款": NO_REFUND,
    "无": NO_REFUND,
    "no_refund": NO_REFUND,
    "正常": NO_REFUND,
    "未退款": NO_REFUND,
    "买家已经申请退款,等待卖家同意": "applied",
    "wait_seller_agree": "applied",
    "卖家已经同意退款,等待买家退货": "agreed",
    "wait_buyer_return_goods": "agreed",
    "买家已经退货,等待卖家确认收货": "returned",
    "wait_seller_confirm_goods": "returned",
    "卖家拒绝退款": "refused",
    "seller_refuse_buyer": "refused",
    "退款关闭": "closed",
    "售后关闭": "closed",
    "退款成功": "success",
    "success": "success",
    "closed": "closed",
}

_REFUND_CONTAINS: Final = (
    (re.compile("未申请|没有申请|无售后|^无$|售后取消|未退款"), NO_REFUND),
    (re.compile("成功|完成|已退款|全额退款|全部退款|部分退款|已全额退|已完结"), "success"),
    (re.compile("关闭|撤销|取消|撤回"), "closed"),
    (re.compile("拒绝|驳回"), "refused"),
    (re.compile("已退货|待.*收货|待.*收退货"), "returned"),
    (re.compile("退货中|待.*退货|等待.*退货|同意|退款中"), "agreed"),
    (re.compile("申请|待.*处理|处理中|待.*审核|售后中"), "applied"),
)

_PRESALE: Final[Mapping[str, str]] = {
    "front_nopaid_final_nopaid": "deposit_unpaid",
    "front_paid_final_nopaid": "final_unpaid",
    "front_paid_final_paid": "final_paid",
    "front_paid_front_forfeited": "deposit_forfeited",
}

PRESALE_STEPS: Final = ("deposit_unpaid", "final_unpaid", "final_paid", "deposit_forfeited")


def plain_word(text: str) -> str:
    """A status word without what varies: width, blanks, kind of comma, capitals."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


def trade_status(text: str) -> str | None:
    """A canonical status, ``closed``, or None for a word nobody knows."""
    word = plain_word(text)
    if word in STATUSES:
        return word
    if word in _TRADES:
        return _TRADES[word]
    return next((status for pattern, status in _CONTAINS if pattern.search(word)), None)


def refund_state(text: str) -> str | None:
    """One of ``REFUND_STATES``, ``none``, or None for a word nobody knows."""
    word = plain_word(text)
    if word in REFUND_STATES:
        return word
    if word in _REFUNDS:
        return _REFUNDS[word]
    return next((state for pattern, state in _REFUND_CONTAINS if pattern.search(word)), None)


def presale_step(text: str) -> str | None:
    """The step of a presale from the API's name or the report's words (阶段1已付款,阶段2未付款)."""
    word = plain_word(text)
    if word in _PRESALE:
        return _PRESALE[word]
    if re.search("没收|罚没|违约", word):
        return "deposit_forfeited"
    deposit = re.search("(?:阶段[1一]|定金)[^阶尾]*?(未|待|已)?付", word)
    final = re.search("(?:阶段[2二]|尾款)[^阶]*?(未|待|已)?付", word)
    if deposit is None and final is None:
        return None
    if final is not None and final.group(1) not in ("未", "待"):
        return "final_paid"
    return "deposit_unpaid" if deposit and deposit.group(1) in ("未", "待") else "final_unpaid"


def never_paid(close_reason: str) -> bool:
    """Whether the reason says that the trade was closed before anyone paid."""
    return re.search("未付款|没付款|未及时付款|未支付|超时", plain_word(close_reason)) is not None
