"""1688 and Xiaohongshu orders, traces of parcels, and the templates for files that have no standard:
reviews, member lists, till tickets. A template knows the names such columns usually go by."""

from __future__ import annotations

from huitou.intake.fields import PROFILES as PERSON_FIELDS
from huitou.intake.fields import REVIEWS as REVIEW_FIELDS
from huitou.intake.fields import TRACES as TRACE_FIELDS
from huitou.intake.logistics import KDNIAO, KUAIDI100
from huitou.intake.profiles.base import Column, Options, Profile
from huitou.kernel.i18n import Text

_C = Column

ALI1688 = Profile(
    code="ali1688_orders",
    label=Text("1688 订单导出", "1688 orders"),
    platform="ali1688",
    grain="line",
    quality=8,
    line_rank=20,
    columns=(
        _C("trade_id", ("订单号", "订单编号"), required=True),
        _C("status", ("订单状态",), required=True),
        _C("created_at", ("下单时间", "订单创建时间"), required=True),
        _C("paid_at", ("付款时间", "订单付款时间")),
        _C("paid_amount", ("实付款", "实付款(元)"), required=True),
        _C("goods_amount", ("货品总价(元)", "货品总价")),
        _C("postage_amount", ("运费(元)", "运费")),
        _C("refund_state", ("退款状态",)),
        _C("buyer_nick", ("买家", "买家会员名")),
        _C("receiver_name", ("收货人", "收货人姓名")),
        _C("receiver_phone", ("联系手机", "收货人手机")),
        _C("full_address", ("收货地址",)),
        _C("line.title", ("货品标题",), required=True),
        _C("line.sku", ("规格",)),
        _C("line.qty", ("数量", "数量(件)")),
        _C("line.price", ("单价(元)", "单价")),
        _C("line.merchant_code", ("货号", "单品货号")),
        _C("line.refund_state", ("退款状态",)),
        _C("parcel.waybill", ("运单号",)),
        _C("parcel.carrier", ("物流公司",)),
    ),
    signature=(
        ("货品标题",),
        ("实付款", "实付款(元)"),
        ("买家", "买家会员名"),
        ("运单号", "物流公司"),
    ),
)

XHS = Profile(
    code="xhs_orders",
    label=Text("小红书 订单导出", "Xiaohongshu orders"),
    platform="xhs",
    grain="line",
    quality=8,
    line_rank=20,
    columns=(
        _C("trade_id", ("订单号", "订单编号", "包裹号"), required=True),
        _C("status", ("订单状态",), required=True),
        _C("created_at", ("订单创建时间", "下单时间", "用户下单时间"), required=True),
        _C("paid_at", ("订单付款时间", "支付时间", "付款时间")),
        _C("shipped_at", ("订单发货时间", "发货时间")),
        _C("finished_at", ("订单完成时间", "完成时间")),
        # 商家应收金额（支付金额）is stated per SKU row.
        _C(
            "paid_amount",
            ("商家应收金额(元)(支付金额)", "商家应收金额(元)", "支付金额"),
            required=True,
        ),
        _C("line.paid_amount", ("商家应收金额(元)(支付金额)", "商家应收金额(元)", "支付金额")),
        _C("line.line_amount", ("商品总价(元)", "商品总价")),
        _C("line.title", ("商品名称", "规格名称"), required=True),
        _C("line.sku", ("规格名称",)),
        _C("line.sku_code", ("规格ID", "规格编码")),
        _C("line.merchant_code", ("商家编码", "条形码")),
        _C("line.qty", ("SKU件数", "商品件数"), required=True),
        _C("refund_state", ("售后状态",)),
        _C("line.refund_state", ("售后状态",)),
        _C("receiver_name", ("收件人姓名", "收件人")),
        _C("receiver_phone", ("收件人电话", "收件人手机号")),
        _C("full_address", ("收件人地址", "收货地址")),
        _C("province", ("省",)),
        _C("city", ("市",)),
        _C("district", ("区",)),
        _C("parcel.waybill", ("快递单号",)),
        _C("parcel.carrier", ("快递公司",)),
    ),
    signature=(
        ("SKU件数",),
        ("规格名称",),
        ("商家应收金额(元)(支付金额)", "商家应收金额(元)", "支付金额"),
    ),
    options=Options(totals={"paid_amount": "sum"}),
)

REVIEWS = Profile(
    code="reviews",
    label=Text("评价列表（模板）", "Reviews (template)"),
    platform="",
    grain="review",
    columns=(
        *(
            _C(field.key, field.aliases, required=field.key == "text")
            for field in REVIEW_FIELDS
            if field.key not in ("phone", "customer_no")
        ),
    ),
    signature=(
        ("评价内容", "初次评价", "首次评价", "首评", "评论内容", "评论"),
        ("评价结果", "星级", "评价时间", "评分", "评价等级"),
        ("买家昵称", "订单编号", "主订单编号", "商品标题", "宝贝标题", "商品ID"),
    ),
    foreign=("订单状态", "购买数量"),
)

