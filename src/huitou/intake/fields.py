"""The canonical fields that a file's columns can be mapped to, per target.

Keys are what mappings and profiles use: fields of the target itself go by their bare name; in files
of trades, those of the goods bought begin with ``line.`` and those of the parcel with ``parcel.``.
``attribute:<name>`` is any further property of a person or an item, under a name of one's choice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from huitou.kernel.i18n import Text

if TYPE_CHECKING:  # profiles read this module
    from huitou.intake.profiles.base import Grain

ATTRIBUTE: Final = "attribute:"


@dataclass(frozen=True)
class Field:
    """``type`` names the default converter. ``aliases`` are headers that suggest this field."""

    key: str
    label: Text
    type: str = "text"
    required: bool = False
    help: Text = Text("", "")
    aliases: tuple[str, ...] = ()
    personal: bool = False


def _f(
    key: str, zh: str, en: str, type: str = "text", aliases: str = "", *,
    required: bool = False, personal: bool = False, help: tuple[str, str] = ("", ""),
) -> Field:  # fmt: skip
    names = tuple(dict.fromkeys((zh, en, key, *aliases.split())))
    return Field(key, Text(zh, en), type, required, Text(*help), names, personal)


_PERSON_KEYS: Final = (
    _f("card_no", "会员卡号", "Card number", "text", "会员编号 会员号 卡号 会员卡 card_no", personal=True),
    _f("customer_no", "客户编号", "Customer number", "key", "客户号 客户ID 用户ID CustomerID customer_id household_id user_id 会员ID",
       personal=True, help=("本文件来源自己的客户编号，只在同一来源内认人", "The source's own number; tells people apart within that source only")),
    _f("ouid", "店铺买家ID(ouid)", "OUID", "text", "ouid", personal=True),
    _f("omid", "会员通ID(omid)", "OMID", "text", "omid", personal=True),
    _f("unionid", "微信 unionid", "WeChat unionid", "text", "unionid union_id", personal=True),
    _f("open_id", "平台买家ID", "Platform buyer id", "text", "open_id openid yz_open_id doudian_open_id xid open_id_buyer xid_buyer 用户openid",
       personal=True),
)  # fmt: skip

TRADES: Final[tuple[Field, ...]] = (
    _f("trade_id", "订单号", "Order number", "id", "订单编号 主订单编号 小票号 单号 销售单号 流水号 交易号 InvoiceNo order_id basket_id", required=True),
    _f("status", "订单状态", "Order status", "text", "状态 交易状态 status"),
    _f("created_at", "下单时间", "Ordered at", "time", "订单创建时间 订单提交时间 订单成交时间 创建时间 date InvoiceDate"),
    _f("paid_at", "付款时间", "Paid at", "time", "订单付款时间 支付时间 支付完成时间 买家付款时间 付款确认时间 付款日期 交易时间 销售时间 transaction_timestamp"),
    _f("shipped_at", "发货时间", "Shipped at", "time", "出库时间"),
    _f("signed_at", "签收时间", "Signed at", "time", ""),
    _f("finished_at", "完成时间", "Finished at", "time", "确认收货时间 订单完成时间 交易成功时间"),
    _f("closed_at", "关闭时间", "Closed at", "time", "取消时间"),
    _f("modified_at", "最后修改时间", "Last modified at", "time", "修改时间 更新时间"),
    _f("goods_amount", "商品金额", "Goods amount", "money", "商品总价 商品金额合计 总金额"),
    _f("discount_amount", "优惠金额", "Discount", "money", "优惠 折扣金额 折扣"),
    _f("postage_amount", "运费", "Postage", "money", "邮费 运费金额 买家应付邮费"),
    _f("paid_amount", "实付金额", "Paid amount", "money", "买家实际支付金额 买家实付金额 用户实付金额 订单实付金额 实付款 实收 实收金额 dollar_value spend sales_value"),
    _f("refunded_amount", "退款金额", "Refunded amount", "money", "已退款金额"),
    _f("refund_state", "售后状态", "After-sale state", "text", "退款状态 订单退款状态"),
    _f("units", "件数", "Units", "qty", "宝贝总数量 购买数量 商品数量 number_of_cds"),
    _f("close_reason", "关闭原因", "Reason of closing", "text", "订单关闭原因 取消原因"),
    _f("presale_step", "预售阶段", "Presale step", "text", "分阶段订单信息 分阶段信息"),
    _f("channel", "渠道", "Channel", "text", "销售渠道 订单来源 流量来源 channel store_id"),
    _f("store", "门店", "Store", "text", "门店名称 门店编码 归属店铺 下单网点", help=("门店的编码或名称，须与系统里的门店一致", "A store's code or name as it is set up here")),
    _f("guide", "导购", "Guide", "text", "导购工号 销售导购 导购员 收银员"),
    _f("buyer_nick", "买家昵称", "Buyer's account name", "text", "买家会员名 买家会员名称 下单帐号 下单账号 买家", personal=True),
    _f("buyer_phone", "买家手机号", "Buyer's phone (verified)", "text", "会员手机号 手机号 会员手机", personal=True,
       help=("买家自己的、核实过的手机号；不是收货人电话", "The buyer's own verified phone, not the receiver's")),
    _f("buyer_name", "买家姓名", "Buyer's name", "text", "会员姓名 客户姓名", personal=True),
    _f("buyer_email", "买家邮箱", "Buyer's e-mail", "text", "邮箱 email", personal=True),
    _f("buyer_alipay", "买家支付宝账号", "Buyer's Alipay account", "text", "", personal=True),
    *_PERSON_KEYS,
    _f("receiver_name", "收货人", "Receiver", "text", "收货人姓名 收件人", personal=True),
    _f("receiver_phone", "收货人电话", "Receiver's phone", "text", "联系手机 收件人手机号 收货人手机号 联系电话", personal=True),
    _f("receiver_tel", "收货人固话", "Receiver's landline", "text", "", personal=True),
    _f("full_address", "完整收货地址", "Full address", "text", "收货地址", personal=True,
       help=("省 市 区 街道写在一格里，系统会拆开", "Province, city, district and street in one cell; split here")),
    _f("province", "省", "Province", "province", "省份 收货人省份 Country"),
    _f("city", "市", "City", "city", "城市 收货人城市"),
    _f("district", "区县", "District", "district", "区 地区 收货人地区"),
    _f("street", "街道地址", "Street", "text", "详细地址 详细收货地址", personal=True),
    _f("buyer_message", "买家留言", "Buyer's message", "text", "买家备注", personal=True),
    _f("seller_memo", "商家备注", "Seller's memo", "text", "订单备注 商家订单备注 卖家备注", personal=True),
)  # fmt: skip

LINES: Final[tuple[Field, ...]] = (
    _f("line.line_id", "子订单号", "Line id", "id", "子订单编号 行号"),
    _f("line.item_key", "商品编号", "Item id", "key", "商品ID 宝贝ID 商品编码 StockCode product_id"),
    _f("line.title", "商品名称", "Title", "text", "商品标题 宝贝标题 标题 品名 商品 选购商品 货品标题 Description"),
    _f("line.sku", "规格", "Variant", "text", "商品属性 商品规格 规格名称 颜色尺码"),
    _f("line.sku_code", "规格编码", "SKU code", "key", "样式ID 条码 SKU编码 货号"),
    _f("line.merchant_code", "商家编码", "Merchant code", "text", "外部系统编号 商家编码"),
    _f("line.category", "类目", "Category", "text", "商品类目 分类 品类"),
    _f("line.brand", "品牌", "Brand", "text", "品牌名称"),
    _f("line.qty", "数量", "Quantity", "qty", "购买数量 订购数量 商品数量 Quantity"),
    _f("line.price", "单价", "Price", "money", "价格 商品价格 京东价 UnitPrice"),
    _f("line.line_amount", "行金额", "Line amount", "money", "商品应付 小计 买家应付货款"),
    _f("line.paid_amount", "行实付", "Line paid", "money", "sales_value"),
    _f("line.status", "行状态", "Line status", "text", ""),
    _f("line.refund_state", "行售后状态", "Line after-sale state", "text", ""),
    _f("line.refunded_amount", "行退款金额", "Line refunded", "money", ""),
    _f("line.refund_of", "退货原单号", "Original order of the return", "text", "退货原单号 原单号"),
)  # fmt: skip

PARCELS: Final[tuple[Field, ...]] = (
    _f("parcel.carrier", "快递公司", "Carrier", "text", "物流公司"),
    _f("parcel.waybill", "快递单号", "Waybill", "waybill", "物流单号 运单号 电子面单号", required=False),
    _f("parcel.joined", "快递信息（单号-公司）", "Waybill-carrier", "text", "快递信息"),
    _f("parcel.state", "物流状态", "Parcel state", "text", "运输状态"),
)

REFUNDS: Final[tuple[Field, ...]] = (
    _f("refund_id", "退款编号", "Refund number", "id", "退款单号 售后编号 售后单号", required=True),
    _f("trade_id", "订单号", "Order number", "id", "订单编号 主订单编号", required=True),
    _f("state", "退款状态", "Refund state", "text", "售后状态"),
    _f("applied_at", "申请时间", "Applied at", "time", "退款申请时间 退款的申请时间"),
    _f("finished_at", "完结时间", "Finished at", "time", "退款完结时间 完结时间 退款时间"),
    _f("amount", "退款金额", "Amount", "money", "买家退款金额"),
    _f("reason", "退款原因", "Reason", "text", "买家退款原因 售后原因"),
    _f("is_return", "是否退货", "Goods returned", "bool", "是否需要退货 售后类型"),
)

PROFILES: Final[tuple[Field, ...]] = (
    _f("phone", "手机号", "Mobile", "text", "客户手机号 会员手机号 手机 手机号码 联系电话 电话 mobile phone", personal=True),
    _f("nick", "平台昵称", "Account name", "text", "会员昵称 买家昵称 昵称 会员名 客户昵称 淘宝昵称 旺旺 买家会员名", personal=True),
    _f("name", "姓名", "Name", "text", "客户姓名 会员姓名 真实姓名 name", personal=True),
    _f("email", "邮箱", "E-mail", "text", "电子邮箱 邮件 email", personal=True),
    *_PERSON_KEYS,
    _f("wecom_id", "企业微信客户ID", "WeCom customer id", "text", "external_userid", personal=True),
    _f("has_wecom", "是否企微好友", "WeCom contact", "bool", "企微好友"),
    _f("gender", "性别", "Gender", "gender", "客户性别 sex gender"),
    _f("birthday", "生日", "Birthday", "text", "出生日期 客户生日 birthday"),
    _f("birth_lunar", "是否农历生日", "Lunar birthday", "bool", "农历"),
    _f("province", "省", "Province", "province", "省份 所在省"),
    _f("city", "市", "City", "city", "城市 所在城市"),
    _f("district", "区县", "District", "district", "区 地区"),
    _f("full_address", "完整地址", "Full address", "text", "地址 收货地址 联系地址", personal=True),
    _f("joined_at", "入会时间", "Joined at", "time", "成为会员时间 开卡时间 注册时间 成为客户时间"),
    _f("level", "会员等级", "Level", "text", "等级 会员级别 免费等级"),
    _f("modified_at", "更新时间", "Updated at", "time", "修改时间"),
    _f("note", "备注", "Note", "text", "", personal=True),
)

ITEMS: Final[tuple[Field, ...]] = (
    _f("item_key", "商品编号", "Item id", "key", "宝贝ID 商品ID 商品编码 宝贝id product_id StockCode"),
    _f("title", "标题", "Title", "text", "商品标题 商品名称 宝贝标题 品名"),
    _f("category", "类目", "Category", "text", "商品类目 分类 品类 product_category"),
    _f("brand", "品牌", "Brand", "text", "品牌名称"),
    _f("merchant_code", "商家编码", "Merchant code", "text", "外部系统编号 货号"),
    _f("season", "季节", "Season", "text", "适用季节 上市季节"),
    _f("phase", "波段", "Phase", "text", "产品阶段 上新波段"),
    _f("list_price", "价格", "List price", "money", "吊牌价 一口价 市场价 商品价格"),
    _f("cost", "成本", "Cost", "money", "成本价"),
    _f("modified_at", "更新时间", "Updated at", "time", ""),
)

REVIEWS: Final[tuple[Field, ...]] = (
    _f("review_id", "评价编号", "Review id", "key", "评价ID"),
    _f("trade_id", "订单号", "Order number", "id", "订单编号 主订单编号 子订单编号"),
    _f("item_key", "商品编号", "Item id", "key", "商品ID 宝贝ID"),
    _f("item_title", "商品标题", "Item title", "text", "宝贝标题 商品名称 标题"),
    _f("nick", "买家昵称", "Buyer's account name", "text", "昵称 买家 评价人", personal=True),
    _f("phone", "手机号", "Mobile", "text", "", personal=True),
    *(field for field in _PERSON_KEYS if field.key in ("ouid", "open_id", "customer_no")),
    _f("rating", "评价结果", "Rating", "text", "评价 评价等级 评价类型 label"),
    _f("stars", "星级", "Stars", "text", "评分 打分"),
    _f("text", "评价内容", "Text", "text", "初次评价 首次评价 首评 评论 评论内容 内容 review"),
    _f("append_text", "追加评价", "Appended text", "text", "追评 追评内容 追加评论"),
    _f("reply_text", "商家回复", "Reply", "text", "回复 解释 掌柜解释"),
    _f("images", "图片", "Pictures", "text", "晒图 评价图片 图片数"),
    _f("category", "类目", "Category", "text", "分类 品类 cat"),
    _f("created_at", "评价时间", "Written at", "time", "初评时间 评论时间 创建时间"),
)  # fmt: skip

VISITS: Final[tuple[Field, ...]] = (
    _f("kind", "行为", "Kind", "text", "行为类型 事件 behavior", help=("浏览、加购、收藏、到店", "browse, cart, favourite, store")),
    _f("occurred_at", "时间", "At", "time", "访问时间 行为时间 timestamp", required=True),
    _f("item_key", "商品编号", "Item id", "key", "商品ID 宝贝ID"),
    _f("channel", "来源", "Source", "text", "渠道 流量来源"),
    _f("session", "会话", "Session", "key", "会话ID session_id"),
    _f("nick", "买家昵称", "Account name", "text", "昵称", personal=True),
    _f("phone", "手机号", "Mobile", "text", "手机", personal=True),
    *(field for field in _PERSON_KEYS if field.key != "omid"),
)

_PARCEL_FILE: Final[tuple[Field, ...]] = (
    _f("trade_id", "订单号", "Order number", "id", "订单编号", required=True),
    _f("shipped_at", "发货时间", "Shipped at", "time", "获取时间"),
    _f("signed_at", "签收时间", "Signed at", "time", ""),
    *PARCELS,
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
}


def fields_of(grain: Grain) -> dict[str, Field]:
    """Every field a file of this grain can fill, by key."""
    return {field.key: field for field in _BY_GRAIN[grain]}


def field_of(grain: Grain, key: str) -> Field | None:
    """A field by key; attributes are made up as asked for. None for an unknown key."""
    if key.startswith(ATTRIBUTE) and grain in ("profile", "item"):
        name = key[len(ATTRIBUTE) :]
        return Field(key, Text(name, name))
    return fields_of(grain).get(key)


def personal_fields() -> Iterator[str]:
    """Keys whose values name or locate a person, in any target."""
    seen = {f.key for fields in TARGETS.values() for f in fields if f.personal}
    yield from sorted(seen)
