"""What mail programs and people write around a message, by language: labels, dividers, closings, notices.

Tables only. A new mail client, language or habit is a word here; how the words are used is in the modules that
import them. Han labels are matched with blanks between their characters, Latin ones without regard to case.
"""

from __future__ import annotations

import re


def alternatives(lines: str) -> str:
    """Join the lines of a table of patterns, several to a line or one, to one pattern of alternatives."""
    return "|".join(line.strip() for line in lines.strip().splitlines())


LABELS: dict[str, str] = {
    "sender": "发件人 发信人 发送人 發件人 發信人 寄件者 寄件人 差出人 보낸사람"
    " From De Von Van Da Od Från Fra Avsender Afsender Expéditeur Remitente Mittente Отправитель От",
    "date": "发送时间 发送日期 发件时间 发件日期 发信时间 日期 时间 寄件日期 寄件時間 傳送時間 傳送日期 已傳送 發送時間"
    " 發送日期 發件時間 時間 送信日時 日時 보낸날짜 날짜"
    " Sent Date Gesendet Datum Envoyé Enviado Inviato Data Fecha Verzonden Skickat Sendt Дата",
    "to": "收件人 收信人 收件者 宛先 받는사람 To An À A Para Aan Till Til Destinataire Кому",
    "cc": "抄送 抄送至 抄送人 副本 副本抄送 密送 密件抄送 密件副本 참조 Cc Bcc Kopie Copie Kopia Копия",
    "subject": "主题 标题 主旨 主題 件名 제목 Subject Betreff Objet Asunto Oggetto Onderwerp Ämne Emne Assunto Тема",
    "other": "组织 附件 附加檔案 重要性 优先级 回复至 答复 Importance Attachments Reply-To Priority Organization",
}
"""The labels of a quoted header block by what they name."""

FORWARD_DIVIDERS = (
    "转发的原邮件",
    "转发邮件信息",
    "转发的邮件",
    "转发邮件",
    "轉寄的郵件",
    "轉寄郵件",
    "轉寄訊息",
    "轉發郵件",
    "转发信息",
    "Forwarded message",
    "Forwarded Message",
    "Begin forwarded message",
    "Forwarded by",
    "Weitergeleitete Nachricht",
    "Message transféré",
    "Mensaje reenviado",
)
FORWARD_OPENINGS = (
    "Begin forwarded message",
    "開始轉寄郵件",
    "開始轉寄訊息",
    "开始转发的邮件",
    "下面是被转发的邮件",
    "以下是轉寄的郵件",
)
"""Lines that announce a forward without a rule around them."""
REPLY_DIVIDERS = (
    "原始邮件",
    "邮件原件",
    "原始郵件",
    "原始訊息",
    "邮件原文",
    "原邮件",
    "回复的原邮件",
    "回复的邮件",
    "答复的原邮件",
    "回覆的原始郵件",
    "Original Message",
    "Original message",
    "Original",
    "Reply message",
    "Replied Message",
    "元のメッセージ",
    "Ursprüngliche Nachricht",
    "Message d'origine",
    "Mensaje original",
)

WROTE = (
    "写道",
    "寫道",
    "写到",
    "来信中写道",
    "wrote",
    "schrieb",
    "a écrit",
    "escribió",
    "ha scritto",
    "escreveu",
    "schreef",
    "skrev",
    "napsal",
    "napisał",
    "пишет",
    "написал",
    "님이 작성",
    "のメール",
)
ATTRIBUTION_STARTS = "在 于 於 On At Am Le El Il Em Op Den Dnia Dne В"

REPLY_PREFIXES = "Re RE 回复 回覆 答复 答覆 回復 回信 AW Antw Antwort SV Réf Odp Res YNT"
FORWARD_PREFIXES = "Fw Fwd FW FWD 转发 轉寄 轉發 转寄 WG VS VB TR Doorst Enc RV"

