"""Draws what was measured: for each work its clients as bars, ours set off, the goal as a line across."""
from html import escape

from works import WORKS

WIDTH, LABEL, BAR, FIGURE, ROW, GAP, TOP = 760, 190, 440, 60, 18, 30, 54
# One style sheet for both kinds of background; without it, in an old viewer, the colours of the light one.
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600 }
.figure { font-size: 12px; fill: #57606a }
.peer { fill: #afb8c1 }
.ours { fill: #e36209 }
.limit { fill: none; stroke: #afb8c1; stroke-dasharray: 3 2 }
.goal { stroke: #0969da; stroke-width: 2 }
.ground { fill: #ffffff }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .figure { fill: #9da7b3 }
  .peer { fill: #57606a }
  .ours { fill: #f0883e }
  .limit { stroke: #6e7681 }
  .goal { stroke: #58a6ff }
  .ground { fill: #0d1117 }
}
"""


def figure(name, work):
    """What the bars of a work show, and in which unit."""
    if name == "bulk":
        return "memory", "MiB"
    return ("megabytes", "MB/s") if work.size > 1_000_000 else ("rate", "messages/s")


def text(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def goals(work, medians, key):
    """Where the goals for the figure stand, in its unit."""
    for goal in work.goals:
        is_shown = goal.figure == ("rate" if key == "megabytes" else key) and not (key == "memory" and goal.over)
        if is_shown and goal.value(medians) is not None:
            base = medians[goal.over][key] if goal.over else 1
            yield goal.client, goal.limit * base


def panel(name, medians, top):
    """A work: its title, and a bar for each client, all to one scale from 0."""
    work = WORKS[name]
    key, unit = figure(name, work)
    marks = list(goals(work, medians, key))
    most = max([m[key] for m in medians.values()] + [value for _, value in marks])
    lines = [f'<text class="title" x="16" y="{top + 13}">{escape(work.title)}, {unit}</text>']
    programs = {client.label: client.program for client in work.clients}
    y = top + 22
    for label, m in medians.items():
        kind = {"ours": "ours", "C": "limit"}.get(programs[label], "peer")
        length = max(1, BAR * m[key] / most)
        place = LABEL + length + 6
        shown = "bare C, the limit" if label == "C" else label
        lines.append(f'<text x="{LABEL - 8}" y="{y + 13}" text-anchor="end">{escape(shown)}</text>')
        lines.append(f'<rect class="{kind}" x="{LABEL}" y="{y + 2.5}" width="{length:.1f}" height="{ROW - 5}"/>')
        for value in (value for client, value in marks if client == label):
            x = LABEL + BAR * value / most
            lines.append(f'<line class="goal" x1="{x:.1f}" x2="{x:.1f}" y1="{y}" y2="{y + ROW - 1}"/>')
            if place - 8 < x < place + FIGURE:
                place = x + 6
        lines.append(f'<text class="figure" x="{place:.1f}" y="{y + 13}">{text(m[key])}</text>')
        y += ROW
    return lines, y + GAP - 12


def svg(results):
    lines, y = [], TOP
    for name, medians in results.items():
        drawn, y = panel(name, medians, y)
        lines += drawn
    key = [
        '<text class="title" x="16" y="24">Throughput on loopback against one sink</text>',
        '<rect class="ours" x="16" y="33" width="12" height="10"/><text class="figure" x="33" y="42">smtp-load</text>',
        '<rect class="peer" x="106" y="33" width="12" height="10"/><text class="figure" x="123" y="42">others</text>',
        '<line class="goal" x1="180" x2="180" y1="31" y2="45"/><text class="figure" x="188" y="42">what ours should '
        "reach (for memory: not exceed)</text>",
    ]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" height="{y}" role="img">'
    )
    title = "<title>Throughput of smtp-load and of other clients</title>"
    ground = f'<rect class="ground" width="{WIDTH}" height="{y}"/>'
    return "\n".join([head, title, f"<style>{STYLE}</style>", ground, *key, *lines, "</svg>"]) + "\n"
