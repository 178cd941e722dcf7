"""The demo brand as an operator would check it: shares, seasons, identities, texts."""

from __future__ import annotations

from tests.demo.look import Data

ONLINE = "shop_code in ('tmall', 'jd', 'mall')"
PAID = "paid_at is not null and status <> 'closed_refunded'"


def test_times_come_in_order(world: Data) -> None:
    for earlier, later in (
        ("created_at", "paid_at"),
        ("paid_at", "shipped_at"),
        ("shipped_at", "signed_at"),
        ("signed_at", "finished_at"),
        ("created_at", "closed_at"),
        ("version_at", "timestamp '2026-11-22 13:00:00'"),
    ):
        assert world.one(f"select count(*) from trades where {later} < {earlier}") == 0, later
    for step, needed in (
        ("shipped_at", "paid_at"),
        ("signed_at", "shipped_at"),
    ):
        missing = f"select count(*) from trades where {step} is not null and {needed} is null"
        assert world.one(missing) == 0


def test_amounts_add_up(world: Data) -> None:
    assert (
        world.one(
            """select count(*) from trades where paid_at is not null
            and paid_amount <> goods_amount - discount_amount + postage_amount"""
        )
        == 0
    )
    assert world.one("select count(*) from trades where refunded_amount > paid_amount") == 0
    assert world.one("select count(*) from lines where line_amount <> price * qty") == 0
    assert world.one("select count(*) from lines where refunded_amount > paid_amount") == 0
    assert (
        world.one(
            """select count(*) from trades join
            (select source, trade_id, sum(paid_amount) paid, sum(refunded_amount) refunded
             from lines group by all) l
            using (source, trade_id)
            where l.paid <> trades.paid_amount or l.refunded <> trades.refunded_amount"""
        )
        == 0
    )
    assert (
        world.one(
            """select count(*) from trades join
            (select source, trade_id, sum(amount) amount from refunds where state = 'success' group by all) r
            using (source, trade_id) where r.amount <> refunded_amount"""
        )
        == 0
    )
    closed = "select count(*) from trades where status = 'closed_refunded' and refunded_amount <> paid_amount"
    assert world.one(closed) == 0


def test_identifiers_are_distinct(world: Data) -> None:
    for name, key in (
        ("trades", "source, trade_id"),
        ("lines", "source, trade_id, line_key"),
        ("refunds", "source, refund_id"),
        ("reviews", "source, review_key"),
        ("parcels", "carrier, waybill"),
        ("items", "source, item_key"),
        ("trades", "shop_code, row_no"),
        ("profiles", "shop_code, row_no"),
    ):
        twice = f"select count(*) from (select {key} from {name} group by all having count(*) > 1)"
        assert world.one(twice) == 0, name


def test_every_line_parcel_and_review_belongs_to_an_order(world: Data) -> None:
    for name in ("lines", "refunds", "parcels", "reviews"):
        orphans = f"select count(*) from {name} anti join trades using (source, trade_id)"
        assert world.one(orphans) == 0
    assert world.one("select count(*) from trades anti join lines using (source, trade_id)") == 0
    assert world.one("select count(*) from lines anti join items using (source, item_key)") == 0
    assert (
        world.one("select count(*) from parcel_events anti join parcels using (carrier, waybill)")
        == 0
    )
    assert (
        world.one(
            "select count(*) from profile_attributes a anti join profiles p using (shop_code, row_no)"
        )
        == 0
    )


def test_shares_are_those_of_a_real_shop(world: Data) -> None:
    unpaid = world.one(
        f"""select avg((status in ('unpaid', 'pay_pending', 'closed_unpaid', 'deposit_paid'))::int)
        from trades where {ONLINE}"""
    )
    assert 0.08 <= unpaid <= 0.13
    refunded = world.one(
        "select avg((refunded_amount > 0)::int) from trades where paid_at is not null"
    )
    assert 0.025 <= refunded <= 0.055
    partial = world.one(
        "select avg((refunded_amount < paid_amount)::int) from trades where refunded_amount > 0"
    )
    assert 0.2 <= partial <= 0.7
    discounted = world.one("select avg((discount_amount > 0)::int) from trades")
    assert 0.3 <= discounted <= 0.55
    trouble = world.one(
        """select count(distinct waybill) / (select count(*) from parcels where shipped_at > '2026-06-01')
        from parcel_events where state in
            ('stalled', 'damaged', 'refused', 'unreachable', 'out_of_range', 'returning')"""
    )
    assert 0.01 <= trouble <= 0.05
    stores = world.one(f"select avg((not {ONLINE})::int) from trades")
    assert 0.06 <= stores <= 0.2


