"""How machines word their mails, by language: automatic answers, bounces, newsletters and advertising.

Tables only; a new wording is an alternative here. `kind` says how many of these signs are enough.
"""

from __future__ import annotations

import re

from mailbot.mail.wording import alternatives

_AUTO = r"""
    自动(?:回复|答复|回覆|应答)|自動(?:回覆|回復|答覆|回应|回應)
    (?:假期|休假|外出|離開|离开)(?:自动|自動)?(?:回复|回覆)|外出中|不在辦公室
    auto(?:matic|mated)?[\s-]*(?:reply|response|answer)|autoreply|autosvar|auto:|out of (?:the )?office
    out-of-office|away from (?:the )?office|vacation (?:reply|response)|automatische (?:antwort|reply)
    abwesenheits|réponse automatique|respuesta automática|risposta automatica|resposta automática
    automatisch antwoord
    """
AUTO_SUBJECT = re.compile(rf"^\W*(?:{alternatives(_AUTO)})", re.I)
BOUNCE_SENDER = re.compile(
    r"^(?:mailer-daemon|postmaster|mail-daemon|mailerdaemon|microsoftexchange[0-9a-f]*|bounces?)(?:@|\+|$)", re.I
)
BOUNCE_SUBJECT = re.compile(
    alternatives(r"""
    系统退信|系統退信|退信通知|退信|邮件(?:发送|投递)失败|郵件(?:傳送|傳遞|投遞)失敗|無法(?:傳遞|傳送|投遞)
    无法(?:送达|投递)|投递失败|未送达|傳遞狀態|undeliver(?:able|ed)
    delivery (?:status notification|fail|has failed)|mail delivery (?:fail|sub)|returned mail|failure notice
    non[- ]?delivery|could not be delivered|returned to sender|unzustellbar|systems? bounce
    """),
    re.I,
)
BOUNCE_TEXT = re.compile(
    alternatives(r"""
    (?:邮件|郵件|信件).{0,12}(?:退回|未能.{0,6}(?:投递|送达|投遞)|无法.{0,4}(?:投递|送达)|無法.{0,4}(?:傳遞|送達|投遞))
    退信(?:原因|代码|代碼)|(?:收件人|邮箱|信箱).{0,40}不存在|could ?n[o']t be delivered|could not deliver
    delivery (?:to|has|of).{0,60}fail|permanent(?:ly)? (?:error|fail)|user unknown
    mailbox (?:unavailable|full|not found)|recipient address rejected|no such user|address not found
    \b5\d\d[ -]5\.\d\.\d
    """),
    re.I,
)
ABSENT = re.compile(
    alternatives(r"""
    休假|出差|年假|产假|產假|病假|外出|不在(?:办公室|辦公室|公司)|放假|離開辦公室|自动回复|自動回覆
    out of (?:the |my )?office|away (?:from|until|on)|on (?:annual |sick |maternity |parental )?leave
    on (?:vacation|holiday|a business trip)|not in the office
    automatic(?:ally)? (?:generated )?(?:reply|response)
    """),
    re.I,
)
RETURNING = re.compile(
    alternatives(r"""
    (?:返回|回来|回來|回公司|结束|結束|后|後).{0,20}(?:回复|回覆|处理|處理|联系|聯絡)
    (?:恕|无法|無法|不能|不便).{0,12}(?:回复|回覆|邮件|郵件|收发)
    (?:急事|紧急|緊急|如急|紧要).{0,20}(?:联系|聯絡|致电|請電|请找)
    will (?:be back|return|reply|respond|answer|get back)|won't be (?:reading|checking|able)
    (?:when|until|on) (?:i|my) return|limited access|back (?:on|in the office)
    (?:urgent|immediate|assistance|in my absence).{0,80}(?:contact|call|ring|e-?mail|write)
    during my absence|until (?:mon|tue|wed|thu|fri|sat|sun|\d)
    """),
    re.I,
)
UNASKED = re.compile(
    alternatives(r"""
    代开.{0,10}(?:发票|票据)|代開.{0,10}發票|(?:办理|代办).{0,6}(?:贷款|信用卡|证件)
    免(?:抵押|担保|擔保|保人).{0,20}(?:贷款|撥款|放款|借)|(?:當日|当日|快速)(?:撥款|放款)
    boost your (?:seo|ranking|sales|traffic)|(?:page one|first page) (?:of google|within)
    rank(?:ing)? (?:#1|on google)
    """),
)
COLD_OFFER = re.compile(
    alternatives(r"""
    (?:stands?|booths?|seats?|places?|slots?) (?:are |still )?left|book (?:your|a|before|now)|floor plan
    \d+[- ]?min(?:ute)?s? (?:call|chat|demo)|quick (?:call|chat|demo)|opt[- ]out|free (?:entry|demo|trial|audit|quote)
    more leads|came across your (?:website|company)|exhibitors?|visitors? from \d+ countries|buyers from \d+ countries
    剩余展位|展位(?:有限|紧张|预订)|抢占|免费(?:试用|诊断|咨询)|加微信|回复(?:t|td)退订|名额有限|诚邀
    """),
)
OPT_OUT = re.compile(
    r"(?:opt[- ]out|unsubscribe|be removed).{0,24}\breply\b|\breply.{0,16}(?:stop|remove|unsubscribe)\b"
    r"|回复?\s?(?:TD?|N)\s?退订",
    re.I,
)
"""How to be left alone by somebody who never was asked: only advertisers say so."""
ADVERT_TAG = re.compile(r"[(（\[【]\s*(?:AD|广告|廣告|推广)\s*[)）\]】]", re.I)
ADVERTISING = re.compile(
    alternatives(r"""
    报名|報名|研修班|培训班|实战班|公开课|講座|讲座|限时|限時|优惠价|立减|早鸟|早鳥|特惠|促销|促銷|抢购|搶購
    免费领取|免費領取|火热|新品上市|订阅|訂閱|电子报|電子報|期刊|webinar|newsletter|this (?:week|month) in
    register now|sign up|early bird|limited time|special offer|% off|subscribe|weekly|digest|whitepaper
    join us
    """),
    re.I,
)
BULK_FOOTER = re.compile(
    alternatives(r"""
    退订|退訂|取消订阅|取消訂閱|不(?:希望|想|愿)再?收到|unsubscribe
    you (?:are receiving|receive|received) this|manage (?:your )?(?:subscription|preferences)
    view in (?:your )?browser
    """),
    re.I,
)