CLOSINGS = (
    alternatives(r"""
    此\s*致|此致\W*敬礼|敬礼|敬禮|顺颂.{0,6}|順頌.{0,6}|顺祝.{0,8}|順祝.{0,8}|祝商祺|商祺|時祺|时祺|祝好|祝
    [敬顺順此]?祝(?:您|你|各位|大家)?(?:生意|工作|身[体體]|生活|事[业業])\S{0,6}(?:[，、, ]\S{2,6})?
    [敬顺順此]?祝(?:您|你|各位|大家)?(?:一切|[万萬]事|新年|平安|[顺順]利|健康)\S{0,6}
    敬祝.{0,6}|此祝.{0,6}|即颂.{0,6}|祝您?工作(?:顺利|愉快|順利)|谨上|謹上|敬上|敬启|敬啟|此上
    """),
    alternatives(r"""
    (?:with )?(?:best|kind|kindest|warm|warmest|many|my best)?\s*(?:regards|wishes)(?: from .{1,20})?|best|cheers|brgds
    (?:with )?(?:friendly|kind|warm|best) greetings(?: from .{1,20})?|greetings(?: from .{1,20})?
    b\.?r\.?|rgds|mfg|lg|vg
    """),
    alternatives(r"""
    yours(?: sincerely| faithfully| truly| in \w+)?|sincerely(?: yours)?|respectfully(?: yours)?|cordially
    thanking you(?: in (?:advance|anticipation))?
    (?:many )?thanks,|(?:with )?(?:many )?thanks (?:and|&) (?:best |kind |warm )?(?:regards|rgds)
    (?:many )?thanks(?: a (?:lot|million|bunch|ton)| so much| very much| again| in advance),|ta,|cheers,? mate
    thank you(?: (?:so|very) much)?(?: in advance)?,|(?:with )?(?:high )?(?:esteem|respects?)
    thank you(?: (?:so|very) much)?,? (?:and|&|with) (?:my |our )?(?:best |kind |kindest |warm )?(?:regards|wishes)
    (?:i |we )?(?:remain|am|are)(?:,)? yours (?:faithfully|sincerely|truly)|thanking you,? yours \w+
    """),
    alternatives(r"""
    mit (?:freundlichen|besten|vielen) gr(?:ü|ue)(?:ß|ss)en|viele gr(?:ü|ue)(?:ß|ss)e|(?:bien )?cordialement
    saludos(?: cordiales)?|cordiali saluti|met vriendelijke groet(?:en)?|vriendelijke groet(?:en)?|groet(?:en|jes)?
    att\.?,?|atte\.?|atenciosamente|atentamente|cumprimentos|(?:um )?abraços?|abs\.?|un saludo|muchas gracias,
    distinti saluti|un saluto|grazie(?: e saluti)?|bien à vous|(?:sincères |meilleures )?salutations|merci,
    pozdrawiam(?: serdecznie)?|z poważaniem|s pozdravem|s pozdravom|üdvözlettel|s poštovanjem|lp|cu stimă
    saygılarım(?:la|ızla)|saygılar|iyi çalışmalar|med vänlig hälsning|hälsningar|mvh|vänligen|(?:med )?venlig hilsen
    (?:med )?vennlig hilsen|hilsen|ystävällisin terveisin|terveisin|lugupidamisega|ar cieņu|pagarbiai
    с уважением|з повагою|trân trọng|trân trọng cảm ơn|terima kasih,|hormat (?:kami|saya)|salam(?: hormat)?
    よろしくお願い(?:いた)?します|敬具|以上
    """),
)
"""Formulas that close a letter, each a whole line (patterns, matched without regard to case)."""

DEVICES = (
    alternatives(r"""
    发自(?:我的|新浪|网易|QQ|企业微信|手机|.{0,12}(?:iPhone|iPad|手机|邮箱|客户端|微信|Mail)).{0,30}
    """),
    alternatives(r"""
    (?:由|来自|來自)我?的?.{0,4}(?:iPhone|iPad|小米|华为|荣耀|華為|OPPO|vivo|三星|魅族|Android|安卓|手机|手機).{0,20}
    """),
    alternatives(r"""
    [从從]我的.{0,20}(?:傳送|寄出|發送|发送)|(?:傳送|寄)自.{0,30}|使用.{0,20}(?:傳送|发送|發送)
    """),
    alternatives(r"""
    (?:获取|取得|下载|下載)\s*(?:适用于|適用於)?.{0,12}Outlook.{0,30}
    (?:Get|Sent (?:from|via|with)|Von meinem) .{1,60}|Envoyé (?:de|depuis) .{1,40}
    .{1,20}から送信|(?:Gesendet (?:mit|von)|Diese (?:Nachricht|E-?Mail) wurde (?:von meinem|mit)) .{1,80}
    """),
    alternatives(r"""
    .{0,40}(?:网易邮箱大师|網易郵箱|Mail Master).{0,20}
    """),
    alternatives(r"""
    \[?(?:cid:\S+|image: ?[^\]]*|图片|圖片|inline image[^\]]*)\]?
    """),
)
"""Lines a mail program adds below the text, each a whole line."""

