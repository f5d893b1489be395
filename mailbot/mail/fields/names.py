"""What names of persons look like: Chinese surnames, titles, capitalised words."""

from __future__ import annotations

import re
from functools import lru_cache

from mailbot.mail.fields.page import Lexicon
from mailbot.mail.fold import fold

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
    "温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂"
    "佟臧闵苟邬边卞姬栾隋刁沙荣巫寇桑郎甄丛仲虞敖巩佘池查迟邝官谈鞠惠荆冀郁胥班栗燕楚鄢劳谌奚粟冼蔺楼盘闻郜阚练廉卿蔚展阴昝洪萧赖储湛荀茅屠厉晁竺习"
)
COMPOUND = "欧阳|上官|司马|诸葛|司徒|东方|皇甫|尉迟|公孙|令狐|慕容|夏侯|端木|常(?![用见规年时务识备会温态驻客量])"
EN_NAME = re.compile(
    r"(?:(?:Mr|Mrs|Ms|Miss|Dr)\.? )?[A-ZÀ-Þ][\w'’\-]*\.?(?: (?:[A-ZÀ-Þ]\.|de|van|von|der|den|da|di|del"
    r"|la|and|&|[A-ZÀ-Þ][\w'’\-]+)){0,4}"
)


@lru_cache(maxsize=8)
def names(lexicon: Lexicon) -> re.Pattern[str]:
    """Pattern of a Chinese name, folded: 王敏, 欧阳丽, 老谭, 阿信, 林太, 吴师傅, 陈总."""
    titles = "|".join(fold(t) for t in lexicon.vocabulary.people.titles)
    return re.compile(
        rf"[老小阿][{SURNAMES}](?![\u4e00-\u9fff])|阿[\u4e00-\u9fff](?![\u4e00-\u9fff])|(?:{COMPOUND}|[{SURNAMES}])"
        rf"(?:[\u4e00-\u9fff]{{1,2}}(?:{titles})?|(?:{titles}))"
    )
