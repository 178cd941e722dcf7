"""Errors of files that cannot be read; each names the file, the place and what to do."""

from __future__ import annotations

from huitou.kernel.errors import InvalidInput
from huitou.kernel.i18n import Text


class UnreadableFile(InvalidInput):
    """A file, or a member of an archive, that cannot be read as a table."""

    code = "file_unreadable"


def unreadable(
    code: str,
    name: str,
    message: Text,
    remedy: Text,
    *,
    row: int | None = None,
    column: str | None = None,
) -> UnreadableFile:
    """An ``UnreadableFile`` whose ``where`` holds file, row (as Excel counts) and column if known."""
    where: dict[str, object] = {"file": name}
    if row is not None:
        where["row"] = row
    if column is not None:
        where["column"] = column
    return UnreadableFile(message, remedy=remedy, code=f"file_{code}", where=where)


def bad_encoding(name: str, encoding: str, row: int, column: str) -> UnreadableFile:
    return unreadable(
        "encoding",
        name,
        Text(
            f"{name} 第 {row} 行“{column}”列的文字不是有效的 {encoding} 编码",
            f"{name}, row {row}, column “{column}”: the text is not valid {encoding}",
        ),
        Text(
            "请重新从平台导出，或用 Excel 另存为“CSV UTF-8（逗号分隔）”或 xlsx 后再上传",
            "Export the file again, or save it in Excel as “CSV UTF-8” or xlsx and upload that",
        ),
        row=row,
        column=column,
    )


def cell_too_big(name: str, row: int, column: str, size: int) -> UnreadableFile:
    return unreadable(
        "cell_too_big",
        name,
        Text(
            f"{name} 第 {row} 行“{column}”列的内容过长（{size:,} 个字符），可能缺少收尾的引号",
            f"{name}, row {row}, column “{column}”: the cell holds {size:,} characters; "
            "a closing quote may be missing",
        ),
        Text(
            "打开文件检查该行的引号，改正后再上传；或从平台重新导出",
            "Check the quotes of that row, correct it and upload again; or export the file again",
        ),
        row=row,
        column=column,
    )


def unclosed_quote(name: str, row: int, column: str) -> UnreadableFile:
    return unreadable(
        "unclosed_quote",
        name,
        Text(
            f"{name} 第 {row} 行“{column}”列的引号没有收尾，其后的内容无法分行",
            f"{name}, row {row}, column “{column}”: a quote is never closed, so what follows cannot "
            "be split into rows",
        ),
        Text(
            "给该单元格补上收尾的英文双引号，或从平台重新导出",
            "Add the closing double quote to that cell, or export the file again",
        ),
        row=row,
        column=column,
    )


def truncated(name: str) -> UnreadableFile:
    return unreadable(
        "truncated",
        name,
        Text(f"{name} 不完整或已损坏", f"{name} is incomplete or damaged"),
        Text(
            "很可能下载中断：请重新下载或重新压缩后再上传",
            "The download was probably cut off: download or compress it again",
        ),
    )


def encrypted(name: str) -> UnreadableFile:
    return unreadable(
        "encrypted",
        name,
        Text(f"{name} 有密码保护，无法读取", f"{name} is protected by a password"),
        Text(
            "请先用密码解压或在 Excel 里取消密码，再上传其中的表格文件",
            "Unpack it or remove the password in Excel first, then upload the table inside",
        ),
    )


def too_large(name: str, limit: str) -> UnreadableFile:
    return unreadable(
        "too_large",
        name,
        Text(f"{name} 解压后过大（上限 {limit}）", f"{name} unpacks to more than {limit}"),
        Text(
            "请分成几个文件上传；若文件来路不明，请不要使用",
            "Split it into several files; do not use a file whose origin is unknown",
        ),
    )


def sheet_too_large(name: str) -> UnreadableFile:
    return unreadable(
        "sheet_too_large",
        name,
        Text(
            f"{name} 的工作表太大，读取它需要的内存过多",
            f"{name} holds a sheet that takes too much memory to read",
        ),
        Text(
            "请从平台导出 CSV，或在 Excel 里另存为“CSV UTF-8”；CSV 没有大小限制",
            "Export it as CSV, or save it as “CSV UTF-8” in Excel; CSV files of any size are read",
        ),
    )


def not_a_table(name: str) -> UnreadableFile:
    return unreadable(
        "not_a_table",
        name,
        Text(f"{name} 不是可以识别的表格文件", f"{name} is not a table file that can be read"),
        Text(
            "支持 csv、tsv、txt、xlsx、xls、parquet，以及装有它们的 zip、gz、xz；"
            "网页格式的 xls 请用 Excel 另存为 xlsx",
            "Supported: csv, tsv, txt, xlsx, xls, parquet, and zip, gz or xz of these; "
            "open an xls that is really a web page in Excel and save it as xlsx",
        ),
    )


def no_rows(name: str) -> UnreadableFile:
    return unreadable(
        "empty",
        name,
        Text(f"{name} 里没有数据", f"{name} holds no data"),
        Text("请确认导出条件后重新导出", "Check the export's conditions and export it again"),
    )
