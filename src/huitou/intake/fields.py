"""The canonical fields that a file's columns can be mapped to, per target.

Keys are what mappings and profiles use: fields of the target itself go by their bare name; in files
of trades, those of the goods bought begin with ``line.`` and those of the parcel with ``parcel.``.
``attribute:<name>`` is any further property of a person or an item, under a name of one's choice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from textwrap import dedent
from typing import TYPE_CHECKING, Final

from huitou.kernel.i18n import Text

if TYPE_CHECKING:  # profiles read this module
    from huitou.intake.profiles.base import Grain

ATTRIBUTE: Final = "attribute:"
NO_HELP: Final = Text("", "")


@dataclass(frozen=True)
class Field:
    """``type`` names the default converter. ``aliases`` are headers that suggest this field."""

    key: str
    label: Text
    type: str
    required: bool = False
    help: Text = NO_HELP
    aliases: tuple[str, ...] = ()
    personal: bool = False


_HELP: Final = {
    "store": Text(
        "门店的编码或名称，须与系统里的门店一致",
        "A store's code or name as it is set up here",
    ),
    "buyer_phone": Text(
        "买家自己的、核实过的手机号；不是收货人电话",
        "The buyer's own verified phone, not the receiver's",
    ),
    "customer_no": Text(
        "本文件来源自己的客户编号，只在同一来源内认人",
        "The source's own number; tells people apart within that source only",
    ),
    "full_address": Text(
        "省 市 区 街道写在一格里，系统会拆开",
        "Province, city, district and street in one cell; split here",
    ),
    "kind": Text(
        "浏览、加购、收藏、到店",
        "browse, cart, favourite, store",
    ),
}


def _table(text: str) -> tuple[Field, ...]:
    """Fields from lines ``key type label | label in English``, further aliases indented below.

    After the type, ``!`` means required and ``*`` personal.
    """
    found: list[Field] = []
    for line in dedent(text).strip().splitlines():
        if line.startswith(" "):
            last = found[-1]
            found[-1] = replace(last, aliases=(*last.aliases, *line.split()))
            continue
        key, kind, labels = line.split(maxsplit=2)
        zh, en = (part.strip() for part in labels.split("|"))
        found.append(
            Field(
                key,
                Text(zh, en),
                kind.rstrip("!*"),
                "!" in kind,
                _HELP.get(key, NO_HELP),
                (zh, en, key),
                "*" in kind,
            )
        )
    return tuple(found)


_PERSON_KEYS: Final[tuple[Field, ...]] = _table(
    """
    card_no text* 会员卡号 | Card number
        会员编号 会员号 卡号 会员卡
    customer_no key* 客户编号 | Customer number
        客户号 客户ID 用户ID CustomerID customer_id household_id user_id 会员ID
    ouid text* 店铺买家ID(ouid) | OUID
    omid text* 会员通ID(omid) | OMID
    unionid text* 微信 unionid | WeChat unionid
        union_id
    open_id text* 平台买家ID | Platform buyer id
        openid yz_open_id doudian_open_id xid open_id_buyer xid_buyer 用户openid
    """
)

_BUYING: Final[tuple[Field, ...]] = _table(
    """
    trade_id id! 订单号 | Order number
        订单编号 主订单编号 小票号 单号 销售单号 流水号 交易号 InvoiceNo order_id basket_id
    status text 订单状态 | Order status
        状态 交易状态
    created_at time 下单时间 | Ordered at
        订单创建时间 订单提交时间 订单成交时间 创建时间 date InvoiceDate
    paid_at time 付款时间 | Paid at
        订单付款时间 支付时间 支付完成时间 买家付款时间 付款确认时间 付款日期 交易时间 销售时间
        transaction_timestamp
    shipped_at time 发货时间 | Shipped at
        出库时间
    signed_at time 签收时间 | Signed at
    finished_at time 完成时间 | Finished at
        确认收货时间 订单完成时间 交易成功时间
    closed_at time 关闭时间 | Closed at
        取消时间
    modified_at time 最后修改时间 | Last modified at
        修改时间 更新时间
    goods_amount money 商品金额 | Goods amount
        商品总价 商品金额合计 总金额
    discount_amount money 优惠金额 | Discount
        优惠 折扣金额 折扣
    postage_amount money 运费 | Postage
        邮费 运费金额 买家应付邮费
    paid_amount money 实付金额 | Paid amount
        买家实际支付金额 买家实付金额 用户实付金额 订单实付金额 实付款 实收 实收金额
        dollar_value spend sales_value
    refunded_amount money 退款金额 | Refunded amount
        已退款金额
    refund_state text 售后状态 | After-sale state
        退款状态 订单退款状态
    units qty 件数 | Units
        宝贝总数量 购买数量 商品数量 number_of_cds
    close_reason text 关闭原因 | Reason of closing
        订单关闭原因 取消原因
    presale_step text 预售阶段 | Presale step
        分阶段订单信息 分阶段信息
    channel text 渠道 | Channel
        销售渠道 订单来源 流量来源 store_id
    store text 门店 | Store
        门店名称 门店编码 归属店铺 下单网点
    guide text 导购 | Guide
        导购工号 销售导购 导购员 收银员
    buyer_nick text* 买家昵称 | Buyer's account name
        买家会员名 买家会员名称 下单帐号 下单账号 买家
    buyer_phone text* 买家手机号 | Buyer's phone (verified)
        会员手机号 手机号 会员手机
    buyer_name text* 买家姓名 | Buyer's name
        会员姓名 客户姓名
    buyer_email text* 买家邮箱 | Buyer's e-mail
        邮箱 email
    buyer_alipay text* 买家支付宝账号 | Buyer's Alipay account
    """
)

_RECEIVING: Final[tuple[Field, ...]] = _table(
    """
    receiver_name text* 收货人 | Receiver
        收货人姓名 收件人
    receiver_phone text* 收货人电话 | Receiver's phone
        联系手机 收件人手机号 收货人手机号 联系电话
    receiver_tel text* 收货人固话 | Receiver's landline
    full_address text* 完整收货地址 | Full address
        收货地址
    province province 省 | Province
        省份 收货人省份 Country
    city city 市 | City
        城市 收货人城市
    district district 区县 | District
        区 地区 收货人地区
    street text* 街道地址 | Street
        详细地址 详细收货地址
    buyer_message text* 买家留言 | Buyer's message
        买家备注
    seller_memo text* 商家备注 | Seller's memo
        订单备注 商家订单备注 卖家备注
    """
)

TRADES: Final = (*_BUYING, *_PERSON_KEYS, *_RECEIVING)

LINES: Final[tuple[Field, ...]] = _table(
    """
    line.line_id id 子订单号 | Line id
        子订单编号 行号
    line.item_key key 商品编号 | Item id
        商品ID 宝贝ID 商品编码 StockCode product_id
    line.title text 商品名称 | Title
        商品标题 宝贝标题 标题 品名 商品 选购商品 货品标题 Description
    line.sku text 规格 | Variant
        商品属性 商品规格 规格名称 颜色尺码
    line.sku_code key 规格编码 | SKU code
        样式ID 条码 SKU编码 货号
    line.merchant_code text 商家编码 | Merchant code
        外部系统编号
    line.category text 类目 | Category
        商品类目 分类 品类
    line.brand text 品牌 | Brand
        品牌名称
    line.qty qty 数量 | Quantity
        购买数量 订购数量 商品数量
    line.price money 单价 | Price
        价格 商品价格 京东价 UnitPrice
    line.line_amount money 行金额 | Line amount
        商品应付 小计 买家应付货款
    line.paid_amount money 行实付 | Line paid
        sales_value
    line.status text 行状态 | Line status
    line.refund_state text 行售后状态 | Line after-sale state
    line.refunded_amount money 行退款金额 | Line refunded
    line.refund_of text 退货原单号 | Original order of the return
        原单号
    """
)

PARCELS: Final[tuple[Field, ...]] = _table(
    """
    parcel.carrier text 快递公司 | Carrier
        物流公司
    parcel.waybill waybill 快递单号 | Waybill
        物流单号 运单号 电子面单号
    parcel.joined text 快递信息（单号-公司） | Waybill-carrier
        快递信息
    parcel.state text 物流状态 | Parcel state
        运输状态
    """
)

REFUNDS: Final[tuple[Field, ...]] = _table(
    """
    refund_id id! 退款编号 | Refund number
        退款单号 售后编号 售后单号
    trade_id id! 订单号 | Order number
        订单编号 主订单编号
    state text 退款状态 | Refund state
        售后状态
    applied_at time 申请时间 | Applied at
        退款申请时间 退款的申请时间
    finished_at time 完结时间 | Finished at
        退款完结时间 退款时间
    amount money 退款金额 | Amount
        买家退款金额
    reason text 退款原因 | Reason
        买家退款原因 售后原因
    is_return bool 是否退货 | Goods returned
        是否需要退货 售后类型
    """
)

_NAMES: Final[tuple[Field, ...]] = _table(
    """
    phone text* 手机号 | Mobile
        客户手机号 会员手机号 手机 手机号码 联系电话 电话 mobile
    nick text* 平台昵称 | Account name
        会员昵称 买家昵称 昵称 会员名 客户昵称 淘宝昵称 旺旺 买家会员名
    name text* 姓名 | Name
        客户姓名 会员姓名 真实姓名
    email text* 邮箱 | E-mail
        电子邮箱 邮件
    """
)

_TRAITS: Final[tuple[Field, ...]] = _table(
    """
    wecom_id text* 企业微信客户ID | WeCom customer id
        external_userid
    has_wecom bool 是否企微好友 | WeCom contact
        企微好友
    gender gender 性别 | Gender
        客户性别 sex
    birthday text 生日 | Birthday
        出生日期 客户生日
    birth_lunar bool 是否农历生日 | Lunar birthday
        农历
    province province 省 | Province
        省份 所在省
    city city 市 | City
        城市 所在城市
    district district 区县 | District
        区 地区
    full_address text* 完整地址 | Full address
        地址 收货地址 联系地址
    joined_at time 入会时间 | Joined at
        成为会员时间 开卡时间 注册时间 成为客户时间
    level text 会员等级 | Level
        等级 会员级别 免费等级
    modified_at time 更新时间 | Updated at
        修改时间
    note text* 备注 | Note
    """
)

PROFILES: Final = (*_NAMES, *_PERSON_KEYS, *_TRAITS)

ITEMS: Final[tuple[Field, ...]] = _table(
    """
    item_key key 商品编号 | Item id
        宝贝ID 商品ID 商品编码 宝贝id product_id StockCode
    title text 标题 | Title
        商品标题 商品名称 宝贝标题 品名
    category text 类目 | Category
        商品类目 分类 品类 product_category
    brand text 品牌 | Brand
        品牌名称
    merchant_code text 商家编码 | Merchant code
        外部系统编号 货号
    season text 季节 | Season
        适用季节 上市季节
    phase text 波段 | Phase
        产品阶段 上新波段
    list_price money 价格 | List price
        吊牌价 一口价 市场价 商品价格
    cost money 成本 | Cost
        成本价
    modified_at time 更新时间 | Updated at
    """
)

_REVIEW: Final[tuple[Field, ...]] = _table(
    """
    review_id key 评价编号 | Review id
        评价ID
    trade_id id 订单号 | Order number
        订单编号 主订单编号 子订单编号
    item_key key 商品编号 | Item id
        商品ID 宝贝ID
    item_title text 商品标题 | Item title
        宝贝标题 商品名称 标题
    nick text* 买家昵称 | Buyer's account name
        昵称 买家 评价人
    phone text* 手机号 | Mobile
    rating text 评价结果 | Rating
        评价 评价等级 评价类型 label
    stars text 星级 | Stars
        评分 打分
    text text 评价内容 | Text
        初次评价 首次评价 首评 评论 评论内容 内容 review
    append_text text 追加评价 | Appended text
        追评 追评内容 追加评论
    reply_text text 商家回复 | Reply
        回复 解释 掌柜解释
    images text 图片 | Pictures
        晒图 评价图片 图片数
    category text 类目 | Category
        分类 品类 cat
    created_at time 评价时间 | Written at
        初评时间 评论时间 创建时间
    """
)

REVIEWS: Final = (
    *_REVIEW,
    *(field for field in _PERSON_KEYS if field.key in ("ouid", "open_id", "customer_no")),
)

_VISIT: Final[tuple[Field, ...]] = _table(
    """
    kind text 行为 | Kind
        行为类型 事件 behavior
    occurred_at time! 时间 | At
        访问时间 行为时间 timestamp
    item_key key 商品编号 | Item id
        商品ID 宝贝ID
    session key 会话 | Session
        会话ID session_id
    nick text* 买家昵称 | Account name
        昵称
    phone text* 手机号 | Mobile
        手机
    """
)

VISITS: Final = (*_VISIT, *(field for field in _PERSON_KEYS if field.key != "omid"))

_PARCEL_FILE: Final[tuple[Field, ...]] = (
    *_table(
        """
        trade_id id! 订单号 | Order number
            订单编号
        shipped_at time 发货时间 | Shipped at
            获取时间
        signed_at time 签收时间 | Signed at
        """
    ),
    *PARCELS,
)

TRACES: Final[tuple[Field, ...]] = _table(
    """
    carrier text! 快递公司 | Carrier
        物流公司 承运商 承运公司 快递公司名称 快递公司编码 cpCode company_name
    waybill waybill! 快递单号 | Waybill
        物流单号 运单号 运单编号 电子面单号 面单号 mailNo out_sid tracking_number
    occurred_at time! 轨迹时间 | At
        时间 操作时间 扫描时间 节点时间 发生时间 status_time time
    text text 轨迹内容 | Text
        轨迹 轨迹描述 内容 描述 物流信息 物流轨迹 物流详情 操作描述 节点描述 流转信息 status_desc desc
    state text 轨迹状态 | State
        状态 物流状态 运输状态 节点状态 动作 action
    place text 地点 | Place
        所在地 操作地点 当前位置 扫描地点 location
    province province 省 | Province
        省份 所在省
    city city 城市 | City
        市 所在城市
    """
)

TARGETS: Final[dict[str, tuple[Field, ...]]] = {
    "trades": (*TRADES, *PARCELS),
    "lines": LINES,
    "refunds": REFUNDS,
    "profiles": PROFILES,
    "items": ITEMS,
    "reviews": REVIEWS,
    "visits": VISITS,
    "parcels": _PARCEL_FILE,
    "parcel_events": TRACES,
}
"""Fields by target record set, in the order the mapping screen shows them."""

_BY_GRAIN: Final[dict[Grain, tuple[Field, ...]]] = {
    "trade": (*TRADES, *LINES, *PARCELS),
    "line": (*TRADES, *LINES, *PARCELS),
    "refund": REFUNDS,
    "profile": PROFILES,
    "item": ITEMS,
    "review": REVIEWS,
    "visit": VISITS,
    "parcel": _PARCEL_FILE,
    "trace": TRACES,
}


def fields_of(grain: Grain) -> dict[str, Field]:
    """Every field a file of this grain can fill, by key."""
    return {field.key: field for field in _BY_GRAIN[grain]}


def field_of(grain: Grain, key: str) -> Field | None:
    """A field by key; attributes are made up as asked for. None for an unknown key."""
    if key.startswith(ATTRIBUTE) and grain in ("profile", "item"):
        name = key[len(ATTRIBUTE) :]
        return Field(key, Text(name, name), "text")
    return fields_of(grain).get(key)


def personal_fields() -> Iterator[str]:
    """Keys whose values name or locate a person, in any target."""
    seen = {f.key for fields in TARGETS.values() for f in fields if f.personal}
    yield from sorted(seen)
