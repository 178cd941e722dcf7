"""Why a row is refused: one entry per reason code, with what to do about it."""

from __future__ import annotations

from typing import Final

from huitou.kernel.i18n import Text

REASONS: Final[dict[str, Text]] = {
    "missing": Text(
        "“{column}”是空的。请在原系统补全后重新导出",
        "“{column}” is empty. Complete it in the source system and export again",
    ),
    "id_scientific": Text(
        "“{column}”被 Excel 变成了科学计数法，末尾几位已丢失。请直接上传平台导出的原文件，不要用 Excel 另存",
        "“{column}” was turned into scientific notation by Excel and has lost its last digits. "
        "Upload the platform's original file, not one saved again in Excel",
    ),
    "id_invalid": Text(
        "“{column}”不是有效的编号。若这是合计行或说明行，可以忽略",
        "“{column}” is not a valid number or id. If this is a total or a note, ignore it",
    ),
    "number_invalid": Text(
        "“{column}”应为数字，却含有文字。请改正该单元格，或检查列是否错位",
        "“{column}” should be a number but holds text. "
        "Correct the cell, or check that the columns are not shifted",
    ),
    "amount_negative": Text(
        "“{column}”是负数。若负数表示退货，请在映射里选择“负数量表示退货”",
        "“{column}” is negative. If negative means returned goods, choose so in the mapping",
    ),
    "qty_negative": Text(
        "“{column}”的数量是负数。若负数表示退货，请在映射里选择“负数量表示退货”",
        "“{column}” is a negative quantity. If negative means returned goods, choose so in the mapping",
    ),
    "date_invalid": Text(
        "“{column}”不是存在的日期时间。请改为 2024-05-30 23:18:00 这样的写法",
        "“{column}” is not an existing date and time. Write it like 2024-05-30 23:18:00",
    ),
    "date_ambiguous": Text(
        "“{column}”的日期分不清日和月。请在映射里选择日期的写法",
        "“{column}” does not tell day from month. Choose the date's order in the mapping",
    ),
    "date_out_of_range": Text(
        "“{column}”的年份不合理（应在 1970 到 2099 年之间）。请核对原数据",
        "“{column}” has an implausible year (expected 1970 to 2099). Check the source",
    ),
    "rating_invalid": Text(
        "“{column}”不是可以识别的评价。请用 好评/中评/差评、1–5 星，或在映射里指定对应关系",
        "“{column}” is not a rating that is known. Use good/neutral/bad or 1–5 stars, or map the values",
    ),
    "nul_byte": Text(
        "“{column}”里有不可见的空字符，文件可能损坏。请重新导出",
        "“{column}” holds NUL characters; the file may be damaged. Export it again",
    ),
    "cell_too_big": Text(
        "“{column}”的内容过长（超过 1 MB），可能缺少收尾的引号。请检查该行",
        "“{column}” holds more than 1 MB; a closing quote may be missing. Check the row",
    ),
    "row_truncated": Text(
        "这一行在“{column}”处中断，文件可能没有下载完整。请重新下载",
        "The row breaks off at “{column}”; the file may be incomplete. Download it again",
    ),
    "person_missing": Text(
        "这一行没有任何能认出客户的信息（手机号、昵称、卡号、客户编号等）",
        "The row holds nothing that identifies the customer (phone, nick, card, customer number …)",
    ),
    "item_missing": Text(
        "这一行没有商品编号、商家编码或标题，无法对应商品",
        "The row has no item id, merchant code or title to tell the item by",
    ),
    "parts_mismatch": Text(
        "“{column}”与其他列用分号隔开的个数不同，无法拆成商品行。请按子订单导出",
        "“{column}” holds another number of parts than its neighbours, so the lines cannot be told "
        "apart. Export one row per sub-order",
    ),
}


def reason(code: str, column: str) -> Text:
    """The sentence for a reason code, naming the column."""
    return REASONS[code].with_values(column=column)
