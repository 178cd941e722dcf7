"""Cells of a person's file as they may be shown before anybody knows which column is which.

Used for the sample of the set-up screen and the rejected rows on screen. When in doubt, masked: a
header that sounds personal hides the whole value; anywhere else phone numbers, e-mail addresses and
identity numbers are hidden inside the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

LONGEST: Final = 120

_PERSONAL: Final = re.compile(
    r"姓名|收货人|收件人|提货人|联系人|客户|买家|会员|昵称|旺旺|账号|帐号|手机|电话|地址|邮箱|支付宝|身份证|证件"
    r"|留言|备注|备忘|发票抬头|微信|生日|卡号|充值|收银员"
    r"|name|phone|mobile|tel|address|mail|nick|buyer|customer|receiver|account|birth|remark|memo|message|note",
    re.IGNORECASE,
)
_NOT_PERSONAL: Final = re.compile(
    r"店铺名称|商品名称|品牌名称|门店名称|仓库名称|货品名称|会员等级|客户等级|是否会员|留言板|金额|货款|邮费|积分|时间"
    r"|product|item.?name|shop.?name|store.?name|brand|category",
    re.IGNORECASE,
)
_INSIDE: Final = re.compile(
    r"(?<!\d)(?:1\d{10}|0\d{2,3}-?\d{7,8}|\d{17}[\dXx])(?!\d)|[\w.+-]+@[\w-]+\.[\w.-]+"
)


def is_personal(header: str) -> bool:
    """Whether a column of this name may hold personal data."""
    return bool(_PERSONAL.search(header)) and not _NOT_PERSONAL.search(header)


def mask_value(value: str) -> str:
    """A personal value with its first character, and for long numbers the last two, left to see."""
    text = value.strip()
    if not text:
        return ""
    if len(text) >= 7 and sum(c.isdigit() for c in text) >= 7 and " " not in text:
        return f"{text[:3]}****{text[-2:]}"
    return text[0] + "*" * min(len(text) - 1, 3) if len(text) > 1 else "*"


def mask_cell(header: str, value: str) -> str:
    """A cell as it may be shown, shortened to 120 characters."""
    if is_personal(header):
        return mask_value(value)
    shown = _INSIDE.sub(lambda match: mask_value(match.group()), value[: LONGEST * 2])
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"


def mask_row(header: Sequence[str], cells: Sequence[str]) -> list[str]:
    """A row as it may be shown; cells beyond the header are treated as personal."""
    names = [*header, *(["姓名"] * (len(cells) - len(header)))]
    return [mask_cell(name, cell) for name, cell in zip(names, cells, strict=False)]
