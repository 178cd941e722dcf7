"""Personal values as exports write them: cleaning, comparing and masking. Pure text rules.

A cleaning function returns the value by which two rows are compared, or None where the cell names
nobody (empty, a placeholder, a mask, a platform's ciphertext). Sources: ``domain/formats.md`` quirks 2, 3
and the JD, PDD, Douyin, Youzan quirks; ``domain/platforms.md`` 3.3; ``domain/compliance.md`` 5.2 (masking).
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, Literal, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

Form = Literal["mobile", "landline", "virtual", "mask", "opaque"]

_NOTHING: Final = frozenset({"", "null", "none", "nan", "-", "--", "—", "无", "\\n"})
_ANONYMOUS: Final = frozenset(
    {"匿名", "匿名用户", "匿名买家", "匿名评价", "游客", "散客", "零售客户", "anonymous"}
)
_PLACEHOLDER_MOBILES: Final = frozenset(
    {"13800138000", "12345678910", "13812345678", "13912345678"}
)
_BLANKS: Final = " \t\r\n\v\f\u3000\u00a0\ufeff"
_GUARDS: Final = frozenset("'\u2018\u2019")
_BLANK_RUN: Final = re.compile(r"\s+")
_PUNCTUATION: Final = str.maketrans("", "", " \t\n\r\u3000,，.。、;；·")
_SEPARATORS: Final = re.compile(r"[\s()\-‐-―_.]+")
_MOBILE: Final = re.compile(r"1[3-9]\d{9}")
_VIRTUAL: Final = re.compile(r"(1[3-9]\d{9})\s*(?:-|,|#|转)\s*\d{2,6}")
_LANDLINE: Final = re.compile(r"(?:0\d{9,11}|[48]00\d{7})")
_PHONE_MASK: Final = re.compile(r"(\d{1,7})\*{2,}(\d{2,4})")
_OPAQUE: Final = re.compile(r"[0-9A-Za-z_+/=]{8,128}")
_EMAIL: Final = re.compile(r"[^\s@*]{1,64}@[^\s@*]+\.[^\s@*.]{2,}")
_CIPHERTEXT: Final = re.compile(r"(?:##|\$\$).+|~.{15,}|\*+", re.DOTALL)
_PROVINCES: Final = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南"
    "|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门"
)
# A region's own name holds no word of a street, so that a street is never taken for a region and shown.
_NAME: Final = r"[^省市区县旗路街道号巷弄村镇乡里\d]{1,8}"
_REGION: Final = re.compile(
    rf"(?:(?:{_PROVINCES})(?:省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区)?)?"
    rf"(?:{_NAME}(?:自治州|地区|盟|市))?"
    rf"(?:{_NAME}(?<!小)(?:区|县|市|旗))?"
)
_POSTCODE: Final = re.compile(r"[(（]\d{6}[)）]$")


class Phone(NamedTuple):
    """A phone cell: what kind of value it is, and the value to compare by.

    ``value``: mobile, landline: digits; virtual: the digits before the extension (a relay, shared by
    many); mask: ``head*tail``; opaque: the token itself (some exports hash their phones).
    """

    form: Form
    value: str


def clean(text: str | None) -> str:
    """A cell without what spreadsheets and platforms put around it; "" for every way to say nothing."""
    if text is None:
        return ""
    value = text
    # A value of letters and digits wears no dress; that is nearly all of them.
    while not value.isalnum():
        value = value.strip(_BLANKS)
        if value.startswith('="') and value.endswith('"') and len(value) > 2:
            value = value[2:-1].strip(_BLANKS)
        elif value[:1] in _GUARDS and value:
            value = value[1:].strip(_BLANKS)
        else:
            break
    return "" if len(value) < 5 and value.lower() in _NOTHING else value


def is_ciphertext(value: str) -> bool:
    """Whether a cleaned cell is a platform's ciphertext or stars only."""
    return value[:1] in "#$~*" and _CIPHERTEXT.fullmatch(value) is not None