def test_a_third_of_the_buyers_come_back_and_a_few_come_often(world: Data) -> None:
    """By nick, where one account is one buyer."""
    counts = world.rows(
        f"select count(*) n from trades where shop_code = 'tmall' and {PAID} group by buyer_nick order by n"
    )
    orders = [n for (n,) in counts]
    repeat = sum(n >= 2 for n in orders) / len(orders)
    assert 0.22 <= repeat <= 0.36
    best = orders[-len(orders) // 20 :]
    assert sum(best) / sum(orders) > 0.12
    assert max(orders) >= 8


def test_people_come_back_for_cooking_wine_sooner_than_for_presents(world: Data) -> None:
    """Days between two purchases by Tmall buyers whose first line is always of that category."""
    between = """
        with firsts as (
            select t.buyer_nick nick, t.paid_at::date as on_day,
                   arg_min(split_part(l.category, ' > ', 1), l.line_key) kind
            from trades t join lines l using (source, trade_id)
            where t.shop_code = 'tmall' and t.paid_at is not null and l.category <> '赠品 > 赠品' group by all
        ), gaps as (
            select kind, on_day - lag(on_day) over (partition by nick, kind order by on_day) as gap
            from firsts
        )
        select median(gap) from gaps where gap > 0 and kind = '{}'
    """
    cooking = world.one(between.format("料酒调味"))
    presents = world.one(between.format("礼盒"))
    assert 30 <= cooking <= 90
    assert presents > 1.4 * cooking


def test_the_year_has_the_peaks_of_the_trade(world: Data) -> None:
    by_month = dict(
        world.rows(
            """select strftime(created_at + interval 8 hour, '%Y-%m'), count(*) from trades
            where created_at >= '2025-10-31 16:00' and created_at < '2026-10-31 16:00' group by 1"""
        )
    )
    ordinary = sorted(by_month.values())[len(by_month) // 2]
    assert by_month["2026-01"] > 1.4 * ordinary  # before 春节 on 17 February
    assert by_month["2026-09"] > 1.2 * ordinary  # before 中秋 on 25 September
    assert by_month["2026-07"] < ordinary * 1.05
    per_day = world.rows(
        """select (created_at + interval 8 hour)::date::varchar, count(*) n
        from trades group by 1 order by n desc limit 4"""
    )
    assert {"2026-11-11"} <= {day for day, _ in per_day}
    rest = world.one(
        "select count(*) from trades where created_at between '2026-02-13' and '2026-02-20'"
    )
    week_before = world.one(
        "select count(*) from trades where created_at between '2026-01-27' and '2026-02-03'"
    )
    assert rest < 0.5 * week_before


def test_business_grows(world: Data) -> None:
    first, second, third = (
        world.one(
            f"""select sum(paid_amount)::double from trades
            where created_at >= '{y}-11-01' and created_at < '{y + 1}-11-01'"""
        )
        for y in (2023, 2024, 2025)
    )
    assert first * 1.15 < second
    assert second * 1.15 < third


def test_days_and_hours_are_those_of_buyers(world: Data) -> None:
    hours = dict(
        world.rows(
            """select hour(created_at + interval 8 hour), count(*)
            from trades where shop_code = 'tmall' group by 1"""
        )
    )
    assert max(hours, key=lambda hour: hours[hour]) in (20, 21, 22)
    assert sum(hours.get(h, 0) for h in range(2, 6)) < 0.03 * sum(hours.values())
    store_hours = world.one(
        f"""select count(*) from trades
        where not {ONLINE} and hour(created_at + interval 8 hour) not between 8 and 21"""
    )
    assert store_hours == 0
    weekend = world.one(
        f"select avg((isodow(created_at + interval 8 hour) >= 6)::int) from trades where not {ONLINE}"
    )
    assert weekend > 0.34


def test_recent_orders_stand_in_every_state_of_the_road() -> None:
    from datetime import date

    from tests.demo.look import collect

    data = collect(20_000, seed=7, until=date(2026, 11, 22))
    states = dict(data.rows("select status, count(*) from trades group by 1"))
    for status in (
        "unpaid",
        "deposit_paid",
        "paid",
        "shipped",
        "signed",
        "finished",
        "closed_unpaid",
        "closed_refunded",
    ):
        assert states.get(status, 0) >= 1, status
    today = data.one("select count(*) from trades where created_at >= '2026-11-22 08:00'")
    assert today >= 5
    now = dict(
        data.rows("select state, count(*) from parcels where shipped_at > '2026-11-10' group by 1")
    )
    wrong = {"stalled", "damaged", "refused", "unreachable", "out_of_range", "returning"}
    assert sum(now.get(state, 0) for state in wrong) >= 2
    assert now["in_transit"] + now.get("out_for_delivery", 0) + now.get("at_locker", 0) >= 10
    open_refunds = data.one(
        "select count(*) from refunds where state in ('applied', 'agreed', 'returned')"
    )
    assert open_refunds >= 3
    assert 0.25 <= data.one("select avg((n >= 2)::int) from (select count(*) n from trades "
                            f"where {PAID} and shop_code = 'tmall' group by buyer_nick)") <= 0.35  # fmt: skip


def test_traces_go_through_real_places_in_order(world: Data) -> None:
    backwards = """
        select count(*) from (
            select state, lag(state) over (partition by carrier, waybill order by occurred_at, row_no) before
            from parcel_events
        ) where before like 'signed%' and state not in ('returning', 'returned')
    """
    assert world.one(backwards) == 0
    first = world.rows(
        """select distinct first(state order by occurred_at, row_no)
        from parcel_events group by carrier, waybill"""
    )
    assert first == [("picked_up",)]
    late = """select count(*) from parcel_events e join parcels p using (carrier, waybill)
        where e.occurred_at < p.shipped_at"""
    assert world.one(late) == 0
    arrived = """select count(*) from parcel_events e join parcels p using (carrier, waybill)
        join trades t using (source, trade_id) where e.state = 'arrived_city' and e.city <> t.city"""
    assert world.one(arrived) == 0


def test_moods_follow_what_happened(world: Data) -> None:
    share = (
        "select avg((rating = 'good')::int) from reviews r join trades t using (source, trade_id)"
    )
    plain = world.one(f"{share} where t.refunded_amount = 0")
    spoiled = world.one(f"{share} where t.refunded_amount > 0")
    assert 0.88 <= plain <= 0.98
    assert spoiled < plain - 0.2
    long = "select count(*), count(distinct text) from reviews where length(text) > 10"
    ((count, distinct),) = world.rows(long)
    assert distinct > 0.93 * count
    assert world.one("select count(*) from reviews where append_text is not null") > 0
    assert (
        world.one("select avg((reply_text is not null)::int) from reviews where rating = 'bad'")
        > 0.4
    )
    assert world.one("select max(image_count) from reviews") >= 3


def test_accounts_of_one_person_overlap_between_shops(world: Data) -> None:
    both = """select count(*) from (select phone from profiles where shop_code = '{}') a
        semi join (select phone from profiles where shop_code {}) b using (phone)"""
    assert world.one(both.format("mall", "= 'tmall'")) >= 20
    assert world.one(both.format("jd", "= 'tmall'")) >= 3
    assert world.one(both.format("mall", "like '%-%'")) >= 3
    cards = """select count(*) from profiles t semi join
        (select card_no from profiles where shop_code like '%-%') c on t.card_no = c.card_no
        where t.shop_code = 'tmall'"""
    assert world.one(cards) >= 3
    gifts = """select count(*) from trades t semi join
        (select phone from profiles where shop_code <> 'tmall') p on t.receiver_phone = p.phone
        where t.shop_code = 'tmall' and t.buyer_nick not in
            (select nick from profiles where shop_code = 'tmall' and phone = t.receiver_phone)"""
    assert world.one(gifts) >= 10


def test_some_phones_are_typed_in_by_staff() -> None:
    from datetime import date

    from tests.demo.look import collect

    data = collect(12_000, seed=7, until=date(2026, 11, 22))
    shared = data.one(
        """select max(n) from (
            select count(distinct nick) n from profiles where shop_code = 'tmall' group by phone)"""
    )
    assert shared > 3


def test_contacts_are_fictional(world: Data) -> None:
    phones = "select count(*) from {} where {} is not null and not regexp_full_match({}, '{}')"
    for name, column in (("profiles", "phone"), ("trades", "buyer_phone")):
        assert world.one(phones.format(name, column, column, r"154\d{8}")) == 0
    assert (
        world.one(
            phones.format("trades", "receiver_phone", "receiver_phone", r"154\d{8}|1\*{6}\d{4}")
        )
        == 0
    )
    assert world.one(phones.format("profiles", "email", "email", r"[a-z]+\d+@example\.com")) == 0


def test_regions_and_birthdays_are_plausible(world: Data) -> None:
    provinces = world.rows(
        "select province, count(*) n from trades where province is not null group by 1 order by n desc"
    )
    assert len(provinces) >= 29
    assert [name for name, _ in provinces[:3]] == ["浙江省", "上海市", "江苏省"]
    lunar = world.one("select avg(birth_lunar::int) from profiles where birth_month is not null")
    assert 0.05 < lunar < 0.3
    assert world.one("select count(*) from profiles where birth_lunar and birth_day > 29") == 0
    assert (
        world.one(
            "select count(*) from profiles where not birth_lunar and birth_month = 2 and birth_day > 29"
        )
        == 0
    )


def test_contacts_can_be_left_out() -> None:
    from datetime import date

    from tests.demo.look import collect

    from huitou.demo.generate import Options

    bare = collect(
        200, seed=3, until=date(2026, 5, 1), options=Options(with_contacts=False, with_visits=False)
    )
    filled = """select count(receiver_name), count(receiver_phone), count(buyer_message), count(buyer_nick)
        from trades"""
    ((names, phones, notes, nicks),) = bare.rows(filled)
    assert (names, phones, notes) == (0, 0, 0)
    assert nicks > 0
    assert len(bare.tables["visits"]) == 0
