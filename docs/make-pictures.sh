#!/bin/sh
# Makes docs/pictures from the real output of the demo: run it again whenever the register or the letters look different.
# Usage: docs/make-pictures.sh [FOLDER OF A FINISHED DEMO]     without one, the demo is played first
# Needs LibreOffice Calc, poppler-utils, Chromium, ImageMagick and a Chinese font:
#   apt-get install libreoffice-calc-nogui poppler-utils chromium imagemagick fonts-noto-cjk
set -eu
cd "$(dirname "$0")/.."
pictures=docs/pictures
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
demo="${1:-/tmp/mailbot-demo}" # the summary shows where the register lies
[ $# -gt 0 ] || .venv/bin/mailbot demo --out "$demo" >/dev/null
mkdir -p "$pictures"

# A copy of the register with some columns hidden, on one landscape page; LibreOffice draws it as staff see it.
.venv/bin/python - "$demo/register.xlsx" "$work/page.xlsx" <<'PYTHON'
import sys

from openpyxl import load_workbook

book = load_workbook(sys.argv[1])
sheet = book.active
SHOWN = "投诉编号 当前阶段 状态 本阶段期限 待谁处理 机器人提示 严重程度 客户名称 产品名称 责任人 首次答复 责任判定 评估完成 主要原因".split()
for head in sheet[1]:
    sheet.column_dimensions[head.column_letter].hidden = head.value not in SHOWN
sheet.print_area = f"A1:{sheet[1][-1].column_letter}{sheet.max_row}"
sheet.page_setup.orientation = "landscape"
sheet.page_setup.fitToWidth = sheet.page_setup.fitToHeight = 1
sheet.sheet_properties.pageSetUpPr.fitToPage = True
for edge in ("left", "right", "top", "bottom", "header", "footer"):
    setattr(sheet.page_margins, edge, 0.1)
book.save(sys.argv[2])
PYTHON
soffice --headless "-env:UserInstallation=file://$work/profile" --convert-to pdf --outdir "$work" "$work/page.xlsx" \
    >/dev/null 2>&1
pdftoppm -r 190 -f 1 -l 1 -singlefile -png "$work/page.pdf" "$work/register"

# The dashboard over a year of invented cases: a demo of a few days leaves it nearly empty.
for language in zh-CN en; do
    .venv/bin/python docs/invented_year.py "$language" "$work/dashboard-$language.xlsx"
    soffice --headless "-env:UserInstallation=file://$work/profile" --convert-to pdf --outdir "$work" \
        "$work/dashboard-$language.xlsx" >/dev/null 2>&1
    pdftoppm -r 170 -png "$work/dashboard-$language.pdf" "$work/sheet-$language"
    mv "$(ls "$work/sheet-$language"-*.png | tail -n 1)" "$work/dashboard-$language.png"
done
mv "$work/dashboard-en.png" "$work/dashboard.png"
mv "$work/dashboard-zh-CN.png" "$work/dashboard-zh.png"

# Two letters as the browser of a customer and of a supervisor shows them.
photograph() { # HTML file, picture, window
    chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --force-device-scale-factor=1.5 \
        --user-data-dir="$work/chromium" --window-size="$3" --screenshot="$work/$2.png" "file://$1" >/dev/null 2>&1
}
photograph "$(ls "$demo"/mails-sent/01-*.html)" acknowledgement 720,1600
photograph "$(ls "$demo"/mails-sent/*.html | tail -n 1)" summary 720,2200

# The empty margins off, the files small.
for name in register dashboard dashboard-zh acknowledgement summary; do
    convert "$work/$name.png" -trim +repage -bordercolor white -border 12 -dither None -colors 96 -strip "$pictures/$name.png"
done
ls -l "$pictures"
