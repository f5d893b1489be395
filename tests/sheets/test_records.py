"""What stands in a table is a record, or only stands around the records."""

from __future__ import annotations

import pytest
from agreed_table import AgreedTable, positions

from sheets.table import Cell, Plan


@pytest.mark.parametrize(
    "cells",
    [
        {"description": "合计", "batch": "B1", "quantity": 120},
        {"number": "合 计：", "description": "本月共 12 件", "batch": "一般"},
        {"customer": "汇总", "description": "in all", "batch": "9", "quantity": 12},
        {"description": "5月小计", "cause": "12", "quantity": 3},
        {"description": "Grand Total", "batch": "12"},
        {"description": "Total: 12", "batch": "see above"},
        {"description": "制表：张三", "batch": "审核：李四", "cause": "批准：王五"},
        {"description": "Prepared by: Li", "cause": "Approved by: Wang"},
        {"customer": "备注：以上数据截至五月", "description": "内部使用", "batch": "x"},
        {"description": "以上数据截至五月底"},
        {"quantity": 17, "batch": "12"},
        {"quantity": 17},
        {"customer": "ACME", "subject": "only bot columns"},
        {"description": "   ", "batch": "x"},
        {"number": "编号", "customer": "客户名称", "description": "问题描述", "batch": "批号", "quantity": "数量"},
        {"number": "No.", "customer": "Customer *", "description": "Description (EN)", "batch": "批号"},
    ],
)
def test_what_stands_around_the_records_is_no_record(cells: dict[str, Cell]) -> None:
    table = AgreedTable(5)
    table.type_row(**cells)
    plan = table.plan()
    assert plan == Plan(equal=plan.equal, positions=plan.positions)


@pytest.mark.parametrize(
    "cells",
    [
        {"description": "灯具闪烁", "quantity": 3},
        {"customer": "ACME", "description": "Total failure of the pump", "batch": "12"},
        {"description": "合计三台水泵漏水，客户要求换货，请尽快处理", "batch": "B1"},
        {"cause": "tool worn", "severity": "重要"},
        {"description": "数量", "batch": "少了两箱"},
        {"description": "审核：customer audit failed because the certificate of the batch is missing", "batch": "B1"},
    ],
)
def test_what_people_mean_as_a_record_is_typed(cells: dict[str, Cell]) -> None:
    table = AgreedTable(5)
    position = table.type_row(**cells)
    assert positions(table.plan().typed) == [position]
