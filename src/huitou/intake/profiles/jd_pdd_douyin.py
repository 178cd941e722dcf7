"""JD, PDD and Douyin order exports."""

from __future__ import annotations

from huitou.intake.profiles.base import Column, Options, Profile, names
from huitou.kernel.i18n import Text

_C = Column

JD = Profile(
    code="jd_orders",
    label=Text("京东 订单导出", "JD orders"),
    platform="jd",
    grain="line",
    quality=10,
    line_rank=20,
    columns=(
        _C("trade_id", ("订单号", "订单编号"), required=True),
        _C("status", ("订单状态",), required=True),
        _C("created_at", ("下单时间",), required=True),
        _C("paid_at", ("付款确认时间", "付款时间")),
        _C("finished_at", ("订单完成时间", "完成时间")),
        # 订单金额 stands on every row of an order: taken once, never summed.
        _C("goods_amount", ("订单金额",)),
        _C("paid_amount", ("应付金额", "结算金额", "订单金额")),
        _C("postage_amount", ("运费金额",)),
        _C("channel", ("订单渠道", "订单来源")),
        _C("buyer_nick", ("下单帐号", "下单账号")),
        _C("receiver_name", ("客户姓名", "收货人姓名")),
        _C("receiver_phone", ("联系电话", "联系手机")),
        _C("full_address", ("客户地址", "收货地址")),
        _C("buyer_message", ("订单备注", "买家备注")),
        _C("seller_memo", ("商家备注",)),
        _C("line.item_key", ("商品ID", "商品编号")),
        _C("line.title", ("商品名称",), required=True),
        _C("line.qty", ("订购数量", "商品数量"), required=True),
        _C("line.price", ("京东价", "商品价格")),
        _C("line.merchant_code", ("货号",)),
    ),
    signature=(("京东价",), ("下单帐号", "下单账号"), ("订购数量",), ("订单金额",)),
    others=names(
        """
        支付方式 结算金额 余额支付 应付金额 订单类型 发票类型 发票抬头 发票内容
        商家备注等级（等级1-5为由高到低） 增值税发票 订单来源 送装服务 服务费 仓库id 仓库名称
        """
    ),
    foreign=("费用名称", "收支方向"),
)

PDD = Profile(
    code="pdd_orders",
    label=Text("拼多多 订单导出", "PDD orders"),
    platform="pdd",
    grain="trade",
    quality=10,
    line_rank=20,
    columns=(
        _C("trade_id", ("订单号",), required=True),
        _C("status", ("订单状态",), required=True),
        _C("created_at", ("订单成交时间",)),
        _C("paid_at", ("支付时间",)),
        _C("shipped_at", ("发货时间",)),
        _C("finished_at", ("确认收货时间",)),
        _C("goods_amount", ("商品总价(元)", "商品总价")),
        _C("postage_amount", ("邮费(元)", "邮费")),
        _C("discount_amount", ("店铺优惠折扣(元)", "店铺优惠折扣")),
        _C("discount_platform", ("平台优惠折扣(元)", "平台优惠折扣"), converter="money"),
        _C("discount_wallet", ("多多支付立减金额(元)", "多多支付立减金额"), converter="money"),
        _C(
            "paid_amount",
            ("用户实付金额(元)", "用户实付金额", "商家实收金额(元)", "商家实收金额"),
            required=True,
        ),
        _C("refund_state", ("售后状态",)),
        _C("channel", ("订单来源",)),
        _C("store", ("门店自定义编码", "门店名称")),
        _C("receiver_name", ("收货人", "收件人")),
        _C("receiver_phone", ("手机", "联系电话", "收货人手机号")),
        _C("province", ("省",)),
        _C("city", ("市",)),
        _C("district", ("区",)),
        _C("street", ("街道/镇", "街道", "详细地址")),
        _C("buyer_message", ("买家留言",)),
        _C("seller_memo", ("商家备注",)),
        _C("line.title", ("商品", "商品名称"), required=True),
        _C("line.item_key", ("商品id", "商品ID")),
        _C("line.sku", ("商品规格",)),
        _C("line.sku_code", ("样式ID",)),
        _C("line.merchant_code", ("商家编码-规格维度", "商家编码-SKU维度", "商家编码-商品维度")),
        _C("line.qty", ("商品数量(件)", "商品数量"), required=True),
        _C("line.line_amount", ("商品总价(元)", "商品总价")),
        _C(
            "line.paid_amount",
            ("用户实付金额(元)", "用户实付金额", "商家实收金额(元)", "商家实收金额"),
        ),
        _C("line.refund_state", ("售后状态",)),
        _C("line.category1", ("商品一级类目",)),
        _C("line.category2", ("商品二级类目",)),
        _C("line.category3", ("商品三级类目",)),
        _C("line.category4", ("商品四级类目",)),
        _C("parcel.waybill", ("快递单号",)),
        _C("parcel.carrier", ("快递公司",)),
    ),
    signature=(
        ("商家实收金额(元)", "用户实付金额(元)"),
        ("商品总价(元)",),
        ("商品数量(件)",),
        ("店铺优惠折扣(元)", "平台优惠折扣(元)", "样式ID", "承诺发货时间"),
    ),
    others=names(
        """
        上门安装费(元) 送货入户费(元) 送货入户并安装费(元) 商家实收金额(元) 是否审核中
        承诺发货时间 承诺送达时间 商家编码-商品维度 消费者资料 消费者资料上传时间 赠品名称
        赠品id 赠品规格 赠品数量 团ID 团身份 配送员手机号 是否抽奖或0元试用 是否顺丰加价
        用户购买手机号 旅行类信息 充值号码 是否门店自提 门店名称 关联货品编码 货品名称 货品类型
        子货品 仓库名称 仓库所在地址 海淘清关订单号 支付ID 支付方式 保税仓 是否直播间成交
        是否直播间引导成交 预约配送时间 是否节能补贴 是否分期 分期期数 手续费承担方 分期方式
        是否无痕发货 是否社区团购 小区送达情况
        """
    ),
)

