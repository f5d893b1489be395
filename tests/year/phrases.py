"""What customers write in the simulated year, in three languages: complaints of every nature, answers to our letters.

`{…}` are filled in by `customers`. Every sort says what must become of the mail, whoever reads it.
"""

from __future__ import annotations

from mailbot.core.model import Language

ZH, TW, EN = Language.ZH_CN, Language.ZH_TW, Language.EN

COMPLAINT = {
    ZH: "您好：\n我司{day}收到贵司的{product}（型号{model}，批号{batch}，订单号{order}）共{count}件，"
    "{defect}，{wish}。\n\n"
    "{name}\n{company}\n电话：{phone}\n",
    TW: "您好：\n敝司{day}收到貴司的{product}（型號{model}，批號{batch}，訂單編號{order}）共{count}件，"
    "{defect}，{wish}。\n\n"
    "{name} 敬上\n{company}\n電話：{phone}\n",
    EN: "Dear Sirs,\n\non {day} we received {count} pieces of {product} (model {model}, lot {batch}, order {order}). "
    "{defect} {wish}\n\nBest regards,\n{name}\n{company}\nTel: {phone}\n",
}
SUBJECT = {ZH: "投诉 {model} 订单{order}", TW: "客訴 {model} 訂單{order}", EN: "Complaint {model}, order {order}"}
DEFECTS = {
    ZH: (
        "其中{bad}件通电后不亮",
        "其中{bad}件外壳划伤严重",
        "其中{bad}件插头插不紧，接触不良",
        "标签贴错，{bad}箱外箱破损",
        "实收比送货单少了{bad}件",
        "比约定交期晚了{bad}天才到货",
        "其中{bad}件运行时噪音很大，达不到规格",
        "你们的客服电话一直没人接，态度也很差",
    ),
    TW: (
        "其中{bad}件通電後不亮",
        "其中{bad}件外殼刮傷嚴重",
        "標籤貼錯，{bad}箱外箱破損",
        "實收比送貨單少了{bad}件",
        "其中{bad}件運轉時噪音很大",
    ),
    EN: (
        "{bad} of them do not work at all.",
        "{bad} of them are badly scratched.",
        "The labels are wrong and {bad} cartons are damaged.",
        "{bad} pieces are missing from the delivery.",
        "The goods arrived {bad} days late.",
        "{bad} of them are far too noisy and miss the specification.",
    ),
}
WISHES = {
    ZH: ("请换货", "请尽快处理并提供8D报告", "要求退货退款", "请安排维修"),
    TW: ("請換貨", "請儘快處理並提供8D報告", "要求退貨退款"),
    EN: ("Please replace them.", "Please send an 8D report.", "We want a refund.", "Please repair them."),
}
CLAIMS = {
    ZH: "要求赔偿我司损失{money}元",
    TW: "要求賠償敝司損失{money}元",
    EN: "We claim compensation of USD {money} for our losses.",
}
DANGERS = {
    ZH: "其中1件使用时冒烟起火，工人的手被烫伤",
    TW: "其中1件使用時冒煙起火，作業員的手被燙傷",
    EN: "One of them caught fire and burned the hand of a worker.",
}
PRODUCTS = {
    ZH: ("五孔插座", "台灯", "连接器", "水泵", "伺服电机", "墙壁开关"),
    TW: ("延長線", "檯燈", "連接器", "除濕機"),
    EN: ("wall socket", "desk lamp", "connector", "water pump", "gear motor"),
}
COMPANIES = {
    ZH: ("{a}电子有限公司", "{a}建材有限公司", "{a}电器商行"),
    TW: ("{a}貿易股份有限公司", "{a}科技股份有限公司"),
    EN: ("{a} Trading Ltd.", "{a} Electric GmbH", "{a} Supplies Inc."),
}
SYLLABLES = {ZH: "瑞华中恒宏达信远东方联创新盛", TW: "大同永豐聯成宏泰和信正德", EN: ""}
ENGLISH = ("Northgate", "Halvorsen", "Brightwell", "Castlemaine", "Ferrara", "Lindqvist", "Oakmont", "Pemberton")
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴徐孙", ("敏", "静", "伟", "丽华", "建国", "晓燕", "志强", "雅婷")
FIRST = ("Anna", "John", "Priya", "Marek", "Zoë", "Liam", "Carla")

THANKS = {ZH: "谢谢，辛苦了！", TW: "謝謝您！", EN: "Thank you very much!"}
MORE = {
    ZH: "补充一下：生产日期印在底部，照片随后寄给你们。",
    TW: "補充一下：製造日期印在底部，照片隨後寄上。",
    EN: "One more detail: the date of manufacture is printed on the bottom, photos will follow.",
}
ACCEPTS = {ZH: "同意贵司的方案。", TW: "同意貴司的方案。", EN: "We agree to your proposal."}
REJECTS = {ZH: "这个方案我们不能接受。", TW: "這個方案我們不能接受。", EN: "We cannot accept this proposal."}
AGAIN = {
    ZH: "问题又出现了，换来的货还是坏的，要求重新处理！",
    TW: "問題又出現了，換來的貨還是壞的，要求重新處理！",
    EN: "The same problem is back: the replacement is broken as well. Please replace it again.",
}
GRADES = {ZH: "{n} 分", TW: "{n} 分", EN: "{n}"}
AWAY = {
    ZH: ("自动回复：不在办公室", "我正在休假，回来后再处理您的邮件。"),
    TW: ("自動回覆：不在辦公室", "我正在休假，回來後再處理您的郵件。"),
    EN: ("Automatic reply: out of office", "I am on leave and will read your mail when I am back."),
}
OTHERS = (
    ("Quotation", "Please send us your price list and a quotation for 2,000 pieces."),
    ("求职", "您好，请问贵公司还招聘仓库管理员吗？简历见附件。"),
)
