"""Taobao and Tmall: order report (four generations, one profile), item report old and new, refunds.

The two platforms share order numbers and account names, hence one ``platform``.
"""

from __future__ import annotations

from huitou.intake.profiles.base import Column, Options, Profile, names
from huitou.kernel.i18n import Text

_C = Column

ORDERS = Profile(
    code="taobao_orders",
    label=Text("淘宝/天猫 订单报表", "Taobao/Tmall order report"),
    platform="taobao",
    grain="trade",
    quality=10,
    columns=(
        _C("trade_id", ("订单编号", "订单号", "主订单编号"), required=True),
        _C("status", ("订单状态",)),
        _C("created_at", ("订单创建时间", "订单创建日期"), required=True),
        _C("paid_at", ("订单付款时间", "订单付款日期", "付款时间")),
        _C("shipped_at", ("发货时间",)),
        _C("finished_at", ("确认收货时间",)),
        _C("goods_amount", ("买家应付货款", "总金额")),
        _C("postage_amount", ("买家应付邮费",)),
        _C("paid_amount", ("买家实际支付金额", "买家实付金额"), required=True),
        _C("refunded_amount", ("退款金额",)),
        _C("units", ("宝贝总数量", "商品总数量")),
        _C("close_reason", ("订单关闭原因",)),
        _C("presale_step", ("分阶段订单信息", "分阶段信息", "预售订单")),
        _C("channel", ("是否手机订单",)),
        _C("store", ("新零售导购门店名称", "预约门店")),
        _C("buyer_nick", ("买家会员名", "买家会员名称", "买家昵称")),
        _C("buyer_alipay", ("买家支付宝账号",)),
        _C("buyer_name", ("买家姓名",)),
        _C("buyer_phone", ("买家手机号",)),
        _C("receiver_name", ("收货人姓名",)),
        _C("receiver_phone", ("联系手机",)),
        _C("receiver_tel", ("联系电话",)),
        _C("full_address", ("修改后的收货地址",)),
        _C("full_address", ("收货地址",)),
        _C("buyer_message", ("买家留言", "主订单买家留言")),
        _C("seller_memo", ("订单备注", "商家备忘", "商家备注")),
        _C("parcel.waybill", ("物流单号",)),
        _C("parcel.carrier", ("物流公司",)),
    ),
    signature=(
        ("买家实际支付金额", "买家实付金额"),
        ("订单创建时间",),
        ("订单付款时间",),
        ("收货地址", "收货人姓名", "买家会员名"),
    ),
    others=names(
        """
        买家支付积分 总金额 返点积分 买家实际支付积分 运送方式 宝贝标题 商品标题 宝贝种类 店铺Id
        店铺名称 卖家服务费 买家服务费 发票抬头 特权订金订单id 是否上传合同照片 是否上传小票
        是否代付 定金排名 修改后的sku 异常信息 天猫卡券抵扣 集分宝抵扣 是否是O2O交易
        新零售交易类型 新零售导购门店id 新零售发货门店名称 新零售发货门店id 预约门店
        打款商家金额 确认收货打款金额 含应开票给个人的个人红包 支付单号 支付详情 支付交易号
        是否信用购 体验期结束时间 前N有礼 配送类型 主订单编号 买家身份证号 是否主动赔付
        主动赔付金额 主动赔付出账时间 直播返现状态 返现金额 延迟发货自动赔付金额 预售订单
        应发货时间 备注标签 含应开票给个人红包 C2B小额收款 总金额(旧版) 商品种类
        """
    ),
    foreign=("子订单编号", "退款编号", "购买数量", "商品总价(元)"),
)

ITEMS_OLD = Profile(
    code="taobao_items_old",
    label=Text("淘宝/天猫 宝贝报表（旧版）", "Taobao/Tmall item report (old)"),
    platform="taobao",
    grain="line",
    quality=4,
    line_rank=20,
    stubs=True,
    columns=(
        _C("trade_id", ("订单编号", "主订单编号"), required=True),
        _C("line.title", ("标题", "宝贝标题", "商品标题"), required=True),
        _C("line.price", ("价格", "商品价格"), required=True),
        _C("line.qty", ("购买数量",), required=True),
        _C("line.merchant_code", ("商家编码",)),
        _C("line.sku_code", ("外部系统编号",)),
        _C("line.sku", ("商品属性",)),
        _C("line.sku", ("套餐信息",)),
        _C("line.status", ("订单状态",)),
    ),
    signature=(("订单编号", "主订单编号"), ("标题",), ("价格",), ("购买数量",), ("外部系统编号",)),
    others=("备注", "套餐信息"),
    foreign=("子订单编号",),
)