DOUYIN = Profile(
    code="douyin_orders",
    label=Text("抖店 订单导出", "Douyin orders"),
    platform="douyin",
    grain="line",
    quality=10,
    line_rank=30,
    columns=(
        _C("trade_id", ("主订单编号", "订单号"), required=True),
        _C("line.line_id", ("子订单编号", "商品单号"), required=True),
        _C("status", ("订单状态",), required=True),
        _C("line.status", ("订单状态",)),
        _C("created_at", ("订单提交时间",), required=True),
        _C("paid_at", ("支付完成时间",)),
        _C("shipped_at", ("发货时间",)),
        _C("finished_at", ("订单完成时间",)),
        _C("goods_amount", ("商品金额",)),
        _C("paid_amount", ("订单应付金额",), required=True),
        _C("postage_amount", ("运费",)),
        _C("discount_amount", ("优惠总金额", "优惠金额")),
        _C("discount_platform", ("平台实际承担优惠金额", "平台优惠"), converter="money"),
        _C("discount_shop", ("商家实际承担优惠金额", "商家优惠"), converter="money"),
        _C("discount_author", ("达人实际承担优惠金额", "达人优惠"), converter="money"),
        _C("refund_state", ("售后状态",)),
        _C("close_reason", ("取消原因",)),
        _C("channel", ("流量来源", "APP渠道")),
        _C("store", ("所属门店ID",)),
        _C("guide", ("达人昵称",)),
        _C("receiver_name", ("收件人",)),
        _C("receiver_phone", ("收件人手机号",)),
        _C("province", ("省",)),
        _C("city", ("市",)),
        _C("district", ("区",)),
        _C("street", ("详细地址",)),
        _C("buyer_message", ("买家留言",)),
        _C("seller_memo", ("商家备注",)),
        _C("open_id", ("doudian_open_id", "买家ID")),
        _C("line.title", ("选购商品", "商品名称"), required=True),
        _C("line.sku", ("商品规格",)),
        _C("line.qty", ("商品数量",)),
        _C("line.item_key", ("商品ID",)),
        _C("line.merchant_code", ("商家编码",)),
        _C("line.line_amount", ("商品金额",)),
        _C("line.paid_amount", ("订单应付金额",)),
        _C("line.refund_state", ("售后状态",)),
        _C("parcel.joined", ("快递信息",)),
        _C("parcel.waybill", ("快递单号",)),
        _C("parcel.carrier", ("快递公司",)),
    ),
    signature=(
        ("主订单编号",),
        ("选购商品",),
        ("订单提交时间",),
        ("订单应付金额",),
        ("支付完成时间",),
    ),
    others=(
        "支付方式",
        "承诺发货时间",
        "达人ID",
        "达人昵称",
        "APP渠道",
        "平台优惠",
        "商家优惠",
        "红包抵扣",
    ),
    options=Options(
        joined_lines=True,
        totals={
            "paid_amount": "sum",
            "postage_amount": "sum",
            "discount_amount": "sum",
            "goods_amount": "sum",
            "refunded_amount": "sum",
        },
    ),
)

PROFILES = (JD, PDD, DOUYIN)