FOOTERS = (
    alternatives(r"""
    本(?:电子)?(?:邮件|郵件|信件|電子郵件).{0,30}(?:保密|机密|機密|專屬|系统|系統)
    (?:此|该)(?:邮件|郵件|信件).{0,12}(?:系统|系統|自动|自動|保密|机密|機密)
    如(?:果)?(?:您|你)?(?:错收|誤收|并非|並非|不是).{0,12}(?:邮件|郵件|收件|信件)
    """),
    alternatives(r"""
    this (?:e-?mail|message|transmission|communication)\b.{0,120}(?:confidential|privileged|intended|solely|only)
    """),
    alternatives(r"""
    if you (?:are not|have received|receive) .{0,40}(?:intended recipient|in error|by mistake)
    please consider the environment
    (?:sitz der gesellschaft|firmensitz|geschäftsführer|registered (?:office|in)|amtsgericht)\b
    diese e-?mail (?:enthält|kann|ist)|ce (?:message|courriel|mail)\b.{0,80}(?:confidentiel|destiné)
    (?:この|本)(?:電子)?メール.{0,30}(?:機密|秘密|誤)
    """),
    alternatives(r"""
    (?:点击|點擊|點選|单击).{0,8}(?:退订|退訂|取消订阅|取消訂閱)|[·|]\s*(?:退订|退訂)$
    ^(?:退订|退訂|取消订阅|取消訂閱)$|如您?不(?:希望|想|愿).{0,8}(?:再)?收到|unsubscribe\s*[:|]
    click .{0,30}unsubscribe|^(?:to )?unsubscribe\b|unsubscribe here
    you (?:are receiving|receive|received) this (?:e-?mail |message |newsletter )?because
    view (?:this|it) (?:e-?mail )?in (?:your|a) browser|manage (?:your )?(?:subscription|preferences)
    """),
    alternatives(r"""
    ^(?:主营|主營|主营产品|主要产品|主要產品|经营范围|經營範圍|专业生产|專業生產)[:：]|扫码关注|掃碼關注|关注我们的?公众号
    ^(?:visit|meet|find|follow|like) us (?:at|on|in)\b|iso ?9001(?::\d+)?[ -]certified (?:company|supplier|since)
    (?:registered|incorporated) in (?:england|scotland|wales|ireland)|^vat (?:no|reg)|opinions expressed (?:in|are)
    (?:save (?:a tree|paper)|before printing|print this (?:e-?mail|message))|antes de imprimir|avant d.imprimer
    (?:este|esta) (?:mensaje|correo|e-?mail|mensagem)\b.{0,80}(?:confidencial|destin)|ta wiadomość.{0,60}poufn
    questo messaggio.{0,80}(?:riservat|confidenzial)|dit bericht.{0,80}(?:vertrouwelijk|bestemd)|bu e-?posta.{0,80}gizli
    """),
    alternatives(r"""
    scanned (?:by|for)|virus[- ]free|avast|checked by avg|^-+\s*发自|this is a system[- ]generated
    """),
)
"""Disclaimers, advertising and list footers: patterns found anywhere in a line."""

BANNER = re.compile(
    "(?:"
    + alternatives(r"""
    (?:originat\w+|came|comes|sent|received|stammt|kommt)\s.{0,20}?(?:from|von)\s.{0,20}?(?:outside|external|extern)
    (?:do not|don't|never|avoid|before)\s.{0,12}?(?:click|open).{0,40}(?:links?|attachments?)
    you don'?t often (?:get|receive) e?-?mail from|some people who received this message don'?t often
    keine (?:links?|anhänge).{0,40}(?:öffnen|klicken)
    (?:来自|來自|源自).{0,12}(?:外部|外界)(?:邮|郵|发|寄|的)?.{0,40}(?:链接|連結|附件|谨慎|謹慎)
    (?:请勿|請勿|不要|谨慎|謹慎|小心).{0,8}(?:点击|點擊|點選|打开|開啟).{0,12}(?:链接|連結|附件)
    (?:你|您)(?:通常不会收到来自|不常收到來自)
    """)
    + r")[^\n]*",
    re.I | re.S,
)
"""What the paragraph says that a mail gateway puts above a message to warn of strangers."""

HTML_ONLY = re.compile(
    r"(?:requires?|need|does not support|doesn't support|not support|view(?:ed)? (?:it |this )?in|enable) .{0,30}html"
    r"|html.{0,30}(?:viewer|capable|format)|不支持\s*html|请使用支持.{0,6}html|無法顯示.{0,6}html",
    re.I,
)
"""A plain alternative that says only this is no text."""

