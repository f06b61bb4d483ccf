# Lists the targets of makefiles by group: `##@ Group` begins one, and `target: ... ## text` is a target of it.
# A file without a group belongs to Everyday. Text is wrapped, so that the columns stay straight.

BEGIN {
    count = split("Everyday Rust C nginx Python JavaScript Documentation Slow", order, " ")
}

FNR == 1 { group = "Everyday" }

/^##@ / { group = substr($0, 5) }

/^[a-z-]+:.*## / {
    name = $0
    sub(/:.*/, "", name)
    text = $0
    sub(/^[^#]*## /, "", text)
    line = sprintf("  %-22s", name)
    words = split(text, word, " ")
    for (at = 1; at <= words; at++) {
        if (length(line) + length(word[at]) > 100) {
            sub(/ +$/, "", line)
            list[group] = list[group] line "\n"
            line = sprintf("  %-22s", "")
        }
        line = line word[at] (at < words ? " " : "")
    }
    list[group] = list[group] line "\n"
}

END {
    for (at = 1; at <= count; at++) {
        if (order[at] in list) printf "%s%s\n%s", (at > 1 ? "\n" : ""), order[at], list[order[at]]
        delete list[order[at]]
    }
    for (group in list) printf "\n%s\n%s", group, list[group]
}
