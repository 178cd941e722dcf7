"""The demo brand's story: an invented house of Shaoxing yellow wine, its shops, stores and guides.

枕河坊 (Zhenhefang) — "一坛慢酒，半部江南" — began as a courtyard brewery shop in Shaoxing and went
online: a Tmall flagship store first, JD eight months later, its own Youzan mini-program mall with the
membership after that. Five stores sell to neighbours and travellers. Names of brand, goods, staff and
slogans are invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

BRAND_NAME: Final = "枕河坊"
SLOGAN: Final = "一坛慢酒，半部江南"
HOME_CITY: Final = "绍兴市"


@dataclass(frozen=True)
class GuideSpec:
    """One shopping guide."""

    code: str
    name: str


@dataclass(frozen=True)
class ShopSpec:
    """An online shop, or a store with its manager and guides.

    ``opened_month`` counts months from the start of the history; ``near`` is the share of the
    store city's people for whom it is the natural place to buy, ``reach`` its share of travellers.
    """

    code: str
    name: str
    platform: str
    kind: str
    province: str
    city: str
    opened_month: int
    manager: str = ""
    guides: tuple[GuideSpec, ...] = ()
    near: float = 0.0
    reach: float = 0.0
    ticket: str = ""  # how its receipts begin

    @property
    def source(self) -> str:
        """Under what the warehouse files its trades: the platform, or a till's own shop code."""
        return self.code if self.platform == "pos" else self.platform


TMALL: Final = 0
JD: Final = 1
YOUZAN: Final = 2
STORES: Final = 3
"""Positions in ``SHOPS``; stores begin at the last."""

SHOPS: Final[tuple[ShopSpec, ...]] = (
    ShopSpec("tmall", "枕河坊天猫旗舰店", "tmall", "online", "浙江省", "绍兴市", 0),
    ShopSpec("jd", "枕河坊京东旗舰店", "jd", "online", "浙江省", "绍兴市", 8),
    ShopSpec("mall", "枕河坊会员商城", "youzan", "online", "浙江省", "绍兴市", 12),
    ShopSpec(
        "sx-cangqiao", "绍兴仓桥直街店", "pos", "store", "浙江省", "绍兴市", 0, "章立群",
        (GuideSpec("SX01", "俞晓燕"), GuideSpec("SX02", "寿佳敏"), GuideSpec("SX03", "裘海峰"),
         GuideSpec("SX04", "陶玉兰")),
        0.36, 0.34, "SX",
    ),
    ShopSpec(
        "hz-hefang", "杭州河坊街店", "pos", "store", "浙江省", "杭州市", 0, "楼建敏",
        (GuideSpec("HZ01", "方丽娜"), GuideSpec("HZ02", "程一凡"), GuideSpec("HZ03", "祝小芳")),
        0.26, 0.28, "HZ",
    ),
    ShopSpec(
        "sh-yuyuan", "上海豫园店", "pos", "store", "上海市", "上海市", 5, "顾慧琴",
        (GuideSpec("SH01", "陆思佳"), GuideSpec("SH02", "金志强"), GuideSpec("SH03", "施雯"),
         GuideSpec("SH04", "龚明月")),
        0.10, 0.18, "SH",
    ),
    ShopSpec(
        "sz-pingjiang", "苏州平江路店", "pos", "store", "江苏省", "苏州市", 14, "钱文彬",
        (GuideSpec("SZ01", "沈月华"), GuideSpec("SZ02", "吴雨桐")),
        0.22, 0.12, "SZ",
    ),
    ShopSpec(
        "nj-laomendong", "南京老门东店", "pos", "store", "江苏省", "南京市", 21, "丁学军",
        (GuideSpec("NJ01", "薛婷婷"), GuideSpec("NJ02", "夏俊"), GuideSpec("NJ03", "蒋春梅")),
        0.20, 0.08, "NJ",
    ),
)  # fmt: skip

LEVELS: Final = ("竹叶会员", "花雕会员", "善酿会员", "太雕会员")
"""Member levels, lowest first."""
