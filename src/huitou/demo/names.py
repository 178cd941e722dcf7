"""Invented people: how they are called, and how they call themselves.

Surnames follow the published frequencies of the commonest hundred; given names are drawn by gender
and generation. Any likeness to a real person is chance.

Phones begin with 154: the one prefix of the classic mobile ranges that was never given to a carrier
(public numbering metadata lists it as not valid), yet right in form (eleven digits, 1[3-9]…).
E-mail addresses end in example.com, which is reserved (RFC 2606).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import pyarrow as pa

from huitou.demo.columns import digits, join, pick
from huitou.demo.data import table_lines
from huitou.demo.dice import Bools, Dice, Floats, Ints, cumulative, scattered

# By gender and generation: characters that stand first, and that stand last or alone.
_GIVEN: Final[tuple[tuple[str, str], ...]] = (
    ("秀桂玉凤素惠美爱月翠金彩春淑瑞", "兰英珍芳梅琴华云霞香莲娥芬萍仙花妹娟"),
    ("红丽小海晓建雪春文亚国慧秀雅爱", "艳敏霞娟燕芳玲萍莉琴华娜英丽梅静红"),
    ("晓佳梦雅文思美丽雨静慧诗海小艳", "婷雪娜倩丹颖琳璐瑶楠蕾悦静晶媛莹萌"),
    ("欣雨梓诗思雅佳心语若子可一书婉", "怡涵琪妍瑶萱彤晴馨宁琳悦桐菲然溪"),
    ("国建德志永福荣贵根金宝长水阿兴", "明华文生林祥春成平庆法荣根富良海"),
    ("建志海国晓文永宏立少卫学红新利", "伟军强斌峰杰明刚辉华波林东飞平勇"),
    ("志文浩俊晓子海一宇国嘉博世建振", "鹏磊超杰帆凯晨旭阳斌涛翔亮鑫楠峰"),
    ("子浩宇俊梓一皓嘉逸昊天铭睿佳思", "轩然泽博文杰辰豪晨宇阳航瑞恒霖诚"),
)  # fmt: skip

_NICK_FIRST: Final = (
    "江南 清风 小桥 烟雨 南山 半夏 微凉 阳光 快乐 幸福 温柔 暖暖 安静 悠然 听雨 看海 追风 素心 青竹 白茶 "
    "落叶 星空 月下 花间 林深 拾光 晚晴 初见 平安 自在 开心 可爱 努力 懒懒 贪吃 爱笑 糊涂 神气 低调 简单 "
    "老酒 醉爱 品味 西湖 钱塘 会稽 鉴湖 姑苏 秦淮 黄浦 北方 山东 东北 四川 蜀中 岭南 关外 塞上 海边 巷口 "
    "大山 小河 一叶 两斤 三杯 四季 五味 六月 七夕 八月 九歌 十里 百味 千寻 万家 春来 夏至 秋水 冬藏 朝花"
)  # fmt: skip
_NICK_SECOND: Final = (
    "人家 如故 小筑 流年 妈妈 爸爸 老王 老李 大叔 阿姨 先生 姑娘 小姐 同学 宝贝 丫头 吃货 酒客 厨娘 掌柜 "
    "小鱼 小猫 小鹿 小熊 大象 飞鸟 蜻蜓 锦鲤 麻雀 橘猫 百合 茉莉 桂花 梅子 青梅 石榴 荷叶 芦苇 银杏 海棠 "
    "之家 岁月 时光 故事 往事 心情 日记 生活 旅人 过客 行者 书生 侠客 渔夫 农夫 木匠 茶客 老饕 食客 散人"
)  # fmt: skip
_SYLLABLES: Final = (
    "chen li wang zhang liu yang huang zhou wu xu sun zhu hu lin he gao shen lu yao fang jin xia ye jiang "
    "wei min jing lei tao jun yan juan jie bin hui yu ting xue fei long hao ning bo kai rui xin yi han"
)  # fmt: skip


@dataclass(frozen=True)
class NameTables:
    """Word lists as Arrow arrays with their distributions."""

    surnames: pa.Array
    surname_cdf: Floats
    first: pa.Array  # of given names, all cohorts one after another
    last: pa.Array
    first_cdf: list[Floats]  # by gender × generation
    last_cdf: list[Floats]
    nick_first: pa.Array
    nick_second: pa.Array
    spellings: pa.Array  # distinct two-syllable spellings


@cache
def tables() -> NameTables:
    """Parsed once."""
    tokens = " ".join(table_lines("surnames.txt")).split(" ")
    syllables = _SYLLABLES.split(" ")
    return NameTables(
        surnames=pa.array(tokens[0::2]),
        surname_cdf=cumulative([float(weight) for weight in tokens[1::2]]),
        first=pa.array([character for first, _ in _GIVEN for character in first]),
        last=pa.array([character for _, last in _GIVEN for character in last]),
        first_cdf=[cumulative(1.0 / (np.arange(len(first)) + 4.0)) for first, _ in _GIVEN],
        last_cdf=[cumulative(1.0 / (np.arange(len(last)) + 4.0)) for _, last in _GIVEN],
        nick_first=pa.array(sorted(set(_NICK_FIRST.split(" ")))),
        nick_second=pa.array(sorted(set(_NICK_SECOND.split(" ")))),
        spellings=pa.array(sorted({a + b for a in syllables for b in syllables})),
    )


def full_names(dice: Dice, ids: Ints, female: Bools, birth_year: Ints) -> pa.Array:
    """Names of the people ``ids``."""
    words = tables()
    generation = np.searchsorted(np.array([1970, 1984, 1996]), birth_year, side="right")
    cohort = np.where(female, 0, 4) + generation
    first = np.zeros(len(ids), dtype=np.int64)
    last = np.zeros(len(ids), dtype=np.int64)
    first_base = last_base = 0
    for number, (first_cdf, last_cdf) in enumerate(
        zip(words.first_cdf, words.last_cdf, strict=True)
    ):
        mine = np.flatnonzero(cohort == number)
        first[mine] = first_base + dice.pick("given/first", ids[mine], first_cdf)
        last[mine] = last_base + dice.pick("given/last", ids[mine], last_cdf)
        first_base += len(first_cdf)
        last_base += len(last_cdf)
    # Nine in a hundred of the older and every fourth of the middle generations have one character.
    single = dice.chance("given/single", ids, np.array([0.09, 0.26, 0.24, 0.07])[generation])
    return join(
        pick(words.surnames, dice.pick("surname", ids, words.surname_cdf)),
        pick(words.first, first, present=~single),
        pick(words.last, last),
    )


def phones(numbers: Ints) -> pa.Array:
    """One distinct phone per number below 10⁸: ``154`` and eight digits."""
    return digits(scattered(numbers, 10**8, 1), 8, prefix="154")


def emails(numbers: Ints, spelled: pa.Array) -> pa.Array:
    """Distinct addresses at example.com."""
    return join(spelled, digits(scattered(numbers, 10**8, 2), 8), pa.scalar("@example.com"))


def spelled(dice: Dice, ids: Ints) -> pa.Array:
    """Two-syllable spellings in Latin letters."""
    words = tables().spellings
    return pick(words, dice.below("spelling", ids, len(words)))


def taobao_nicks(dice: Dice, ids: Ints) -> pa.Array:
    """Distinct Taobao nicks: the platform's ``tb`` numbers, spelled names, and Chinese phrases."""
    words = tables()
    style = dice.pick("nick/style", ids, cumulative([0.34, 0.30, 0.36]))
    mixed = scattered(ids, 10**9, 3)
    numbered = join(pa.scalar("tb"), digits(mixed, 9))
    latin_size = len(words.spellings)
    latin = join(pick(words.spellings, mixed % latin_size), _suffix(mixed // latin_size))
    pairs = len(words.nick_first) * len(words.nick_second)
    phrase = join(
        pick(words.nick_first, mixed % len(words.nick_first)),
        pick(words.nick_second, mixed // len(words.nick_first) % len(words.nick_second)),
        _suffix(mixed // pairs),
    )
    return _choose(style, numbered, latin, phrase)


def jd_pins(dice: Dice, ids: Ints) -> pa.Array:
    """Distinct JD account names."""
    words = tables()
    style = dice.pick("pin/style", ids, cumulative([0.52, 0.30, 0.18]))
    mixed = scattered(ids, 10**10, 4)
    random_name = join(pa.scalar("jd_"), _letters(mixed, 10))
    phone_like = join(digits(mixed, 10), pa.scalar("_p"))
    size = len(words.spellings)
    latin = join(pick(words.spellings, mixed % size), pa.scalar("_"), _suffix(mixed // size))
    return _choose(style, random_name, phone_like, latin)


def wechat_nicks(dice: Dice, ids: Ints) -> pa.Array:
    """WeChat names: short, and by no means distinct."""
    words = tables()
    style = dice.pick("wechat/style", ids, cumulative([0.4, 0.25, 0.2, 0.15]))
    first = pick(words.nick_first, dice.below("wechat/1", ids, len(words.nick_first)))
    second = pick(words.nick_second, dice.below("wechat/2", ids, len(words.nick_second)))
    hearts = pick(
        pa.array(["🌸", "🌿", "☀️", "🍀", "❤", "～", "🐟"]), dice.below("wechat/3", ids, 7)
    )
    letters = pick(pa.array(list("ABCLWYXJ")), dice.below("wechat/4", ids, 8))
    return _choose(style, join(first, second), second, join(first, hearts), join(letters, first))


def _suffix(numbers: Ints) -> pa.Array:
    """Numbers as they stand, as text."""
    return pa.array(numbers).cast(pa.string())


def _letters(numbers: Ints, width: int) -> pa.Array:
    """Distinct lower-case codes: base 26, ``width`` letters."""
    if 26**width < int(numbers.max(initial=0)):
        raise ValueError("too narrow")
    columns = np.empty((len(numbers), width), dtype=np.uint8)
    rest = numbers.copy()
    for place in range(width - 1, -1, -1):
        # A running offset keeps small numbers from ending in a row of a's.
        columns[:, place] = 97 + (rest % 26 + 7 * place) % 26
        rest //= 26
    offsets = np.arange(len(numbers) + 1, dtype=np.int32) * width
    return pa.StringArray.from_buffers(len(numbers), pa.py_buffer(offsets), pa.py_buffer(columns))


def _choose(style: Ints, *options: pa.Array) -> pa.Array:
    """Row by row the option that ``style`` names."""
    size = len(style)
    return pa.concat_arrays(options).take(pa.array(style * size + np.arange(size)))