MEMBERS = Profile(
    code="member_list",
    label=Text("会员名单（模板）", "Member list (template)"),
    platform="",
    grain="profile",
    columns=tuple(_C(field.key, field.aliases) for field in PERSON_FIELDS),
    signature=(
        ("手机号", "会员手机号", "手机", "手机号码", "会员卡号", "卡号", "会员编号"),
        ("姓名", "会员姓名", "会员昵称", "买家昵称", "会员名", "昵称", "真实姓名"),
        (
            "等级",
            "会员等级",
            "入会时间",
            "注册时间",
            "生日",
            "性别",
            "会员卡号",
            "出生日期",
            "成为会员时间",
            "开卡时间",
        ),
    ),
    foreign=("订单号", "订单编号", "订单状态", "评价内容", "客户手机号", "小票号"),
    options=Options(rest_as_attributes=True),
)

POS = Profile(
    code="pos_tickets",
    label=Text("门店小票（模板）", "Till tickets (template)"),
    platform="",
    grain="line",
    quality=8,
    line_rank=20,
    columns=(
        _C(
            "trade_id",
            ("小票号", "小票编号", "单据号", "销售单号", "流水号", "交易流水号"),
            required=True,
            converter="key",
        ),
        _C("store", ("门店编码", "门店编号", "店铺编码")),
        _C("store", ("门店名称", "门店", "店铺名称")),
        _C("guide", ("导购工号", "导购", "导购员", "营业员", "收银员")),
        _C("card_no", ("会员卡号", "会员编号", "卡号")),
        _C("buyer_phone", ("会员手机号", "手机号", "会员手机")),
        _C("buyer_name", ("会员姓名",)),
        _C("paid_at", ("交易时间", "销售时间", "销售日期", "单据日期", "收款时间"), required=True),
        _C("line.item_key", ("商品编码", "货号", "款号")),
        _C("line.sku_code", ("条码", "商品条码")),
        _C("line.title", ("品名", "商品名称", "商品")),
        _C("line.sku", ("规格", "颜色尺码")),
        _C("line.category", ("类别", "品类", "分类")),
        _C("line.brand", ("品牌",)),
        _C("line.qty", ("数量", "销售数量"), required=True),
        _C("line.price", ("单价", "零售价", "吊牌价")),
        _C(
            "line.paid_amount",
            ("实收", "实收金额", "实付金额", "成交金额", "销售金额"),
            required=True,
        ),
        _C("line.refund_of", ("退货原单号", "原单号", "原小票号"), converter="key"),
        _C("buyer_message", ("备注",)),
    ),
    signature=(
        ("小票号", "小票编号", "单据号", "销售单号", "流水号"),
        ("实收", "实收金额", "成交金额", "销售金额"),
        ("门店编码", "门店名称", "门店", "收银员", "导购工号"),
        ("数量", "销售数量"),
    ),
    others=("折扣", "支付方式", "收银员", "门店名称"),
    foreign=("订单状态",),
    options=Options(negative_qty="return", default_status="finished", loose_ids=True),
)

KUAIDI100_TRACES = Profile(
    code="kuaidi100_traces",
    label=Text("快递100 物流轨迹", "Kuaidi100 traces"),
    platform="",
    grain="trace",
    columns=(
        _C("carrier", ("com",), required=True),
        _C("waybill", ("nu",), required=True),
        _C("occurred_at", ("ftime", "time"), required=True),
        _C("text", ("context",)),
        _C("state", ("statusCode",)),
        _C("state", ("status",)),
        _C("place", ("areaName", "location")),
    ),
    # `state` is the whole parcel's, said again on every row; only a row's own status counts.
    others=("state", "ischeck", "areaCode", "areaCenter", "areaPinYin", "location"),
    signature=(("com",), ("nu",), ("ftime", "time"), ("context",)),
    value_maps={"state": KUAIDI100},
)

KDNIAO_TRACES = Profile(
    code="kdniao_traces",
    label=Text("快递鸟 物流轨迹", "Kdniao traces"),
    platform="",
    grain="trace",
    columns=(
        _C("carrier", ("ShipperCode",), required=True),
        _C("waybill", ("LogisticCode",), required=True),
        _C("occurred_at", ("AcceptTime",), required=True),
        _C("text", ("AcceptStation",)),
        _C("state", ("Action", "StateEx")),
        _C("place", ("Location",)),
    ),
    others=("State", "EBusinessID", "OrderCode", "Remark", "Success", "Reason"),
    signature=(("ShipperCode",), ("LogisticCode",), ("AcceptTime",), ("AcceptStation",)),
    value_maps={"state": KDNIAO},
)

TRACES = Profile(
    code="parcel_traces",
    label=Text("物流轨迹（模板）", "Parcel traces (template)"),
    platform="",
    grain="trace",
    columns=tuple(_C(field.key, field.aliases, required=field.required) for field in TRACE_FIELDS),
    signature=tuple(
        field.aliases for field in TRACE_FIELDS if field.key in ("waybill", "occurred_at", "text")
    ),
    foreign=("订单状态", "获取时间", "商品标题", "宝贝标题"),
)

PROFILES = (ALI1688, XHS, REVIEWS, MEMBERS, POS, KUAIDI100_TRACES, KDNIAO_TRACES, TRACES)