def _plain(text: str | None, form: Literal["NFC", "NFKC"] = "NFKC") -> str:
    value = clean(text)
    if not unicodedata.is_normalized(form, value):
        value = clean(unicodedata.normalize(form, value))
    return "" if is_ciphertext(value) else value


def phone(text: str | None) -> Phone | None:
    """What a phone cell holds, or None where it names nobody.

    Two numbers in one cell are not told apart: the cell is then no phone.
    """
    if text is not None and _MOBILE.fullmatch(text):
        return _mobile(text)
    value = _plain(text)
    if not value:
        return None
    virtual = _VIRTUAL.fullmatch(value.removeprefix("+86").removeprefix("86-").strip())
    if virtual:
        return Phone("virtual", virtual.group(1))
    bare = _SEPARATORS.sub("", value)
    bare = re.sub(r"^(?:\+86|0086|86(?=1[3-9][\d*]{9}$))", "", bare)
    if _MOBILE.fullmatch(bare):
        return _mobile(bare)
    masked = _PHONE_MASK.fullmatch(bare)
    if masked:
        return Phone("mask", f"{masked.group(1)}*{masked.group(2)}")
    if _LANDLINE.fullmatch(bare):
        return Phone("landline", bare)
    if _OPAQUE.fullmatch(bare) and len(set(bare)) > 2:
        return Phone("opaque", bare)
    return None


def _mobile(digits: str) -> Phone | None:
    is_placeholder = digits in _PLACEHOLDER_MOBILES or digits[3:] == digits[3] * 8
    return None if is_placeholder else Phone("mobile", digits)


def mobile(text: str | None) -> str | None:
    """The eleven digits of a mobile number, else None."""
    found = phone(text)
    return found.value if found and found.form == "mobile" else None


def phone_tail(found: Phone) -> str | None:
    """The last four digits, which the plain number and its masked forms have in common."""
    if found.form == "mobile":
        return found.value[-4:]
    if found.form == "mask":
        tail = found.value.partition("*")[2]
        return tail if len(tail) == 4 else None
    return None


def nick(text: str | None) -> str | None:
    """An account's name; None for masked (``a**b``) and anonymous ones."""
    value = _plain(text, "NFC")
    if not value or "**" in value or value.lower() in _ANONYMOUS:
        return None
    if len(value) == 3 and value[1] == "*":
        return None
    return value


def name(text: str | None) -> str | None:
    """A person's name without blanks; None for masked ones (``张*``)."""
    value = _plain(text)
    if not value.isalnum():
        value = _BLANK_RUN.sub(" " if value.isascii() else "", value)
    if not value or "*" in value or value.lower() in _ANONYMOUS:
        return None
    return value


def email(text: str | None) -> str | None:
    """An address of e-mail in lower case; None for masked ones."""
    value = _plain(text).lower().removeprefix("mailto:")
    return value if _EMAIL.fullmatch(value) else None


def alipay(text: str | None) -> str | None:
    """A payment account: a mobile, an e-mail or an opaque token; None for masked ones."""
    value = _plain(text)
    if not value or "*" in value:
        return None
    return mobile(value) or email(value) or value.lower()


def card_no(text: str | None) -> str | None:
    """A member-card number without blanks and dashes; None for zeros and for numbers Excel has rounded."""
    value = re.sub(r"[\s\-]+", "", _plain(text)).upper()
    if not value or "*" in value or set(value) <= {"0"} or re.fullmatch(r"\d(\.\d+)?E\+\d+", value):
        return None
    return value


def token(text: str | None) -> str | None:
    """An id that a platform gives (ouid, unionid, open id …), as it is."""
    value = clean(text)
    if not value or "*" in value or set(value) <= {"0"}:
        return None
    return value


def address(text: str | None) -> str | None:
    """A street address to compare by; None where it ends at the district or is masked."""
    value = _plain(text)
    if value.endswith((")", "）")):
        value = _POSTCODE.sub("", value)
    if "*" in value:
        return None
    value = value.replace(" ", "")
    if not value.isalnum():
        value = value.translate(_PUNCTUATION)
    detail = value[_region_end(value) :]
    return value if len(detail) >= 4 else None


