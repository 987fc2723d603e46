// Sort the rows by the heading that is clicked, the other way round if it is clicked again.
"use strict";
{
    const body = document.querySelector("tbody");
    const rows = [...body.rows]; // as they come: errors, what is in doubt, the least sure first
    const collator = new Intl.Collator(undefined, { numeric: true });
    const sorted = (column) => {
        if (column === "sure") return [...rows];
        return rows
            .map((row) => [row.querySelector(`.${column}`).textContent, row])
            .sort(([one], [other]) => collator.compare(one, other))
            .map(([, row]) => row);
    };
    for (const button of document.querySelectorAll("th button")) {
        button.disabled = false;
        button.addEventListener("click", () => {
            const heading = button.closest("th");
            const descending = heading.getAttribute("aria-sort") === "ascending";
            for (const other of document.querySelectorAll("th")) other.removeAttribute("aria-sort");
            heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
            const order = sorted(button.value);
            if (descending) order.reverse();
            const all = document.createDocumentFragment();
            for (const row of order) all.append(row);
            body.append(all);
        });
    }
}
