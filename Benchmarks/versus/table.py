"""Prints what was measured, and what of it reaches the goals."""


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def rows(work, medians):
    speed = "megabytes" if work.size > 1_000_000 else "rate"
    head = ["client", "MB/s" if speed == "megabytes" else "messages/s", "×", "CPU µs", "×", "switches", "MiB"]
    first = next(iter(medians.values()))
    lines = [
        [
            name, number(m[speed]), number(m[speed] / first[speed]), number(m["cpu"]),
            number(m["cpu"] / first["cpu"]), number(m["switches"]), number(m["memory"]),
        ]
        for name, m in medians.items()
    ]
    return head, lines


def goal_lines(work, medians):
    for goal in work.goals:
        value = goal.value(medians)
        if value is None:
            continue
        figure = {"rate": "speed", "cpu": "CPU", "memory": "MiB"}[goal.figure]
        subject = f"{goal.client}: {figure}" + (f" / that of {goal.over}" if goal.over else "")
        bound = f"{'≤' if goal.is_most else '≥'} {goal.limit:g}"
        yield subject, number(value), bound, goal.is_reached(value)


def show(work, medians):
    head, lines = rows(work, medians)
    widths = [max(len(row[i]) for row in [head, *lines]) for i in range(len(head))]
    print(f"\n{work.title}")
    for row in [head, *lines]:
        print("  " + "  ".join([row[0].ljust(widths[0])] + [c.rjust(w) for c, w in zip(row[1:], widths[1:])]))
    for subject, value, bound, is_reached in goal_lines(work, medians):
        print(f"  {'reached' if is_reached else 'NOT REACHED'}: {subject} {value} ({bound})")


def show_markdown(work, medians):
    head, lines = rows(work, medians)
    print(f"\n### {work.title}\n\n| {' | '.join(head)} |\n|{'---|' + '---:|' * (len(head) - 1)}")
    for row in lines:
        print(f"| {' | '.join(row)} |")


def show_goals(results, works):
    """One table of all goals, in Markdown."""
    print("\n| work | figure | measured | goal | |\n|---|---|---:|---:|---|")
    for name, medians in results.items():
        for subject, value, bound, is_reached in goal_lines(works[name], medians):
            print(f"| {works[name].title} | {subject} | {value} | {bound} | {'yes' if is_reached else '**no**'} |")
