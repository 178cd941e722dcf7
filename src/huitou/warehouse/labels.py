"""What the warehouse's states are called on screens and in exports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from huitou.kernel.i18n import Text, translate

STATUS: Final[dict[str, Text]] = {
    "unpaid": Text("待付款", "Awaiting payment"),
    "pay_pending": Text("付款确认中", "Payment pending"),
    "deposit_paid": Text("已付定金", "Deposit paid"),
    "paid": Text("待发货", "To be shipped"),
    "part_shipped": Text("部分发货", "Partly shipped"),
    "shipped": Text("已发货", "Shipped"),
    "signed": Text("已签收", "Signed for"),
    "finished": Text("交易成功", "Completed"),
    "closed_unpaid": Text("未付款关闭", "Closed unpaid"),
    "closed_refunded": Text("退款关闭", "Closed by refund"),
}
REFUND_STATE: Final[dict[str, Text]] = {
    "applied": Text("待卖家同意", "Requested"),
    "agreed": Text("待买家退货", "Awaiting return"),
    "returned": Text("待卖家收货", "Return under way"),
    "refused": Text("卖家拒绝", "Refused"),
    "closed": Text("退款关闭", "Withdrawn"),
    "success": Text("退款成功", "Refunded"),
}
OPEN_REFUNDS: Final = ("applied", "agreed", "returned", "refused")
"""States in which a refund still waits for somebody."""

PARCEL_STATE: Final[dict[str, Text]] = {
    "created": Text("已下单", "Label made"),
    "pickup_pending": Text("待揽收", "Awaiting pickup"),
    "picked_up": Text("已揽收", "Picked up"),
    "in_transit": Text("运输中", "In transit"),
    "arrived_city": Text("到达派件城市", "In destination city"),
    "out_for_delivery": Text("派件中", "Out for delivery"),
    "at_locker": Text("待取件", "Waiting at pickup point"),
    "problem": Text("疑难件", "Problem"),
    "unreachable": Text("无法联系", "Receiver unreachable"),
    "out_of_range": Text("超区", "Out of range"),
    "stalled": Text("滞留", "Stalled"),
    "damaged": Text("破损", "Damaged"),
    "refused": Text("拒收", "Refused"),
    "cancelled": Text("已取消", "Cancelled"),
    "signed": Text("已签收", "Signed for"),
    "returning": Text("退回中", "Being returned"),
    "returned": Text("已退回", "Returned"),
}
RATING: Final[dict[str, Text]] = {
    "good": Text("好评", "Good"),
    "neutral": Text("中评", "Neutral"),
    "bad": Text("差评", "Bad"),
}

CITY_TIER: Final[dict[str, Text]] = {
    "1": Text("一线", "Tier 1"),
    "2": Text("新一线", "New tier 1"),
    "3": Text("二线", "Tier 2"),
    "4": Text("三线", "Tier 3"),
    "5": Text("四线及以下", "Tier 4 and below"),
}
"""Words of ``member.city_tier``, by its number as text."""


def label(labels: Mapping[str, Text], code: str | None) -> str | None:
    """The label of a code in the active language; the code itself when it is not known."""
    if code is None:
        return None
    text = labels.get(code)
    return translate(text) if text else code
