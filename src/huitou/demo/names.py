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
from huitou.demo.dice import Bools, Dice, Floats, Ints, cumulative, scattered

_SURNAMES: Final = (
    "王 7.2 李 7.2 张 6.8 刘 5.4 陈 4.9 杨 3.1 黄 2.3 赵 2.1 周 2.3 吴 2.2 徐 1.9 孙 1.6 朱 1.5 马 1.2 胡 1.3 "
    "郭 1.1 林 1.2 何 1.1 高 1.0 梁 .8 郑 .9 罗 .8 宋 .7 谢 .7 唐 .7 韩 .6 曹 .6 许 .7 邓 .6 萧 .2 冯 .6 曾 .5 程 .5 "
    "蔡 .6 彭 .5 潘 .6 袁 .5 于 .5 董 .5 余 .5 苏 .4 叶 .6 吕 .5 魏 .4 蒋 .6 田 .4 杜 .4 丁 .5 沈 .7 姜 .4 范 .4 江 .4 "
    "傅 .3 钟 .4 卢 .4 汪 .4 戴 .4 崔 .3 任 .4 陆 .5 廖 .3 姚 .4 方 .4 金 .5 邱 .3 夏 .4 谭 .3 韦 .3 贾 .3 邹 .3 石 .3 "
    "熊 .3 孟 .3 秦 .3 阎 .2 薛 .3 侯 .2 雷 .2 白 .2 龙 .2 段 .2 郝 .2 孔 .2 邵 .3 史 .2 毛 .3 常 .2 万 .2 顾 .4 赖 .2 "
    "武 .2 康 .2 贺 .2 严 .3 尹 .2 钱 .3 施 .3 洪 .3 龚 .3 俞 .3 章 .3 楼 .1 裘 .1 茅 .05 祝 .1 寿 .05 欧阳 .1 司徒 .02 上官 .02 诸葛 .02"
)  # fmt: skip

# gender, generation → characters, commonest first
_GIVEN: Final[tuple[tuple[str, str], ...]] = (
    ("f", "秀兰英桂珍芳玉梅凤琴素华云霞爱美菊香惠莲翠娥芬萍淑"),
    ("f", "红丽艳敏霞静娟燕芳玲萍丹莉琴华慧娜秀洁颖英晓琳梅雪"),
    ("f", "婷静雪莉娜倩丹晶颖佳琳慧璐瑶丽媛楠蕾露萌悦梦文晓雅"),
    ("f", "欣怡雨梓涵诗琪思雅静悦妍佳瑶萱彤心语晴可馨子若芷宁"),
    ("m", "国建明德志华文永福荣贵根生金宝林祥春庆成兴海平水东"),
    ("m", "伟军勇强涛斌峰杰明建刚平辉志国华海波林东鹏宏飞亮文"),
    ("m", "磊鹏超浩宇杰俊帆凯晨旭阳博文斌伟涛翔龙亮飞鑫健楠毅"),
    ("m", "子轩浩宇然泽铭睿博文昊天俊杰一辰皓嘉豪梓逸晨佳明瑞"),
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
    given: list[pa.Array]  # by gender × generation
    given_cdf: list[Floats]
    nick_first: pa.Array
    nick_second: pa.Array
    spellings: pa.Array  # distinct two-syllable spellings


@cache
def tables() -> NameTables:
    """Parsed once."""
    tokens = _SURNAMES.split(" ")
    given = [list(characters) for _, characters in _GIVEN]
    syllables = _SYLLABLES.split(" ")
    return NameTables(
        surnames=pa.array(tokens[0::2]),
        surname_cdf=cumulative([float(weight) for weight in tokens[1::2]]),
        given=[pa.array(characters) for characters in given],
        given_cdf=[cumulative(1.0 / (np.arange(len(chars)) + 4.0)) for chars in given],
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
    second = np.zeros(len(ids), dtype=np.int64)
    bases = np.cumsum([0] + [len(chars) for chars in words.given])
    for number, cdf in enumerate(words.given_cdf):
        mine = np.flatnonzero(cohort == number)
        first[mine] = bases[number] + dice.pick("given/1", ids[mine], cdf)
        second[mine] = bases[number] + dice.pick("given/2", ids[mine], cdf)
    every = pa.concat_arrays(words.given)
    # Nine in a hundred of the older and every fourth of the middle generations have one character.
    single = dice.chance("given/single", ids, np.array([0.09, 0.26, 0.24, 0.07])[generation])
    return join(
        pick(words.surnames, dice.pick("surname", ids, words.surname_cdf)),
        pick(every, first),
        pick(every, second, present=~single),
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
    latin = join(
        pick(words.spellings, mixed % size), pa.scalar("_"), _suffix(mixed // size)
    )
    return _choose(style, random_name, phone_like, latin)


def wechat_nicks(dice: Dice, ids: Ints) -> pa.Array:
    """WeChat names: short, and by no means distinct."""
    words = tables()
    style = dice.pick("wechat/style", ids, cumulative([0.4, 0.25, 0.2, 0.15]))
    first = pick(words.nick_first, dice.below("wechat/1", ids, len(words.nick_first)))
    second = pick(words.nick_second, dice.below("wechat/2", ids, len(words.nick_second)))
    hearts = pick(pa.array(["🌸", "🌿", "☀️", "🍀", "❤", "～", "🐟"]), dice.below("wechat/3", ids, 7))
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
