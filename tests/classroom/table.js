
"use strict";
// Sorts and searches the table of submissions, which is whole without it. What it shows it takes
// from the page as text, and puts there as text.
(function () {
	const table = document.getElementById("class");
	const body = table.tBodies[0];
	const rows = Array.from(body.rows);
	const heads = Array.from(table.tHead.rows[0].cells);
	const tools = document.getElementById("tools");

	function element(name, words, properties) {
		const made = document.createElement(name);
		made.textContent = words;
		return Object.assign(made, properties);
	}

	// --- search ---

	const label = element("label", "Search ", {});
	const box = element("input", "", { type: "search", placeholder: "name, status, mp-zombies:A" });
	const count = element("output", "", {});
	label.append(box);
	tools.append(label, count);

	function search() {
		const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
		let shown = 0;
		for (const row of rows) {
			const text = (row.dataset.words + " " + row.dataset.picks).toLowerCase();
			row.hidden = !words.every((word) => text.includes(word));
			shown += row.hidden ? 0 : 1;
		}
		count.textContent = shown === rows.length ? rows.length + " submissions"
			: shown + " of " + rows.length + " submissions";
	}

	box.addEventListener("input", search);
	for (const pick of document.querySelectorAll("[data-pick]"))
		pick.addEventListener("click", () => {
			box.value = pick.dataset.pick;
			search();
		});
	search();

	// --- sort ---

	const numeric = new Intl.Collator(undefined, { numeric: true });

	function sort(column, ascending) {
		const key = (row) => row.cells[column].textContent;
		const sign = ascending ? 1 : -1;
		const order = rows.slice().sort((one, other) => sign * compare(key(one), key(other)));
		body.append(...order);
		heads.forEach((head, at) => {
			if (at === column)
				head.setAttribute("aria-sort", ascending ? "ascending" : "descending");
			else
				head.removeAttribute("aria-sort");
		});
	}

	function compare(one, other) {
		const difference = Number(one) - Number(other);
		return Number.isNaN(difference) ? numeric.compare(one, other) : difference;
	}

	heads.forEach((head, column) => {
		const button = element("button", head.textContent, { type: "button" });
		button.addEventListener("click", () =>
			sort(column, head.getAttribute("aria-sort") !== "ascending"));
		head.firstElementChild ? head.firstElementChild.replaceChildren(button)
			: head.replaceChildren(button);
	});
	table.caption.textContent += "; click a head to sort";
})();