ITEMS = Profile(
    code="taobao_items",
    label=Text("淘宝/天猫 宝贝报表（新版）", "Taobao/Tmall item report"),
    platform="taobao",
    grain="line",
    quality=5,
    line_rank=30,
    stubs=True,
    columns=(
        _C("line.line_id", ("子订单编号",), required=True),
        _C("trade_id", ("主订单编号", "订单编号"), required=True),
        _C("line.title", ("商品标题", "标题", "宝贝标题"), required=True),
        _C("line.price", ("商品价格", "价格")),
        _C("line.qty", ("购买数量",)),
        _C("line.merchant_code", ("商家编码",)),
        _C("line.sku_code", ("外部系统编号",)),
        _C("line.sku", ("商品属性",)),
        _C("line.sku", ("套餐信息",)),
        _C("line.status", ("订单状态",)),
        _C("line.paid_amount", ("买家实付金额", "买家实际支付金额")),
        _C("line.refund_state", ("退款状态",)),
        _C("line.refunded_amount", ("退款金额",)),
        _C("line.item_key", ("商品ID", "宝贝ID")),
        _C("created_at", ("订单创建时间",)),
        _C("paid_at", ("订单付款时间",)),
        _C("shipped_at", ("发货时间",)),
        _C("presale_step", ("分阶段信息", "分阶段订单信息")),
        _C("buyer_message", ("主订单买家留言",)),
        _C("seller_memo", ("商家备注",)),
        _C("parcel.waybill", ("物流单号",)),
        _C("parcel.carrier", ("物流公司",)),
    ),
    signature=(
        ("子订单编号",),
        ("主订单编号",),
        ("商品标题", "标题"),
        ("购买数量",),
        ("商品属性", "外部系统编号"),
    ),
    others=names(
        """
        联系方式备注 支付单号 买家应付货款 应发货时间 淘鲜达渠道 备注标签 是否主动赔付
        主动赔付金额 主动赔付出账时间 飞猪购订单信息 免单资格 免单金额 百亿补贴超链订单信息
        超链半托管订单信息
        """
    ),
    foreign=("选购商品", "承诺发货时间"),
)

REFUNDS = Profile(
    code="taobao_refunds",
    label=Text("淘宝/天猫 退款报表", "Taobao/Tmall refund report"),
    platform="taobao",
    grain="refund",
    columns=(
        _C("refund_id", ("退款编号", "退款单号"), required=True),
        _C("trade_id", ("订单编号", "主订单编号"), required=True),
        _C("amount", ("买家退款金额", "退款金额"), required=True),
        _C("state", ("退款状态",)),
        _C("applied_at", ("退款的申请时间", "退款申请时间", "申请时间")),
        _C("finished_at", ("退款完结时间", "完结时间")),
        _C("reason", ("买家退款原因", "退款原因")),
        _C("is_return", ("是否需要退货", "是否退货")),
    ),
    signature=(("退款编号",), ("退款完结时间",), ("买家退款金额",)),
    others=names(
        """
        支付宝交易号 订单付款时间 商家编码 买家会员名称 买家实际支付金额 宝贝标题
        手工退款/系统退款 售后类型 物流信息 发货物流信息 退货物流单号 退货物流公司 买家退款说明
        卖家备注 责任方 退款操作人 商品id 货物状态 完结时间 部分退款/全部退款
        """
    ),
)

CATALOGUE = Profile(
    code="item_catalogue",
    label=Text("商品目录（宝贝属性）", "Item catalogue"),
    platform="taobao",
    grain="item",
    columns=(
        _C("item_key", ("宝贝ID", "商品ID", "宝贝编号", "商品编号", "item_id"), required=True),
        _C("title", ("标题", "宝贝标题", "商品标题", "商品名称"), required=True),
        _C("list_price", ("价格", "一口价", "商品价格", "吊牌价", "销售价")),
        _C("cost", ("成本", "成本价")),
        _C("category", ("类目", "商品类目", "宝贝类目", "分类")),
        _C("brand", ("品牌",)),
        _C("merchant_code", ("商家编码", "外部系统编号", "货号")),
        _C("season", ("季节", "适用季节", "上市季节")),
        _C("phase", ("波段", "上新波段", "产品阶段")),
    ),
    signature=(
        ("宝贝ID", "商品ID", "宝贝编号"),
        ("标题", "宝贝标题", "商品标题"),
        ("价格", "一口价", "商品价格"),
    ),
    foreign=("订单编号", "子订单编号", "主订单编号", "评价内容", "购买数量", "订单号"),
    options=Options(rest_as_attributes=True, also_by_title=True),
)

PROFILES = (ORDERS, ITEMS, ITEMS_OLD, REFUNDS, CATALOGUE)
