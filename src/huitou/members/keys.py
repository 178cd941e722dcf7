"""The kinds of identity: which merge, which only suggest, where a value is unique, how many accounts fit one.

Sources: ``domain/platforms.md`` 3.3; design "One member out of many accounts".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from huitou.kernel.i18n import Text

BRAND_SCOPE: Final = "brand"
WEAK_RANK: Final = 90
Breadth = Literal["brand", "platform", "shop"]
Strength = Literal["strong", "weak"]


@dataclass(frozen=True)
class Kind:
    """One kind of identity.

    ``breadth``: within what two equal values are the same account.
    ``rank``: which of a row's strong identities names its buyer; the lowest. Accounts come before what
    several accounts can share, so that a fact finds its way back when a shared identity stops merging.
    ``limit``: a strong identity seen with more than this many values of this kind in one scope is contested.
    """

    code: str
    label: Text
    strength: Strength
    breadth: Breadth
    rank: int
    limit: int = 0


KINDS: Final[dict[str, Kind]] = {
    kind.code: kind
    for kind in (
        Kind("ouid", Text("店铺买家ID(ouid)", "Shop buyer id (ouid)"), "strong", "shop", 10, 3),
        Kind("open_id", Text("平台买家ID", "Platform buyer id"), "strong", "platform", 12, 3),
        Kind("nick", Text("账号昵称", "Account name"), "strong", "platform", 14, 3),
        Kind("customer", Text("客户编号", "Customer number"), "strong", "platform", 16, 3),
        Kind("unionid", Text("微信unionid", "WeChat unionid"), "strong", "brand", 20, 1),
        Kind("wecom_id", Text("企业微信客户ID", "WeCom customer id"), "strong", "brand", 22, 3),
        Kind("omid", Text("会员通ID(omid)", "Member pass id (omid)"), "strong", "brand", 24, 1),
        Kind("card_no", Text("会员卡号", "Member card"), "strong", "brand", 26, 3),
        Kind("phone", Text("手机号", "Mobile"), "strong", "brand", 30, 5),
        Kind("receiver_phone", Text("收货手机", "Receiver's phone"), "weak", "brand", WEAK_RANK),
        Kind("receiver", Text("收货人与地址", "Receiver and address"), "weak", "brand", WEAK_RANK),
        Kind("alipay", Text("支付宝账号", "Alipay account"), "weak", "brand", WEAK_RANK),
        Kind("email", Text("邮箱", "E-mail"), "weak", "brand", WEAK_RANK),
        Kind(
            "phone_mask", Text("姓名与手机尾号", "Name and phone tail"), "weak", "brand", WEAK_RANK
        ),
        Kind("nickname", Text("显示昵称", "Display name"), "weak", "platform", WEAK_RANK),
        Kind("name", Text("姓名", "Name"), "weak", "brand", WEAK_RANK),
    )
}

ACCOUNT_KINDS: Final = ("ouid", "open_id", "nick", "customer", "card_no")
"""Kinds that are an account somewhere, as opposed to what links accounts."""

UNIQUE_NICK_PLATFORMS: Final = frozenset(
    {"taobao", "tmall", "jd", "ali1688", "own", "pos", "other"}
)
"""Where the buyer's nick is a login name. Elsewhere it is a display name, which many people may share."""


def platform_scope(platform: str, shop_code: str) -> str:
    """The namespace of platform-wide accounts: Taobao and Tmall share one; tills have their own."""
    if platform in {"taobao", "tmall"}:
        return "taobao"
    return shop_code if platform in {"own", "pos", "other"} else platform
