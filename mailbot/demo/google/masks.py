"""Field masks: `a.b,c(d,e)`, with `/` for `.` and `*` for all: what to choose from answers, or to change."""

from __future__ import annotations

from typing import Any

Tree = dict[str, Any]


def parsed(mask: str) -> Tree:
    """The mask as a tree; an empty branch means all below."""
    tree, rest = _group(mask.replace("/", "."), 0)
    if rest != len(mask):
        raise ValueError(mask)
    return tree


def _group(mask: str, at: int) -> tuple[Tree, int]:
    tree: Tree = {}
    while at < len(mask) and mask[at] != ")":
        at = _path(mask, at, tree)
        if at < len(mask) and mask[at] == ",":
            at += 1
    return tree, at


def _path(mask: str, at: int, tree: Tree) -> int:
    end = at
    while end < len(mask) and mask[end] not in ".,()":
        end += 1
    branch = tree.setdefault(mask[at:end].strip(), {})
    if end < len(mask) and mask[end] == ".":
        return _path(mask, end + 1, branch)
    if end < len(mask) and mask[end] == "(":
        inner, end = _group(mask, end + 1)
        branch.update(inner)
        return end + 1
    return end


def chosen(tree: Tree, value: Any) -> Any:
    """What of `value` the mask names; things that are not there are left out, lists keep their length."""
    if not tree or "*" in tree:
        return value
    if isinstance(value, list):
        return [chosen(tree, item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: chosen(branch, value[key]) for key, branch in tree.items() if key in value}


def apply(tree: Tree, target: Tree, source: Tree) -> None:
    """Change in `target` what the mask names to what `source` says; what it does not say is cleared."""
    if "*" in tree:
        tree = {key: {} for key in [*source, *target]}
    for key, branch in tree.items():
        if branch and isinstance(source.get(key, {}), dict):
            inner = target.setdefault(key, {})
            apply(branch, inner, source.get(key) or {})
            if not inner:
                del target[key]
        elif key in source and source[key] not in (None, "", 0, False, {}, []):
            target[key] = source[key]
        else:
            target.pop(key, None)
