"""Rules to start from: what operators ask for every week. A document each; ``parse`` takes them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from huitou.kernel.i18n import Text
from huitou.segments.nodes import VERSION

Json = dict[str, Any]


@dataclass(frozen=True)
class Template:
    """A ready rule with a name and the thought behind it."""

    code: str
    label: Text
    help: Text
    rule: Json

    @property
    def document(self) -> Json:
        return {"version": VERSION, "rule": self.rule}


def _all(*children: Json) -> Json:
    return {"kind": "all", "children": list(children)}


def _none(*children: Json) -> Json:
    return {"kind": "none", "children": list(children)}


def _last(n: int, unit: str = "day") -> Json:
    return {"kind": "last", "n": n, "unit": unit}


def _where(field: str, *values: str) -> Json:
    return {"field": field, "operator": "any_of", "value": list(values)}


def _trades(
    measure: str,
    operator: str,
    value: Any,
    window: Json | None = None,
    *where: Json,
    basis: str = "paid",
) -> Json:
    return {
        "kind": "trades",
        "basis": basis,
        "measure": measure,
        "where": list(where),
        "window": window or {"kind": "ever"},
        "operator": operator,
        "value": value,
    }


def _events(event: str, operator: str, value: Any, window: Json, *where: Json) -> Json:
    return {
        "kind": "events",
        "event": event,
        "measure": "times",
        "where": list(where),
        "window": window,
        "operator": operator,
        "value": value,
    }


def _overdue(operator: str, value: Any) -> Json:
    return {"kind": "interval", "cycle": "own", "where": [], "operator": operator, "value": value}


def _step(event: str, *where: Json) -> Json:
    return {"event": event, "where": list(where)}


_REFUNDING: Final = _events(
    "refund", "ge", 1, _last(60), _where("state", "applied", "agreed", "returned")
)
_TROUBLED: Final = ("problem", "unreachable", "out_of_range", "stalled", "damaged", "refused")

TEMPLATES: Final[tuple[Template, ...]] = (
    Template(
        "new_no_second",
        Text("新客未二回", "New, not yet back"),
        Text(
            "首购已过 15 天、不到 60 天，还没有第二单",
            "Bought first 15 to 60 days ago and never again",
        ),
        _all(_trades("orders", "eq", 1), _trades("since_last", "between", [15, 60])),
    ),
    Template(
        "repurchase_due",
        Text("复购到期", "Due to buy again"),
        Text(
            "按各人自己的购买间隔，正好到了该买的时候（前 7 天至后 7 天）",
            "By each one’s own rhythm the next purchase is due now, a week more or less",
        ),
        _all(_overdue("between", [-7, 7])),
    ),
    Template(
        "sleeping_valuable",
        Text("沉睡高价值", "Valuable, asleep"),
        Text("累计实付过千，半年到一年没来", "Paid over 1,000 in all, silent for 6 to 12 months"),
        _all(_trades("amount", "ge", 1000), _trades("since_last", "between", [181, 365])),
    ),
    Template(
        "churn_risk",
        Text("流失预警", "About to be lost"),
        Text(
            "买过三次以上，比自己的习惯晚了一个月还没来",
            "Bought three times or more and is a month later than their habit",
        ),
        _all(
            _trades("orders", "ge", 3),
            _overdue("ge", 30),
            _trades("since_last", "le", 365),
        ),
    ),
    Template(
        "birthday_week",
        Text("生日 7 天内", "Birthday within 7 days"),
        Text("公历、农历各按各的；只要近一年买过的", "Solar or lunar; of those who bought in a year"),
        _all(
            {
                "kind": "profile",
                "attribute": "birthday",
                "operator": "within",
                "value": {"kind": "next", "n": 7, "unit": "day"},
            },
            _trades("orders", "ge", 1, _last(1, "year")),
        ),
    ),
    Template(
        "cart_not_bought",
        Text("加购未买", "In the cart, not bought"),
        Text("近 14 天加购后 3 天内没有付款", "Put something in the cart and did not pay in 3 days"),
        _all(
            {
                "kind": "sequence",
                "first": _step("visit", _where("kind", "cart")),
                "then": _step("trade"),
                "within": {"n": 3, "unit": "day"},
                "happens": False,
                "window": _last(14),
            }
        ),
    ),
    Template(
        "ordered_not_paid",
        Text("下单未付", "Ordered, not paid"),
        Text("近 3 天下过单没付款，也没有别的付款", "Ordered in 3 days, paid for nothing"),
        _all(
            _trades("orders", "ge", 1, _last(3), basis="unpaid"),
            _trades("orders", "eq", 0, _last(3)),
        ),
    ),
    Template(
        "promotion_only_once",
        Text("大促只买一次", "Came once, for a promotion"),
        Text(
            "只有一单，而且是去年双11 前后买的",
            "One order only, placed around last year’s Double 11",
        ),
        _all(
            _trades("orders", "eq", 1),
            _trades(
                "orders",
                "ge",
                1,
                {"kind": "around", "festival": "double_11", "year": -1, "n": 10, "m": 3},
            ),
        ),
    ),
    Template(
        "bad_review_open",
        Text("差评未安抚", "Bad review, no answer"),
        Text("近 30 天给过差评，商家还没有回复", "Left a bad review in 30 days, not replied to"),
        _all(
            _events(
                "review",
                "ge",
                1,
                _last(30),
                _where("rating", "bad"),
                {"field": "replied", "operator": "no"},
            )
        ),
    ),
    Template(
        "active_not_refunding",
        Text("活跃且不在退款中", "Active, no refund open"),
        Text(
            "近 90 天买过，排除正在退款的人：群发前常用",
            "Bought in 90 days, without those whose refund is open: before a mailing",
        ),
        _all(_trades("orders", "ge", 1, _last(90)), _none(_REFUNDING)),
    ),
    Template(
        "parcel_trouble",
        Text("包裹异常待关怀", "Parcel in trouble"),
        Text("近 15 天有包裹出问题", "A parcel of the last 15 days is in trouble"),
        _all(_events("parcel", "ge", 1, _last(15), _where("trouble", *_TROUBLED))),
    ),
    Template(
        "top_five_percent",
        Text("近一年消费前 5%", "Top 5 per cent of the year"),
        Text("按近一年实付排名", "By what they paid in a year"),
        _all(
            {
                "kind": "rank",
                "direction": "top",
                "size": {"n": 5, "unit": "percent"},
                "by": {
                    "kind": "trades",
                    "basis": "paid",
                    "measure": "amount",
                    "where": [],
                    "window": _last(1, "year"),
                },
            }
        ),
    ),
    Template(
        "one_category",
        Text("只买单一品类的老客", "Loyal to one category"),
        Text("买过三次以上，却只在一个类目里：适合关联推荐",
             "Three orders or more, all in one category: ripe for another"),
        _all(_trades("orders", "ge", 3), _trades("categories", "eq", 1)),
    ),
    Template(
        "active_unreached",
        Text("活跃但近 30 天没联系过", "Active, unheard of for 30 days"),
        Text("没有给他们发过任何信息", "Nothing was sent to them"),
        _all(
            {"kind": "cell", "grid": "lifecycle", "cells": ["new", "active"]},
            _events("message", "eq", 0, _last(30), _where("kind", "sent", "delivered")),
        ),
    ),
    Template(
        "season_fading",
        Text("换季没来的老客", "Missed the last seasons"),
        Text("往年常来，最近三个季节没买", "Used to come, not in the last three seasons"),
        _all(
            {"kind": "cell", "grid": "season_group", "cells": ["fading"]},
            _trades("orders", "ge", 2),
        ),
    ),
    Template(
        "control_group",
        Text("随机 10% 对照组", "A random 10 per cent"),
        Text("同一个名字每次抽到同一批人", "The same name always draws the same people"),
        _all({"kind": "sample", "salt": "control-1", "start": 0, "end": 10}),
    ),
)  # fmt: skip