def _region_end(value: str) -> int:
    found = _REGION.match(value)
    return found.end() if found else 0


def mask_phone(text: str) -> str:
    """``13812348000`` → ``138****8000``; ``18877771111-123`` → ``188****1111-***``; masks stay."""
    found = phone(text)
    if found is None:
        return "****"
    if found.form == "mobile":
        return f"{found.value[:3]}****{found.value[-4:]}"
    if found.form == "virtual":
        return f"{found.value[:3]}****{found.value[-4:]}-***"
    if found.form == "mask":
        return clean(text)
    return f"{found.value[:2]}****{found.value[-2:]}"


def mask_name(text: str) -> str:
    """``张三`` → ``张*``; ``张小三`` → ``张*三``; longer ones keep the first and the last character."""
    value = clean(text)
    if "*" in value:
        return value
    if len(value) <= 2:
        return f"{value[:1]}*"
    return f"{value[0]}{'*' * min(len(value) - 2, 3)}{value[-1]}"


def mask_nick(text: str) -> str:
    """``abcdb`` → ``a***b``; one or two characters keep the first only."""
    value = clean(text)
    if "**" in value:
        return value
    if len(value) <= 2:
        return f"{value[:1]}***"
    return f"{value[0]}***{value[-1]}"


def mask_email(text: str) -> str:
    """``zhang@qq.com`` → ``z***@qq.com``."""
    local, at, domain = clean(text).partition("@")
    return f"{local[:1]}***{at}{domain}" if at else "***"


def mask_code(text: str) -> str:
    """Card numbers and platform ids: the last four characters, at most half of them."""
    value = clean(text)
    kept = min(4, len(value) // 2)
    return f"****{value[len(value) - kept :]}" if kept else "****"


def mask_address(text: str) -> str:
    """An address down to its district: ``浙江省 杭州市 西湖区 ***``; ``***`` where no region is found."""
    value = _POSTCODE.sub("", clean(text)).strip()
    parts = value.split()
    if len(parts) >= 3:
        # Blank-separated exports: province, city, district, then the street.
        head = [part for part in parts[:3] if _is_region(part)]
        return " ".join([*head, "***"])
    joined = "".join(parts)
    region = joined[: _region_end(joined)]
    return f"{region}***"


def _is_region(part: str) -> bool:
    is_named_so = part[-1] in "省市区县旗州盟" and not part.endswith("小区")
    return is_named_so and len(part) <= 12 and not re.search(r"\d", part)


def mask_any(kind: str, text: str) -> str:
    """Mask by the kind of value; an unknown kind is hidden altogether."""
    masks = {
        "nick": mask_nick,
        "name": mask_name,
        "phone": mask_phone,
        "email": mask_email,
        "address": mask_address,
        "alipay": _mask_alipay,
        "card_no": mask_code,
    }
    return masks.get(kind, mask_code)(text)


def _mask_alipay(text: str) -> str:
    if "@" in text:
        return mask_email(text)
    return mask_phone(text) if phone(text) else mask_code(text)


_SCRUBS: Final = (
    (r"(^|[^0-9])(1[3-9][0-9])[0-9]{4}([0-9]{4})($|[^0-9])", r"\1\2****\3\4"),
    (r"([0-9A-Za-z])[0-9A-Za-z._%+-]*@([0-9A-Za-z.-]+\.[A-Za-z]{2,})", r"\1***@\2"),
)


def scrub(texts: pa.Array) -> pa.Array:
    """Free text that stays in the warehouse (reviews), with mobile numbers and e-mail addresses masked."""
    for pattern, replacement in _SCRUBS:
        # Twice: two numbers with one character between them share their boundary.
        for _ in range(2):
            texts = pc.replace_substring_regex(texts, pattern, replacement)
    return texts
