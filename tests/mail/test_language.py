"""The writer is answered in the language he wrote or asked for."""

from __future__ import annotations

import pytest

from mailbot.core.model import Language
from mailbot.mail.language import language_of, simplified

CN, TW, EN = Language.ZH_CN, Language.ZH_TW, Language.EN


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("水壶漏水，请换货", CN),
        ("水壺漏水，請換貨", TW),
        ("The kettle leaks, please replace it", EN),
        ("型号 HX-PB10-W battery pack 充不满电，请处理", CN),
        ("唔係產品問題，但零售商拒收", TW),
        ("Der Wasserkocher ist undicht", EN),
        ("ケトルが漏れています。交換してください", EN),
        ("上周收到的充电器有异响。The charger buzzes. Please reply in English.", EN),
        ("充电器有异响，请用英文回复，谢谢", EN),
        ("The charger buzzes, please answer us in Chinese, 谢谢", CN),
        ("充電器有異響，請用中文回覆", TW),
        ("充电器有异响，回复请用繁体", TW),
        ("Dear Mr. 陈, the connector HX-1 has bent pins", EN),
    ],
)
def test_the_language_of_a_text_is_known(text: str, language: Language) -> None:
    assert language_of(text) is language


def test_text_common_to_both_scripts_follows_the_labels() -> None:
    assert language_of("不良品", labels="big5") is TW
    assert language_of("不良品", labels="gb2312") is CN


def test_an_empty_text_follows_what_else_there_is() -> None:
    assert language_of("", others=("", "kettle")) is EN
    assert language_of("") is CN


def test_traditional_characters_fold_to_simplified_ones() -> None:
    assert simplified("電熱水瓶 HW-1 漏電") == "电热水瓶 HW-1 漏电"
    assert simplified("plain") == "plain"
