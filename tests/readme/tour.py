#!/usr/bin/env python3
"""Run the tour of README.md line by line, and compare what it prints.

    tour.py README URL DATA            fails where an answer differs from what the README shows
    tour.py --update README URL DATA   writes what is answered now into the README

The tour is every block marked ```console: `$ ` begins a command, `> ` goes on with it, the rest is what it prints.
URL and DATA stand in for http://127.0.0.1:8080 and var.  All commands share one shell, as they would in a terminal.
"""
import difflib
import re
import subprocess
import sys

BLOCK = re.compile(r"(?ms)^```console\n(.*?)^```$")
END = "--- end of the answer ---"


def steps(block):
    """The commands of a block with what each prints: [(lines of the command, lines printed)]."""
    found = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append(([line], []))
        elif line.startswith("> ") and not found[-1][1]:
            found[-1][0].append(line)
        else:
            found[-1][1].append(line)
    return found


def run(commands, url, data):
    """What each command prints, all run in one shell."""
    script = "".join("\n".join(line[2:] for line in command) + f"\necho '{END}'\n" for command in commands)
    script = script.replace("http://127.0.0.1:8080", url).replace("var/", data.rstrip("/") + "/")
    done = subprocess.run(["bash"], input=script, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    answers = done.stdout.split(END + "\n")
    if len(answers) != len(commands) + 1:
        sys.exit(f"the tour stopped after {len(answers) - 1} of {len(commands)} commands:\n{done.stdout[-2000:]}")
    return [answer.splitlines() for answer in answers[:-1]]


def toured(text, answers):
    """The README with these answers in place of its own."""
    left = iter(answers)

    def block(match):
        lines = []
        for command, _ in steps(match[1]):
            lines += command + next(left)
        return "```console\n" + "".join(line + "\n" for line in lines) + "```"

    return BLOCK.sub(block, text)


def main():
    update = sys.argv[1] == "--update"
    readme, url, data = sys.argv[1 + update:]
    with open(readme, encoding="utf-8") as file:
        text = file.read()
    commands = [command for block in BLOCK.findall(text) for command, _ in steps(block)]
    answered = toured(text, run(commands, url, data))
    if update:
        with open(readme, "w", encoding="utf-8") as file:
            file.write(answered)
    difference = list(difflib.unified_diff(text.splitlines(), answered.splitlines(), readme, "as it answers", lineterm=""))
    if difference and not update:
        sys.exit("\n".join(difference))
    print(f"{len(commands)} commands of the tour, {'written' if update else 'all as shown'}")


main()
