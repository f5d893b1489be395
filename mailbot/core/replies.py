"""What a colleague who answered a letter by mail is told: what was done, or why not and how to write it."""

from __future__ import annotations

from mailbot.core.model import Language

ZH, TW, EN = Language.ZH_CN, Language.ZH_TW, Language.EN

TEXTS: dict[str, dict[Language, str]] = {
    "closed": {
        ZH: "“{stage}”已完成，案件现在处于“{next}”。",
        TW: "「{stage}」已完成，案件現在處於「{next}」。",
        EN: "“{stage}” is done; the case is now in “{next}”.",
    },
    "still_open": {
        ZH: "“{stage}”还没有结束。请在台账中补填，或直接回复本邮件，每行写“表头：内容”。",
        TW: "「{stage}」還沒有結束。請在登記表中補填，或直接回覆本信，每行寫「表頭：內容」。",
        EN: "“{stage}” is not closed yet. Fill in the register, or answer with lines like “heading: text”.",
    },
    "another_stage": {
        ZH: "案件现在处于“{stage}”，不是“{named}”，没有改动。",
        TW: "案件現在處於「{stage}」，不是「{named}」，沒有變更。",
        EN: "The case is in “{stage}”, not in “{named}”; nothing was changed.",
    },
    "over": {
        ZH: "案件已结案，没有改动。",
        TW: "案件已結案，沒有變更。",
        EN: "The case is closed; nothing was changed.",
    },
    "which": {
        ZH: "请写明结果，例如“完成 {example}”。可写：{choices}。",
        TW: "請寫明結果，例如「完成 {example}」。可寫：{choices}。",
        EN: "Please say the result, such as “done {example}”. It is one of: {choices}.",
    },
    "say_what": {
        ZH: "请写明“{column}”，例如“完成：……”，没有改动。",
        TW: "請寫明「{column}」，例如「完成：……」，沒有變更。",
        EN: "Please say “{column}”, such as “done: …”; nothing was changed.",
    },
    "unclear": {
        ZH: "没有看懂“{text}”，没有改动。请在第一行只写“完成”或“完成 {stage}”；要延期就写“延期 2天 因为……”。",
        TW: "沒有看懂「{text}」，沒有變更。請在第一行只寫「完成」或「完成 {stage}」；要延期就寫「延期 2天 因為……」。",
        EN: "“{text}” was not understood; nothing was changed. Write “done” or “extend 2 days because …”.",
    },
    "not_yours": {
        ZH: "这件投诉现在由 {people} 办理，没有改动。",
        TW: "這件客訴現在由 {people} 辦理，沒有變更。",
        EN: "This complaint is with {people}; nothing was changed.",
    },
    "not_asked": {
        ZH: "“{column}”不是本阶段要填的，没有写入，请在台账中填写。",
        TW: "「{column}」不是本階段要填的，沒有寫入，請在登記表中填寫。",
        EN: "“{column}” is not asked for in this stage and was not taken; please use the register.",
    },
    "extended": {
        ZH: "“{stage}”的期限已由 {old} 延到 {new}。原因：{why}",
        TW: "「{stage}」的期限已由 {old} 延到 {new}。原因：{why}",
        EN: "“{stage}” was due {old} and is now due {new}. Reason: {why}",
    },
    "extended_by": {
        ZH: "{who} 把“{stage}”的期限由 {old} 延到 {new}。原因：{why}",
        TW: "{who} 把「{stage}」的期限由 {old} 延到 {new}。原因：{why}",
        EN: "{who} moved the deadline of “{stage}” from {old} to {new}. Reason: {why}",
    },
    "how_long": {
        ZH: "请写明延多久和原因，例如“延期 2天 因为样品还没到”，没有改动。",
        TW: "請寫明延多久和原因，例如「延期 2天 因為樣品還沒到」，沒有變更。",
        EN: "Nothing was changed. Please say how long and why: “extend 2 days because the sample has not arrived”.",
    },
    "no_reason": {
        ZH: "请写明延期原因，例如“延期 2天 因为样品还没到”。",
        TW: "請寫明延期原因，例如「延期 2天 因為樣品還沒到」。",
        EN: "Please give a reason, such as “extend 2 days because the sample has not arrived”.",
    },
    "too_long": {
        ZH: "用邮件最多可以延到 {latest}，没有改动。需要更久的，请与部门负责人商量。",
        TW: "用郵件最多可以延到 {latest}，沒有變更。需要更久的，請與部門主管商量。",
        EN: "By mail it can be moved to {latest} at most; nothing was changed. For longer ask the head of department.",
    },
    "never": {
        ZH: "这个阶段不能再用邮件延期，没有改动。请与部门负责人商量。",
        TW: "這個階段不能再用郵件延期，沒有變更。請與部門主管商量。",
        EN: "This stage cannot be extended by mail any more; nothing was changed. Please ask the head of department.",
    },
    "no_deadline": {
        ZH: "“{stage}”现在没有在计时的期限，不用延期。",
        TW: "「{stage}」現在沒有在計時的期限，不用延期。",
        EN: "No deadline of “{stage}” is running; there is nothing to extend.",
    },
}


def reply(key: str, language: Language, **facts: object) -> str:
    """One sentence in `language`. Raises KeyError for one that does not exist."""
    return TEXTS[key][language].format(**facts)
