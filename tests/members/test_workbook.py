"""Excel files are written as a stream: any number of rows in the same memory, no temporary file."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import python_calamine

from huitou.kernel.errors import InvalidInput
from huitou.members import export, workbook


class Sink(io.RawIOBase):
    """Counts what is written and keeps nothing; not seekable, as a sealed file is not."""

    size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.size += len(data)
        return len(data)


def rows(count: int) -> Iterator[list[str]]:
    for number in range(count):
        yield [str(number), "张*鱼", f"{number}.50", ""]


def peak(count: int) -> int:
    tracemalloc.start()
    try:
        workbook.write(
            Sink(), ["编号", "姓名", "金额", "空"], rows(count), [False, False, True, True]
        )
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_rows_and_nothing_lies_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    few, many = peak(1_000), peak(20_000)
    assert many < few + 500_000
    assert list(tmp_path.iterdir()) == []


def test_excel_reads_back_what_was_written() -> None:
    written = io.BytesIO()
    odd = ["<&\"'>", " blank ", "=1+1", "bell\x07", "一" * 40_000, "\U0001f37a"]
    workbook.write(written, ["x", "n"], [[cell, "1.5"] for cell in odd], [False, True])
    written.seek(0)
    sheet = python_calamine.CalamineWorkbook.from_filelike(written).get_sheet_by_index(0)
    read = sheet.to_python()
    assert read[0] == ["x", "n"]
    texts = ["<&\"'>", " blank ", "=1+1", "bell", "一" * 32_767, "\U0001f37a"]
    assert read[1:] == [[text, 1.5] for text in texts]


def test_more_rows_than_a_sheet_has_are_refused_before_any_is_written() -> None:
    export.check_fits("xlsx", 1_048_575)
    export.check_fits("csv", 5_000_000)
    with pytest.raises(InvalidInput) as refused:
        export.check_fits("xlsx", 1_048_576)
    assert "1,048,576" in refused.value.message.zh
    assert refused.value.remedy is not None
    assert "CSV" in refused.value.remedy.en