HONORIFICS = "先生 女士 小姐 太太 师傅 師傅 老师 老師 经理 經理 主任 工程师 工程師 工 总 總"
SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章云苏潘葛奚范彭郎鲁韦马苗凤方俞任袁柳"
    "鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常于傅皮卞齐康伍余顾孟平黄穆萧尹姚邵湛汪祁毛禹狄米贝臧戴宋茅庞熊纪舒屈项祝董梁杜阮"
    "蓝闵席季麻贾路娄江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫房解应宗丁宣邓洪包左石崔吉龚程邢裴陆荣翁荀甄封储"
    "靳段焦谷车侯全班仇甘厉祖武符刘景詹束龙叶司黎薄白蒲卓蔺屠蒙池乔翟谭劳申冉雍桑桂牛边燕尚温庄晏柴阎连习容向古易廖耿匡文寇"
    "欧沃利越隆师巩聂晁敖冷辛简饶曾关查游竺权岳帅肖涂覃"
    "趙錢孫鄭馮陳衛蔣韓楊許呂張嚴華陶謝鄒竇雲蘇魯韋馬鳳鮑費湯羅畢鄔齊顧黃蕭龐紀項藍閔賈婁顏鍾駱萬盧應鄧龔陸榮儲車厲劉龍葉"
    "黎喬譚勞溫莊閻連歐師鞏聶饒關權帥塗"
)
_ROLES_HAN = r"""
    经理|經理|主管|总监|總監|工程师|工程師|主任|课长|課長|部长|部長|科长|科長|厂长|廠長|专员|專員|助理|采购|採購
    店长|店長|老板|老闆|总经理|總經理|业务|業務|客服|会计|财务|財務|秘书
    """
_ROLES_LATIN = r"""
    manager|engineer|director|supervisor|purchas\w+|buyer|specialist|coordinator|assistant|officer|department|dept
    quality|sales|procurement|logistics|lead|head of|owner|CEO|CTO|COO|SQE|SQA|QA|QC|IQC|VP|president
    """
ROLES = re.compile(
    rf"部$|[组組课課]$|[部处處科室组組课課]\s|(?:{alternatives(_ROLES_HAN)})|\b(?:{alternatives(_ROLES_LATIN)})\b", re.I
)
_COMPANY_ENDS = r"""
    公司|集团|集團|工厂|厂|廠|商行|电器行|電器行|車行|车行|門市|门市|商店|酒店|书店|書店|药店|藥店|餐[厅廳]|茶[楼樓馆館]|饭[店馆]|飯[店館]|超市|便利店|店|行号|行號
    事务所|事務所|大学|大學|学院|學院|学校|學校|[小中]学|[小中]學|幼[儿兒][园園]|医院|醫院|诊所|診所|药房|藥房|研究[所院]|实验室|實驗室|中心|工作室|工程行|合作社|[农農][场場]
    办公室|辦公室|委员会|委員會|管理[处處]|事[业業]部|[学學]會|[协協][会會]
    """
_COMPANY_FORMS = r"""
    Ltd|Inc|LLC|GmbH|AG|B\.?V|S\.?A|S\.?r\.?l|Co|Corp|Corporation|Company|Limited|PLC|Pty|Pte|KG|Oy|AB|A/S|s\.r\.o
    """
COMPANIES = re.compile(
    rf"(?:{alternatives(_COMPANY_ENDS)})$|有限公司|股份|\b(?:{alternatives(_COMPANY_FORMS)})\b\.?", re.I
)
_CONTACTS = r"""
    tel|tel\.? ?no|telephone|phone|mobile|mob|cell|fax|e-?mail|mail|web|website|www|url|address|add|addr
    qq|wechat|weixin|skype|whatsapp|line|t|m|f|e|p|a|w|o|d|direct|office
    电\s*话|電\s*話|手\s*机|手\s*機|联系电话|聯絡電話|連絡電話|传\s*真|傳\s*真|座机|座機|固话|分机|分機|热线
    邮\s*箱|郵\s*箱|电子邮箱|电子邮件|邮件|信箱|网\s*址|網\s*址|地\s*址|公司地址|邮\s*编|邮政编码|微\s*信
    """
CONTACT_LABEL = re.compile(rf"^(?:{alternatives(_CONTACTS)})(?:\s*[:：.+＋(（]|\s+[\d+()（）/\s-]+$)", re.I)
_NO_NAME = """
    谢谢 多谢 感谢 謝謝 感謝 马上 高兴 高度 方便 方案 任何 万一 常见 金额 文件 温度 关于 高温 白色 黄色 田园 石材 易碎
    严重 龙头 钱呢 安全 全退 全部 应该 解决 左边 马上换 马上退 hello hi thanks
    """
NO_NAME = frozenset(_NO_NAME.split())
"""Words that begin like a surname and stand alone on a line, but are no names."""
