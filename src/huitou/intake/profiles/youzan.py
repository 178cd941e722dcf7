"""Youzan: orders, customers, logistics bill."""

from __future__ import annotations

from huitou.intake.profiles.base import Column, Options, Profile, names
from huitou.kernel.i18n import Text

_C = Column

ORDERS = Profile(
    code="youzan_orders",
    label=Text("有赞 订单导出", "Youzan orders"),
    platform="youzan",
    grain="trade",
    quality=10,
    columns=(
        _C("trade_id", ("订单号",), required=True),
        _C("status", ("订单状态",), required=True),
        _C("created_at", ("订单创建时间",), required=True),
        _C("paid_at", ("买家付款时间",)),
        _C("finished_at", ("交易成功时间",)),
        _C("goods_amount", ("商品金额合计",)),
        _C("postage_amount", ("运费",)),
        _C("discount_amount", ("店铺优惠合计",)),
        _C("discount_payment", ("支付优惠合计",), converter="money"),
        _C("paid_amount", ("订单实付金额", "订单实收金额"), required=True),
        _C("refunded_amount", ("订单已退款金额",)),
        _C("refund_state", ("订单退款状态",)),
        _C("channel", ("销售渠道", "订单来源")),
        _C("store", ("下单网点", "归属店铺")),
        _C("guide", ("销售导购", "专属导购")),
        _C("buyer_nick", ("买家昵称",)),
        # The buyer's own number is the identity; the receiver's is not.
        _C("buyer_phone", ("买家手机号",)),
        _C("open_id", ("yz_open_id", "买家yz_open_id")),
        _C("receiver_name", ("收货人/提货人", "收货人")),
        _C("receiver_phone", ("收货人手机号/提货人手机号", "收货人手机号")),
        _C("province", ("收货人省份",)),
        _C("city", ("收货人城市",)),
        _C("district", ("收货人地区",)),
        _C("street", ("详细收货地址/提货地址", "详细收货地址")),
        _C("buyer_message", ("买家备注",)),
        _C("seller_memo", ("商家订单备注",)),
    ),
    signature=(
        ("订单实付金额",),
        ("买家付款时间",),
        ("商品金额合计",),
        ("收货人/提货人", "买家手机号"),
        ("归属店铺", "销售渠道"),
    ),
    others=names(
        """
        订单类型 推广方式 订单来源 付款方式 支付流水号 应收订单金额 订单实收金额 订单抵用积分数
        店铺优惠方式 支付优惠方式 全部商品名称 商品种类数 订单配送方式 同城送达时间/提货时间
        订单星级 买家是否会员 下单网点 归属店铺 收银员 分销员 专属导购 桌号 挂账主体 挂账手机号
        团长订单 订单风险标签 分销员手机号 分销员所属店铺
        """
    ),
)

CUSTOMERS = Profile(
    code="youzan_customers",
    label=Text("有赞 客户导出", "Youzan customers"),
    platform="youzan",
    grain="profile",
    columns=(
        _C("phone", ("客户手机号",), required=True),
        _C("name", ("客户姓名",)),
        _C("nick", ("客户昵称",)),
        _C("birthday", ("客户生日",)),
        _C("gender", ("客户性别",)),
        _C("level", ("付费等级", "免费等级")),
        _C("joined_at", ("成为会员时间", "成为客户时间")),
        _C("has_wecom", ("企微好友",)),
        _C("attribute:标签", ("标签",)),
        _C("attribute:是否会员", ("是否会员",)),
        _C("attribute:成长值", ("成长值",)),
        _C("attribute:免费等级", ("免费等级",)),
        _C("attribute:付费等级", ("付费等级",)),
        _C("attribute:权益卡", ("权益卡",)),
        _C("attribute:客户积分", ("客户积分",)),
        _C("attribute:客户储值余额", ("客户储值余额",)),
        _C("attribute:导购员", ("导购员",)),
        _C("attribute:来源渠道", ("来源渠道",)),
        _C("attribute:来源方式", ("来源方式",)),
        _C("attribute:成为会员店铺", ("成为会员店铺",)),
        _C("attribute:微信地域", ("微信地域",)),
        _C("attribute:所属区域", ("所属区域",)),
        _C("open_id", ("yz_open_id",)),
    ),
    signature=(
        ("客户手机号",),
        ("客户姓名", "客户昵称"),
        ("成为客户时间",),
        ("客户积分", "消费次数"),
    ),
    others=names(
        """
        消费次数 消费金额 累计退款金额 累计退款订单数 笔单价 上次消费时间 分销员 公众号
        公众号关注时间 最近浏览时间 指定时间消费次数 指定时间消费金额 成为客户时间
        """
    ),
)

LOGISTICS = Profile(
    code="youzan_logistics",
    label=Text("有赞 电子面单账单", "Youzan logistics bill"),
    platform="youzan",
    grain="parcel",
    columns=(
        _C("trade_id", ("订单号",), required=True),
        _C("parcel.waybill", ("电子面单号",), required=True),
        _C("parcel.carrier", ("快递公司",)),
        _C("parcel.state", ("运输状态",)),
        _C("shipped_at", ("获取时间",)),
    ),
    signature=(("电子面单号",), ("获取时间",), ("运输状态",)),
    others=("计费重量(KG)", "收件人姓名", "收件人联系方式", "订单类型"),
)

PROFILES = (ORDERS, CUSTOMERS, LOGISTICS)

__all__ = ["CUSTOMERS", "LOGISTICS", "ORDERS", "PROFILES", "Options"]
